"""What hangs on visits: follow-ups, the waitlist, notes, time off, closures, series, and the clock's no-shows."""

import datetime as dt
import itertools

from clinicflow.access.actor import system_actor
from clinicflow.core import clock
from clinicflow.core.errors import Forbidden, Invalid, NotFound
from clinicflow.jobs.models import Job
from clinicflow.testing.jobs import run_due_jobs
from scheduling.errors import ClinicClosed, DoctorAway, FollowUpClosed, SeriesConflicts, WaitlistClosed
from scheduling.models import Appointment, Closure, DoctorNote, FollowUp, WaitlistEntry
from scheduling.operations import bulk, doctor_notes, follow_ups, no_shows, series, time_off, waitlist
from scheduling.rules.public_holidays import holidays_of
from scheduling.selectors.waitlist_matching import matches
from scheduling.tests.cases import AppointmentCase


class FollowUpTests(AppointmentCase):
    def ask(self, actor=None, **fields):
        fields = {"patient_id": self.hannah.pk, "scheduled_date": self.monday, "note": " Check "} | fields
        with self.inside(actor or self.doctor) as who:
            return follow_ups.create(who, **fields)

    def test_a_doctors_follow_up_is_their_own(self):
        follow_up = self.ask(doctor_id=self.dr_herrera.pk, appointment_id=self.visit.pk)
        self.assertEqual((follow_up.doctor_id, follow_up.note), (self.dr_okafor.pk, "Check"))
        self.assertEqual((follow_up.status, follow_up.created_by_id), ("pending", self.okafor.pk))

    def test_only_for_visible_patients_and_visits(self):
        for fields in ({"patient_id": self.diego.pk}, {"patient_id": self.stranger.pk}):
            with self.assertRaises(Invalid) as refusal:
                self.ask(**fields)
            self.assertIn("patient_id", refusal.exception.fields)
        with self.assertRaises(Invalid):
            self.ask(self.desk, doctor_id=None)
        with self.assertRaises(Forbidden):
            self.ask(self.owner)
        with self.inside(self.desk):
            self.assertEqual(FollowUp.objects.count(), 0)

    def test_pending_ones_are_cancelled_scheduled_ones_completed_and_closed_ones_unchanged(self):
        pk = self.ask().pk
        with self.inside(self.desk) as desk:
            with self.assertRaises(FollowUpClosed):
                follow_ups.complete(desk, pk)
            later = follow_ups.update(desk, pk, scheduled_date=self.monday + dt.timedelta(days=7))
            self.assertEqual((later.scheduled_date.weekday(), later.note), (0, "Check"))
            self.assertEqual(follow_ups.cancel(desk, pk).status, "cancelled")
            self.assertEqual(follow_ups.cancel(desk, pk).status, "cancelled")
            with self.assertRaises(FollowUpClosed):
                follow_ups.update(desk, pk, note="More")

    def test_a_colleagues_follow_up_is_not_found(self):
        pk = self.ask().pk
        with self.inside(self.other_doctor) as who, self.assertRaises(NotFound):
            follow_ups.cancel(who, pk)

    def test_overdue_means_pending_and_past(self):
        pk = self.ask(scheduled_date=self.monday).pk
        self.ask(scheduled_date=self.monday + dt.timedelta(days=1))
        with self.inside(self.desk) as desk:
            overdue = FollowUp.objects.visible_to(desk).overdue(self.monday + dt.timedelta(days=1))
            self.assertEqual([row.pk for row in overdue], [pk])


class WaitlistTests(AppointmentCase):
    def add(self, patient=None, **fields):
        fields = {"date_from": self.monday, "date_to": self.monday + dt.timedelta(days=4)} | fields
        with self.inside(self.desk) as desk:
            return waitlist.add(desk, patient_id=(patient or self.diego).pk, **fields)

    def fits(self):
        with self.inside(self.desk) as desk:
            return [entry.pk for entry in matches(desk, self.now(), at=self.before)]

    def test_a_freed_slot_has_its_matches_longest_wait_first(self):
        grace = self.make_patient(self.riverside, "Grace Kim")
        any_doctor = self.add()
        this_doctor = self.add(grace, doctor_id=self.dr_okafor.pk)
        self.add(grace, doctor_id=self.dr_herrera.pk)  # another doctor
        self.add(grace, duration=45)  # too long
        self.add(grace, visit_type="virtual")  # another way
        self.add(grace, date_from=self.monday + dt.timedelta(days=1))  # another day
        self.add(self.hannah)  # the one who leaves
        self.do("cancel", cancellation_type="other", reason_note="Well again")
        self.assertEqual(self.fits(), [any_doctor.pk, this_doctor.pk])
        self.book("10:00", patient_id=self.diego.pk, waitlist_entry_id=any_doctor.pk)
        self.assertEqual(self.fits(), [this_doctor.pk])

    def test_offered_removed_and_closed(self):
        pk = self.add().pk
        with self.inside(self.desk) as desk:
            self.assertEqual(waitlist.offer(desk, pk, at=self.before).status, "offered")
            self.assertEqual(waitlist.withdraw_offer(desk, pk).status, "waiting")
            self.assertEqual(waitlist.remove(desk, pk).status, "removed")
            self.assertEqual(waitlist.remove(desk, pk).status, "removed")
            with self.assertRaises(WaitlistClosed):
                waitlist.offer(desk, pk, at=self.before)

    def test_bad_dates_patients_and_roles_are_refused(self):
        for fields, name in (
            ({"date_to": self.monday - dt.timedelta(days=1)}, "date_to"),
            ({"date_from": dt.date(2020, 1, 1), "date_to": dt.date(2020, 1, 2)}, "date_to"),
            ({"duration": 4}, "duration"),
            ({"doctor_id": self.dr_lake.pk}, "doctor_id"),
            ({"visit_type": "by post"}, "visit_type"),
            ({"patient": self.stranger}, "patient_id"),
        ):
            with self.assertRaises(Invalid) as refusal:
                self.add(**fields)
            self.assertEqual(list(refusal.exception.fields), [name])
        with self.inside(self.doctor) as who, self.assertRaises(Forbidden):
            waitlist.add(who, patient_id=self.hannah.pk, date_from=self.monday, date_to=self.monday)
        with self.inside(self.desk):
            self.assertEqual(WaitlistEntry.objects.count(), 0)


