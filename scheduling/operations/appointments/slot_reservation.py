"""Reserve a slot: lock the doctor, check every live appointment, then write.

The transaction-scoped advisory lock makes concurrent bookings wait for milliseconds instead of deadlocking in the
index. The query under the lock also sees appointments that allow overlaps, which the exclusion constraint ignores. The
constraint catches writes that bypass this module. Row locks are taken before doctor locks, and doctor locks in
ascending order, so that no two transactions wait for each other.
"""

import datetime as dt
import hashlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from clinicflow.access.actor import Actor
from clinicflow.clinics.selectors import settings_of
from clinicflow.core import clock
from clinicflow.core.constraints import error_for
from clinicflow.core.errors import Invalid
from scheduling.errors import (
    ClinicClosed,
    DoctorAway,
    InThePast,
    NobodyFree,
    OutsideHours,
    OverrideNotAllowed,
    SlotTaken,
    SlotUnavailable,
)
from scheduling.models import Appointment
from scheduling.operations.appointments.requests import RequiredAvailability, SlotRequest
from scheduling.rules.limits import LENGTH_ERROR, VISIT_MINUTES
from scheduling.rules.opening_hours import BookableDoctor, Span, is_open
from scheduling.selectors.availability import (
    BlockedRange,
    Slot,
    SlotSearch,
    blocked_ranges,
    bookable_doctors,
    free_at,
    free_slots,
    nearest_free,
)

OVERLAPS_ALLOWED = "The clinic allows overlapping visits."
OVERLAP_FIELDS = ("overlap_allowed", "overlap_reason", "overlap_by")  # what `store_overlap` sets
LOCK_TIMEOUT = "5s"


@dataclass(frozen=True, kw_only=True)
class ReservedSlot:
    """A slot that may be written in this transaction.

    `overlap_reason` is why the appointment may overlap others, empty if it does not; `overridden` is the code of the
    rule that was overridden. `warnings` are those of `BookingResult`.
    """

    doctor: BookableDoctor
    span: Span
    overlap_reason: str = ""
    overridden: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def overlap_allowed(self) -> bool:
        return bool(self.overlap_reason)


