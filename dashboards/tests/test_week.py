import datetime as dt

from clinicflow.audit.models import AuditLog
from clinicflow.testing.monday import MONDAY, MondayCase
from scheduling.models import Appointment, Closure, TimeOff

DAY = dt.timedelta(days=1)


class WeekCase(MondayCase):
    @classmethod
    def hire(cls):
        cls.monday = cls.visit_at("09:00", "Hannah Lindqvist")
        cls.thursday = cls.visit_on(3, "14:00", "Diego Flores", status="confirmed")
        cls.next_week = cls.visit_on(7, "09:00", "Grace Kim")
        cls.other = cls.visit_at("11:00", "Noah Goldberg", doctor=cls.dr_herrera)

    @classmethod
    def visit_on(cls, days, time, name, *, doctor=None, **fields):
        patient = cls.make_patient(cls.riverside, name)
        starts_at = cls.at(cls.riverside, MONDAY + days * DAY, time)
        return cls.make_appointment(doctor or cls.dr_okafor, patient, starts_at, 30, **fields)

    def page(self, address="", actor=None):
        return self.client_for(actor or self.desk).get(f"/schedule/week?doctor={self.dr_okafor.pk}{address}")

    def week(self, address="", actor=None):
        return self.page(address, actor).context["week"]


class WeekTests(WeekCase):
    def test_it_shows_the_doctors_visits_each_under_its_day(self):
        week = self.week()
        names = {column.day: [card.name for card in column.cards] for column in week.columns}
        self.assertEqual(names[MONDAY], ["Hannah Lindqvist"])
        self.assertEqual(names[MONDAY + 3 * DAY], ["Diego Flores"])
        self.assertEqual(week.visits, 2)

    def test_days_off_without_visits_are_left_out(self):
        self.assertEqual([column.day.weekday() for column in self.week().columns], [0, 1, 2, 3, 4])
        self.visit_on(5, "10:00", "Peter Novak", overlap_allowed=True, overlap_reason="as agreed")
        self.assertEqual([column.day.weekday() for column in self.week().columns], [0, 1, 2, 3, 4, 5])

    def test_any_day_of_it_is_the_same_week_and_arrows_move_seven_days(self):
        week = self.week(f"&date={MONDAY + 4 * DAY}")
        self.assertEqual(week.monday, MONDAY)
        page = self.page(f"&date={MONDAY}")
        self.assertContains(page, f"date={MONDAY + 7 * DAY}")
        self.assertContains(page, f"date={MONDAY - 7 * DAY}")
        self.assertEqual([card.name for card in self.week(f"&date={MONDAY + 7 * DAY}").cards], ["Grace Kim"])

    def test_the_now_line_is_on_today_and_in_no_other_week(self):
        self.assertEqual(self.week().today_at, 0)
        self.assertIsNone(self.week(f"&date={MONDAY + 7 * DAY}").today_at)

    def test_closures_and_absences_are_hatched_on_their_day_only(self):
        start = self.at(self.riverside, MONDAY + DAY, "14:00")
        with self.inside(self.desk):
            hour = dt.timedelta(hours=1)
            Closure.objects.create(clinic=self.riverside, starts_at=start, ends_at=start + hour, reason="fire drill")
            for doctor in (self.dr_okafor, self.dr_herrera):
                TimeOff.objects.create(
                    clinic=self.riverside,
                    doctor=doctor,
                    starts_at=start + 24 * hour,
                    ends_at=start + 25 * hour,
                    reason=f"away {doctor.initials}",
                )
        page = self.page()
        self.assertContains(page, "Closed · fire drill", count=1)
        self.assertContains(page, f"Out · away {self.dr_okafor.initials}", count=1)
        self.assertNotContains(page, f"away {self.dr_herrera.initials}")

    def test_nonsense_in_the_address_means_the_first_doctor_and_this_week(self):
        page = self.client_for(self.desk).get("/schedule/week?doctor=nobody&date=2027-02-31")
        self.assertEqual(page.context["week"].monday, MONDAY)
        self.assertIsNotNone(page.context["week"].doctor)

    def test_what_changed_comes_without_the_page(self):
        answer = self.client_for(self.desk).get(f"/schedule/week/changes?doctor={self.dr_okafor.pk}")
        self.assertContains(answer, 'hx-target="#week-grid"')
        self.assertNotContains(answer, "<html")

    def test_the_month_beside_it_leads_to_weeks(self):
        month = self.client_for(self.desk).get(f"/schedule/month?view=week&date={MONDAY}")
        self.assertContains(month, f'href="/schedule/week?date={MONDAY}"')


