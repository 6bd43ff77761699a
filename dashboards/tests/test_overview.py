import csv
import datetime as dt

from clinicflow.testing.monday import MONDAY, TEN, MondayCase
from intake.models import IntakeForm, Questionnaire

DAY = dt.timedelta(days=1)
SIX = "Peter Novak", "Ana Costa", "Ben Ito", "Cleo Diaz", "Dora Lund", "Eli Roth"


class OverviewCase(MondayCase):
    @classmethod
    def hire(cls):
        """Ten visits of last week: seven done, two no-shows, one cancelled; and one in the other clinic."""
        cls.week_ago = TEN - 7 * DAY
        cls.add(7, status="completed", arrived=True, arrived_at=TEN, confirmed_at=cls.week_ago - DAY)
        cls.add(2, start=7, status="no-show")
        cls.add(1, start=9, status="cancelled", confirmed_at=cls.week_ago - DAY)
        cls.make_appointment(cls.dr_lake, cls.make_patient(cls.lakeside), cls.week_ago, status="no-show")

    @classmethod
    def add(cls, count, *, start=0, **fields):
        for index in range(start, start + count):
            patient = cls.make_patient(cls.riverside, f"Secret Person{index}")
            cls.make_appointment(cls.dr_okafor, patient, cls.week_ago + index * dt.timedelta(minutes=30), **fields)

    def report(self, address="/overview?period=4w", actor=None):
        return self.client_for(actor or self.owner).get(address)


class FigureTests(OverviewCase):
    def test_the_rates_of_the_clinic(self):
        tally = self.report().context["report"].now
        self.assertEqual((tally.due, tally.done, tally.no_shows, tally.cancelled), (9, 7, 2, 1))
        self.assertEqual(tally.no_show_rate, 22.2)
        self.assertEqual(tally.confirmed_rate, 77.8)
        self.assertEqual(tally.cancelled_rate, 10.0)

    def test_a_confirmation_on_the_day_itself_came_too_late(self):
        visit = self.visit_at("09:00", status="completed", confirmed_at=TEN)
        self.assertEqual(self.report().context["report"].now.confirmed_before, 7)
        self.assertEqual(visit.status, "completed")

    def test_intake_counts_when_it_came_before_the_visit(self):
        with self.inside(self.desk):
            paper = Questionnaire.objects.create(clinic=self.riverside, family=self.riverside.pk, name="Adult")
        for name, hours in (("Ada Early", -2), ("Lou Late", 2)):
            visit = self.visit_at("08:00", name, status="completed", overlap_allowed=True, overlap_reason="test")
            with self.inside(self.desk):
                IntakeForm.objects.create(
                    clinic=self.riverside,
                    patient=visit.patient,
                    appointment=visit,
                    questionnaire=paper,
                    status="submitted",
                    submitted_at=visit.starts_at + dt.timedelta(hours=hours),
                )
        self.assertEqual(self.report().context["report"].now.intake_before, 1)

    def test_booked_time_is_a_share_of_the_open_time(self):
        report = self.report().context["report"]
        one_week = 5 * (210 + 225)  # minutes that a doctor of the cast works
        self.assertEqual(report.now.minutes, 7 * 30)
        self.assertEqual(report.now.open_minutes, 2 * (4 * one_week))
        self.assertEqual(report.doctors[0].tally.open_minutes, 4 * one_week)

    def test_an_hour_is_as_busy_as_it_is_booked(self):
        report = self.report().context["report"]
        mondays = next(row for row in report.busy_rows if row.date.weekday() == 0)
        ten = mondays.cells[report.hours.index(10)]
        self.assertEqual(ten.share, round(100 * 60 / (2 * 4 * 60)))

    def test_the_period_before_is_left_out_when_the_clinic_was_not_there_for_it(self):
        figures = self.report().context["report"].figures
        self.assertEqual({figure.change for figure in figures}, {None})

    def test_few_visits_give_no_rate(self):
        report = self.report().context["report"]
        herrera = next(row for row in report.doctors if row.doctor.pk == self.dr_herrera.pk)
        self.assertIsNone(herrera.tally.no_show_rate)

    def test_an_unknown_period_is_the_usual_one(self):
        self.assertEqual(self.report("/overview?period=' or 1=1").context["report"].period.name, "12w")

    def test_as_many_queries_for_twenty_visits_more(self):
        client = self.client_for(self.owner)
        with self.assertNumQueries(12) as few:
            client.get("/overview?period=4w")
        self.add(5, start=10, status="completed")
        with self.assertNumQueries(len(few)):
            client.get("/overview?period=4w")


class NobodyTests(OverviewCase):
    def test_no_patient_is_on_the_page_or_in_the_file(self):
        for address in ("/overview?period=4w", "/overview.csv?period=4w"):
            self.assertNotContains(self.report(address), "Secret")

    def test_only_the_owner(self):
        for actor in (self.desk, self.doctor):
            self.assertEqual(self.report(actor=actor).status_code, 403)

    def test_another_clinics_visits_do_not_count(self):
        foreign = self.make_member(self.lakeside, "owner@lakeside.test", "Lars Berg", "owner")[1]
        self.assertEqual(self.report(actor=foreign).context["report"].now.due, 1)

    def test_the_file_has_a_line_for_each_week(self):
        rows = list(csv.reader(self.report("/overview.csv?period=4w").content.decode().splitlines()))
        self.assertEqual(rows[0][:3], ["week", "due", "done"])
        self.assertEqual(len(rows), 5)
        self.assertEqual(sum(int(row[1]) for row in rows[1:]), 9)


class ChartTests(OverviewCase):
    def test_every_chart_has_its_table(self):
        page = self.report()
        self.assertContains(page, '<svg class="chart"')
        self.assertContains(page, "22.2%")
        self.assertContains(page, 'class="tableof"', count=2)
        self.assertContains(page, 'class="heat"')

    def test_today_is_the_last_day(self):
        self.assertEqual(self.report().context["report"].period.last_day, MONDAY)
