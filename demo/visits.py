"""Visits: their patients, times and outcomes."""

import datetime as dt
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from clinicflow.clinics.models import Doctor
from demo.calendar import Calendar
from demo.complaints import BY_SPECIALTY, SPANISH, Complaint
from demo.factories import SeededRandom
from demo.patients import DemoPatient
from demo.phrases import CANCEL_REASONS
from demo.plan import DoctorPlan
from scheduling.models import Appointment, Cancellation

STEP = dt.timedelta(minutes=15)
DAY = dt.timedelta(days=1)
MAX_LATE = dt.timedelta(minutes=12)  # within the threshold of the no-show job
# Relative demand by hour of the clinic's day and by weekday.
HOUR_WEIGHTS = {8: 0.95, 9: 1.05, 10: 1.1, 11: 1.05, 12: 0.8, 13: 0.95, 14: 1.05, 15: 0.95, 16: 0.8}
WEEKDAY_WEIGHTS = (1.04, 1.0, 0.95, 1.02, 0.92, 0.9, 0.9)


@dataclass(kw_only=True)
class DemoVisit:
    """An unsaved appointment with its patient, complaint and cancellation. `steps` are worked days from today."""

    row: Appointment
    patient: DemoPatient
    complaint: Complaint
    plan: DoctorPlan
    day: dt.date
    steps: int
    cancellation: Cancellation | None = None
    rng: SeededRandom = field(repr=False)

    @property
    def is_live(self) -> bool:
        return self.row.status in {"unconfirmed", "confirmed", "completed"}


class PatientPool:
    """The patients of one doctor, in rotation: each returns after two weeks or more."""

    def __init__(self, patients: list[DemoPatient], rng: SeededRandom) -> None:
        rng.shuffle(patients)
        self.waiting, self.rng = deque(patients), rng
        self.moved: deque[DemoVisit] = deque()

    def next_patient(self, day: dt.date) -> DemoPatient:
        """A patient without a visit within two weeks of `day`, or without one that day if there is none."""
        for rest in (14, 1):
            for _ in range(len(self.waiting)):
                patient = self.waiting.popleft()
                fits = all(abs((day - seen).days) >= rest for seen in patient.seen)
                if fits:
                    # A third return soon: they rejoin the queue in its middle.
                    position = len(self.waiting) // 3 if self.rng.happens(0.3) else len(self.waiting)
                    self.waiting.insert(position, patient)
                    return patient
                self.waiting.append(patient)
        return self.waiting[0]

    def next_moved(self, day: dt.date) -> DemoVisit | None:
        """A rescheduled visit of an earlier day that has no new time yet, or None."""
        if self.moved and day >= self.moved[0].day + 2 * DAY and day not in self.moved[0].patient.seen:
            return self.moved.popleft()
        return None


