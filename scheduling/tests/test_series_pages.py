"""The pages of recurring visits: plan, book, and cancel or move the following ones."""

import datetime as dt
import re

from clinicflow.core import clock
from clinicflow.testing.html import source_of
from clinicflow.testing.monday import MONDAY, TEN
from scheduling.models import Appointment, Series
from scheduling.operations import series
from scheduling.tests.cases import HTMX, VisitPageCase


class SeriesCase(VisitPageCase):
    @classmethod
    def hire(cls):
        super().hire()
        cls.rosa = cls.person("Rosa", "Delgado")

    def rule(self, **fields):
        return {
            "patient": self.rosa.pk,
            "doctor": self.dr_okafor.pk,
            "date": "2027-03-02",
            "time": "14:00",
            "duration": "30",
            "visit_type": "in-clinic",
            "every": "1",
            "unit": "WEEKLY",
            "ends": "count",
            "count": "4",
            "step": "plan",
        } | fields

    def plan(self, **fields):
        return self.post("/visits/series/new", self.rule(**fields), headers={})

    def days(self, response):
        return [row["date"].starts_at.date() for row in response.context["rows"]]

    def booked(self):
        with self.inside(self.desk):
            return list(Appointment.objects.filter(patient=self.rosa).order_by("starts_at"))

    def book(self, picks, **fields):
        data = self.rule(step="book", rows=len(picks), **fields)
        for number, pick in enumerate(picks):
            data |= dict(zip((f"pick-{number}", f"date-{number}", f"time-{number}"), pick, strict=False))
        return self.post("/visits/series/new", data, headers={})

    def local(self, day, time="14:00"):
        return self.at(self.riverside, dt.date.fromisoformat(day), time).isoformat()

    def make_series(self, count=4):
        with self.inside(self.desk) as desk:
            first = self.at(self.riverside, MONDAY + dt.timedelta(days=1), "14:00")
            starts = series.dates_of(desk, rule=f"FREQ=WEEKLY;COUNT={count}", first=first)
            request = series.SeriesRequest(patient_id=self.rosa.pk, doctor_id=self.dr_okafor.pk, starts=starts)
            return series.book(desk, request, at=TEN)