def lock_doctors(actor: Actor, doctors: Collection[UUID]) -> None:
    """Lock the booking of these doctors until the transaction ends, in ascending order of their keys.

    Requires a transaction. A wait of more than LOCK_TIMEOUT aborts the statement, and the request is retried; the
    timeout also applies to later locks of the same transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("lock_doctors requires a transaction")
    keys = sorted(_lock_key(actor.clinic_id, doctor) for doctor in set(doctors))
    locks = ["set_config('lock_timeout', %s, true)", *(["pg_advisory_xact_lock(%s)"] * len(keys))]
    with connection.cursor() as cursor:
        cursor.execute("select " + ", ".join(locks), [LOCK_TIMEOUT, *keys])


def _lock_key(clinic: UUID, doctor: UUID) -> int:
    return int.from_bytes(hashlib.blake2b(clinic.bytes + doctor.bytes, digest_size=8).digest(), signed=True)


def reserve_slot(
    actor: Actor, request: SlotRequest, *, at: dt.datetime, also_lock: Collection[UUID] = ()
) -> ReservedSlot:
    """Lock the doctor (and `also_lock`) and check every booking rule for the requested slot.

    Invalid for a bad duration, doctor or visit type; SlotRefused if the slot is unavailable, which `reserving` turns
    into SlotUnavailable; Forbidden or OverrideNotAllowed if the actor, clinic or doctor does not permit overrides.
    """
    doctor_id = request.doctor_id or _first_free_doctor(actor, request, at)
    lock_doctors(actor, {doctor_id, *also_lock})
    doctor = _doctor(actor, replace(request, doctor_id=doctor_id))  # read under the lock that deactivation takes too
    span = _span(actor, request, doctor)
    blocks = blocked_ranges(actor, [doctor.doctor_id], span, without=request.without, patient_id=request.patient_id)
    warnings = ("patient_overlap",) if any(block.kind == "patient" for block in blocks) else ()
    overlaps = any(block.kind == "visit" for block in blocks)
    problem = conflict_in(actor, doctor, span, blocks, needs=request.needs, at=at)
    if problem is None:
        return ReservedSlot(
            doctor=doctor, span=span, overlap_reason=OVERLAPS_ALLOWED if overlaps else "", warnings=warnings
        )
    if not request.reason_to_override:
        raise SlotRefused(problem, may_override=may_override(actor, doctor), doctor=doctor, span=span)
    check_override(actor, doctor)
    return ReservedSlot(
        doctor=doctor,
        span=span,
        overlap_reason=request.reason_to_override if overlaps else "",
        overridden=problem.code,
        warnings=warnings,
    )


def store_overlap(actor: Actor, appointment: Appointment, slot: ReservedSlot) -> None:
    """Set OVERLAP_FIELDS on the appointment: whether it may overlap others, why, and who allowed it."""
    appointment.overlap_allowed, appointment.overlap_reason = slot.overlap_allowed, slot.overlap_reason
    appointment.overlap_by_id = actor.user_id if slot.overlap_allowed else None


def conflict_in(
    actor: Actor,
    doctor: BookableDoctor,
    span: Span,
    blocks: Sequence[BlockedRange],
    *,
    needs: RequiredAvailability,
    at: dt.datetime,
) -> type[SlotUnavailable] | None:
    """The error class of the first rule that forbids the span, None if it is available.

    Another visit is a conflict only if the clinic does not allow overlaps.
    """
    kinds = {block.kind for block in blocks}
    if needs is RequiredAvailability.FUTURE and span[0] < at:
        return InThePast
    if needs is not RequiredAvailability.FREE:
        if "closed" in kinds:
            return ClinicClosed
        if "away" in kinds:
            return DoctorAway
        if not is_open(doctor, span, actor.timezone):
            return OutsideHours
    return SlotTaken if "visit" in kinds and not doctor.clinic_allows_overlaps else None


class SlotRefused(Exception):
    """An unavailable slot. `reserving` catches it, so that the locks are released before alternatives are searched."""

    def __init__(
        self,
        problem: type[SlotUnavailable],
        *,
        may_override: bool = False,
        doctor: BookableDoctor | None = None,
        span: Span | None = None,
    ) -> None:
        super().__init__(problem.code)
        self.problem, self.may_override, self.doctor, self.span = problem, may_override, doctor, span


def error_with_alternatives(
    actor: Actor, refusal: SlotRefused, request: SlotRequest, at: dt.datetime
) -> SlotUnavailable:
    """The error that the caller receives: with the three nearest free slots and whether an override is permitted."""
    if refusal.doctor is None or refusal.span is None:
        slots = _slots_of_any_doctor(actor, request, at)
        detail = ""
    else:
        detail = refusal.problem.detail_for(refusal.doctor.doctor_name)
        slots = nearest_free(
            actor,
            doctor=refusal.doctor,
            around=refusal.span[0],
            duration=int((refusal.span[1] - refusal.span[0]).total_seconds() // 60),
            without=request.without,
            at=at,
        )
    return refusal.problem(detail, free_slots=[slot.as_json() for slot in slots], may_override=refusal.may_override)


def may_override(actor: Actor, doctor: BookableDoctor) -> bool:
    """Whether the actor may book this doctor although a rule forbids it."""
    return actor.is_front_desk and doctor.clinic_allows_overrides and doctor.allows_forced_booking


def check_override(actor: Actor, doctor: BookableDoctor) -> None:
    """Forbidden for all but the front desk; OverrideNotAllowed if the clinic or doctor does not permit overrides."""
    actor.require_front_desk()
    if not may_override(actor, doctor):
        raise OverrideNotAllowed()


def _doctor(actor: Actor, request: SlotRequest) -> BookableDoctor:
    doctors = bookable_doctors(actor, doctors=[request.doctor_id]) if request.doctor_id else []
    if not doctors or not doctors[0].active:
        raise Invalid(fields={"doctor_id": ["There is no such doctor."]})
    if request.visit_type not in doctors[0].visit_types:
        raise Invalid(fields={"visit_type": [f"{doctors[0].doctor_name} does not take this kind of visit."]})
    return doctors[0]


def _span(actor: Actor, request: SlotRequest, doctor: BookableDoctor) -> Span:
    return visit_range(actor, request.starts_at, request.duration or doctor.default_visit_length)


def visit_range(actor: Actor, starts_at: dt.datetime, duration: int) -> Span:
    """The start and end of a visit, in UTC; `duration` in minutes.

    Invalid unless the duration is in VISIT_MINUTES and the visit starts on a whole minute and ends on the same local
    day.
    """
    if duration not in VISIT_MINUTES:
        raise Invalid(fields={"duration": [LENGTH_ERROR]})
    if starts_at.second or starts_at.microsecond:
        raise Invalid(fields={"start_time": ["Visits start on a whole minute."]})
    starts_at = starts_at.astimezone(dt.UTC)
    ends_at = starts_at + dt.timedelta(minutes=duration)
    if ends_at > clock.day_bounds(clock.local(starts_at, actor.timezone).date(), actor.timezone)[1]:
        raise Invalid(fields={"duration": ["A visit may not go past midnight."]})
    return starts_at, ends_at


def _first_free_doctor(actor: Actor, request: SlotRequest, at: dt.datetime) -> UUID:
    """The doctor for a request without one: free at that time, with the fewest visits that day."""
    if settings_of(actor).require_provider:
        raise Invalid(fields={"doctor_id": ["Choose a doctor."]})
    able = [
        doctor
        for doctor in bookable_doctors(actor, specialty=request.specialty or None)
        if doctor.active and request.visit_type in doctor.visit_types and (doctor.takes_walk_ins or not request.walk_in)
    ]
    if not able:
        raise Invalid(fields={"visit_type": ["No doctor takes this kind of visit."]})
    if request.needs is RequiredAvailability.FUTURE and request.starts_at < at:
        raise SlotRefused(InThePast)
    lock_doctors(actor, [doctor.doctor_id for doctor in able])
    free = free_at(actor, able, starts_at=request.starts_at, duration=request.duration)
    if free:
        return free[0].doctor_id
    raise SlotRefused(NobodyFree)


def _slots_of_any_doctor(actor: Actor, request: SlotRequest, at: dt.datetime) -> list[Slot]:
    start = max(at, request.starts_at)
    day = clock.local(start, actor.timezone).date()
    search = SlotSearch(
        date_from=day,
        date_to=day + dt.timedelta(days=14),
        duration=request.duration,
        visit_type=request.visit_type,
        specialty=request.specialty,
        limit=3,
    )
    return free_slots(actor, search, at=start)


@contextmanager
def reserving(actor: Actor, request: SlotRequest, *, at: dt.datetime) -> Iterator[None]:
    """A transaction in which an unavailable slot, also one found by the exclusion constraint, raises SlotUnavailable.

    The locks are released with the transaction, or with its savepoint inside another one, before the alternatives are
    searched, so that the next booking does not wait for the search.
    """
    try:
        with transaction.atomic():
            yield
    except SlotRefused as refusal:
        raise error_with_alternatives(actor, refusal, request, at) from None
    except IntegrityError as error:
        if not isinstance(error_for(error), SlotTaken) or request.doctor_id is None:
            raise
        doctor = _doctor(actor, request)
        taken = SlotRefused(
            SlotTaken, may_override=may_override(actor, doctor), doctor=doctor, span=_span(actor, request, doctor)
        )
        raise error_with_alternatives(actor, taken, request, at) from error
