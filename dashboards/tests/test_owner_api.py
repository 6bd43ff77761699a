import datetime as dt

from clinicflow.testing.monday import MONDAY, TEN, MondayCase
from dashboards.owner.metrics.definitions import FIGURES

DAY = dt.timedelta(days=1)
PLACES = ("metrics", "no-show-rate", "ai-impact", "efficiency")


class OwnerApiCase(MondayCase):
    @classmethod
    def hire(cls):
        cls.week_ago = TEN - 7 * DAY
        cls.add(7, status="completed", confirmed_at=cls.week_ago - DAY, confirmed_by="patient")
        cls.add(2, start=7, status="no-show")
        cls.add(1, start=9, status="cancelled")

    @classmethod
    def add(cls, count, *, start=0, **fields):
        for index in range(start, start + count):
            patient = cls.make_patient(cls.riverside, f"Secret Person{index}")
            cls.make_appointment(cls.dr_okafor, patient, cls.week_ago + index * dt.timedelta(minutes=30), **fields)

    def ask(self, place="metrics", query="", actor=None, status=200):
        headers = self.bearer_for(actor or self.owner)
        answer = self.client.get(f"/api/dashboard/owner/{place}{query}", headers=headers)
        self.assertEqual(answer.status_code, status, answer.content[:500])
        return answer.json()


class AnswerTests(OwnerApiCase):
    def test_metrics_hold_every_figure_with_its_value_and_the_one_before(self):
        body = self.ask()
        self.assertEqual(set(body["figures"]), set(FIGURES))
        self.assertEqual(body["figures"]["no_show_rate"], {"value": 22.2, "before": None})
        self.assertIsNone(body["compared_with"])
        self.assertEqual(sum(step["visits"] for step in body["series"]), 9)
        self.assertEqual(body["series"][-1]["to"], MONDAY.isoformat())

    def test_small_groups_are_null(self):
        body = self.ask()
        reasons = {row["reason"]: row["cancelled"] for row in body["by_reason"]}
        self.assertEqual(reasons["other"], None)
        okafor = next(row for row in body["by_doctor"] if row["doctor_id"] == str(self.dr_okafor.pk))
        self.assertEqual((okafor["visits"], okafor["no_shows"], okafor["no_show_rate"]), (9, 2, 22.2))
        self.visit_at("09:00", status="completed", doctor=self.dr_herrera)
        rows = {row["doctor_id"]: row for row in self.ask()["by_doctor"]}
        for doctor in (self.dr_herrera, self.dr_okafor):  # the second, or the first could be found by subtraction
            self.assertEqual((rows[str(doctor.pk)]["visits"], rows[str(doctor.pk)]["no_show_rate"]), (None, None))

    def test_the_no_show_rate_by_step_against_the_days_before(self):
        self.visit_at("09:00", status="no-show")
        body = self.ask("no-show-rate", "?from=2027-02-23&to=2027-03-01&granularity=day")
        self.assertEqual((body["rate"], body["before"], len(body["series"])), (None, 22.2, 7))
        self.assertEqual(body["compared_with"], {"from": "2027-02-16", "to": "2027-02-22"})
        self.assertEqual(body["series"][-1]["before"], 22.2)  # a Monday, as a week earlier

    def test_ai_impact(self):
        body = self.ask("ai-impact")
        self.assertEqual(body["figures"]["confirmed_alone_rate"]["value"], 100.0)
        self.assertEqual(body["confirmed_alone"], 7)

    def test_efficiency_shows_its_sum(self):
        body = self.ask("efficiency", "?granularity=month")
        self.assertEqual(body["tasks"][0], {"task": "confirmation", "times": 7, "minutes": 4, "saved": 28})
        self.assertEqual(body["figures"]["minutes_saved"]["value"], 28)
        self.assertEqual(sum(step["minutes_saved"] for step in body["series"]), 28)

    def test_no_patient_is_in_any_answer(self):
        for place in PLACES:
            self.assertNotIn("Secret", str(self.ask(place)))


class RefusalTests(OwnerApiCase):
    def test_only_the_owner(self):
        for place in PLACES:
            for actor in (self.desk, self.doctor, self.foreign_desk):
                self.ask(place, actor=actor, status=403)

    def test_bad_days_are_refused_on_their_field(self):
        for query, field in (
            ("?from=2027-02-20&to=2027-02-10", "from"),
            ("?to=2027-03-02", "to"),
            ("?from=2020-01-01", "from"),
            ("?from=9999-99-99", "from"),
            ("?from=0001-01-01&to=0001-01-02", "from"),
            ("?granularity=hour", "granularity"),
            ("?compare=yes", "compare"),
            ("?step=week", "step"),
            ("?from=", "from"),
        ):
            with self.subTest(query=query):
                self.assertIn(field, self.ask(query=query, status=400)["errors"])

    def test_the_earliest_days_are_empty_and_no_error(self):
        self.assertEqual(self.ask(query="?to=1970-01-01")["figures"]["visits"]["value"], 0)


class QueryTests(OwnerApiCase):
    def test_as_many_queries_for_more_visits(self):
        headers = self.bearer_for(self.owner)
        for more in (0, 5):
            self.add(more, start=10 + more, status="completed")
            for place, count in zip(PLACES, COUNTS, strict=True):
                with self.subTest(place=place, more=more), self.assertNumQueries(count):
                    self.client.get(f"/api/dashboard/owner/{place}", headers=headers)


COUNTS = (13, 13, 11, 11)