class NoteTests(AppointmentCase):
    def write(self, actor=None, **fields):
        with self.inside(actor or self.doctor) as who:
            return doctor_notes.create(who, **({"patient_id": self.hannah.pk, "content": " Knee better "} | fields))

    def test_a_doctor_writes_about_their_own_patients(self):
        note = self.write(appointment_id=self.visit.pk)
        self.assertEqual((note.content, note.doctor_id), ("Knee better", self.dr_okafor.pk))
        for fields in ({"patient_id": self.diego.pk}, {"content": " "}, {"content": "x" * 20_001}):
            with self.assertRaises(Invalid):
                self.write(**fields)

    def test_all_others_can_neither_read_nor_write_them(self):
        self.write()
        for actor in (self.desk, self.owner):
            with self.assertRaises(Forbidden):
                self.write(actor)
            with self.inside(actor):
                self.assertFalse(DoctorNote.objects.visible_to(actor).exists())
        with self.inside(self.other_doctor):
            self.assertFalse(DoctorNote.objects.visible_to(self.other_doctor).exists())

    def test_a_colleague_of_the_same_patient_can_read_but_not_edit(self):
        note = self.write()
        self.make_appointment(self.dr_herrera, self.hannah, self.time("11:00"))
        with self.inside(self.other_doctor) as who:
            self.assertTrue(DoctorNote.objects.visible_to(who).filter(pk=note.pk).exists())
            with self.assertRaises(Forbidden):
                doctor_notes.correct(who, note.pk, content="Worse")
        with self.inside(self.doctor) as who:
            self.assertEqual(doctor_notes.correct(who, note.pk, content="Worse").content, "Worse")


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


class NoShowJobTests(AppointmentCase):
    def sweep(self, at):
        actor = system_actor(self.riverside.pk, "America/New_York")
        with self.inside(actor):
            return no_shows.mark_overdue(actor, at=at)

    def test_marks_visits_without_arrival_after_the_threshold(self):
        self.assertEqual(self.sweep(self.time("10:14")), 0)
        self.assertEqual(self.sweep(self.time("10:15")), 1)
        self.assertEqual(self.now().status, "no-show")
        self.assertEqual([row.cancelled_by_name for row in self.cancellations()], ["ClinicFlow"])
        self.assertEqual(self.sweep(self.time("10:16")), 0)
        self.assertEqual(len(self.cancellations()), 1)
        self.assertEqual(self.do("reinstate", at=self.time("10:20")).status, "confirmed")

    def test_other_visits_are_unchanged(self):
        late = self.time("11:30")
        for fields in (
            {"status": "confirmed", "arrived": True, "arrived_at": self.early},
            {"status": "completed"},
            {"status": "cancelled"},
            {"status": "unconfirmed", "visit_type": "virtual"},
            {"status": "unconfirmed", "deleted_at": self.before},
        ):
            self.put(**({"arrived": False, "arrived_at": None, "visit_type": "in-clinic", "deleted_at": None} | fields))
            self.assertEqual(self.sweep(late), 0, fields)

    def test_off_and_with_video(self):
        self.change_settings(self.riverside, auto_no_show_threshold=0)
        self.assertEqual(self.sweep(self.time("16:00")), 0)
        self.change_settings(self.riverside, auto_no_show_threshold=20, no_show_virtual=True)
        self.put(visit_type="virtual")
        self.assertEqual(self.sweep(self.time("10:19")), 0)
        self.assertEqual(self.sweep(self.time("10:20")), 1)

    def test_another_clinics_visits_are_unchanged(self):
        theirs = self.make_appointment(self.dr_lake, self.stranger, self.visit.starts_at)
        self.sweep(self.time("16:00"))
        with self.inside(self.foreign_desk):
            self.assertEqual(Appointment.objects.get(pk=theirs.pk).status, "unconfirmed")

    def test_runs_as_a_periodic_job(self):
        past = self.make_appointment(self.dr_herrera, self.diego, clock.now() - dt.timedelta(hours=1))
        with self.inside(self.desk):
            Job.objects.create(clinic=self.riverside, kind="scheduling.no_shows", key="slot:1", run_after=clock.now())
        run_due_jobs(self.riverside.pk, kinds=["scheduling.no_shows"])
        self.assertEqual(self.now(past).status, "no-show")


class TouchTests(AppointmentCase):
    def test_walk_ins_are_never_no_shows(self):
        visit = self.book_walk_in(self.time("09:00"), patient_id=self.diego.pk, doctor_id=self.dr_herrera.pk)
        with self.inside(self.desk):
            actor = system_actor(self.riverside.pk, "America/New_York")
            no_shows.mark_overdue(actor, at=self.time("16:00"))
        self.assertEqual(self.now(visit).status, "confirmed")
