"""Edge cases of the booking form: first available doctor, video link, overrides, overlaps and bad input."""

import datetime as dt

from clinicflow.clinics.models import DoctorSettings
from clinicflow.core.errors import Invalid
from clinicflow.testing.monday import MONDAY, TEN
from scheduling.errors import InThePast, NobodyFree, WalkInsNotTaken
from scheduling.models import Appointment
from scheduling.operations import appointments
from scheduling.operations.appointments import BookingRequest
from scheduling.tests.cases import HTMX, VisitPageCase


class FormCase(VisitPageCase):
    @classmethod
    def hire(cls):
        super().hire()
        cls.rosa = cls.person("Rosa", "Delgado")

    def fill(self, **fields):
        return {
            "patient": self.rosa.pk,
            "doctor": self.dr_okafor.pk,
            "date": MONDAY.isoformat(),
            "duration": "30",
            "visit_type": "in-clinic",
        } | fields

    def book(self, **fields):
        return self.post("/visits/new", self.fill(**fields))

    def slot(self, time="14:00", doctor=None):
        return f"{(doctor or self.dr_okafor).pk} {self.at(self.riverside, MONDAY, time).isoformat()}"

    def booked(self):
        with self.inside(self.desk):
            return list(Appointment.objects.filter(patient=self.rosa, deleted_at=None).order_by("created_at"))

    def doctor_settings(self, doctor, **fields):
        with self.inside(self.desk):
            DoctorSettings.objects.filter(doctor=doctor).update(**fields)