class AccessTests(WeekCase):
    def test_a_doctor_gets_their_own_week_whatever_doctor_is_requested(self):
        self.assertEqual(self.week(actor=self.other_doctor).doctor, self.dr_herrera)
        self.assertNotContains(self.page(actor=self.other_doctor), "Hannah Lindqvist")

    def test_a_doctor_is_offered_nothing_that_only_the_desk_may_do(self):
        page = self.page(actor=self.doctor)
        for words in ("data-open>", "/confirm", 'data-book="', "/visits/new"):
            self.assertNotContains(page, words)
        self.assertContains(self.page(), "/confirm")

    def test_the_owner_and_another_clinic_see_no_visits(self):
        self.assertEqual(self.page(actor=self.owner).status_code, 403)
        self.assertNotContains(self.page(actor=self.foreign_desk), "Hannah Lindqvist")

    def test_the_access_is_audited_once_with_every_patient_shown(self):
        self.page()
        with self.inside(self.desk):
            look = AuditLog.objects.get(action="read", resource_type="appointments")
        self.assertEqual(set(look.patient_ids), {self.monday.patient_id, self.thursday.patient_id})


class StretchTests(WeekCase):
    def stretch(self, minutes, visit=None, **more):
        address = f"/visits/{(visit or self.monday).pk}/stretch"
        return self.client_for(self.desk).post(address, {"duration": minutes, **more}, headers={"HX-Request": "true"})

    def length(self, visit=None):
        with self.inside(self.desk):
            return Appointment.objects.get(pk=(visit or self.monday).pk).duration

    def test_a_stretched_visit_is_longer_and_the_toast_undoes_it(self):
        answer = self.stretch(45, self.thursday)
        self.assertContains(answer, "Diego Flores: now 45 min, until 2:45 pm")
        self.assertContains(answer, "&quot;duration&quot;: &quot;30&quot;")
        self.assertEqual(self.length(self.thursday), 45)
        self.stretch(30, self.thursday)
        self.assertEqual(self.length(self.thursday), 30)

    def test_stretching_over_another_visit_requires_a_reason(self):
        self.visit_on(3, "14:30", "Peter Novak")
        answer = self.stretch(60, self.thursday)
        self.assertContains(answer, "Continue anyway?", status_code=409)
        self.assertEqual(self.length(self.thursday), 30)
        self.assertEqual(self.stretch(60, self.thursday, override_reason="mother and son").status_code, 200)
        self.assertEqual(self.length(self.thursday), 60)

    def test_a_new_length_in_the_reschedule_dialog_preserves_the_visit_and_its_confirmation(self):
        starts_at = self.thursday.starts_at.astimezone(dt.UTC).isoformat()
        values = {
            "doctor": self.dr_okafor.pk,
            "date": MONDAY + 3 * DAY,
            "duration": 60,
            "slot": f"{self.dr_okafor.pk} {starts_at}",
        }
        address = f"/visits/{self.thursday.pk}/reschedule"
        answer = self.client_for(self.desk).post(address, values, headers={"HX-Request": "true"})
        self.assertContains(answer, "now 60 min")
        with self.inside(self.desk):
            visit = Appointment.objects.get(pk=self.thursday.pk)
        self.assertEqual((visit.duration, visit.status, visit.rescheduled), (60, "confirmed", False))

    def test_nonsense_stays_in_the_dialog_with_the_error_beside_the_field(self):
        for minutes in ("0", "481", "long", ""):
            self.assertContains(self.stretch(minutes, self.thursday), 'id="id_duration_error"', status_code=422)
        self.assertContains(self.stretch("20x", self.thursday), 'value="20x"', status_code=422)
        self.assertEqual(self.length(self.thursday), 30)

    def test_stretching_a_rescheduled_visit_reports_its_new_time(self):
        moved = self.client_for(self.desk).post(
            f"/visits/{self.thursday.pk}/move",
            {"doctor": self.dr_herrera.pk, "date": MONDAY + DAY, "time": "10:00"},
            headers={"HX-Request": "true"},
        )
        self.assertEqual(moved.status_code, 200)
        answer = self.stretch(60, self.thursday)
        self.assertContains(answer, "moved this visit to Tuesday, March 2", status_code=409)
        self.assertContains(answer, self.dr_herrera.name, status_code=409)


class QueryTests(WeekCase):
    def test_a_full_week_costs_what_one_visit_costs(self):
        address = f"/schedule/week?doctor={self.dr_okafor.pk}&date={MONDAY + 14 * DAY}"
        self.visit_on(18, "16:00", "Hannah Lindqvist")
        one = self.count(address)
        for day in range(14, 19):
            for half in range(8):
                self.visit_on(day, f"{9 + half // 2:02d}:{half % 2 * 30:02d}", f"Patient Number{day}{half}")
        self.assertEqual(self.count(address), one)
        self.assertLessEqual(one, 12)
