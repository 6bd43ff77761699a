"""The Django admin of scheduling and patients."""

import datetime as dt

from clinicflow.core import clock
from scheduling.models import Appointment, Closure, TimeOff
from scheduling.operations import follow_ups, waitlist
from scheduling.tests.cases import AppointmentCase


class BackOfficeTests(AppointmentCase):
    def open(self, path, actor=None, status=200):
        response = self.client_for(actor or self.desk).get(f"/admin/{path}")
        self.assertEqual(response.status_code, status)
        return response

    def test_the_lists_are_for_managers_only(self):
        for name in ("appointment", "cancellation", "followup", "waitlistentry", "timeoff", "closure"):
            self.open(f"scheduling/{name}/")
        self.open("patients/patient/")
        self.open("patients/patient/", self.doctor, 403)
        self.open("scheduling/appointment/", self.owner, 403)

    def test_shows_the_clinics_own(self):
        self.assertContains(self.open("scheduling/appointment/"), "Hannah Lindqvist")
        self.assertNotContains(self.open("patients/patient/", self.foreign_desk), "Hannah")
        self.assertContains(self.open("patients/patient/?q=lindq"), "Lindqvist")

    def test_a_closure_obeys_the_rules(self):
        client = self.client_for(self.desk)
        times = {"starts_at_0": "2027-05-01", "starts_at_1": "09:00", "ends_at_0": "2027-05-01", "ends_at_1": "12:00"}
        client.post("/admin/scheduling/closure/add/", times | {"reason": "Painters"})
        client.post("/admin/scheduling/closure/add/", times | {"ends_at_1": "08:00", "reason": "Backwards"})
        with self.inside(self.desk):
            self.assertEqual([row.reason for row in Closure.objects.all()], ["Painters"])

    def test_time_off_offers_only_the_clinics_doctors(self):
        page = self.open("scheduling/timeoff/add/")
        self.assertContains(page, "Dr. Luis Herrera")
        self.assertNotContains(page, "Dr. Ida Berg")
        times = {"starts_at_0": "2027-05-01", "starts_at_1": "09:00", "ends_at_0": "2027-05-02", "ends_at_1": "12:00"}
        body = times | {"doctor": str(self.dr_lake.pk), "reason": ""}
        self.client_for(self.desk).post("/admin/scheduling/timeoff/add/", body)
        self.client_for(self.desk).post("/admin/scheduling/timeoff/add/", body | {"doctor": str(self.dr_okafor.pk)})
        with self.inside(self.desk):
            self.assertEqual([row.doctor_id for row in TimeOff.objects.all()], [self.dr_okafor.pk])

    def test_a_patient_is_corrected_and_found_under_the_new_name(self):
        path = f"patients/patient/{self.hannah.pk}/change/"
        form = self.open(path).context["adminform"].form
        body = {name: "" if form.initial.get(name) is None else form.initial[name] for name in form.fields}
        body |= {"last_name": "Berg", "contact_preferences": '{"sms": false}', "flags": "[]", "guardian": "{}"}
        response = self.client_for(self.desk).post(f"/admin/{path}", body)
        self.assertEqual(response.status_code, 302)
        self.assertContains(self.open("patients/patient/?q=berg"), "Berg")

    def test_visits_are_found_by_patient_and_confirmed_by_the_operation(self):
        page = self.open("scheduling/appointment/?q=lindq")
        self.assertContains(page, "Hannah Lindqvist")
        self.assertNotContains(self.open("scheduling/appointment/?q=nobody"), "Hannah Lindqvist")
        with self.inside(self.desk):
            visit = Appointment.objects.filter(patient=self.hannah, status="unconfirmed").first()
        body = {"action": "confirm", "_selected_action": [str(visit.pk)]}
        response = self.client_for(self.desk).post("/admin/scheduling/appointment/", body, follow=True)
        self.assertContains(response, "1 of 1 done.")
        no_show = body | {"action": "mark_no_show"}
        refused = self.client_for(self.desk).post("/admin/scheduling/appointment/", no_show, follow=True)
        self.assertContains(refused, "0 of 1 done.")
        with self.inside(self.desk):
            visit.refresh_from_db()
        self.assertEqual(visit.status, "confirmed")

    def test_nothing_but_time_off_and_closures_is_added_here(self):
        for name in ("appointment", "cancellation", "message", "followup", "waitlistentry"):
            self.open(f"scheduling/{name}/add/", status=403)

    def test_follow_ups_and_waitlist_entries_are_closed_and_reopened(self):
        with self.inside(self.desk) as desk:
            fields = {"patient_id": self.hannah.pk, "doctor_id": self.dr_okafor.pk}
            due = follow_ups.create(desk, scheduled_date=dt.date(2027, 6, 1), **fields)
            waits = waitlist.add(desk, date_from=clock.today("UTC"), date_to=dt.date(2027, 6, 1), **fields)
        for model, row, action, status in (
            ("followup", due, "cancel", "cancelled"),
            ("followup", due, "reopen", "pending"),
            ("waitlistentry", waits, "remove", "removed"),
            ("waitlistentry", waits, "restore", "waiting"),
        ):
            body = {"action": action, "_selected_action": [str(row.pk)]}
            response = self.client_for(self.desk).post(f"/admin/scheduling/{model}/", body, follow=True)
            self.assertContains(response, "1 of 1 done.")
            with self.inside(self.desk):
                row.refresh_from_db()
            self.assertEqual(row.status, status)
