import datetime as dt
from collections.abc import Iterable
from typing import Self
from uuid import UUID

from django.db.models import Q

from clinicflow.access.actor import Actor
from clinicflow.access.querysets import ClinicQuerySet, M, StaffQuerySet
from clinicflow.access.roles import Role
from clinicflow.core import clock

OPEN = ("unconfirmed", "confirmed")
LIVE = (*OPEN, "completed")
WAITING = ("waiting", "offered")


class OfDoctorQuerySet(ClinicQuerySet[M]):
    """Rows that belong to a doctor: all for the front desk, their own for the doctor, none for an owner."""

    def visible_to(self, actor: Actor) -> Self:
        rows = super().visible_to(actor)
        return rows.filter(doctor_id=actor.doctor_id) if actor.role == Role.DOCTOR else rows


class AppointmentQuerySet(OfDoctorQuerySet[M]):
    roles = frozenset({Role.FRONT_DESK, Role.DOCTOR, Role.PATIENT, Role.SYSTEM})

    def visible_to(self, actor: Actor) -> Self:
        """Never a deleted one: it is kept for the audit only."""
        rows = super().visible_to(actor).filter(deleted_at=None)
        return rows.filter(patient_id=actor.patient_id) if actor.role == Role.PATIENT else rows

    def open(self) -> Self:
        return self.filter(status__in=OPEN)

    def live(self) -> Self:
        """Those that take up the doctor's time: open or completed."""
        return self.filter(status__in=LIVE, deleted_at=None)

    def on(self, day: dt.date, zone: str) -> Self:
        """Those that start on a local day of the IANA `zone`."""
        start, end = clock.day_bounds(day, zone)
        return self.filter(starts_at__gte=start, starts_at__lt=end)

    def between(self, start: dt.datetime, end: dt.datetime) -> Self:
        """Those whose time touches the half-open range of instants."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)

    def to_be_moved(self, at: dt.datetime) -> Self:
        """Open ones that are not over and whose patient is not here yet."""
        return self.open().filter(arrived=False, ends_at__gt=at)

    def overdue(self, *, started_before: dt.datetime, with_video: bool) -> Self:
        """Open visits that nobody has arrived for, begun at or before an instant; video visits only on demand."""
        rows = self.open().filter(arrived=False, deleted_at=None, starts_at__lte=started_before)
        return rows if with_video else rows.filter(visit_type="in-clinic")

    def with_doctors(self, doctors: Iterable[UUID]) -> Self:
        return self.filter(doctor_id__in=list(doctors))

    def for_cards(self) -> Self:
        """With patient and doctor, in a total order."""
        return self.select_related("patient", "doctor").order_by("starts_at", "doctor_id", "id")


class CancellationQuerySet(ClinicQuerySet[M]):
    def visible_to(self, actor: Actor) -> Self:
        rows = super().visible_to(actor)
        return rows.filter(appointment__doctor_id=actor.doctor_id) if actor.role == Role.DOCTOR else rows

    def standing(self) -> Self:
        """Those that were not taken back, of visits that are not hidden."""
        return self.filter(reverted_at=None, appointment__deleted_at=None)


class DoctorNoteQuerySet(ClinicQuerySet[M]):
    """A doctor's notes: those about the doctor's own patients; nobody else's eyes."""

    roles = frozenset({Role.DOCTOR})

    def visible_to(self, actor: Actor) -> Self:
        own = self.visible_related("patient", actor)
        return super().visible_to(actor).filter(Q(doctor_id=actor.doctor_id) | Q(patient_id__in=own.values("pk")))


class FollowUpQuerySet(OfDoctorQuerySet[M]):
    def pending(self) -> Self:
        return self.filter(status="pending")

    def overdue(self, today: dt.date) -> Self:
        """Pending ones whose local date has passed."""
        return self.pending().filter(scheduled_date__lt=today)

    def due_by(self, day: dt.date) -> Self:
        return self.filter(scheduled_date__lte=day)

    def in_state(self, state: str, today: dt.date) -> Self:
        """Those of one status, or `overdue`."""
        return self.overdue(today) if state == "overdue" else self.filter(status=state)

    def for_list(self) -> Self:
        """With all that a line of the list names, the earliest due first."""
        people = ("patient", "doctor", "appointment", "booked_appointment", "created_by")
        return self.select_related(*people).order_by("scheduled_date", "id")


class WaitlistQuerySet(ClinicQuerySet[M]):
    def visible_to(self, actor: Actor) -> Self:
        """All of them for the front desk; a doctor sees who waits for them."""
        rows = super().visible_to(actor)
        return rows.filter(doctor_id=actor.doctor_id) if actor.role == Role.DOCTOR else rows

    def waiting(self) -> Self:
        """Those who still wait, offered ones included, the longest first."""
        return self.filter(status__in=WAITING).order_by("created_at", "id")

    def for_list(self) -> Self:
        """With all that a line of the list names, the longest wait first."""
        people = ("patient", "doctor", "offered_doctor", "offer_message", "booked_appointment")
        return self.select_related(*people).order_by("created_at", "id")

    def on_day(self, day: dt.date) -> Self:
        """Those who still wait and could come on a local day, the longest first."""
        return self.waiting().filter(date_from__lte=day, date_to__gte=day)

    def fitting(self, *, doctor_id: UUID, starts: dt.datetime, minutes: int, visit_type: str) -> Self:
        """Those who wait for a time like this one of that doctor, in order of waiting; `starts` on the local clock."""
        clock_time = starts.time()
        return self.on_day(starts.date()).filter(
            Q(doctor_id=doctor_id) | Q(doctor_id=None),
            Q(time_from=None) | Q(time_from__lte=clock_time),
            Q(time_to=None) | Q(time_to__gt=clock_time),
            duration__lte=minutes,
            visit_type=visit_type,
        )


class ClosedTimeQuerySet(StaffQuerySet[M]):
    """Closures and time off."""

    def of_day_of(self, actor: Actor) -> Self:
        """What a person looks after: the front desk everybody's, a doctor their own."""
        return self.filter(doctor_id=actor.doctor_id) if actor.role == Role.DOCTOR else self

    def coming(self, at: dt.datetime) -> Self:
        """Those that are not over, the nearest first."""
        return self.filter(ends_at__gt=at).order_by("starts_at", "id")

    def past(self, at: dt.datetime) -> Self:
        """Those that are over, the latest first."""
        return self.filter(ends_at__lte=at).order_by("-starts_at", "id")

    def between(self, start: dt.datetime, end: dt.datetime) -> Self:
        return self.filter(starts_at__lt=end, ends_at__gt=start)


class MessageQuerySet(ClinicQuerySet[M]):
    def visible_to(self, actor: Actor) -> Self:
        rows = super().visible_to(actor)
        return rows.filter(appointment__doctor_id=actor.doctor_id) if actor.role == Role.DOCTOR else rows
