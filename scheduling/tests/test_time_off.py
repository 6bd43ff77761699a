"""The operations on time off and closures."""

import datetime as dt

from clinicflow.core import clock
from clinicflow.core.errors import Forbidden, Invalid
from scheduling.errors import ClinicClosed, DoctorAway
from scheduling.models import Closure
from scheduling.operations import bulk, time_off
from scheduling.rules.public_holidays import holidays_of
from scheduling.tests.cases import AppointmentCase


class TimeOffTests(AppointmentCase):
    def take(self, actor=None, start="09:00", end="17:00", doctor=None):
        with self.inside(actor or self.desk) as who:
            return time_off.create(
                who, doctor_id=(doctor or self.dr_okafor).pk, starts_at=self.time(start), ends_at=self.time(end)
            )

    def test_has_its_overlapping_visits_and_blocks_new_ones(self):
        self.book("09:00", doctor_id=self.dr_herrera.pk, patient_id=self.diego.pk)
        row = self.take()
        with self.inside(self.desk) as desk:
            self.assertEqual([visit.pk for visit in time_off.visits_hit(desk, row)], [self.visit.pk])
        with self.assertRaises(DoctorAway):
            self.book("11:00")

    def test_a_doctor_manages_only_their_own(self):
        self.take(self.doctor)
        with self.assertRaises(Forbidden):
            self.take(self.doctor, doctor=self.dr_herrera)
        with self.assertRaises(Forbidden):
            self.take(self.owner)
        with self.assertRaises(Invalid):
            self.take(end="08:00")

    def test_is_changed_and_removed(self):
        row = self.take(end="10:30")
        with self.inside(self.desk) as desk:
            time_off.update(desk, row.pk, ends_at=self.time("12:00"), reason="Dentist")
        with self.assertRaises(DoctorAway):
            self.book("11:00")
        with self.inside(self.desk) as desk:
            time_off.remove(desk, row.pk)
        self.book("11:00")

    def test_overlapping_visits_are_cancelled_or_moved_together(self):
        other = self.book("11:00", patient_id=self.diego.pk)
        row = self.take()
        hit = [self.visit.pk, other.pk]
        with self.inside(self.desk) as desk:
            moved = bulk.move_visits(desk, [self.visit.pk], doctor_id=self.dr_herrera.pk, at=self.before)
            self.assertEqual(moved[0].new.starts_at, self.visit.starts_at)
            cancelled = bulk.cancel_visits(
                desk, hit, cancellation_type="clinic-cancelled", reason_note="Doctor is ill", at=self.before
            )
            problems = [outcome.problem and outcome.problem.code for outcome in cancelled]
            self.assertEqual(problems, ["illegal_transition", None])
            self.assertEqual(list(time_off.visits_hit(desk, row)), [])

    def test_without_another_doctor_they_move_to_the_nearest_free_time(self):
        self.take()
        with self.inside(self.desk) as desk:
            (outcome,) = bulk.move_visits(desk, [self.visit.pk], at=self.before)
        self.assertEqual(outcome.new.doctor_id, self.dr_okafor.pk)
        self.assertNotEqual(clock.local(outcome.new.starts_at, "America/New_York").date(), self.monday)


class ClosureTests(AppointmentCase):
    def test_days_are_closed_and_opened(self):
        with self.inside(self.desk) as desk:
            row = time_off.create_closures(desk, first=self.monday, last=self.monday, reason="Painters")
        with self.assertRaises(ClinicClosed):
            self.book("11:00")
        with self.inside(self.desk) as desk:
            time_off.remove_closure(desk, row.pk)
        self.book("11:00")
        with self.inside(self.doctor) as who, self.assertRaises(Forbidden):
            time_off.create_closures(who, first=self.monday, last=self.monday, reason="Sun")

    def test_public_holidays_are_offered_until_they_are_closed(self):
        thanksgiving = dt.date(2026, 11, 26)
        with self.inside(self.desk) as desk:
            self.assertIn(
                "Thanksgiving Day", [holiday.name for holiday in time_off.public_holidays_to_offer(desk, 2026)]
            )
            closed = time_off.create_holiday_closures(desk, year=2026, days=[thanksgiving, dt.date(2026, 7, 15)])
            self.assertEqual([row.reason for row in closed], ["Thanksgiving Day"])
            self.assertNotIn(thanksgiving, [holiday.day for holiday in time_off.public_holidays_to_offer(desk, 2026)])
            time_off.create_holiday_closures(desk, year=2026, days=[thanksgiving])
            self.assertEqual(Closure.objects.count(), 1)

    def test_regions_have_their_own_and_unknown_ones_have_the_countrys(self):
        names = {region: {holiday.name for holiday in holidays_of("US", region, 2026)} for region in ("", "TX", "??")}
        self.assertIn("Texas Independence Day", names["TX"] - names[""])
        self.assertEqual(names["??"], names[""])
        self.assertEqual(holidays_of("XX", "", 2026), [])
