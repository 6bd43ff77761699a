"""Querysets of scheduling. Reads start at `visible_to`."""

import datetime as dt
from collections.abc import Iterable
from typing import Self
from uuid import UUID

from django.db.models import Q

from clinicflow.access.actor import Actor
from clinicflow.access.querysets import ClinicQuerySet, M, StaffQuerySet
from clinicflow.access.roles import Role
from clinicflow.core import clock


class OfDoctorQuerySet(ClinicQuerySet[M]):
    """Rows of a doctor: all for the front desk, a doctor's own for the doctor, none for an owner."""

    def visible_to(self, actor: Actor) -> Self:
        rows = super().visible_to(actor)
        return rows.filter(doctor_id=actor.doctor_id) if actor.role == Role.DOCTOR else rows


class AppointmentQuerySet(OfDoctorQuerySet[M]):
    roles = frozenset({Role.FRONT_DESK, Role.DOCTOR, Role.PATIENT, Role.SYSTEM})

    def visible_to(self, actor: Actor) -> Self:
        """Appointments that are not deleted; deleted rows are kept for the audit only."""
        rows = super().visible_to(actor).filter(deleted_at=None)
        return rows.filter(patient_id=actor.patient_id) if actor.role == Role.PATIENT else rows

    def open(self) -> Self:
        return self.filter(status__in=self.constants.OPEN)

    def live(self) -> Self:
        """Appointments that occupy the doctor's time: open or completed."""
        return self.filter(status__in=self.constants.LIVE, deleted_at=None)

    def on(self, day: dt.date, zone: str) -> Self:
        """Appointments that start on a local day of the IANA `zone`."""
        start, end = clock.day_bounds(day, zone)
        return self.filter(starts_at__gte=start, starts_at__lt=end)

    def between(self, start: dt.datetime, end: dt.datetime) -> Self:
        """Appointments that overlap the half-open range of instants."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)

    def to_be_moved(self, at: dt.datetime) -> Self:
        """Open appointments that have not ended and whose patient has not arrived."""
        return self.open().filter(arrived=False, ends_at__gt=at)

    def overdue(self, *, started_before: dt.datetime, with_video: bool) -> Self:
        """Open appointments without an arrival that started at or before an instant; video visits only `with_video`."""
        rows = self.open().filter(arrived=False, deleted_at=None, starts_at__lte=started_before)
        return rows if with_video else rows.filter(visit_type=self.constants.VisitType.IN_CLINIC)

    def with_doctors(self, doctors: Iterable[UUID]) -> Self:
        return self.filter(doctor_id__in=list(doctors))

    def for_cards(self) -> Self:
        """With patient and doctor selected, by start time in a total order."""
        return self.select_related("patient", "doctor").order_by("starts_at", "doctor_id", "id")


class CancellationQuerySet(ClinicQuerySet[M]):
    def visible_to(self, actor: Actor) -> Self:
        rows = super().visible_to(actor)
        return rows.filter(appointment__doctor_id=actor.doctor_id) if actor.role == Role.DOCTOR else rows

    def standing(self) -> Self:
        """Cancellations that were not reverted, of appointments that are not deleted."""
        return self.filter(reverted_at=None, appointment__deleted_at=None)


class DoctorNoteQuerySet(ClinicQuerySet[M]):
    """Doctors' notes, visible to their author and the patient's doctors only."""

    roles = frozenset({Role.DOCTOR})

    def visible_to(self, actor: Actor) -> Self:
        own = self.visible_related("patient", actor)
        return super().visible_to(actor).filter(Q(doctor_id=actor.doctor_id) | Q(patient_id__in=own.values("pk")))


class FollowUpQuerySet(OfDoctorQuerySet[M]):
    def pending(self) -> Self:
        return self.filter(status=self.constants.Status.PENDING)

    def overdue(self, today: dt.date) -> Self:
        """Pending follow-ups whose local date has passed."""
        return self.pending().filter(scheduled_date__lt=today)

    def due_by(self, day: dt.date) -> Self:
        return self.filter(scheduled_date__lte=day)

    def in_state(self, state: str, today: dt.date) -> Self:
        """Follow-ups of one status, or the overdue ones for `overdue`."""
        return self.overdue(today) if state == "overdue" else self.filter(status=state)

    def for_list(self) -> Self:
        """With the related rows of a list entry selected, earliest due date first."""
        related = ("patient", "doctor", "appointment", "booked_appointment", "created_by")
        return self.select_related(*related).order_by("scheduled_date", "id")


class WaitlistQuerySet(ClinicQuerySet[M]):
    def visible_to(self, actor: Actor) -> Self:
        """All entries for the front desk; for a doctor those that request this doctor."""
        rows = super().visible_to(actor)
        return rows.filter(doctor_id=actor.doctor_id) if actor.role == Role.DOCTOR else rows

    def waiting(self) -> Self:
        """Entries that are waiting or offered, longest wait first."""
        return self.filter(status__in=self.constants.OPEN).order_by("created_at", "id")

    def for_list(self) -> Self:
        """With the related rows of a list entry selected, longest wait first."""
        related = ("patient", "doctor", "offered_doctor", "offer_message", "booked_appointment")
        return self.select_related(*related).order_by("created_at", "id")

    def on_day(self, day: dt.date) -> Self:
        """Open entries whose dates include a local day, longest wait first."""
        return self.waiting().filter(date_from__lte=day, date_to__gte=day)

    def fitting(self, *, doctor_id: UUID, starts: dt.datetime, minutes: int, visit_type: str) -> Self:
        """Open entries that a doctor's slot satisfies, longest wait first; `starts` is on the local clock."""
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
        """Rows that the actor manages: all for the front desk, a doctor's own for the doctor."""
        return self.filter(doctor_id=actor.doctor_id) if actor.role == Role.DOCTOR else self

    def coming(self, at: dt.datetime) -> Self:
        """Rows that have not ended, earliest start first."""
        return self.filter(ends_at__gt=at).order_by("starts_at", "id")

    def past(self, at: dt.datetime) -> Self:
        """Rows that have ended, latest start first."""
        return self.filter(ends_at__lte=at).order_by("-starts_at", "id")

    def between(self, start: dt.datetime, end: dt.datetime) -> Self:
        return self.filter(starts_at__lt=end, ends_at__gt=start)


class MessageQuerySet(ClinicQuerySet[M]):
    def visible_to(self, actor: Actor) -> Self:
        rows = super().visible_to(actor)
        return rows.filter(appointment__doctor_id=actor.doctor_id) if actor.role == Role.DOCTOR else rows
