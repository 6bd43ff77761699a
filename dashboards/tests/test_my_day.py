from clinicflow.testing.monday import TEN, MondayCase


class MyDayTests(MondayCase):
    @classmethod
    def hire(cls):
        cls.done = cls.visit_at("09:00", "Hannah Lindqvist", status="completed", reason="blood pressure")
        cls.coming = cls.visit_at("10:30", "Diego Flores", status="confirmed")
        cls.here = cls.visit_at("11:00", "Aisha Rahman", status="confirmed", arrived=True, arrived_at=TEN)
        cls.colleagues = cls.visit_at("10:00", "Noah Goldberg", doctor=cls.dr_herrera)

    def page(self, address="/my-day", actor=None):
        return self.client_for(actor or self.doctor).get(address)

    def test_the_patient_who_waits_is_open(self):
        self.assertEqual(self.page().context["agenda"].visit, self.here)

    def test_a_day_has_its_own_visits_and_breaks_in_order(self):
        page = self.page()
        names = [entry.card.name if entry.card else entry.block.label for entry in page.context["agenda"].entries]
        self.assertEqual(names, ["Hannah Lindqvist", "Diego Flores", "Aisha Rahman", "Lunch"])
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
