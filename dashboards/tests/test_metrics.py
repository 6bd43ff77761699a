"""The sums behind the owner's pages: periods, withholding, drawing, and the file that says what figures mean."""

import datetime as dt

from django.conf import settings
from django.test import SimpleTestCase

from clinicflow.core.errors import Invalid
from dashboards.figures.rules.periods import MAX_DAYS, Comparison, Period, Step
from dashboards.figures.selectors.totals import Totals, share, withheld
from dashboards.owner.metrics.charts import line_chart
from dashboards.owner.metrics.definitions import FIGURES, as_markdown
from dashboards.owner.metrics.panels import PAGES, PANELS
from dashboards.owner.metrics.tables import ColumnKind, Table, TableColumn, duration, write

MONDAY = dt.date(2027, 3, 1)
DAY = dt.timedelta(days=1)


class DefinitionTests(SimpleTestCase):
    def test_the_file_is_what_the_definitions_say(self):
        self.assertEqual((settings.BASE_DIR / "docs" / "metrics.md").read_text(encoding="utf-8"), as_markdown())

    def test_every_figure_has_a_meaning_and_every_page_shows_known_ones(self):
        for figure in FIGURES.values():
            self.assertTrue(str(figure.says).endswith("."), figure.key)
        for section in PAGES.values():
            self.assertLessEqual(set(section.figures), set(FIGURES))
            self.assertLessEqual(set(section.panels), set(PANELS))
        self.assertEqual({name for section in PAGES.values() for name in section.panels}, set(PANELS))


class PeriodTests(SimpleTestCase):
    def between(self, first, last, **how):
        return Period.between(first, last, MONDAY, **how)

    def test_every_day_falls_into_the_step_that_holds_it(self):
        for step in Step:
            for length in (1, 6, 7, 8, 31, 200):
                period = self.between(MONDAY - length * DAY, MONDAY, step=step)
                for day in period.days:
                    self.assertIn(day, period.steps[period.index(day)], (step, length, day))
                self.assertEqual([day for span in period.steps for day in span.days], period.days)

    def test_it_is_compared_with_as_many_days_before_or_the_same_weekdays_a_year_earlier(self):
        period = self.between(MONDAY - 6 * DAY, MONDAY)
        self.assertEqual((period.before.start, period.before.end), (MONDAY - 13 * DAY, MONDAY - 6 * DAY))
        year = self.between(MONDAY - 6 * DAY, MONDAY, compare=Comparison.YEAR).before
        self.assertEqual((year.start.weekday(), len(year.days)), (period.start.weekday(), 7))
        self.assertIsNone(self.between(MONDAY, MONDAY, compare=Comparison.NONE).before)

    def test_what_cannot_be_is_refused_on_its_field(self):
        for first, last, field in (
            (MONDAY, MONDAY - DAY, "from"),
            (MONDAY, MONDAY + DAY, "to"),
            (MONDAY - MAX_DAYS * DAY, MONDAY, "from"),
        ):
            with self.assertRaises(Invalid) as refused:
                self.between(first, last)
            self.assertEqual(list(refused.exception.fields), [field])
        self.assertEqual(len(self.between(MONDAY - (MAX_DAYS - 1) * DAY, MONDAY).days), MAX_DAYS)


class WithholdingTests(SimpleTestCase):
    def test_small_groups_are_hidden_and_never_one_alone(self):
        self.assertEqual(withheld([9, 3, 7, 20]), [False, True, True, False])
        self.assertEqual(withheld([9, 3, 2, 20]), [False, True, True, False])
        self.assertEqual(withheld([9, 1, 1, 20]), [True, True, True, False])
        self.assertEqual(withheld([9, 0, 20]), [False, False, False])
        self.assertEqual(withheld([0, 1, 0]), [True, True, True])
        self.assertEqual(withheld([4]), [True])
        self.assertEqual(withheld([]), [])

    def test_a_share_of_few_is_none(self):
        self.assertEqual((share(1, 4), share(1, 5), share(0, 0, few=1)), (None, 20.0, None))

    def test_time_over_the_open_hours_never_makes_more_than_all(self):
        tally = Totals()
        tally.add({"booked_minutes": 600, "open_minutes": 480})
        self.assertEqual(tally.use, 100.0)


class ChartTests(SimpleTestCase):
    def chart(self, *values, unit="%"):
        return line_chart("Chart", [str(n) for n in range(len(values))], [("now", values)], unit=unit)

    def test_no_values_make_no_line(self):
        self.assertEqual(self.chart().series, [])
        self.assertEqual(self.chart(None, None).series, [])

    def test_one_value_is_a_dot(self):
        [line] = self.chart(5.0).series
        self.assertEqual((line.pieces, len(line.dots)), ([], 1))
        self.assertEqual(self.chart(5.0).ticks[0].anchor, "middle")

    def test_a_gap_breaks_the_line(self):
        [line] = self.chart(1.0, 2.0, None, 3.0, None, 4.0, 5.0).series
        self.assertEqual(len(line.pieces), 2)
        self.assertEqual(len(line.dots), 2)  # the lone one and the last

    def test_the_scale_is_round_and_holds_every_value(self):
        for most, top in ((0, "4%"), (3.2, "4%"), (11, "12%"), (99.9, "100%"), (101, "120%"), (12_345, "20,000%")):
            self.assertEqual(self.chart(float(most)).rows[-1].text, top)

    def test_many_steps_have_few_names(self):
        self.assertLessEqual(len(self.chart(*[1.0] * 731).ticks), 8)


class TableTests(SimpleTestCase):
    def test_values_are_formatted_for_the_page_and_the_csv_file(self):
        columns = [
            TableColumn("who", "Who", ColumnKind.TEXT),
            TableColumn("n", "N"),
            TableColumn("rate", "Rate", ColumnKind.RATE),
        ]
        sheet = Table(key="x", columns=columns, rows=[["=1+1", None, 12.5], ["@x", 1204, None]])
        self.assertEqual(sheet.shown, [["=1+1", "<5", "12.5%"], ["@x", "1,204", "–"]])
        self.assertEqual(sheet.as_csv(), [["who", "n", "rate"], ["'=1+1", "<5", "12.5"], ["'@x", "1204", ""]])

    def test_durations(self):
        self.assertEqual(
            [duration(n) for n in (0, 119, 120, 210, 72_240)], ["0 min", "119 min", "2 h", "3.5 h", "1,204 h"]
        )
        self.assertEqual(write(2.0, ColumnKind.SECONDS), "2 s")
