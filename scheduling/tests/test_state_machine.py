"""A state machine of random days, compared with a model in plain Python."""

import datetime as dt
from dataclasses import dataclass, field

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from clinicflow.access.actor import system_actor
from clinicflow.core.errors import DomainError
from clinicflow.testing.case import ClinicCase
from scheduling.models import Appointment, Cancellation, TimeOff
from scheduling.operations import appointments, no_shows, time_off
from scheduling.operations.appointments import BookingRequest, BookingResult
from scheduling.rules import transitions

ZONE = "America/New_York"
OPEN = {"unconfirmed", "confirmed"}
MORNING, NOON, BACK, EVENING = 9 * 60, 12 * 60 + 30, 13 * 60 + 15, 17 * 60
# Times off the grid too, breaks, and before and after hours.
MINUTES = st.sampled_from([8 * 60 + 30, *range(9 * 60, 17 * 60, 15), 17 * 60])
LENGTHS = st.sampled_from([15, 30, 45, 60])
DOCTORS = st.integers(0, 1)


@dataclass
class Visit:
    """A visit of the model; times in minutes of the day."""

    doctor: int
    start: int
    length: int
    status: str = "unconfirmed"
    arrived: bool = False
    marked: bool = False
    moved: bool = False
    gone: bool = False
    was_confirmed: bool = False
    came_from: "Visit | None" = None
    cancellations: int = 0

    @property
    def end(self):
        return self.start + self.length

    @property
    def live(self):
        return not self.gone and self.status in OPEN | {"completed"}


@dataclass
class Model:
    """The clinic's rules for one day, in plain Python."""

    now: int = 0
    visits: list[Visit] = field(default_factory=list)
    away: list[tuple[int, int, int]] = field(default_factory=list)

    def taken(self, doctor, start, end, but=()):
        return any(
            visit.live and visit.doctor == doctor and visit.start < end and visit.end > start
            for visit in self.visits
            if visit not in but
        )

    def problem(self, doctor, start, end, *, but=(), future=True, only_free=False):
        if not only_free:
            if future and start < self.now:
                return "in_the_past"
            if any(who == doctor and begin < end and finish > start for who, begin, finish in self.away):
                return "doctor_away"
            if not ((start >= MORNING and end <= NOON) or (start >= BACK and end <= EVENING)):
                return "outside_hours"
        return "slot_taken" if self.taken(doctor, start, end, but) else ""


