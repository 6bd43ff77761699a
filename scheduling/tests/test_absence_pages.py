"""The pages of time off and closures, with the plan for the visits in them."""

import datetime as dt

from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinicflow.audit.models import AuditLog
from clinicflow.clinics.models import Clinic
from clinicflow.core import clock
from clinicflow.testing.case import ClinicCase
from clinicflow.testing.jobs import run_due_jobs
from scheduling.models import Appointment, Cancellation, Closure, Message, TimeOff


class AbsenceCase(ClinicCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.day = cls.next_weekday(cls.riverside)
        cls.hannah = cls.make_patient(cls.riverside, "Hannah Lindqvist")
        cls.diego = cls.make_patient(cls.riverside, "Diego Flores", preferred_language="es")
        cls.first = cls.make_appointment(cls.dr_okafor, cls.hannah, cls.at(cls.riverside, cls.day, "09:00"))
        cls.second = cls.make_appointment(cls.dr_okafor, cls.diego, cls.at(cls.riverside, cls.day, "10:00"))
        cls.colleagues = cls.make_appointment(cls.dr_herrera, cls.hannah, cls.at(cls.riverside, cls.day, "15:00"))
        later = cls.at(cls.riverside, cls.day + dt.timedelta(days=1), "09:00")
        cls.after = cls.make_appointment(cls.dr_okafor, cls.hannah, later)

    def setUp(self):
        self.client = self.client_for(self.desk)

    def form(self, **changes):
        return {
            "doctor": str(self.dr_okafor.pk),
            "first": self.day.isoformat(),
            "last": "",
            "start": "",
            "end": "",
            "reason": "Ill",
        } | changes

    def plan(self, what, *visits, **changes):
        chosen = [str(visit.pk) for visit in visits or (self.first, self.second)]
        return self.form(what=what, visits=chosen, to_doctor="", note="", **changes)

    def rows(self, model=TimeOff):
        with self.inside(self.desk):
            return list(model.objects.all())

    def fresh(self, visit):
        with self.inside(self.desk):
            return Appointment.objects.select_related("doctor").get(pk=visit.pk)

    def instead_of(self, visit):
        with self.inside(self.desk):
            return Appointment.objects.get(rescheduled_from=visit)


class TimeOffPages(AbsenceCase):
    def test_the_visits_are_shown_before_anything_is_saved(self):
        page = self.client.post("/time-off/new", self.form())
        self.assertContains(page, "2 visits are booked in that time")
        self.assertContains(page, "Hannah Lindqvist")
        self.assertEqual([visit.pk for visit in page.context["hit"]], [self.first.pk, self.second.pk])
        self.assertEqual(self.rows(), [])
        with self.inside(self.desk):
            seen = AuditLog.objects.get(action="read")
        self.assertEqual(set(seen.patient_ids), {self.hannah.pk, self.diego.pk})

    def test_saving_without_a_choice_moves_nothing_and_asks(self):
        page = self.client.post("/time-off/new", self.form())
        self.assertIsNone(page.context["plan"]["what"].value())
        body = self.plan("move")
        del body["what"]
        page = self.client.post("/time-off/new", body)
        self.assertContains(page, "Choose what should happen to these visits.", status_code=422)
        self.assertEqual((self.rows(), self.fresh(self.first).status), ([], "unconfirmed"))

    def test_each_visit_moves_to_the_nearest_free_slot_and_its_patient_is_notified(self):
        response = self.client.post("/time-off/new", self.plan("move"), follow=True)
        self.assertContains(response, "2 visits moved.")
        [row] = self.rows()
        for visit in (self.first, self.second):
            self.assertEqual(self.fresh(visit).status, "cancelled")
            new = self.instead_of(visit)
            self.assertEqual(new.doctor_id, self.dr_okafor.pk)
            self.assertFalse(row.starts_at < new.ends_at and new.starts_at < row.ends_at)
        self.assertEqual(self.fresh(self.after).status, "unconfirmed")
        self.assertEqual(len(run_due_jobs(self.riverside.pk, kinds=["scheduling.tell_change"])), 2)
        with self.inside(self.desk):
            bodies = dict(Message.objects.filter(kind="change", status="sent").values_list("patient_id", "body"))
        self.assertIn("had to move", bodies[self.hannah.pk])
        self.assertIn("Riverside Clinic", bodies[self.diego.pk])
        self.assertNotIn("had to move", bodies[self.diego.pk])
        self.assertContains(self.client.get(f"/time-off/{row.pk}"), "notified")

    def test_another_doctor_takes_them_at_the_same_time(self):
        body = self.plan("hand-over") | {"to_doctor": str(self.dr_herrera.pk)}
        self.client.post("/time-off/new", body)
        for visit in (self.first, self.second):
            new = self.instead_of(visit)
            self.assertEqual((new.doctor_id, new.starts_at), (self.dr_herrera.pk, visit.starts_at))

    def test_they_are_cancelled_by_the_clinic_with_the_reason(self):
        self.client.post("/time-off/new", self.plan("cancel") | {"note": "Dr. Okafor is ill"})
        with self.inside(self.desk):
            kept = list(Cancellation.objects.values_list("cancellation_type", "reason_note"))
        self.assertEqual(kept, [("clinic-cancelled", "Dr. Okafor is ill")] * 2)

    def test_a_reason_is_required_if_the_clinic_requires_one(self):
        page = self.client.post("/time-off/new", self.plan("cancel"))
        self.assertContains(page, "Enter a reason.", status_code=422)
        self.assertEqual(self.rows(), [])
        self.assertEqual(self.fresh(self.first).status, "unconfirmed")

    def test_selected_visits_are_moved_first_and_the_others_later(self):
        self.client.post("/time-off/new", self.plan("move", self.first))
        [row] = self.rows()
        self.assertEqual(self.fresh(self.second).status, "unconfirmed")
        self.assertContains(self.client.get("/time-off"), "1 visit in this time")
        page = self.client.get(f"/time-off/{row.pk}")
        self.assertContains(page, "1 visit still in this time")
        self.client.post(f"/time-off/{row.pk}/visits", self.plan("move", self.second))
        self.assertEqual(self.fresh(self.second).status, "cancelled")
        self.assertNotContains(self.client.get("/time-off"), "1 visit in this time")

    def test_a_visit_of_another_doctor_is_not_accepted(self):
        page = self.client.post("/time-off/new", self.plan("move", self.colleagues))
        self.assertEqual(page.status_code, 422)
        self.assertEqual((self.rows(), self.fresh(self.colleagues).status), ([], "unconfirmed"))

    def test_unreachable_patients_are_reported_for_a_call(self):
        with self.inside(self.desk):
            type(self.hannah).objects.filter(pk=self.hannah.pk).update(
                contact_preferences={"sms": False, "email": False}
            )
        page = self.client.post("/time-off/new", self.plan("move"), follow=True)
        self.assertContains(page, "Please call 1 patient.")
        self.assertContains(page, "not notified: please call")

    def test_hours_of_a_day(self):
        self.client.post("/time-off/new", self.form(start="12:00", end="13:00"))
        [row] = self.rows()
        zone = self.riverside.timezone
        self.assertEqual([clock.local(row.starts_at, zone).hour, clock.local(row.ends_at, zone).hour], [12, 13])
        page = self.client.get(f"/time-off/{row.pk}")
        self.assertContains(page, "12:00")

    def test_invalid_input_is_reported_at_its_field_and_shown_again(self):
        gap = {"first": "2027-03-14", "start": "02:30", "end": "04:00"}
        for changes, field in (
            ({"last": "2020-01-01"}, "last"),
            ({"start": "12:00", "end": "11:00"}, "end"),
            ({"first": "9999-12-31"}, "first"),
            ({"first": ""}, "first"),
            (gap, "start"),
            ({"last": (self.day + dt.timedelta(days=500)).isoformat()}, "last"),
            ({"doctor": str(self.dr_lake.pk)}, "doctor"),
            ({"reason": "x" * 121}, "reason"),
        ):
            with self.subTest(changes):
                page = self.client.post("/time-off/new", self.form(what="leave", **changes))
                self.assertEqual(page.status_code, 422)
                self.assertIn(field, page.context["form"].errors)
        self.assertEqual(self.rows(), [])

    def test_a_doctor_adds_their_own_and_leaves_the_visits_to_the_front_desk(self):
        doctor = self.client_for(self.doctor)
        response = doctor.post("/time-off/new", self.form(), follow=True)
        self.assertContains(response, "The front desk sees them and moves them.")
        [row] = self.rows()
        self.assertEqual(row.doctor_id, self.dr_okafor.pk)
        self.assertEqual(doctor.post(f"/time-off/{row.pk}/visits", self.plan("cancel")).status_code, 403)
        foreign = doctor.post("/time-off/new", self.form(doctor=str(self.dr_herrera.pk)))
        self.assertEqual(foreign.status_code, 422)
        other = self.client_for(self.other_doctor)
        self.assertEqual(other.get(f"/time-off/{row.pk}").status_code, 404)
        self.assertEqual(other.post(f"/time-off/{row.pk}/remove").status_code, 404)
        self.assertNotContains(other.get("/time-off"), "Okafor")

    def test_a_removed_one_makes_the_time_bookable_again(self):
        self.client.post("/time-off/new", self.plan("leave"))
        [row] = self.rows()
        self.client.post(f"/time-off/{row.pk}/remove")
        self.assertEqual(self.rows(), [])
        self.assertEqual(self.fresh(self.first).status, "unconfirmed")

    def test_the_board_shows_it(self):
        self.client.post("/time-off/new", self.plan("leave"))
        self.assertContains(self.client.get(f"/schedule?date={self.day}"), "Ill")

    def test_another_clinic_sees_nothing(self):
        self.client.post("/time-off/new", self.plan("leave"))
        [row] = self.rows()
        foreign = self.client_for(self.foreign_desk)
        self.assertContains(foreign.get("/time-off"), "No time off")
        for path in ("", "/remove", "/visits"):
            self.assertEqual(foreign.post(f"/time-off/{row.pk}{path}", {}).status_code, 404)

    def test_the_list_costs_the_same_for_many(self):
        counts = []
        for extra in (1, 20):
            for number in range(extra):
                start = clock.now() + dt.timedelta(days=100 + number)
                with self.inside(self.desk):
                    TimeOff.objects.create(
                        clinic=self.riverside,
                        doctor=self.dr_okafor,
                        starts_at=start,
                        ends_at=start + dt.timedelta(hours=2),
                    )
            self.client.get("/time-off")
            with CaptureQueriesContext(connection) as queries:
                self.client.get("/time-off")
            counts.append(len(queries))
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[0], 12)


