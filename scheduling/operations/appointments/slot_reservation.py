"""The one rule of booking: lock the doctor, look at all live visits, then write.

The transaction-scoped lock makes losers wait for milliseconds instead of deadlocking in the index; the query under
it sees rows that may overlap too, which the exclusion constraint cannot. The constraint is the net for other paths.
Row locks are taken before doctor locks, and doctor locks in one order, so that no two writes wait for each other.
"""

import datetime as dt
import hashlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Enum
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from clinicflow.access.actor import Actor
from clinicflow.core import clock
from clinicflow.core.constraints import error_for
from clinicflow.core.errors import Forbidden, Invalid
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
from scheduling.operations.appointments.shared_steps import settings_of
from scheduling.rules.opening_hours import BookableDoctor, Span, is_open
from scheduling.rules.transitions import DESK
from scheduling.selectors.availability import (
    BlockedRange,
    Slot,
    blocked_ranges,
    bookable_doctors,
    free_at,
    free_slots,
    nearest_free,
)

OVERLAPS_ALLOWED = "The clinic allows overlapping visits."


class RequiredAvailability(Enum):
    """How much of the rule applies: to a new time, to one that has begun already, to one that was agreed before."""

    FUTURE = "in the future, open and free"
    OPEN = "open and free"
    FREE = "free"


@dataclass(frozen=True, kw_only=True)
class SlotRequest:
    """A time that somebody asks for. `without` are visits whose time counts as free, because they give it up.

    Where no doctor is named, `specialty` and `walks_in` narrow who may be the first available one.
    """

    starts_at: dt.datetime
    visit_type: str
    doctor_id: UUID | None = None
    duration: int | None = None
    patient_id: UUID | None = None
    override_reason: str = ""
    without: tuple[UUID, ...] = ()
    needs: RequiredAvailability = RequiredAvailability.FUTURE
    specialty: str = ""
    walks_in: bool = False


@dataclass(frozen=True, kw_only=True)
class ReservedSlot:
    """A time that may be written: the doctor, the span, and whether the row may overlap others and why."""

    doctor: BookableDoctor
    span: Span
    overlap_reason: str = ""
    overridden: str = ""  # the code of the rule that the override went past
    warnings: tuple[str, ...] = ()

    @property
    def overlap_allowed(self) -> bool:
        return bool(self.overlap_reason)


def lock_doctors(actor: Actor, doctors: Collection[UUID]) -> None:
    """Hold the booking of these doctors until the transaction ends, in one order for everybody."""
    keys = sorted(_lock_key(actor.clinic_id, doctor) for doctor in set(doctors))
    with connection.cursor() as cursor:
        cursor.execute("select " + ", ".join(["pg_advisory_xact_lock(%s)"] * len(keys)), keys)


def _lock_key(clinic: UUID, doctor: UUID) -> int:
    return int.from_bytes(hashlib.blake2b(clinic.bytes + doctor.bytes, digest_size=8).digest(), signed=True)


def reserve_slot(
    actor: Actor, wanted: SlotRequest, *, at: dt.datetime, also_lock: Collection[UUID] = ()
) -> ReservedSlot:
    """Lock the doctor (and `also_lock`) and check every rule of booking for the wanted time.

    Invalid for a bad duration, doctor or visit type; a SlotUnavailable when the time cannot be had; Forbidden or
    OverrideNotAllowed for an override that this actor, clinic or doctor does not have.
    """
    doctor_id = wanted.doctor_id or _first_free_doctor(actor, wanted, at)
    lock_doctors(actor, {doctor_id, *also_lock})
    doctor = _doctor(actor, replace(wanted, doctor_id=doctor_id))  # as it is under the lock, which `retire` takes too
    span = _span(actor, wanted, doctor)
    found = blocked_ranges(actor, [doctor.doctor_id], span, without=wanted.without, patient_id=wanted.patient_id)
    warnings = ("patient_overlap",) if any(block.kind == "patient" for block in found) else ()
    overlaps = any(block.kind == "visit" for block in found)
    problem = conflict_in(actor, doctor, span, found, needs=wanted.needs, at=at)
    if problem is None:
        return ReservedSlot(
            doctor=doctor, span=span, overlap_reason=OVERLAPS_ALLOWED if overlaps else "", warnings=warnings
        )
    if not wanted.override_reason:
        raise SlotRefused(problem, may_override=may_override(actor, doctor), doctor=doctor, span=span)
    check_override(actor, doctor)
    return ReservedSlot(
        doctor=doctor,
        span=span,
        overlap_reason=wanted.override_reason if overlaps else "",
        overridden=problem.code,
        warnings=warnings,
    )


def apply_overlap(actor: Actor, visit: Appointment, place: ReservedSlot) -> tuple[str, ...]:
    """Write on the visit whether it may overlap others, why and by whom; returns the fields it wrote.

    The result also gets the place's warnings: that the patient has another visit then is one, not an error.
    """
    visit.warnings = place.warnings
    visit.overlap_allowed, visit.overlap_reason = place.overlap_allowed, place.overlap_reason
    visit.overlap_by_id = actor.user_id if place.overlap_allowed else None
    return ("overlap_allowed", "overlap_reason", "overlap_by")


