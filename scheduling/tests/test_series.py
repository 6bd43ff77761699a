"""The operations on recurring visits."""

import datetime as dt
import itertools

from clinicflow.core import clock
from clinicflow.core.errors import Forbidden, Invalid
from scheduling.errors import SeriesConflicts
from scheduling.models import Appointment
from scheduling.operations import series
from scheduling.tests.cases import AppointmentCase


class SeriesTests(AppointmentCase):
    RULE = "FREQ=WEEKLY;COUNT=4"

    def starts(self, rule=RULE, time="14:00"):
        with self.inside(self.desk) as desk:
            return series.dates_of(desk, rule=rule, first=self.time(time))

    def book_series(self, starts, actor=None):
        with self.inside(actor or self.desk) as who:
            request = series.SeriesRequest(
                patient_id=self.hannah.pk, doctor_id=self.dr_okafor.pk, starts=starts, rule=self.RULE
            )
            return series.book(who, request, at=self.before)

    def test_has_the_same_wall_clock_time_across_daylight_saving(self):
        zone = "America/New_York"
        first = clock.at_wall_clock(dt.date(2027, 3, 8), dt.time(9), zone)
        with self.inside(self.desk) as desk:
            starts = series.dates_of(desk, rule="FREQ=WEEKLY;COUNT=3", first=first)
        self.assertEqual({clock.local(start, zone).time() for start in starts}, {dt.time(9)})
        gaps = {(after - before).total_seconds() for before, after in itertools.pairwise(starts)}
        self.assertEqual(gaps, {7 * 86400 - 3600, 7 * 86400})

    def test_bad_rules_are_refused(self):
        for rule in (
            "",
            "FREQ=WEEKLY",
            "FREQ=SECONDLY;COUNT=5",
            "FREQ=WEEKLY;COUNT=99",
            "FREQ=WEEKLY;COUNT=1",
            "x" * 99,
        ):
            with self.assertRaises(Invalid, msg=rule):
                self.starts(rule)

    def test_every_second_tuesday(self):
        starts = self.starts("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=3")
        days = [clock.local(start, "America/New_York").date() for start in starts]
        self.assertEqual([day.weekday() for day in days], [1, 1, 1])
        self.assertEqual((days[1] - days[0]).days, 14)

    def test_is_booked_together(self):
        visits = self.book_series(self.starts())
        self.assertEqual(len({visit.series_id for visit in visits}), 1)
        self.assertEqual([visit.starts_at for visit in visits], self.starts())
        self.assertEqual([visit.visit_category for visit in visits], ["new-patient", *["follow-up"] * 3])

    def test_conflicts_are_shown_per_date_and_nothing_is_booked(self):
        starts = self.starts()
        self.book("14:00", patient_id=self.diego.pk, starts_at=starts[2])
        with self.inside(self.desk) as desk:
            request = series.SeriesRequest(doctor_id=self.dr_okafor.pk, starts=starts)
            planned = series.plan(desk, request, at=self.before)
        self.assertEqual([date.problem for date in planned], ["", "", "slot_taken", ""])
        self.assertEqual(f"{planned[2].nearest.start_time:%H:%M}", "13:30")
        before = self.rows()
        with self.assertRaises(SeriesConflicts) as refusal:
            self.book_series(starts)
        self.assertEqual([date["code"] for date in refusal.exception.extras["conflicts"]], ["slot_taken"])
        self.assertEqual(self.rows(), before)
        self.book_series([*starts[:2], planned[2].nearest.starts_at, starts[3]])

    def test_one_moves_without_the_others_and_the_rest_moves_together(self):
        visits = self.book_series(self.starts())
        self.do("reschedule", visit=visits[0], starts_at=self.time("15:00"))
        with self.inside(self.desk) as desk:
            moved = series.move_following(
                desk, visits[1].pk, starts_at=visits[1].starts_at + dt.timedelta(days=1, hours=1), at=self.before
            )
        days = [clock.local(visit.starts_at, "America/New_York") for visit in moved]
        self.assertEqual([(day.weekday(), day.hour) for day in days], [(1, 15)] * 3)
        self.assertEqual({visit.series_id for visit in moved}, {visits[0].series_id})

    def test_a_series_moves_onto_its_own_old_times(self):
        visits = self.book_series(self.starts())
        with self.inside(self.desk) as desk:
            moved = series.move_following(desk, visits[0].pk, starts_at=visits[1].starts_at, at=self.before)
        self.assertEqual([visit.starts_at for visit in moved][:3], [visit.starts_at for visit in visits][1:])

    def test_moving_the_rest_is_all_or_none(self):
        visits = self.book_series(self.starts())
        self.book("15:00", patient_id=self.diego.pk, starts_at=visits[3].starts_at + dt.timedelta(hours=1))
        before = self.rows()
        with self.assertRaises(SeriesConflicts), self.inside(self.desk) as desk:
            series.move_following(
                desk, visits[1].pk, starts_at=visits[1].starts_at + dt.timedelta(hours=1), at=self.before
            )
        self.assertEqual(self.rows(), before)

    def test_the_rest_is_cancelled(self):
        visits = self.book_series(self.starts())
        with self.inside(self.desk) as desk:
            series.cancel_following(
                desk, visits[2].pk, cancellation_type="patient-cancelled", reason_note="Moves away", at=self.before
            )
            left = Appointment.objects.filter(series=visits[0].series_id).order_by("starts_at")
            self.assertEqual([visit.status for visit in left], ["unconfirmed", "unconfirmed", "cancelled", "cancelled"])

    def test_front_desk_only(self):
        with self.assertRaises(Forbidden):
            self.book_series(self.starts(), self.doctor)
