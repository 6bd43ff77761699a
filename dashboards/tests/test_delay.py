import datetime as dt
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.test import SimpleTestCase

from dashboards.board.selectors.delay import delay_of

NINE = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)


@dataclass(kw_only=True)
class Visit:
    id: UUID
    starts_at: dt.datetime
    ends_at: dt.datetime
    arrived_at: dt.datetime | None = None
    completed_at: dt.datetime | None = None
    is_open: bool = True


def at(minutes):
    return NINE + dt.timedelta(minutes=minutes)


def visit(start, *, length=30, arrived=None, completed=None, is_open=True):
    return Visit(
        id=uuid4(),
        starts_at=at(start),
        ends_at=at(start + length),
        arrived_at=None if arrived is None else at(arrived),
        completed_at=None if completed is None else at(completed),
        is_open=is_open and completed is None,
    )


class DelayTests(SimpleTestCase):
    def test_on_time_with_gaps(self):
        now, later = visit(0, arrived=-5), visit(45)
        pace = delay_of([now, later], at(10))
        self.assertEqual((pace.behind, pace.is_late), (0, False))
        self.assertEqual(pace.expected, {later.id: at(45)})

    def test_an_overrunning_visit_delays_the_next_ones(self):
        now, second, third = visit(0, arrived=0), visit(30, arrived=25), visit(60)
        pace = delay_of([now, second, third], at(48))
        self.assertEqual(pace.behind, 18)
        self.assertEqual(pace.expected, {second.id: at(48), third.id: at(78)})

    def test_a_gap_absorbs_the_delay(self):
        now, second, third = visit(0, arrived=0), visit(30), visit(90)
        pace = delay_of([now, second, third], at(29 + 12))
        self.assertEqual(pace.behind, 0)  # second has not come either

        second = visit(45)
        pace = delay_of([now, second, third], at(44))
        self.assertEqual(pace.expected, {second.id: at(45), third.id: at(90)})

    def test_a_visit_begins_when_the_one_before_it_was_completed(self):
        before, now, third = visit(0, arrived=0, completed=50), visit(30, arrived=20), visit(60)
        pace = delay_of([before, now, third], at(52))
        self.assertEqual(pace.behind, 20)
        self.assertEqual(pace.expected, {third.id: at(80)})

    def test_a_late_patient_delays_no_other_visit(self):
        absent, now, third = visit(0), visit(30, arrived=30), visit(60)
        pace = delay_of([absent, now, third], at(40))
        self.assertEqual(pace.behind, 0)
        self.assertNotIn(absent.id, pace.expected)

    def test_a_late_arrival_is_not_the_doctors_delay(self):
        pace = delay_of([visit(0, arrived=20)], at(25))
        self.assertEqual(pace.behind, 0)

    def test_an_early_arrival_is_not_seen_before_the_others(self):
        second, early = visit(20), visit(60, arrived=5)
        pace = delay_of([second, early], at(10))
        self.assertEqual(pace.behind, 0)

    def test_without_arrivals_there_is_no_delay(self):
        self.assertEqual(delay_of([visit(0, completed=20), visit(30)], at(25)).behind, 0)
        self.assertEqual(delay_of([], at(0)).behind, 0)
