import datetime as dt
from dataclasses import dataclass
from types import SimpleNamespace
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.test import SimpleTestCase

from dashboards.board.selectors.grid import blocks_of, lanes_of

NEW_YORK = ZoneInfo("America/New_York")
MONDAY = dt.date(2027, 3, 1)
ME = uuid4()
HOURS = [(540, 750), (795, 1020)]


@dataclass
class Piece:
    start: int
    end: int
    lane: int = 0
    lanes: int = 1


def off(start, end, *, doctor_id=ME, day=MONDAY, reason="conference"):
    def at(hour):
        return dt.datetime.combine(day, dt.time(hour), tzinfo=NEW_YORK)

    return SimpleNamespace(doctor_id=doctor_id, starts_at=at(start), ends_at=at(end), reason=reason)


def named(blocks):
    return [(block.start, block.end, block.label) for block in blocks]


class BlockTests(SimpleTestCase):
    def blocks(self, hours=HOURS, closures=(), absences=()):
        return named(blocks_of(ME, hours, MONDAY, NEW_YORK, closures, absences))

    def test_what_lies_around_the_working_hours(self):
        self.assertEqual(self.blocks(), [(0, 540, ""), (750, 795, "Lunch"), (1020, 1440, "")])

    def test_a_break_outside_midday_is_a_break(self):
        self.assertIn((600, 615, "Break"), self.blocks(hours=[(540, 600), (615, 1020)]))

    def test_a_day_off(self):
        self.assertEqual(self.blocks(hours=[]), [(0, 1440, "Not working")])

    def test_time_away_says_why_and_hides_what_it_covers(self):
        blocks = self.blocks(absences=[off(12, 15)])
        self.assertEqual(blocks, [(0, 540, ""), (720, 900, "Out · conference"), (1020, 1440, "")])

    def test_a_colleagues_time_away_is_not_mine(self):
        self.assertEqual(self.blocks(absences=[off(12, 15, doctor_id=uuid4())]), self.blocks())

    def test_a_closure_of_several_days_fills_this_one(self):
        closure = off(0, 1, day=MONDAY - dt.timedelta(days=1), reason="holiday")
        closure.ends_at = closure.starts_at + dt.timedelta(days=5)
        self.assertEqual(self.blocks(closures=[closure]), [(0, 1440, "Closed · holiday")])

    def test_only_what_the_grid_shows_of_a_block(self):
        block = blocks_of(ME, HOURS, MONDAY, NEW_YORK, [], [])[0]
        self.assertEqual((block.within(480, 1020).y, block.within(480, 1020).h), (0, 12))
        self.assertIsNone(block.within(600, 1020))


class LaneTests(SimpleTestCase):
    def lanes(self, *spans):
        pieces = [Piece(*span) for span in spans]
        lanes_of(pieces)
        return [(piece.lane, piece.lanes) for piece in pieces]

    def test_visits_that_touch_share_a_lane(self):
        self.assertEqual(self.lanes((540, 570), (570, 600)), [(0, 1), (0, 1)])

    def test_overlapping_visits_get_lanes_beside_each_other(self):
        self.assertEqual(self.lanes((540, 600), (570, 630), (600, 660)), [(0, 2), (1, 2), (0, 2)])

    def test_the_next_group_has_the_whole_width_again(self):
        self.assertEqual(self.lanes((540, 600), (550, 560), (700, 730))[2], (0, 1))