class VisitFactory:
    """Builds the visits of one clinic by day and doctor."""

    def __init__(
        self,
        calendar: Calendar,
        doctors: Mapping[str, Doctor],
        panels: Mapping[str, PatientPool],
        desk: tuple[UUID, str],
    ) -> None:
        self.calendar, self.doctors, self.panels = calendar, doctors, panels
        self.desk_id, self.desk_name = desk

    def visits(self) -> Iterator[DemoVisit]:
        for day in self.calendar.worked:
            steps = self.calendar.steps(day)
            for plan in self.calendar.plan.doctors:
                rng = SeededRandom(self.calendar.plan.key, plan.key, steps)
                yield from self._day_of(plan, day, steps, rng)

    def _day_of(self, plan: DoctorPlan, day: dt.date, steps: int, rng: SeededRandom) -> Iterator[DemoVisit]:
        panel = self.panels[plan.key]
        number = 0
        may_be_late = steps == 0  # one patient per doctor may be late now
        for starts, ends in self.calendar.free(plan, day):
            at = starts
            while at + plan.lengths[1] * dt.timedelta(minutes=1) <= ends:
                if not rng.happens(self._demand(plan, day, steps, at)):
                    at += STEP
                    continue
                moved = panel.next_moved(day)
                # Its own generator, so that its outcome does not affect the other visits of the day.
                number += 1
                own = SeededRandom(self.calendar.plan.key, plan.key, steps, number)
                visit = self._book(plan, day, steps, at, ends, moved, own)
                may_be_late = self._decide(visit, may_be_late) and may_be_late
                if visit.row.rescheduled:
                    panel.moved.append(visit)
                visit.patient.known = visit.patient.known or visit.row.status != "cancelled"
                yield visit
                # The slot of a cancelled visit is often booked again.
                taken = visit.is_live or visit.row.status == "no-show" or not rng.happens(0.5)
                at = visit.row.ends_at if taken else at

    def _demand(self, plan: DoctorPlan, day: dt.date, steps: int, at: dt.datetime) -> float:
        """The probability that a visit starts at `at`, from the share of open time that is to be booked."""
        hour = self.calendar.at(day, "00:00")
        share = (
            plan.busy * HOUR_WEIGHTS.get(int((at - hour).total_seconds() // 3600), 0.8) * WEEKDAY_WEIGHTS[day.weekday()]
        )
        if steps > 0:
            share *= max(0.35, 1 - 0.028 * steps)
        share = min(share, 0.97)
        # A visit is longer than the 15 minutes of a gap.
        mean = plan.lengths[1] / 15
        return share / (share + (1 - share) * mean)

    def _book(
        self,
        plan: DoctorPlan,
        day: dt.date,
        steps: int,
        at: dt.datetime,
        limit: dt.datetime,
        moved: DemoVisit | None,
        rng: SeededRandom,
    ) -> DemoVisit:
        patient = moved.patient if moved else self.panels[plan.key].next_patient(day)
        new = not patient.known
        minutes = plan.lengths[0] if new and at + dt.timedelta(minutes=plan.lengths[0]) <= limit else plan.lengths[1]
        complaint = moved.complaint if moved else self._complaint(plan, patient, rng)
        virtual = not new and rng.happens(plan.video)
        booked_at = self._booked_at(at, moved, rng)
        row = Appointment(
            id=rng.id_at(booked_at),
            clinic_id=self.doctors[plan.key].clinic_id,
            doctor=self.doctors[plan.key],
            patient=patient.row,
            starts_at=at,
            ends_at=at + dt.timedelta(minutes=minutes),
            visit_type="virtual" if virtual else "in-clinic",
            visit_category="new-patient" if new else "follow-up",
            reason=complaint.booked,
            meeting_link=f"https://video.{self.calendar.plan.key}.test/{rng.getrandbits(40):010x}" if virtual else "",
            rescheduled_from=moved.row if moved else None,
            booked_by_id=self.desk_id,
            created_at=booked_at,
            updated_at=booked_at,
        )
        patient.seen.append(day)
        return DemoVisit(row=row, patient=patient, complaint=complaint, plan=plan, day=day, steps=steps, rng=rng)

    def _complaint(self, plan: DoctorPlan, patient: DemoPatient, rng: SeededRandom) -> Complaint:
        if patient.row.preferred_language == "es" and plan.specialty == "Family medicine":
            return rng.one(SPANISH)
        return rng.one(BY_SPECIALTY[plan.specialty])

    def _booked_at(self, at: dt.datetime, moved: DemoVisit | None, rng: SeededRandom) -> dt.datetime:
        if moved is not None and moved.cancellation is None:
            return moved.row.updated_at
        wanted = at - DAY * rng.randint(2, 40) - rng.minutes(0, 300)
        latest = self.calendar.now - rng.minutes(20, 600)
        return min(wanted, latest)

    # ------------------------------------------------------------------ outcomes
    def _decide(self, visit: DemoVisit, may_be_late: bool) -> bool:
        """Set the visit's status; returns False when its patient is late."""
        if visit.steps < 0:
            self._past(visit)
        elif visit.steps > 0:
            self._future(visit)
        else:
            return self._today(visit, may_be_late)
        return True

    def _past(self, visit: DemoVisit) -> None:
        rng, row = visit.rng, visit.row
        # No-shows have become rarer over the quarter.
        age = min(1.0, -visit.steps / 63)
        no_show = 0.05 + 0.05 * age
        draw = rng.random()
        if draw < 0.02:
            self._reschedule(visit)
        elif draw < 0.085:
            self._cancel(visit)
        elif draw < 0.085 + no_show and row.visit_type == "in-clinic":
            self._no_show(visit)
        else:
            self._complete(visit)

    def _future(self, visit: DemoVisit) -> None:
        rng = visit.rng
        draw = rng.random()
        if draw < 0.012:
            self._reschedule(visit)
        elif draw < 0.05:
            self._cancel(visit)
        elif rng.happens(0.84 if visit.steps <= 2 else 0.55 if visit.steps <= 7 else 0.3):
            self._confirm(visit)

    def _today(self, visit: DemoVisit, may_be_late: bool) -> bool:
        now, row, rng = self.calendar.now, visit.row, visit.rng
        draw, turn, wait = rng.random(), rng.random(), rng.minutes(4, 19)
        if draw < 0.07:
            self._cancel(visit)
        elif row.ends_at <= now:
            if draw < 0.12 and row.visit_type == "in-clinic":
                self._no_show(visit)
            else:
                self._complete(visit)
        elif row.starts_at <= now:
            if may_be_late and now - row.starts_at <= MAX_LATE and row.visit_type == "in-clinic" and turn < 0.45:
                self._confirm(visit)
                return False
            # A video visit is joined when it starts.
            self._arrive(visit, row.starts_at if row.visit_type == "virtual" else row.starts_at - wait)
        elif row.starts_at - now <= dt.timedelta(minutes=25) and turn < 0.55 and row.visit_type == "in-clinic":
            self._arrive(visit, min(row.starts_at - wait, now - dt.timedelta(minutes=2)))
        elif turn < 0.8:
            self._confirm(visit)
        return True

    def _confirm(self, visit: DemoVisit) -> None:
        row = visit.row
        row.status, row.confirmed_by = "confirmed", Appointment.ConfirmedBy.STAFF
        row.confirmed_at = self._between(row.created_at, row.starts_at - DAY - visit.rng.minutes(0, 2600))
        row.updated_at = row.confirmed_at
        row.version = 2

    def _arrive(self, visit: DemoVisit, at: dt.datetime) -> None:
        row = visit.row
        self._confirm(visit)
        row.arrived, row.arrived_at = True, at
        row.updated_at = at
        row.version = 3

    def _complete(self, visit: DemoVisit) -> None:
        row, rng = visit.row, visit.rng
        if row.visit_type == "in-clinic":
            self._arrive(visit, row.starts_at - rng.minutes(-4, 16))
        else:
            self._confirm(visit)
        row.status = "completed"
        row.completed_at = min(self.calendar.now, row.ends_at + rng.minutes(-6, 9))
        row.updated_at = row.completed_at
        row.version += 1
        if visit.patient.row.first_visit_date is None:
            visit.patient.row.first_visit_date = visit.day

    def _no_show(self, visit: DemoVisit) -> None:
        row = visit.row
        if visit.rng.happens(0.6):
            self._confirm(visit)
        row.status = "no-show"
        at = min(self.calendar.now, row.starts_at + dt.timedelta(minutes=15, seconds=20))
        self._end(visit, "no-show", "", at, None, "ClinicFlow")

    def _cancel(self, visit: DemoVisit) -> None:
        kind, note = visit.rng.one(CANCEL_REASONS)
        row = visit.row
        late = visit.rng.happens(0.12)
        ahead = visit.rng.minutes(5, 55) if late else visit.rng.minutes(61, 4300)
        at = self._between(row.created_at, row.starts_at - ahead)
        row.status = "cancelled"
        by_reply = kind == "patient-cancelled" and visit.rng.happens(0.4)
        name = row.patient.full_name if by_reply else self.desk_name
        self._end(visit, kind, note, at, None if by_reply else self.desk_id, name)

    def _reschedule(self, visit: DemoVisit) -> None:
        """Mark a visit as rescheduled, without a cancellation; the new one is booked on a later day."""
        row = visit.row
        row.status, row.rescheduled = "cancelled", True
        row.updated_at = self._between(row.created_at, row.starts_at - visit.rng.minutes(60, 4300))
        row.version = 2

    def _end(self, visit: DemoVisit, kind: str, note: str, at: dt.datetime, by_id: UUID | None, by_name: str) -> None:
        row = visit.row
        notice = int((row.starts_at - at).total_seconds() // 60)
        row.updated_at = at
        row.version += 1
        visit.cancellation = Cancellation(
            id=visit.rng.id_at(at),
            clinic_id=row.clinic_id,
            appointment=row,
            patient=row.patient,
            cancellation_type=kind,
            reason_note=note,
            cancelled_by_id=by_id,
            cancelled_by_name=by_name,
            late=kind != "no-show" and notice < 60,
            notice_minutes=notice,
            created_at=at,
            updated_at=at,
        )

    def _between(self, low: dt.datetime, instant: dt.datetime) -> dt.datetime:
        """`instant`, limited to after `low` and before now."""
        return min(max(instant, low + dt.timedelta(minutes=3)), self.calendar.now)
