"""The pages of doctors: profile, hours, calendar URL and deactivation."""

import datetime as dt
import re

from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from clinicflow.audit.models import AuditLog
from clinicflow.clinic_settings.presentation.settings_display import format_hours
from clinicflow.clinics.models import Doctor, DoctorSettings
from clinicflow.testing.case import ClinicCase
from clinicflow.web.display import Display, display_as
from scheduling.models import Appointment, Message
from scheduling.selectors.availability import SlotSearch, free_slots

ADDRESS = re.compile(r'value="(http[^"]+calendar\.ics\?token=[^"]+)"')


class DoctorPages(ClinicCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.day = cls.next_weekday(cls.riverside)
        cls.hannah = cls.make_patient(cls.riverside, "Hannah Lindqvist")
        cls.visit = cls.make_appointment(cls.dr_okafor, cls.hannah, cls.at(cls.riverside, cls.day, "09:00"))

    def setUp(self):
        self.client = self.client_for(self.desk)

    def path(self, doctor, rest=""):
        return f"/settings/doctors/{doctor.pk}{rest}"

    def form(self, **changes):
        return {
            "name": "Dr. Nora Blum",
            "initials": "nb",
            "specialty": "Dermatology",
            "room": "4",
            "color": "rose",
            "default_visit_length": "20",
            "working_hours-mon-start": ["13:00", "09:00"],
            "working_hours-mon-end": ["17:00", "12:00"],
        } | changes

    def doctors(self, **wanted):
        with self.inside(self.desk):
            return list(Doctor.objects.filter(**wanted))

    def test_a_doctors_own_week_is_shown_in_the_list_and_beside_the_front_desks(self):
        self.assertNotContains(self.client.get(self.path(self.dr_okafor)), "These hours aren't in use")
        own = {"mon": [["10:00", "11:15"]], "2026-12-28": []}
        with self.inside(self.desk):
            DoctorSettings.objects.filter(doctor=self.dr_okafor).update(working_hours_override=own)
        self.assertContains(self.client.get(self.path(self.dr_okafor)), "These hours aren't in use")
        self.assertContains(self.client.get("/settings/doctors"), "11:15")

    def test_a_new_doctor_can_be_booked_in_their_hours(self):
        response = self.client.post("/settings/doctors/new", self.form())
        [doctor] = self.doctors(name="Dr. Nora Blum")
        self.assertEqual(response["Location"], self.path(doctor))
        self.assertEqual(doctor.initials, "NB")
        self.assertEqual(doctor.working_hours, {"mon": [["09:00", "12:00"], ["13:00", "17:00"]]})
        with self.inside(self.desk):
            self.assertTrue(DoctorSettings.objects.filter(doctor=doctor).exists())
            search = SlotSearch(doctors=[doctor.pk], date_from=self.day, date_to=self.day, duration=30)
            slots = free_slots(self.desk, search)
        self.assertEqual((slots[0].starts_at.hour, len(slots)), (9, 14))
        page = self.client.get("/settings/doctors")
        self.assertContains(page, "Mon 9:00 am–12:00 pm, 1:00 pm–5:00 pm")

    def test_invalid_input_is_refused_and_shown_again(self):
        for changes, field in (
            ({"name": ""}, "name"),
            ({"name": "dr. luis herrera"}, "name"),
            ({"initials": "ABCDE"}, "initials"),
            ({"default_visit_length": "4"}, "default_visit_length"),
            ({"color": "pink"}, "color"),
            ({"working_hours-mon-end": ["10:00", "13:30"]}, "working_hours"),
        ):
            with self.subTest(changes):
                page = self.client.post("/settings/doctors/new", self.form(**changes))
                self.assertEqual(page.status_code, 422)
                self.assertIn(field, page.context["form"].errors)
                self.assertContains(page, "Dermatology", status_code=422)
        self.assertEqual(self.doctors(specialty="Dermatology"), [])

    def test_an_edit_preserves_visits_and_the_calendar_url(self):
        self.client.post(self.path(self.dr_okafor, "/calendar"))
        self.client.post(self.path(self.dr_okafor), self.form(name="Dr. Amara Okafor-Lee"))
        [doctor] = self.doctors(pk=self.dr_okafor.pk)
        self.assertEqual((doctor.name, doctor.color), ("Dr. Amara Okafor-Lee", "rose"))
        self.assertIsNotNone(doctor.calendar_token_hash)
        with self.inside(self.desk):
            self.assertEqual(Appointment.objects.get(pk=self.visit.pk).status, "unconfirmed")
            entry = AuditLog.objects.filter(resource_type="doctors", action="update").first()
        self.assertIn("name", entry.new_values)

    def test_a_doctor_with_upcoming_visits_cannot_be_deactivated(self):
        page = self.client.get(self.path(self.dr_okafor))
        self.assertContains(page, "1 upcoming visit")
        response = self.client.post(self.path(self.dr_okafor, "/retire"), follow=True)
        self.assertContains(response, "still has upcoming visits")
        self.assertTrue(self.doctors(pk=self.dr_okafor.pk)[0].is_active)

    def test_visits_are_handed_over_and_the_doctor_is_deactivated(self):
        plan = {"what": "hand-over", "to_doctor": str(self.dr_herrera.pk), "visits": [str(self.visit.pk)], "note": ""}
        self.client.post(self.path(self.dr_okafor, "/calendar"))
        self.client.post(self.path(self.dr_okafor, "/leave"), plan)
        with self.inside(self.desk):
            new = Appointment.objects.get(rescheduled_from=self.visit)
            self.assertEqual((new.doctor_id, new.starts_at), (self.dr_herrera.pk, self.visit.starts_at))
            self.assertTrue(Message.objects.filter(appointment=new, kind="change").exists())
        self.client.post(self.path(self.dr_okafor, "/retire"))
        [doctor] = self.doctors(pk=self.dr_okafor.pk)
        self.assertEqual((doctor.is_active, doctor.calendar_token_hash), (False, None))
        self.assertNotContains(self.client.get("/settings/doctors"), self.path(self.dr_okafor))
        self.assertContains(self.client.get("/settings/doctors?who=left"), "Okafor")
        self.client.post(self.path(self.dr_okafor, "/return"))
        self.assertTrue(self.doctors(pk=self.dr_okafor.pk)[0].is_active)

    def test_an_empty_plan_is_refused(self):
        for plan in ({}, {"what": "leave"}, {"what": "hand-over", "visits": [str(self.visit.pk)]}):
            with self.subTest(plan):
                self.assertEqual(self.client.post(self.path(self.dr_okafor, "/leave"), plan).status_code, 422)

    def test_the_calendar_url_is_shown_once_and_works(self):
        page = self.client.post(self.path(self.dr_okafor, "/calendar"))
        address = ADDRESS.search(page.content.decode())[1]
        self.assertIn("no-store", page["Cache-Control"])
        self.assertNotContains(self.client.get(self.path(self.dr_okafor, "/calendar")), "token=")
        feed = self.client_class().get(address)
        [event] = Calendar.from_ical(feed.content).walk("VEVENT")
        self.assertIn("HL", str(event["summary"]))
        self.assertNotIn(b"Lindqvist", feed.content)
        again = ADDRESS.search(self.client.post(self.path(self.dr_okafor, "/calendar")).content.decode())[1]
        self.assertEqual(self.client_class().get(address).status_code, 404)
        self.client.post(self.path(self.dr_okafor, "/calendar/end"))
        self.assertEqual(self.client_class().get(again).status_code, 404)
        with self.inside(self.desk):
            actions = list(AuditLog.objects.filter(action__startswith="calendar_feed").values_list("action", flat=True))
        self.assertEqual(len(actions), 3)

    def test_a_doctor_can_issue_only_their_own_calendar_url(self):
        mine = self.client_for(self.doctor)
        self.assertContains(mine.get("/settings/me"), self.path(self.dr_okafor, "/calendar"))
        self.assertContains(mine.post(self.path(self.dr_okafor, "/calendar")), "token=")
        self.assertEqual(mine.get(self.path(self.dr_herrera, "/calendar")).status_code, 404)
        self.assertEqual(mine.post(self.path(self.dr_herrera, "/calendar")).status_code, 404)
        self.assertEqual(mine.get("/settings/doctors").status_code, 403)

    def test_another_clinics_doctor_is_404(self):
        for path in ("", "/leave", "/retire", "/return", "/calendar", "/calendar/end"):
            with self.subTest(path):
                response = self.client.post(self.path(self.dr_lake, path), self.form())
                self.assertEqual(response.status_code, 404)
        self.assertNotContains(self.client.get("/settings/doctors"), "Berg")

    def test_the_list_costs_the_same_for_many(self):
        counts = []
        for extra in (0, 15):
            for number in range(extra):
                doctor = self.make_doctor(self.riverside, f"Person {number}", "P")
                self.make_member(self.riverside, f"p{number}@riverside.test", f"P {number}", "doctor", doctor)
            self.client.get("/settings/doctors")
            with CaptureQueriesContext(connection) as queries:
                self.client.get("/settings/doctors")
            counts.append(len(queries))
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[0], 12)

    def test_hours_are_formatted_in_a_line(self):
        week = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "fri")}
        with display_as(Display(time_format="24h")):
            self.assertEqual(format_hours(week), "Mon–Wed 09:00–17:00 · Fri 09:00–17:00")
            self.assertEqual(format_hours({}), "")

    def test_past_visits_do_not_prevent_deactivation(self):
        patient = self.make_patient(self.riverside)
        long_ago = self.visit.starts_at - dt.timedelta(days=400)
        self.make_appointment(self.dr_herrera, patient, long_ago)
        self.client.post(self.path(self.dr_herrera, "/retire"))
        self.assertFalse(self.doctors(pk=self.dr_herrera.pk)[0].is_active)