class PlanTests(SeriesCase):
    def test_the_form_is_a_page_that_starts_with_a_patient(self):
        page = self.get(f"/visits/series/new?patient={self.rosa.pk}")
        self.assertContains(page, "Rosa Delgado")
        self.assertEqual(self.get("/visits/series/new", actor=self.doctor).status_code, 403)

    def test_the_form_offers_lengths_places_and_weekdays(self):
        page = source_of(self.get("/visits/series/new?duration=50&weekdays=TU&weekdays=TH"))
        for name, kind, values in (
            ("duration", "radio", ["15", "30", "45", "50", "60", "90"]),
            ("visit_type", "radio", ["in-clinic", "virtual"]),
            ("weekdays", "checkbox", ["MO", "TU", "WE", "TH", "FR", "SA"]),
        ):
            self.assertEqual(re.findall(rf'<input type="{kind}" name="{name}" value="([^"]*)"', page), values)
        self.assertEqual(
            re.findall(r'name="(?:duration|weekdays)" value="(\w+)"[^>]* checked', page), ["50", "TU", "TH"]
        )

    def test_every_second_week_on_two_weekdays(self):
        response = self.plan(every="2", weekdays=["TU", "TH"])
        self.assertEqual(self.days(response), [dt.date(2027, 3, day) for day in (2, 4, 16, 18)])
        self.assertContains(response, "All 4 dates are free")
        self.assertEqual(self.booked(), [])

    def test_until_a_day_that_counts_itself(self):
        response = self.plan(ends="until", until="2027-03-16")
        self.assertEqual(self.days(response), [dt.date(2027, 3, day) for day in (2, 9, 16)])

    def test_each_conflict_shows_with_its_nearest_free_time(self):
        self.make_appointment(self.dr_okafor, self.hannah, self.at(self.riverside, dt.date(2027, 3, 9), "14:00"))
        response = self.plan()
        self.assertEqual([row["date"].problem for row in response.context["rows"]], ["", "slot_taken", "", ""])
        self.assertContains(response, "1 date isn't available")
        self.assertContains(response, "2027-03-09T13:30:00-05:00")

    def test_overlaps_are_no_conflict_where_the_clinic_allows_them(self):
        self.change_settings(self.riverside, allow_overlapping=True)
        self.make_appointment(self.dr_okafor, self.hannah, self.at(self.riverside, dt.date(2027, 3, 9), "14:00"))
        response = self.plan()
        self.assertEqual(response.context["conflicts"], 0)
        picks = [(row["date"].starts_at.isoformat(),) for row in response.context["rows"]]
        self.assertEqual(self.book(picks).status_code, 302)
        self.assertEqual([visit.overlap_allowed for visit in self.booked()], [False, True, False, False])

    def test_the_patients_other_visit_at_that_time_is_a_warning(self):
        self.make_appointment(self.dr_herrera, self.rosa, self.at(self.riverside, dt.date(2027, 3, 9), "14:15"))
        response = self.plan()
        self.assertEqual([row["date"].patient_overlap for row in response.context["rows"]], [False, True, False, False])
        self.assertContains(response, "The patient has another visit then", 1)

    def test_bad_input_is_reported_at_its_field(self):
        for fields, says in (
            ({"patient": ""}, "Choose a patient."),
            ({"doctor": ""}, "Choose a doctor."),
            ({"doctor": self.dr_lake.pk}, "There is no such doctor."),
            ({"count": ""}, "Enter the number of visits or an end date."),
            ({"count": "53"}, "less than or equal to 52"),
            ({"ends": "until", "until": "2027-03-03"}, "A series has 2 to 52 visits"),
            ({"ends": "until", "until": "2040-03-03"}, "A series has 2 to 52 visits"),
            ({"every": "0"}, "greater than or equal to 1"),
            ({"duration": "540"}, "less than or equal to 480"),
            ({"duration": "480", "time": "20:00"}, "past midnight"),
            ({"date": "2027-03-14", "time": "02:30"}, "2:00 am"),
            ({"unit": "HOURLY"}, ""),
            ({"weekdays": ["XX"]}, "XX"),
        ):
            with self.subTest(fields):
                response = self.plan(**fields)
                self.assertContains(response, says, status_code=422)
        self.assertEqual(self.booked(), [])

    def test_past_dates_are_conflicts(self):
        response = self.plan(date="2027-02-23")
        self.assertEqual(response.context["rows"][0]["date"].problem, "in_the_past")

    def test_changing_the_rule_brings_the_form_back_filled(self):
        response = self.plan(step="form", reason="dressing")
        self.assertContains(response, 'value="dressing"')
        self.assertContains(response, "Show dates")


class BookTests(SeriesCase):
    def test_dates_are_booked_skipped_and_moved_together(self):
        response = self.book(
            [
                (self.local("2027-03-02"),),
                ("skip",),
                ("other", "2027-03-17", "15:30"),
                (self.local("2027-03-23"),),
            ]
        )
        visits = self.booked()
        self.assertRedirects(response, f"/visits/{visits[0].pk}", fetch_redirect_response=False)
        local = [clock.local(visit.starts_at, "America/New_York") for visit in visits]
        self.assertEqual([f"{moment:%m-%d %H:%M}" for moment in local], ["03-02 14:00", "03-17 15:30", "03-23 14:00"])
        self.assertEqual(len({visit.series_id for visit in visits}), 1)

    def test_a_time_taken_meanwhile_books_nothing_and_shows_the_dates_again(self):
        self.make_appointment(self.dr_okafor, self.hannah, self.at(self.riverside, dt.date(2027, 3, 9), "14:00"))
        response = self.book([(self.local("2027-03-02"),), (self.local("2027-03-09"),)])
        self.assertContains(response, "Nothing is booked yet", status_code=422)
        self.assertContains(response, "2027-03-09T13:30:00-05:00", status_code=422)
        self.assertEqual(self.booked(), [])

    def test_overlapping_dates_are_reported(self):
        response = self.book([(self.local("2027-03-02"),), (self.local("2027-03-02", "14:15"),)])
        self.assertContains(response, "is already booked then", status_code=422)
        self.assertEqual(self.booked(), [])
        with self.inside(self.desk):
            self.assertEqual(Series.objects.count(), 0)

    def test_invalid_and_too_few_dates_are_refused(self):
        for picks in ([("skip",), ("skip",)], [("soon",), ("soon",)], [("other", "", ""), ("skip",)], []):
            with self.subTest(picks):
                self.assertEqual(self.book(picks).status_code, 422)
        self.assertEqual(self.book([("other", "2027-03-14", "02:30"), (self.local("2027-03-02"),)]).status_code, 422)
        self.assertEqual(self.booked(), [])