def conflict_in(
    actor: Actor,
    doctor: BookableDoctor,
    span: Span,
    found: Sequence[BlockedRange],
    *,
    needs: RequiredAvailability,
    at: dt.datetime,
) -> type[SlotUnavailable] | None:
    """What stands in the way of a span, the most final reason first; another visit only where the clinic minds."""
    kinds = {block.kind for block in found}
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
    """A time that cannot be had, on its way to `placing`, which lets the lock go before it looks for other times."""

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
    actor: Actor, refusal: SlotRefused, wanted: SlotRequest, at: dt.datetime
) -> SlotUnavailable:
    """The refusal as people get it: with the three nearest free slots, and whether a reason would get past it."""
    if refusal.doctor is None or refusal.span is None:
        slots = _slots_of_any_doctor(actor, wanted, at)
        detail = ""
    else:
        detail = f"{refusal.problem.title}: {refusal.doctor.doctor_name}."
        slots = nearest_free(
            actor,
            doctor=refusal.doctor,
            around=refusal.span[0],
            duration=int((refusal.span[1] - refusal.span[0]).total_seconds() // 60),
            without=wanted.without,
            at=at,
        )
    return refusal.problem(detail, free_slots=[slot.as_json() for slot in slots], may_override=refusal.may_override)


def may_override(actor: Actor, doctor: BookableDoctor) -> bool:
    return actor.role in DESK and doctor.clinic_allows_overrides and doctor.allows_forced_booking


def check_override(actor: Actor, doctor: BookableDoctor) -> None:
    """Forbidden for a role without overrides; OverrideNotAllowed where the clinic or the doctor switched them off."""
    if actor.role not in DESK:
        raise Forbidden()
    if not may_override(actor, doctor):
        raise OverrideNotAllowed()


def _doctor(actor: Actor, wanted: SlotRequest) -> BookableDoctor:
    found = bookable_doctors(actor, doctors=[wanted.doctor_id]) if wanted.doctor_id else []
    if not found or not found[0].active:
        raise Invalid(fields={"doctor_id": ["There is no such doctor."]})
    if wanted.visit_type not in found[0].visit_types:
        raise Invalid(fields={"visit_type": [f"{found[0].doctor_name} does not take this kind of visit."]})
    return found[0]


def _span(actor: Actor, wanted: SlotRequest, doctor: BookableDoctor) -> Span:
    duration = wanted.duration or doctor.default_visit_length
    return visit_range(actor, wanted.starts_at, duration)


def visit_range(actor: Actor, starts_at: dt.datetime, duration: int) -> Span:
    """The instants of a visit. Invalid unless it takes 5–480 minutes, on a whole minute, within one local day."""
    if not 5 <= duration <= 480:
        raise Invalid(fields={"duration": ["A visit takes 5 to 480 minutes."]})
    if starts_at.second or starts_at.microsecond:
        raise Invalid(fields={"start_time": ["Visits start on a whole minute."]})
    starts_at = starts_at.astimezone(dt.UTC)
    ends_at = starts_at + dt.timedelta(minutes=duration)
    if ends_at > clock.day_bounds(clock.local(starts_at, actor.timezone).date(), actor.timezone)[1]:
        raise Invalid(fields={"duration": ["A visit may not go past midnight."]})
    return starts_at, ends_at


def _first_free_doctor(actor: Actor, wanted: SlotRequest, at: dt.datetime) -> UUID:
    """The doctor for a booking that names none: free then, and with the fewest visits that day."""
    if settings_of(actor).require_provider:
        raise Invalid(fields={"doctor_id": ["Choose a doctor."]})
    able = [
        doctor
        for doctor in bookable_doctors(actor, specialty=wanted.specialty or None)
        if doctor.active and wanted.visit_type in doctor.visit_types and (doctor.takes_walk_ins or not wanted.walks_in)
    ]
    if not able:
        raise Invalid(fields={"visit_type": ["No doctor takes this kind of visit."]})
    if wanted.needs is RequiredAvailability.FUTURE and wanted.starts_at < at:
        raise SlotRefused(InThePast)
    lock_doctors(actor, [doctor.doctor_id for doctor in able])
    free = free_at(actor, able, starts_at=wanted.starts_at, duration=wanted.duration)
    if free:
        return free[0].doctor_id
    raise SlotRefused(NobodyFree)


def _slots_of_any_doctor(actor: Actor, wanted: SlotRequest, at: dt.datetime) -> list[Slot]:
    start = max(at, wanted.starts_at)
    day = clock.local(start, actor.timezone).date()
    return free_slots(
        actor,
        date_from=day,
        date_to=day + dt.timedelta(days=14),
        duration=wanted.duration,
        visit_type=wanted.visit_type,
        specialty=wanted.specialty or None,
        limit=3,
        at=start,
    )


@contextmanager
def reserving(actor: Actor, wanted: SlotRequest, *, at: dt.datetime) -> Iterator[None]:
    """A transaction whose refusals end as a SlotUnavailable with free slots, the exclusion constraint's included.

    The lock goes with the transaction, or with its savepoint inside another: whoever lost does not keep the next
    waiting while other times are looked for.
    """
    try:
        with transaction.atomic():
            yield
    except SlotRefused as refusal:
        raise error_with_alternatives(actor, refusal, wanted, at) from None
    except IntegrityError as error:
        if not isinstance(error_for(error), SlotTaken) or wanted.doctor_id is None:
            raise
        doctor = _doctor(actor, wanted)
        allowed = may_override(actor, doctor)
        net = SlotRefused(SlotTaken, may_override=allowed, doctor=doctor, span=_span(actor, wanted, doctor))
        raise error_with_alternatives(actor, net, wanted, at) from error
