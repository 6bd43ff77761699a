"""Visits: who comes when, and what became of it."""

import datetime as dt
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from clinicflow.clinics.models import Doctor
from demo.calendar import Calendar
from demo.complaints import BY_SPECIALTY, SPANISH, Complaint
from demo.factories import Chance
from demo.persons import Person
from demo.phrases import CANCEL_REASONS
from demo.plan import DoctorPlan
from scheduling.models import Appointment, Cancellation

STEP = dt.timedelta(minutes=15)
DAY = dt.timedelta(days=1)
LATE_UNTIL = dt.timedelta(minutes=12)  # inside the threshold of the no-show job
# Share of the usual bookings, by hour of the clinic's day and by weekday.
BY_HOUR = {8: 0.95, 9: 1.05, 10: 1.1, 11: 1.05, 12: 0.8, 13: 0.95, 14: 1.05, 15: 0.95, 16: 0.8}
BY_WEEKDAY = (1.04, 1.0, 0.95, 1.02, 0.92, 0.9, 0.9)


@dataclass(kw_only=True)
class Visit:
    """An appointment with the person and the story behind it."""

    row: Appointment
    person: Person
    complaint: Complaint
    plan: DoctorPlan
    day: dt.date
    steps: int
    cancellation: Cancellation | None = None
    chance: Chance = field(repr=False)

    @property
    def is_live(self) -> bool:
        return self.row.status in {"unconfirmed", "confirmed", "completed"}


class Panel:
    """The patients who come to one doctor: new faces in turn, some of them again after two weeks or more."""

    def __init__(self, people: list[Person], chance: Chance) -> None:
        chance.shuffle(people)
        self.waiting, self.chance = deque(people), chance
        self.moved: deque[Visit] = deque()

    def next_person(self, day: dt.date) -> Person:
        """Somebody who has no visit within two weeks of `day`; anybody who is not coming that day if all have."""
        for rest in (14, 1):
            for _ in range(len(self.waiting)):
                person = self.waiting.popleft()
                fits = all(abs((day - seen).days) >= rest for seen in person.seen)
                if fits:
                    # A third come back soon: they queue up in the middle instead of at the end.
                    back = len(self.waiting) // 3 if self.chance.happens(0.3) else len(self.waiting)
                    self.waiting.insert(back, person)
                    return person
                self.waiting.append(person)
        return self.waiting[0]

    def next_moved(self, day: dt.date) -> Visit | None:
        """A visit that was moved away from an earlier day and has no new time yet."""
        if self.moved and day >= self.moved[0].day + 2 * DAY and day not in self.moved[0].person.seen:
            return self.moved.popleft()
        return None