class FirstAvailableTests(FormCase):
    def slots(self, **fields):
        return self.get("/visits/new/slots?" + "&".join(f"{k}={v}" for k, v in self.fill(**fields).items()), **HTMX)

    def test_of_a_specialty(self):
        self.assertContains(self.get("/visits/new", **HTMX), 'value="specialty:Cardiology"')
        chips = self.slots(doctor="specialty:Cardiology")
        self.assertContains(chips, str(self.dr_herrera.pk))
        self.assertNotContains(chips, str(self.dr_okafor.pk))
        self.assertContains(self.slots(doctor="specialty:Dentistry"), "No free times in the next month")

    def test_each_free_time_and_the_booking_name_the_doctor(self):
        chips = self.slots(doctor="")
        self.assertContains(chips, "<small>Dr. ")
        self.assertNotContains(self.slots(doctor=self.dr_okafor.pk), "<small>Dr. ")
        self.assertContains(self.book(slot=self.slot()), f"2:00 pm, {self.dr_okafor.name}")

    def test_the_doctor_is_the_patients_own_unless_one_is_chosen(self):
        with self.inside(self.desk):
            self.rosa.primary_doctor = self.dr_herrera
            self.rosa.save(update_fields=["primary_doctor"])
        page = self.get(f"/visits/new?patient={self.rosa.pk}", **HTMX)
        self.assertEqual(page.context["values"]["doctor"], str(self.dr_herrera.pk))
        page = self.get(f"/visits/new?patient={self.rosa.pk}&doctor={self.dr_okafor.pk}", **HTMX)
        self.assertEqual(page.context["values"]["doctor"], str(self.dr_okafor.pk))
        picked = self.get(f"/visits/new/patient?patient={self.rosa.pk}", **HTMX)
        self.assertIn(str(self.dr_herrera.pk), picked["HX-Trigger"])

    def test_an_entered_time_needs_a_doctor_if_the_clinic_requires_one(self):
        self.assertContains(self.book(doctor="", time="14:00"), "Choose a doctor", status_code=422)
        self.assertEqual(self.booked(), [])

    def test_otherwise_the_free_doctor_with_fewer_visits_is_booked(self):
        self.change_settings(self.riverside, require_provider=False)
        self.assertEqual(self.book(doctor="", time="14:00").status_code, 200)
        self.assertEqual(self.booked()[0].doctor_id, self.dr_herrera.pk)  # Hannah is Dr. Okafor's

    def test_of_the_specialty_even_where_another_has_fewer(self):
        self.change_settings(self.riverside, require_provider=False)
        self.book(doctor="specialty:Family medicine", time="14:00")
        self.assertEqual(self.booked()[0].doctor_id, self.dr_okafor.pk)
        response = self.book(doctor="specialty:Dentistry", time="15:00", second_visit="on")
        self.assertContains(response, "No doctor takes this kind of visit.", status_code=422)

    def test_no_free_doctor_is_refused_with_the_next_free_slots(self):
        self.change_settings(self.riverside, require_provider=False)
        for doctor in (self.dr_okafor, self.dr_herrera):
            self.visit_at("14:00", doctor=doctor)
        response = self.book(doctor="", time="14:00")
        self.assertContains(response, "No doctor is free then", status_code=409)
        self.assertContains(response, "T14:30:00", status_code=409)

    def test_a_past_time_has_its_own_error(self):
        self.change_settings(self.riverside, require_provider=False)
        with self.inside(self.desk) as desk, self.assertRaises(InThePast):
            nine = self.at(self.riverside, MONDAY, "09:00")
            appointments.book(desk, BookingRequest(patient_id=self.rosa.pk, starts_at=nine), at=TEN)

    def test_walk_ins_are_booked_with_a_free_doctor_who_accepts_them(self):
        self.change_settings(self.riverside, require_provider=False)
        self.doctor_settings(self.dr_herrera, allow_walk_ins=False)
        self.assertEqual(self.book(doctor="", walk_in="on").status_code, 200)
        visit = self.booked()[0]
        self.assertEqual((visit.doctor_id, visit.arrived), (self.dr_okafor.pk, True))
        walk_in = BookingRequest(patient_id=self.hannah.pk, starts_at=TEN, walk_in=True)
        with self.inside(self.desk) as desk, self.assertRaises(NobodyFree):
            appointments.book(desk, walk_in, at=TEN)
        self.doctor_settings(self.dr_okafor, allow_walk_ins=False)
        with self.inside(self.desk) as desk, self.assertRaises(WalkInsNotTaken):
            appointments.book(desk, walk_in, at=TEN)

    def test_the_api_does_the_same(self):
        client = self.client_class(headers=self.bearer_for(self.desk))
        body = {"patient_id": str(self.rosa.pk), "date": MONDAY.isoformat(), "start_time": "14:00"}
        refused = client.post("/api/appointments", body, content_type="application/json")
        self.assertEqual((refused.status_code, list(refused.json()["errors"])), (400, ["doctor_id"]))
        self.change_settings(self.riverside, require_provider=False)
        created = client.post("/api/appointments", body, content_type="application/json")
        self.assertEqual((created.status_code, created.json()["doctor_id"]), (201, str(self.dr_herrera.pk)))
        body |= {"start_time": "15:00", "specialty": "family medicine"}
        created = client.post("/api/appointments", body, content_type="application/json")
        self.assertEqual(created.json()["doctor_id"], str(self.dr_okafor.pk))


class VideoTests(FormCase):
    def test_a_video_visit_keeps_its_link(self):
        self.book(visit_type="virtual", slot=self.slot(), meeting_link="https://meet.example/rosa")
        self.assertEqual(self.booked()[0].meeting_link, "https://meet.example/rosa")

    def test_a_visit_in_the_clinic_has_none(self):
        self.book(slot=self.slot(), meeting_link="https://meet.example/rosa")
        self.assertEqual(self.booked()[0].meeting_link, "")

    def test_an_invalid_link_is_reported_at_its_field(self):
        for link in ("http://meet.example/a", "javascript:alert(1)", "https://", "https://a b", "https://x" * 50):
            response = self.book(visit_type="virtual", slot=self.slot(), meeting_link=link)
            self.assertEqual(response.status_code, 422, link)
            self.assertTrue(response.context["form"]["meeting_link"].errors, link)
        self.assertEqual(self.booked(), [])

    def test_a_doctor_without_video_is_refused(self):
        self.doctor_settings(self.dr_okafor, video_visits_enabled=False)
        response = self.book(visit_type="virtual", slot=self.slot())
        self.assertContains(response, "does not take this kind of visit", status_code=422)