class ClinicDay(RuleBasedStateMachine):
    """Runs the operations of a day in random order while time passes."""

    case: ClinicCase
    visits = Bundle("visits")

    @initialize()
    def begin(self):
        self.rollback = transaction.atomic()
        self.rollback.__enter__()
        self.model = Model(now=7 * 60)
        self.rows = {}
        self.day = self.case.next_weekday(self.case.riverside)
        self.doctors = [self.case.dr_okafor, self.case.dr_herrera]
        self.patients = [self.case.make_patient(self.case.riverside) for _ in range(3)]
        self.desk = self.case.desk

    def teardown(self):
        if hasattr(self, "rollback"):
            transaction.set_rollback(True)
            self.rollback.__exit__(None, None, None)

    # ------------------------------------------------------------------ doing
    def instant(self, minute):
        return self.case.at(self.case.riverside, self.day, "00:00") + dt.timedelta(minutes=minute)

    def attempt(self, work, *args, **fields):
        """The row that the operation returned, or the code of its error."""
        try:
            with self.case.inside(self.desk) as desk:
                result = work(desk, *args, at=self.instant(self.model.now), **fields)
            return result.appointment if isinstance(result, BookingResult) else result
        except DomainError as error:
            return error.code

    def pk(self, visit):
        return self.rows[id(visit)]

    def act(self, name, visit, **fields):
        return self.attempt(getattr(appointments, name), self.pk(visit), **fields)

    def expect(self, outcome, code):
        """Compare the outcome with the model's. Returns whether the operation succeeded."""
        got = outcome if isinstance(outcome, str) else ""
        assert got == code, f"the model says {code or 'yes'}, the clinic says {got or 'yes'}"
        return not code

    # ------------------------------------------------------------------ the rules of the day
    @rule(minutes=st.integers(1, 90))
    def time_passes(self, minutes):
        self.model.now = min(self.model.now + minutes, 23 * 60)

    @rule(target=visits, doctor=DOCTORS, start=MINUTES, length=LENGTHS, why=st.sampled_from(["", "", "Urgent"]))
    def book(self, doctor, start, length, why):
        model = self.model
        code = model.problem(doctor, start, start + length)
        overlaps = model.taken(doctor, start, start + length)
        request = BookingRequest(
            patient_id=self.patients[(start + length) % 3].pk,
            doctor_id=self.doctors[doctor].pk,
            starts_at=self.instant(start),
            duration=length,
            override_reason=why,
        )
        row = self.attempt(appointments.book, request)
        visit = Visit(doctor, start, length, marked=overlaps)
        if not self.expect(row, "" if why else code):
            visit.gone = True
            return visit
        model.visits.append(visit)
        self.rows[id(visit)] = row.pk
        return visit

    def known(self, visit):
        return id(visit) in self.rows and not visit.gone

    @rule(visit=visits)
    def confirm(self, visit):
        if self.known(visit):
            refused = "" if visit.status in OPEN else "illegal_transition"
            if self.expect(self.act("confirm", visit), refused):
                visit.status, visit.was_confirmed = "confirmed", True

    @rule(visit=visits)
    def unconfirm(self, visit):
        if self.known(visit):
            allowed = visit.status == "unconfirmed" or (visit.status == "confirmed" and not visit.arrived)
            if self.expect(self.act("unconfirm", visit), "" if allowed else "illegal_transition"):
                visit.status, visit.was_confirmed = "unconfirmed", False

    @rule(visit=visits)
    def arrive(self, visit):
        if self.known(visit) and self.expect(
            self.act("arrive", visit), "" if visit.status in OPEN else "illegal_transition"
        ):
            visit.status, visit.arrived, visit.was_confirmed = "confirmed", True, True

    @rule(visit=visits)
    def undo_arrive(self, visit):
        if self.known(visit) and self.expect(
            self.act("undo_arrive", visit), "" if visit.status in OPEN else "illegal_transition"
        ):
            visit.arrived = False

    @rule(visit=visits, why=st.sampled_from(["", "Came in by the back door"]))
    def complete(self, visit, why):
        if not self.known(visit):
            return
        begun = visit.status in OPEN and visit.start <= self.model.now and (visit.arrived or why)
        outcome = self.act("complete", visit, override_reason=why)
        if self.expect(outcome, "" if begun or visit.status == "completed" else "illegal_transition"):
            visit.status = "completed"

    @rule(visit=visits)
    def miss(self, visit):
        if not self.known(visit):
            return
        may = visit.status in OPEN and not visit.arrived and visit.start <= self.model.now
        before = visit.status
        if (
            self.expect(self.act("mark_no_show", visit), "" if may or before == "no-show" else "illegal_transition")
            and may
        ):
            visit.status, visit.cancellations = "no-show", visit.cancellations + 1

    @rule(visit=visits)
    def cancel(self, visit):
        if not self.known(visit):
            return
        may = visit.status in OPEN
        holds = visit.status == "cancelled" and not visit.moved
        outcome = self.act("cancel", visit, cancellation_type="other", reason_note="Random")
        if self.expect(outcome, "" if may or holds else "illegal_transition") and may:
            visit.status, visit.arrived, visit.cancellations = "cancelled", False, visit.cancellations + 1

    @rule(visit=visits, why=st.sampled_from(["", "Promised"]))
    def reinstate(self, visit, why):
        if not self.known(visit):
            return
        model = self.model
        if visit.status == "confirmed" and visit.cancellations:
            self.expect(self.act("reinstate", visit, override_reason=why), "")
            return
        if visit.status not in {"no-show", "cancelled"} or visit.moved:
            self.expect(self.act("reinstate", visit, override_reason=why), "illegal_transition")
            return
        code = model.problem(visit.doctor, visit.start, visit.end, but=(visit,), only_free=True)
        if self.expect(self.act("reinstate", visit, override_reason=why), "" if why else code):
            visit.marked = bool(code)
            visit.status, visit.was_confirmed = "confirmed", True

    @rule(target=visits, visit=visits, doctor=DOCTORS, start=MINUTES, why=st.sampled_from(["", "", "Asked"]))
    def move(self, visit, doctor, start, why):
        model = self.model
        new = Visit(doctor, start, visit.length, came_from=visit, gone=True)
        if not self.known(visit) or visit.moved:
            return new
        target = {"starts_at": self.instant(start), "doctor_id": self.doctors[doctor].pk}
        if visit.status not in OPEN:
            self.expect(self.act("reschedule", visit, **target), "illegal_transition")
            return new
        if (start, doctor) == (visit.start, visit.doctor):
            row = self.act("reschedule", visit, **target)
            assert row.pk == self.pk(visit)
            return new
        code = model.problem(doctor, start, start + visit.length, but=(visit,))
        overlaps = model.taken(doctor, start, start + visit.length, but=(visit,))
        row = self.act("reschedule", visit, override_reason=why, **target)
        if self.expect(row, "" if why else code):
            visit.status, visit.moved, visit.arrived = "cancelled", True, False
            new.gone, new.marked = False, overlaps
            model.visits.append(new)
            self.rows[id(new)] = row.pk
        return new

    @rule(visit=visits)
    def undo_move(self, visit):
        if not self.known(visit):
            return
        old = visit.came_from
        if old is None or visit.status != "unconfirmed" or visit.arrived or not old.moved or old.gone:
            self.expect(self.act("undo_move", visit), "undo_too_late")
            return
        taken = self.model.taken(old.doctor, old.start, old.end, but=(old, visit))
        if self.expect(self.act("undo_move", visit), "slot_taken" if taken and not old.marked else ""):
            visit.gone, old.moved = True, False
            old.status = "confirmed" if old.was_confirmed else "unconfirmed"

    @rule(visit=visits, length=LENGTHS, why=st.sampled_from(["", "", "Complicated"]))
    def stretch(self, visit, length, why):
        if not self.known(visit):
            return
        if visit.status not in OPEN:
            refused = "already_moved" if visit.moved else "illegal_transition"
            self.expect(self.act("stretch", visit, duration=length), refused)
            return
        code = ""
        if length > visit.length:
            code = self.model.problem(visit.doctor, visit.start, visit.start + length, but=(visit,), future=False)
        overlaps = self.model.taken(visit.doctor, visit.start, visit.start + length, but=(visit,))
        if self.expect(self.act("stretch", visit, duration=length, override_reason=why), "" if why else code):
            if length > visit.length:
                visit.marked = overlaps
            visit.length = length

    @rule(visit=consumes(visits))
    def delete(self, visit):
        if self.known(visit):
            refused = "illegal_transition" if visit.status == "completed" else ""
            if self.expect(self.act("delete", visit), refused):
                visit.gone = True

    @rule(doctor=DOCTORS, start=MINUTES, length=st.sampled_from([30, 120]))
    def take_time_off(self, doctor, start, length):
        with self.case.inside(self.desk) as desk:
            time_off.create(
                desk,
                doctor_id=self.doctors[doctor].pk,
                starts_at=self.instant(start),
                ends_at=self.instant(start + length),
            )
        self.model.away.append((doctor, start, start + length))

    @rule()
    def sweep_no_shows(self):
        actor = system_actor(self.case.riverside.pk, ZONE)
        with self.case.inside(actor):
            count = no_shows.mark_overdue(actor, at=self.instant(self.model.now))
        missed = [
            visit
            for visit in self.model.visits
            if not visit.gone and visit.status in OPEN and not visit.arrived and visit.start + 15 <= self.model.now
        ]
        assert count == len(missed)
        for visit in missed:
            visit.status, visit.cancellations = "no-show", visit.cancellations + 1

    # ------------------------------------------------------------------ what always holds
    @invariant()
    def the_database_agrees(self):
        if not hasattr(self, "model"):
            return
        with self.case.inside(self.desk):
            rows = {row.pk: row for row in Appointment.objects.all()}
            assert len(rows) == len(self.model.visits)
            for visit in self.model.visits:
                row = rows[self.pk(visit)]
                assert (row.status, row.arrived, row.rescheduled) == (visit.status, visit.arrived, visit.moved)
                assert (row.starts_at, row.duration) == (self.instant(visit.start), visit.length)
                assert row.doctor_id == self.doctors[visit.doctor].pk
                assert (row.deleted_at is not None) == visit.gone
                assert row.overlap_allowed == visit.marked
            assert Cancellation.objects.count() == sum(visit.cancellations for visit in self.model.visits)
            assert TimeOff.objects.count() == len(self.model.away)

    @invariant()
    def no_live_visits_overlap_without_a_mark(self):
        if not hasattr(self, "model"):
            return
        with self.case.inside(self.desk), connection.cursor() as cursor:
            cursor.execute(
                "select count(*) from appointments a join appointments b on a.doctor_id = b.doctor_id and a.id < b.id"
                " and a.starts_at < b.ends_at and b.starts_at < a.ends_at"
                " where a.status in ('unconfirmed', 'confirmed', 'completed') and a.deleted_at is null"
                " and b.status in ('unconfirmed', 'confirmed', 'completed') and b.deleted_at is null"
                " and not a.overlap_allowed and not b.overlap_allowed"
            )
            assert cursor.fetchone()[0] == 0

    @invariant()
    def what_is_allowed_is_what_the_table_says(self):
        if not hasattr(self, "model") or not self.model.visits:
            return
        visit = self.model.visits[-1]
        at = self.instant(self.model.now)
        with self.case.inside(self.desk) as desk:
            row = Appointment.objects.get(pk=self.pk(visit))
            allowed = transitions.allowed_actions(desk, row, settings=self.case.settings_of(self.case.riverside), at=at)
        assert ("cancel" in allowed) == (not visit.gone and visit.status in OPEN)
        assert ("delete" in allowed) == (not visit.gone and visit.status != "completed")


@pytest.mark.timeout(600)
class RandomDayTests(ClinicCase):
    def test_random_days(self):
        machine = type("Day", (ClinicDay,), {"case": self})
        run = machine.TestCase
        run.settings = settings(
            max_examples=20,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
        )
        run("runTest").runTest()