class FollowingTests(SeriesCase):
    def test_the_panel_shows_the_position_in_the_series(self):
        visits = self.make_series()
        panel = self.get(f"/visits/{visits[2].pk}", **HTMX)
        self.assertContains(panel, "Visit 3 of 4")
        self.assertContains(panel, f"/visits/{visits[2].pk}/following/cancel")
        self.assertNotContains(self.get(f"/visits/{self.visit.pk}", **HTMX), "/following/")

    def test_cancelling_shows_the_rest_and_then_cancels_it(self):
        visits = self.make_series()
        dialog = self.get(f"/visits/{visits[1].pk}/following/cancel", **HTMX)
        self.assertEqual([visit.pk for visit in dialog.context["visits"]], [visit.pk for visit in visits[1:]])
        self.assertContains(dialog, "Cancel 3 visits")
        bare = self.post(f"/visits/{visits[1].pk}/following/cancel", {"cancellation_type": "other"})
        self.assertContains(bare, "Enter a reason.", status_code=422)
        response = self.post(
            f"/visits/{visits[1].pk}/following/cancel", {"cancellation_type": "other", "reason_note": "moved away"}
        )
        self.assertContains(response, "Cancelled 3 visits of Rosa Delgado")
        self.assertEqual([visit.status for visit in self.booked()], ["unconfirmed", *["cancelled"] * 3])

    def test_moving_moves_the_later_ones_by_the_same_difference(self):
        visits = self.make_series()
        where = {"doctor": self.dr_herrera.pk, "date": "2027-03-10", "time": "15:00"}
        response = self.post(f"/visits/{visits[1].pk}/following/move", where)
        self.assertContains(response, "Moved 3 visits of Rosa Delgado")
        live = [visit for visit in self.booked() if visit.status != "cancelled"]
        local = [f"{clock.local(visit.starts_at, 'America/New_York'):%m-%d %H:%M}" for visit in live]
        self.assertEqual(local, ["03-02 14:00", "03-10 15:00", "03-17 15:00", "03-24 15:00"])

    def test_a_conflict_moves_nothing_and_is_shown(self):
        visits = self.make_series()
        self.make_appointment(self.dr_okafor, self.hannah, self.at(self.riverside, dt.date(2027, 3, 17), "15:00"))
        where = {"doctor": self.dr_okafor.pk, "date": "2027-03-10", "time": "15:00"}
        response = self.post(f"/visits/{visits[1].pk}/following/move", where)
        self.assertContains(response, "Nothing was moved", status_code=409)
        self.assertContains(response, "Wed, Mar 17, 3:00 pm", status_code=409)
        self.assertEqual({visit.status for visit in self.booked()}, {"unconfirmed"})

    def test_bad_input_and_other_roles_are_refused(self):
        visits = self.make_series()
        for fields, status in (
            ({"doctor": self.dr_lake.pk, "date": "2027-03-10", "time": "15:00"}, 422),
            ({"doctor": self.dr_okafor.pk, "date": "2027-03-14", "time": "02:30"}, 422),
            ({"doctor": "x", "date": "never", "time": ""}, 422),
        ):
            self.assertEqual(self.post(f"/visits/{visits[1].pk}/following/move", fields).status_code, status)
        self.assertEqual(self.get(f"/visits/{visits[1].pk}/following/move", actor=self.foreign_desk).status_code, 404)
        self.assertEqual(self.get(f"/visits/{visits[1].pk}/following/cancel", actor=self.doctor).status_code, 403)

    def test_the_api_plans_until_a_day_with_the_patients_overlap(self):
        self.make_appointment(self.dr_herrera, self.rosa, self.at(self.riverside, dt.date(2027, 3, 9), "14:15"))
        response = self.client_class(headers=self.bearer_for(self.desk)).post(
            "/api/appointments/series/plan",
            {
                "doctor_id": str(self.dr_okafor.pk),
                "patient_id": str(self.rosa.pk),
                "date": "2027-03-02",
                "start_time": "14:00",
                "rule": "FREQ=WEEKLY;UNTIL=20270316",
            },
            content_type="application/json",
        )
        self.assertEqual([row["patient_overlap"] for row in response.json()["results"]], [False, True, False])