class OverTheRulesTests(FormCase):
    def test_a_taken_time_is_booked_with_a_reason_where_clinic_and_doctor_allow_it(self):
        self.assertContains(self.book(time="10:30"), 'name="override_reason"', status_code=409)
        self.doctor_settings(self.dr_okafor, allow_forced_booking=False)
        response = self.book(time="10:30", override_reason="urgent")
        self.assertContains(response, "Overrides are turned off", status_code=409)
        self.doctor_settings(self.dr_okafor, allow_forced_booking=True)
        self.assertEqual(self.book(time="10:30", override_reason="urgent").status_code, 200)
        self.assertEqual(self.booked()[0].overlap_reason, "urgent")

    def test_no_reason_is_required_where_overlaps_are_allowed(self):
        self.change_settings(self.riverside, allow_overlapping=True)
        self.assertEqual(self.book(time="10:30").status_code, 200)
        self.assertTrue(self.booked()[0].overlap_allowed)

    def test_the_patients_own_overlap_is_a_warning(self):
        self.visit_at("14:00", doctor=self.dr_herrera, patient=self.rosa)
        asked = self.book(slot=self.slot())
        self.assertContains(asked, "This patient has a visit that day already", status_code=422)
        self.assertContains(asked, f"2:00 pm – 2:30 pm, {self.dr_herrera.name}", status_code=422)
        self.assertEqual(len(self.booked()), 1)
        self.assertContains(self.book(slot=self.slot(), second_visit="on"), "They have another visit at that time.")

    def test_the_chosen_patients_coming_visits_are_shown(self):
        self.visit_at("14:00", doctor=self.dr_herrera, patient=self.rosa)
        page = self.get(f"/visits/new/patient?patient={self.rosa.pk}", **HTMX)
        self.assertContains(page, f"2:00 pm, {self.dr_herrera.name}")


class BadInputTests(FormCase):
    def test_each_is_refused_with_a_message_and_nothing_is_booked(self):
        for fields, status, says in (
            ({"date": "2027-02-26", "time": "10:00"}, 409, "That time has passed"),
            ({"time": "23:45"}, 422, "past midnight"),
            ({"time": "14:00", "duration": "0"}, 422, "greater than or equal to 5"),
            ({"time": "14:00", "duration": "540"}, 422, "less than or equal to 480"),
            ({"date": "2027-03-14", "time": "02:30"}, 422, "2:00 am is followed by 3:00 am"),
            ({"doctor": self.dr_lake.pk, "time": "14:00"}, 422, "There is no such doctor."),
            ({"doctor": "nobody", "time": "14:00"}, 422, "Choose a doctor."),
            ({"patient": "nobody", "time": "14:00"}, 422, ""),
            ({"slot": "soon"}, 422, "Choose one of the free times."),
            ({"slot": f"{self.dr_lake.pk} 2027-03-01T14:00:00-05:00"}, 422, "There is no such doctor."),
            ({"slot": f"{self.dr_okafor.pk} 2027-03-01T14:00:00"}, 422, "Choose one of the free times."),
            ({"visit_type": "by post", "time": "14:00"}, 422, ""),
            ({}, 422, "Choose a time."),
        ):
            with self.subTest(fields):
                self.assertContains(self.book(**fields), says, status_code=status)
        self.assertEqual(self.booked(), [])

    def test_ids_of_another_clinic(self):
        stranger = self.make_patient(self.lakeside)
        response = self.book(patient=stranger.pk, slot=self.slot())
        self.assertContains(response, "There is no such patient.", status_code=422)
        for name in ("follow_up", "waitlist"):
            self.assertEqual(self.book(slot=self.slot(), **{name: stranger.pk}).status_code, 404)
        self.assertEqual(self.booked(), [])

    def test_a_search_of_ten_years_is_refused(self):
        client = self.client_class(headers=self.bearer_for(self.desk))
        response = client.get("/api/slots?date_from=2027-03-01&date_to=2037-03-01")
        self.assertEqual((response.status_code, list(response.json()["errors"])), (400, ["date_to"]))

    def test_a_visit_of_nine_hours_is_refused_by_the_operation_too(self):
        with self.inside(self.desk) as desk:
            for minutes in (4, 481, 540):
                with self.assertRaises(Invalid):
                    request = BookingRequest(
                        patient_id=self.rosa.pk,
                        doctor_id=self.dr_okafor.pk,
                        starts_at=TEN + dt.timedelta(hours=1),
                        duration=minutes,
                    )
                    appointments.book(desk, request, at=TEN)
