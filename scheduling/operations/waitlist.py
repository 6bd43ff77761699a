"""The waitlist. An entry is booked by `appointments.book` with its `waitlist_entry_id`."""

import datetime as dt
from dataclasses import dataclass
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from clinicflow.access.actor import Actor, publish_for
from clinicflow.clinics.models import Doctor
from clinicflow.clinics.selectors import settings_of
from clinicflow.core import clock
from clinicflow.core.errors import Invalid
from clinicflow.jobs.queue import enqueue
from clinicflow.web import display
from patients.models import Patient
from scheduling.errors import WaitlistClosed
from scheduling.events import ScheduleChanged
from scheduling.messaging import NoWayToReach
from scheduling.models import Appointment, Message, WaitlistEntry
from scheduling.operations import messages
from scheduling.operations.appointments.requests import SlotRequest
from scheduling.operations.appointments.slot_reservation import reserve_slot, reserving
from scheduling.rules.limits import DEFAULT_VISIT, LENGTH_ERROR, VISIT_MINUTES

JOB = "scheduling.send_offer"
MOST_DAYS_AHEAD = 730


@dataclass(frozen=True, kw_only=True)
class WaitlistRequest:
    """What a patient waits for: local dates (both included) and a range of wall-clock times for the start.

    `doctor_id` None is any doctor; `duration` is in minutes.
    """

    date_from: dt.date
    date_to: dt.date
    doctor_id: UUID | None = None
    duration: int = DEFAULT_VISIT
    visit_type: str = Appointment.VisitType.IN_CLINIC
    time_from: dt.time | None = None
    time_to: dt.time | None = None
    note: str = ""


class WaitlistFields(TypedDict, total=False):
    """The fields of `WaitlistRequest` to set; absent ones have their default or are unchanged."""

    date_from: dt.date
    date_to: dt.date
    doctor_id: UUID | None
    duration: int
    visit_type: str
    time_from: dt.time | None
    time_to: dt.time | None
    note: str


@transaction.atomic
def add(actor: Actor, *, patient_id: UUID, **fields: Unpack[WaitlistFields]) -> WaitlistEntry:
    """Add a patient to the waitlist; `date_from` and `date_to` are required. Forbidden for all but the front desk;
    Invalid by field."""
    actor.require_front_desk()
    request = WaitlistRequest(**fields)
    errors = _errors_in(actor, request)
    if not Patient.objects.visible_to(actor).current().filter(pk=patient_id).exists():
        errors["patient_id"] = ["There is no such patient."]
    if errors:
        raise Invalid(fields=errors)
    entry = WaitlistEntry(clinic_id=actor.clinic_id, patient_id=patient_id)
    _apply(entry, request)
    entry.save(force_insert=True)
    _publish(actor, entry)
    return entry


@transaction.atomic
def update(actor: Actor, entry_id: UUID, **changes: Unpack[WaitlistFields]) -> WaitlistEntry:
    """Change an open entry; its position in the queue is kept. WaitlistClosed; Invalid by field."""
    entry = _open_entry(actor, entry_id)
    current = {name: getattr(entry, name) for name in WaitlistRequest.__dataclass_fields__}
    request = WaitlistRequest(**{**current, **changes})
    if errors := _errors_in(actor, request):
        raise Invalid(fields=errors)
    _apply(entry, request)
    entry.save(update_fields=[*WaitlistRequest.__dataclass_fields__, "updated_at"])
    _publish(actor, entry)
    return entry


@transaction.atomic
def offer(
    actor: Actor,
    entry_id: UUID,
    *,
    doctor_id: UUID | None = None,
    starts_at: dt.datetime | None = None,
    at: dt.datetime,
) -> WaitlistEntry:
    """Offer a doctor's free slot by text message or email; the patient accepts it by having it booked.

    Without a slot only the fact of an offer is recorded. `offer_message` is None if no message can be sent, so that the
    front desk has to call. The slot is not reserved. Offering the same slot again changes nothing. WaitlistClosed for a
    booked or removed entry; SlotUnavailable with the nearest free slots.
    """
    entry = _open_entry(actor, entry_id)
    if entry.status == WaitlistEntry.Status.OFFERED and (starts_at, doctor_id) in {
        (None, None),
        (entry.offered_starts_at, entry.offered_doctor_id),
    }:
        return entry
    _cancel_message(actor, entry)
    entry.status = WaitlistEntry.Status.OFFERED
    entry.offered_at, entry.offered_starts_at, entry.offered_doctor_id = at, None, None
    if starts_at is not None and doctor_id is not None:
        _check_slot(actor, entry, doctor_id, starts_at, at)
        entry.offered_starts_at, entry.offered_doctor_id = starts_at, doctor_id
        entry.offer_message = _queue_offer(actor, entry, doctor_id, starts_at)
    _save_offer(actor, entry)
    return entry


@transaction.atomic
def withdraw_offer(actor: Actor, entry_id: UUID) -> WaitlistEntry:
    """Withdraw a declined or mistaken offer; the entry waits again, at its original position in the queue.

    A queued message is cancelled. Repeating succeeds without a change.
    """
    entry = _open_entry(actor, entry_id)
    if entry.status == WaitlistEntry.Status.WAITING:
        return entry
    _cancel_message(actor, entry)
    entry.status = WaitlistEntry.Status.WAITING
    entry.offered_at = entry.offered_starts_at = entry.offered_doctor = None
    _save_offer(actor, entry)
    return entry