class Diary:
    """All visits of one clinic, day by day and doctor by doctor."""

    def __init__(
        self, calendar: Calendar, doctors: Mapping[str, Doctor], panels: Mapping[str, Panel], desk: tuple[UUID, str]
    ) -> None:
        self.calendar, self.doctors, self.panels = calendar, doctors, panels
        self.desk_id, self.desk_name = desk

    def visits(self) -> Iterator[Visit]:
        for day in self.calendar.worked:
            steps = self.calendar.steps(day)
            for plan in self.calendar.plan.doctors:
                chance = Chance(self.calendar.plan.key, plan.key, steps)
                yield from self._day_of(plan, day, steps, chance)

    def _day_of(self, plan: DoctorPlan, day: dt.date, steps: int, chance: Chance) -> Iterator[Visit]:
        panel = self.panels[plan.key]
        number = 0
        late_free = steps == 0  # one patient a doctor may be late just now
        for starts, ends in self.calendar.free(plan, day):
            at = starts
            while at + plan.lengths[1] * dt.timedelta(minutes=1) <= ends:
                if not chance.happens(self._demand(plan, day, steps, at)):
                    at += STEP
                    continue
                moved = panel.next_moved(day)
                # Its own chance, so that what became of it by now changes nothing else on the day.
                number += 1
                own = Chance(self.calendar.plan.key, plan.key, steps, number)
                visit = self._book(plan, day, steps, at, ends, moved, own)
                late_free = self._decide(visit, late_free) and late_free
                if visit.row.rescheduled:
                    panel.moved.append(visit)
                visit.person.known = visit.person.known or visit.row.status != "cancelled"
                yield visit
                # A cancelled slot is often given to somebody else.
                taken = visit.is_live or visit.row.status == "no-show" or not chance.happens(0.5)
                at = visit.row.ends_at if taken else at

    def _demand(self, plan: DoctorPlan, day: dt.date, steps: int, at: dt.datetime) -> float:
        """The chance that the next free minutes are booked: gaps are short, so it falls more slowly than the share."""
        hour = self.calendar.at(day, "00:00")
        share = plan.busy * BY_HOUR.get(int((at - hour).total_seconds() // 3600), 0.8) * BY_WEEKDAY[day.weekday()]
        if steps > 0:
            share *= max(0.35, 1 - 0.028 * steps)
        share = min(share, 0.97)
        # Visits last longer than the 15 minutes of a gap.
        mean = plan.lengths[1] / 15
        return share / (share + (1 - share) * mean)

    def _book(
        self,
        plan: DoctorPlan,
        day: dt.date,
        steps: int,
        at: dt.datetime,
        limit: dt.datetime,
        moved: Visit | None,
        chance: Chance,
    ) -> Visit:
        person = moved.person if moved else self.panels[plan.key].next_person(day)
        new = not person.known
        minutes = plan.lengths[0] if new and at + dt.timedelta(minutes=plan.lengths[0]) <= limit else plan.lengths[1]
        complaint = moved.complaint if moved else self._complaint(plan, person, chance)
        virtual = not new and chance.happens(plan.video)
        booked_at = self._booked_at(at, moved, chance)
        row = Appointment(
            id=chance.id_at(booked_at),
            clinic_id=self.doctors[plan.key].clinic_id,
            doctor=self.doctors[plan.key],
            patient=person.row,
            starts_at=at,
            ends_at=at + dt.timedelta(minutes=minutes),
            visit_type="virtual" if virtual else "in-clinic",
            visit_category="new-patient" if new else "follow-up",
            reason=complaint.booked,
            meeting_link=f"https://video.{self.calendar.plan.key}.test/{chance.getrandbits(40):010x}"
            if virtual
            else "",
            rescheduled_from=moved.row if moved else None,
            booked_by_id=self.desk_id,
            created_at=booked_at,
            updated_at=booked_at,
        )
        person.seen.append(day)
        return Visit(row=row, person=person, complaint=complaint, plan=plan, day=day, steps=steps, chance=chance)

    def _complaint(self, plan: DoctorPlan, person: Person, chance: Chance) -> Complaint:
        if person.row.preferred_language == "es" and plan.specialty == "Family medicine":
            return chance.one(SPANISH)
        return chance.one(BY_SPECIALTY[plan.specialty])

    def _booked_at(self, at: dt.datetime, moved: Visit | None, chance: Chance) -> dt.datetime:
        if moved is not None and moved.cancellation is None:
            return moved.row.updated_at
        wanted = at - DAY * chance.randint(2, 40) - chance.minutes(0, 300)
        latest = self.calendar.now - chance.minutes(20, 600)
        return min(wanted, latest)

    # ------------------------------------------------------------------ what became of it
    def _decide(self, visit: Visit, may_be_late: bool) -> bool:
        """Give the visit its status; False when it is the one that is late."""
        if visit.steps < 0:
            self._past(visit)
        elif visit.steps > 0:
            self._future(visit)
        else:
            return self._today(visit, may_be_late)
        return True

    def _past(self, visit: Visit) -> None:
        chance, row = visit.chance, visit.row
        # Reminders have made no-shows rarer over the quarter.
        gone_by = min(1.0, -visit.steps / 63)
        no_show = 0.05 + 0.05 * gone_by
        draw = chance.random()
        if draw < 0.02:
            self._move_away(visit)
        elif draw < 0.085:
            self._cancel(visit)
        elif draw < 0.085 + no_show and row.visit_type == "in-clinic":
            self._no_show(visit)
        else:
            self._complete(visit)

    def _future(self, visit: Visit) -> None:
        chance = visit.chance
        draw = chance.random()
        if draw < 0.012:
            self._move_away(visit)
        elif draw < 0.05:
            self._cancel(visit)
        elif chance.happens(0.84 if visit.steps <= 2 else 0.55 if visit.steps <= 7 else 0.3):
            self._confirm(visit)

    def _today(self, visit: Visit, may_be_late: bool) -> bool:
        now, row, chance = self.calendar.now, visit.row, visit.chance
        draw, turn, wait = chance.random(), chance.random(), chance.minutes(4, 19)
        if draw < 0.07:
            self._cancel(visit)
        elif row.ends_at <= now:
            if draw < 0.12 and row.visit_type == "in-clinic":
                self._no_show(visit)
            else:
                self._complete(visit)
        elif row.starts_at <= now:
            if may_be_late and now - row.starts_at <= LATE_UNTIL and row.visit_type == "in-clinic" and turn < 0.45:
                self._confirm(visit)
                return False
            # On a video visit, to arrive is to join.
            self._arrive(visit, row.starts_at if row.visit_type == "virtual" else row.starts_at - wait)
        elif row.starts_at - now <= dt.timedelta(minutes=25) and turn < 0.55 and row.visit_type == "in-clinic":
            self._arrive(visit, min(row.starts_at - wait, now - dt.timedelta(minutes=2)))
        elif turn < 0.8:
            self._confirm(visit)
        return True

    def _confirm(self, visit: Visit) -> None:
        row = visit.row
        row.status, row.confirmed_by = "confirmed", Appointment.ConfirmedBy.STAFF
        row.confirmed_at = self._between(row.created_at, row.starts_at - DAY - visit.chance.minutes(0, 2600))
        row.updated_at = row.confirmed_at
        row.version = 2

    def _arrive(self, visit: Visit, at: dt.datetime) -> None:
        row = visit.row
        self._confirm(visit)
        row.arrived, row.arrived_at = True, at
        row.updated_at = at
        row.version = 3

    def _complete(self, visit: Visit) -> None:
        row, chance = visit.row, visit.chance
        if row.visit_type == "in-clinic":
            self._arrive(visit, row.starts_at - chance.minutes(-4, 16))
        else:
            self._confirm(visit)
        row.status = "completed"
        row.completed_at = min(self.calendar.now, row.ends_at + chance.minutes(-6, 9))
        row.updated_at = row.completed_at
        row.version += 1
        if visit.person.row.first_visit_date is None:
            visit.person.row.first_visit_date = visit.day

    def _no_show(self, visit: Visit) -> None:
        row = visit.row
        if visit.chance.happens(0.6):
            self._confirm(visit)
        row.status = "no-show"
        at = min(self.calendar.now, row.starts_at + dt.timedelta(minutes=15, seconds=20))
        self._end(visit, "no-show", "", at, None, "ClinicFlow")

    def _cancel(self, visit: Visit) -> None:
        kind, note = visit.chance.one(CANCEL_REASONS)
        row = visit.row
        late = visit.chance.happens(0.12)
        ahead = visit.chance.minutes(5, 55) if late else visit.chance.minutes(61, 4300)
        at = self._between(row.created_at, row.starts_at - ahead)
        row.status = "cancelled"
        by_reply = kind == "patient-cancelled" and visit.chance.happens(0.4)
        name = row.patient.full_name if by_reply else self.desk_name
        self._end(visit, kind, note, at, None if by_reply else self.desk_id, name)

    def _move_away(self, visit: Visit) -> None:
        """Moved to another time: no cancellation is counted; the new visit is booked on a later day."""
        row = visit.row
        row.status, row.rescheduled = "cancelled", True
        row.updated_at = self._between(row.created_at, row.starts_at - visit.chance.minutes(60, 4300))
        row.version = 2

    def _end(self, visit: Visit, kind: str, note: str, at: dt.datetime, by_id: UUID | None, by_name: str) -> None:
        row = visit.row
        notice = int((row.starts_at - at).total_seconds() // 60)
        row.updated_at = at
        row.version += 1
        visit.cancellation = Cancellation(
            id=visit.chance.id_at(at),
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

    def _between(self, low: dt.datetime, wanted: dt.datetime) -> dt.datetime:
        """`wanted`, but after `low` and before now."""
        return min(max(wanted, low + dt.timedelta(minutes=3)), self.calendar.now)
