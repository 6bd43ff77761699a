"""The stored figures: counted by day, marked when a row changes, and never different from a count of the rows."""

import datetime as dt

from clinicflow.clinics.actors import system_actor
from clinicflow.testing.monday import TEN, MondayCase
from dashboards.metrics.periods import Period
from dashboards.metrics.reading import read_report
from dashboards.models import StaleDay
from dashboards.operations import figures

DAY = dt.timedelta(days=1)


class FigureCase(MondayCase):
    @classmethod
    def hire(cls):
        cls.clinic_itself = system_actor(cls.riverside.pk, cls.riverside.timezone)

    def roll_up(self, at=TEN):
        with self.inside(self.clinic_itself) as actor:
            return figures.roll_up(actor, at=at)

    def stale(self):
        with self.inside(self.clinic_itself) as actor:
            return set(StaleDay.objects.visible_to(actor).values_list("day", flat=True))


class MarkTests(FigureCase):
    def test_a_visit_marks_its_day(self):
        visit = self.visit_at("09:00")
        self.assertEqual(self.stale(), {dt.date(2027, 3, 1)})
        self.roll_up()
        self.assertEqual(self.stale(), set())
        with self.inside(self.desk):
            type(visit).objects.filter(pk=visit.pk).update(
                starts_at=TEN - 3 * DAY, ends_at=TEN - 3 * DAY + dt.timedelta(hours=1)
            )
        self.assertEqual(self.stale(), {dt.date(2027, 3, 1), dt.date(2027, 2, 26)})

    def test_report(self):
        self.visit_at("09:00", status="completed")
        with self.inside(self.owner) as actor:
            report = read_report(actor, Period.preset("4w", dt.date(2027, 3, 1)), hours=True)
        self.assertEqual(report.now["visits"], 1)