@transaction.atomic
def remove(actor: Actor, entry_id: UUID) -> WaitlistEntry:
    """Remove an entry. Repeating succeeds without a change; WaitlistClosed if it is booked."""
    actor.require_front_desk()
    entry: WaitlistEntry = WaitlistEntry.objects.visible_to(actor).lock(entry_id)
    if entry.status == WaitlistEntry.Status.REMOVED:
        return entry
    if entry.status == WaitlistEntry.Status.BOOKED:
        raise WaitlistClosed(current=entry.status)
    _cancel_message(actor, entry)
    entry.status = WaitlistEntry.Status.REMOVED
    _save_offer(actor, entry)
    return entry


@transaction.atomic
def restore(actor: Actor, entry_id: UUID) -> WaitlistEntry:
    """Restore a removed entry, at its original position in the queue. Repeating succeeds without a change;
    WaitlistClosed if it is booked."""
    actor.require_front_desk()
    entry: WaitlistEntry = WaitlistEntry.objects.visible_to(actor).lock(entry_id)
    if entry.status == WaitlistEntry.Status.BOOKED:
        raise WaitlistClosed(current=entry.status)
    if entry.status == WaitlistEntry.Status.REMOVED:
        entry.status = WaitlistEntry.Status.OFFERED if entry.offered_at else WaitlistEntry.Status.WAITING
        _save_offer(actor, entry)
    return entry


@transaction.atomic
def offer_to_send(actor: Actor, message_id: UUID) -> Message | None:
    """The queued message of an open offer, locked. None if it must not be sent: it is then cancelled."""
    message = messages.claim(actor, message_id)
    if message is None:
        return None
    offered = WaitlistEntry.objects.visible_to(actor).filter(
        offer_message_id=message_id, status=WaitlistEntry.Status.OFFERED
    )
    if offered.exists():
        return message
    messages.cancel(actor, message_id, error="offer-closed")
    return None


def _errors_in(actor: Actor, request: WaitlistRequest) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if request.doctor_id and not Doctor.objects.visible_to(actor).active().filter(pk=request.doctor_id).exists():
        errors["doctor_id"] = ["There is no such doctor."]
    if request.date_to < request.date_from:
        errors["date_to"] = ["Enter a last date that is not before the first."]
    elif request.date_to < clock.today(actor.timezone):
        errors["date_to"] = ["Enter a last date that has not passed."]
    elif request.date_to > clock.today(actor.timezone) + dt.timedelta(days=MOST_DAYS_AHEAD):
        errors["date_to"] = ["Enter a date within two years."]
    if request.time_from and request.time_to and request.time_to <= request.time_from:
        errors["time_to"] = ["Enter a latest start after the earliest."]
    if request.duration not in VISIT_MINUTES:
        errors["duration"] = [LENGTH_ERROR]
    if request.visit_type not in Appointment.VisitType.values:
        errors["visit_type"] = ["Choose in-clinic or virtual."]
    if len(request.note) > 300:
        errors["note"] = ["Enter at most 300 characters."]
    return errors


def _apply(entry: WaitlistEntry, request: WaitlistRequest) -> None:
    for name in WaitlistRequest.__dataclass_fields__:
        setattr(entry, name, getattr(request, name))
    entry.note = request.note.strip()


def _open_entry(actor: Actor, entry_id: UUID) -> WaitlistEntry:
    """The waiting or offered entry, locked, with its patient. WaitlistClosed for any other status."""
    actor.require_front_desk()
    entry: WaitlistEntry = WaitlistEntry.objects.visible_to(actor).select_related("patient").lock(entry_id)
    if entry.status not in WaitlistEntry.OPEN:
        raise WaitlistClosed(current=entry.status)
    return entry


def _check_slot(actor: Actor, entry: WaitlistEntry, doctor_id: UUID, starts_at: dt.datetime, at: dt.datetime) -> None:
    request = SlotRequest(
        starts_at=starts_at, doctor_id=doctor_id, duration=entry.duration, visit_type=entry.visit_type
    )
    with reserving(actor, request, at=at):
        reserve_slot(actor, request, at=at)


def _queue_offer(actor: Actor, entry: WaitlistEntry, doctor_id: UUID, starts_at: dt.datetime) -> Message | None:
    """Queue the message with the offer. None if the patient cannot be reached by a message."""
    try:
        message = messages.compose_to(
            actor,
            entry.patient,
            kind=Message.Kind.OFFER,
            body=_offer_text(actor, entry.patient.preferred_language, doctor_id, starts_at),
        )
    except NoWayToReach:
        return None
    enqueue(
        JOB,
        clinic_id=actor.clinic_id,
        key=str(message.pk),
        args={"message_id": str(message.pk)},
        run_after=message.send_after,
    )
    return message


def _offer_text(actor: Actor, language: str, doctor_id: UUID, starts_at: dt.datetime) -> str:
    """The offer in the patient's language: clinic, date, time and doctor's name; nothing clinical."""
    look = display.Display.of(actor.timezone, settings_of(actor))
    with translation.override(language), display.display_as(look):
        return _(
            "%(clinic)s: an earlier time is free, %(day)s, %(time)s with %(doctor)s. Reply or call us to "
            "book it, first come, first served."
        ) % {
            "clinic": actor.clinic_name,
            "day": display.write_date(starts_at, "full"),
            "time": display.write_clock(starts_at),
            "doctor": Doctor.objects.visible_to(actor).fetch(doctor_id).name,
        }


def _cancel_message(actor: Actor, entry: WaitlistEntry) -> None:
    if entry.offer_message_id:
        messages.cancel(actor, entry.offer_message_id, error="offer-closed")
        entry.offer_message = None


def _save_offer(actor: Actor, entry: WaitlistEntry) -> None:
    entry.save(
        update_fields=["status", "offered_at", "offered_starts_at", "offered_doctor", "offer_message", "updated_at"]
    )
    _publish(actor, entry)


def _publish(actor: Actor, entry: WaitlistEntry) -> None:
    publish_for(actor, ScheduleChanged, entry, doctor_ids=[entry.doctor_id])
