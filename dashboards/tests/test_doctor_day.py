import datetime as dt

from clinicflow.testing.monday import MONDAY, TEN, MondayCase
from scheduling.models import DoctorNote


class MyDayTests(MondayCase):
    @classmethod
    def hire(cls):
        cls.done = cls.visit_at("09:00", "Hannah Lindqvist", status="completed", reason="blood pressure")
        cls.coming = cls.visit_at("10:30", "Diego Flores", status="confirmed")
        cls.here = cls.visit_at("11:00", "Aisha Rahman", status="confirmed", arrived=True, arrived_at=TEN)
        cls.colleagues = cls.visit_at("10:00", "Noah Goldberg", doctor=cls.dr_herrera)

    def page(self, address="/my-day", actor=None):
        return self.client_for(actor or self.doctor).get(address)

    def test_the_waiting_patient_is_selected(self):
        self.assertEqual(self.page().context["agenda"].visit, self.here)

    def test_a_day_has_its_own_visits_and_breaks_in_order(self):
        page = self.page()
        entries = page.context["agenda"].entries
        names = ["now" if entry.is_now else entry.card.name if entry.card else entry.block.label for entry in entries]
        self.assertEqual(names, ["Hannah Lindqvist", "now", "Diego Flores", "Aisha Rahman", "Lunch"])
        self.assertNotContains(page, "Noah Goldberg")

    def test_any_of_the_own_visits_can_be_opened(self):
        page = self.page(f"/my-day/{self.done.pk}")
        self.assertEqual(page.context["agenda"].visit, self.done)
        self.assertContains(page, "blood pressure")

    def test_a_colleagues_visit_is_not_there(self):
        self.assertEqual(self.page(f"/my-day/{self.colleagues.pk}").status_code, 404)

    def test_it_is_for_doctors(self):
        for actor in (self.desk, self.owner):
            self.assertEqual(self.page(actor=actor).status_code, 403)

    def test_the_visit_before_is_named(self):
        patient = self.here.patient
        earlier = self.make_appointment(
            self.dr_okafor, patient, self.at(self.riverside, TEN.date().replace(day=1, month=2), "09:00"),
            status="completed", reason="check-up",
        )  # fmt: skip
        self.assertEqual(self.page().context["agenda"].last_visit, earlier)

    def test_a_day_without_visits_says_so(self):
        self.assertContains(self.page(actor=self.lone_doctor()), "No visits today")

    def lone_doctor(self):
        doctor = self.make_doctor(self.riverside, "Idle Hands", "IH")
        return self.make_member(self.riverside, "idle@riverside.test", "Idle Hands", "doctor", doctor)[1]

    def save_note(self, content, visit=None, actor=None, **headers):
        address = f"/my-day/{(visit or self.here).pk}/note"
        return self.client_for(actor or self.doctor).post(address, {"content": content}, **headers)

    def test_a_note_about_the_visit_is_one_note_changed_when_saved_again(self):
        self.assertRedirects(self.save_note("BP 152/94"), f"/my-day/{self.here.pk}", fetch_redirect_response=False)
        answer = self.save_note("BP 150/92", HTTP_HX_REQUEST="true")
        self.assertContains(answer, "BP 150/92")
        self.assertContains(answer, "The note is saved")
        with self.inside(self.doctor):
            (note,) = DoctorNote.objects.all()
        self.assertEqual((note.content, note.appointment_id), ("BP 150/92", self.here.pk))
        self.assertContains(self.page(), "BP 150/92</textarea>")

    def test_an_empty_note_is_refused_beside_its_field(self):
        answer = self.save_note(" ", HTTP_HX_REQUEST="true")
        self.assertContains(answer, "Enter a note.", status_code=422)
        self.assertEqual(self.save_note("x", self.colleagues).status_code, 404)
        with self.inside(self.doctor):
            self.assertEqual(DoctorNote.objects.count(), 0)

    def test_the_last_note_about_the_patient_is_shown(self):
        with self.inside(self.other_doctor):
            DoctorNote.objects.create(
                clinic=self.riverside, doctor=self.dr_herrera, patient=self.here.patient, content="Murmur, watch."
            )
        self.save_note("My own.")
        page = self.page()
        self.assertContains(page, "Murmur, watch.")
        self.assertEqual(page.context["agenda"].last_note.doctor, self.dr_herrera)

    def test_running_late_is_said_with_when_each_visit_can_begin(self):
        with self.inside(self.doctor):
            type(self.here).objects.filter(pk=self.here.pk).update(
                starts_at=TEN - dt.timedelta(minutes=30), ends_at=TEN - dt.timedelta(minutes=15),
                arrived_at=TEN - dt.timedelta(minutes=35),
            )  # fmt: skip
            type(self.coming).objects.filter(pk=self.coming.pk).update(
                starts_at=TEN - dt.timedelta(minutes=15), ends_at=TEN + dt.timedelta(minutes=15),
                arrived=True, arrived_at=TEN - dt.timedelta(minutes=20),
            )  # fmt: skip
        page = self.page()
        self.assertContains(page, "Running late by 15 min")
        entry = next(e for e in page.context["agenda"].entries if e.card and e.card.id == self.coming.pk)
        self.assertEqual(entry.expected, TEN)

    def test_alerts_say_what_to_know(self):
        page = self.page()
        kinds = [(alert.kind, alert.patient_name) for alert in page.context["agenda"].alerts]
        self.assertIn(("arrived", "Aisha Rahman"), kinds)
        self.assertIn(("intake-missing", "Diego Flores"), kinds)
        self.assertContains(page, "here for 0 min")

    def test_what_the_next_day_lacks(self):
        tuesday = MONDAY + dt.timedelta(days=1)
        for time, name, fields in (
            ("09:00", "Noah Goldberg", {"status": "confirmed", "intake_status": "completed"}),
            ("10:00", "Grace Kim", {"status": "unconfirmed", "intake_status": "sent"}),
            ("11:00", "Peter Novak", {"status": "cancelled"}),
        ):
            patient = self.make_patient(self.riverside, name)
            self.make_appointment(self.dr_okafor, patient, self.at(self.riverside, tuesday, time), **fields)
        ahead = self.page().context["agenda"].ahead
        self.assertEqual((ahead.day, ahead.visits), (tuesday, 2))
        (gap,) = ahead.gaps
        self.assertEqual((gap.visit.patient.full_name, gap.unconfirmed, gap.intake), ("Grace Kim", True, "sent"))

    def test_more_visits_cost_no_more(self):
        client = self.client_for(self.doctor)
        for hour in (None, 13, 14, 15):
            if hour:
                self.visit_at(f"{hour}:30", f"Somebody {hour}")
            with self.assertNumQueries(16):
                client.get("/my-day")