class ClosurePages(AbsenceCase):
    def test_a_closure_affects_every_doctors_visits(self):
        page = self.client.post("/settings/closures/new", self.form(reason="Painters"))
        self.assertContains(page, "3 visits are booked in that time")
        body = self.plan("cancel", self.first, self.second, self.colleagues, reason="Painters") | {"note": "Painters"}
        self.client.post("/settings/closures/new", body)
        [row] = self.rows(Closure)
        self.assertEqual(row.reason, "Painters")
        self.assertEqual(self.fresh(self.colleagues).status, "cancelled")
        self.assertContains(self.client.get("/settings/closures"), "Painters")

    def test_it_is_changed_and_removed(self):
        self.client.post("/settings/closures/new", self.plan("leave", reason="Painters"))
        [row] = self.rows(Closure)
        later = (self.day + dt.timedelta(days=300)).isoformat()
        self.client.post(f"/settings/closures/{row.pk}", self.form(first=later, reason="Plumbers"))
        self.assertEqual([row.reason for row in self.rows(Closure)], ["Plumbers"])
        self.assertEqual(self.client.post(f"/settings/closures/{row.pk}", self.form(reason="")).status_code, 422)
        self.client.post(f"/settings/closures/{row.pk}/remove")
        self.assertEqual(self.rows(Closure), [])

    def test_public_holidays_of_the_region_are_offered_and_closed(self):
        Clinic.objects.filter(pk=self.riverside.pk).update(country="US", region="TX")
        page = self.client.get("/settings/closures?year=2027")
        self.assertContains(page, "Thanksgiving")
        self.client.post("/settings/closures/holidays", {"year": "2027", "days": ["2027-11-25", "2027-12-25"]})
        self.assertEqual(len(self.rows(Closure)), 2)
        self.assertNotContains(self.client.get("/settings/closures?year=2027"), 'value="2027-11-25"')
        self.client.post("/settings/closures/holidays", {"year": "2027", "days": ["2027-06-02"]})
        self.assertEqual(len(self.rows(Closure)), 2)
        for year in ("x", "99999", "-1", "²"):
            self.assertEqual(self.client.get(f"/settings/closures?year={year}").status_code, 200)

    def test_front_desk_only(self):
        for actor in (self.doctor, self.owner):
            self.assertEqual(self.client_for(actor).get("/settings/closures").status_code, 403)
