"""Patients who want an earlier time. Booking one is `appointments.book(waitlist_entry_id=…)`."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from clinicflow.access.actor import Actor
from clinicflow.clinics.models import Doctor
from clinicflow.core import clock
from clinicflow.core.errors import Forbidden, Invalid
from clinicflow.core.events import publish
from clinicflow.jobs.queue import enqueue
from clinicflow.web import display
from patients.models import Patient
from scheduling.errors import WaitlistClosed
from scheduling.events import ScheduleChanged
from scheduling.messaging import NoWayToReach
from scheduling.models import Appointment, Message, WaitlistEntry
from scheduling.operations import messages
from scheduling.operations.appointments.shared_steps import settings_of
from scheduling.operations.appointments.slot_reservation import SlotRequest, reserve_slot, reserving
from scheduling.rules.transitions import DESK

JOB = "scheduling.send_offer"
CLOSED = frozenset({WaitlistEntry.Status.BOOKED, WaitlistEntry.Status.REMOVED})


@dataclass(frozen=True, kw_only=True)
class WaitlistRequest:
    """What somebody waits for: local dates (both included) and a wall-clock range for the start; no doctor is any."""

    date_from: dt.date
    date_to: dt.date
    doctor_id: UUID | None = None
    duration: int = 30
    visit_type: str = Appointment.VisitType.IN_CLINIC
    time_from: dt.time | None = None
    time_to: dt.time | None = None
    note: str = ""


@transaction.atomic
def add(actor: Actor, *, patient_id: UUID, **wish: Any) -> WaitlistEntry:
    """Let a patient wait; the words of the wish are those of `Wish`. The front desk's right. Invalid by field."""
    _require_desk(actor)
    wanted = WaitlistRequest(**wish)
    wrong = _wrong_words(actor, wanted)
    if not Patient.objects.visible_to(actor).current().filter(pk=patient_id).exists():
        wrong["patient_id"] = ["There is no such patient."]
    if wrong:
        raise Invalid(fields=wrong)
    entry = WaitlistEntry(clinic_id=actor.clinic_id, patient_id=patient_id)
    _write(entry, wanted)
    entry.save(force_insert=True)
    _announce(actor, entry)
    return entry


@transaction.atomic
def update(actor: Actor, entry_id: UUID, **changes: Any) -> WaitlistEntry:
    """Change what somebody waits for; the place in the line stays. Names as in `Wish`. WaitlistClosed; Invalid."""
    entry = _open_entry(actor, entry_id)
    present = {name: getattr(entry, name) for name in WaitlistRequest.__dataclass_fields__}
    wanted = WaitlistRequest(**(present | changes))
    if wrong := _wrong_words(actor, wanted):
        raise Invalid(fields=wrong)
    _write(entry, wanted)
    entry.save(update_fields=[*WaitlistRequest.__dataclass_fields__, "updated_at"])
    _announce(actor, entry)
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
    """Offer a free time of a doctor, by text or e-mail where the patient allows it; booking it is accepting it.

    Without a time it is only noted that one was offered. `offer_message` is None when nothing could be sent: then
    somebody calls. The time is not held: it goes to whoever answers first. Offering the same time again changes
    nothing. WaitlistClosed once booked or removed; SlotUnavailable with the nearest free slots.
    """
    entry = _open_entry(actor, entry_id)
    if entry.status == WaitlistEntry.Status.OFFERED and (starts_at, doctor_id) in {
        (None, None),
        (entry.offered_starts_at, entry.offered_doctor_id),
    }:
        return entry
    _take_back_message(actor, entry)
    entry.status = WaitlistEntry.Status.OFFERED
    entry.offered_at, entry.offered_starts_at, entry.offered_doctor_id = at, None, None
    if starts_at is not None and doctor_id is not None:
        _check_time(actor, entry, doctor_id, starts_at, at)
        entry.offered_starts_at, entry.offered_doctor_id = starts_at, doctor_id
        entry.offer_message = _tell_patient(actor, entry, doctor_id, starts_at)
    _save_offer(actor, entry)
    return entry


@transaction.atomic
def withdraw_offer(actor: Actor, entry_id: UUID) -> WaitlistEntry:
    """The offer was declined or taken back: the patient waits on, at the old place in the line.

    A message that has not left yet is not sent. Repeating is a success.
    """
    entry = _open_entry(actor, entry_id)
    if entry.status == WaitlistEntry.Status.WAITING:
        return entry
    _take_back_message(actor, entry)
    entry.status = WaitlistEntry.Status.WAITING
    entry.offered_at = entry.offered_starts_at = entry.offered_doctor = None
    _save_offer(actor, entry)
    return entry


@transaction.atomic
def remove(actor: Actor, entry_id: UUID) -> WaitlistEntry:
    """The patient waits no more. Repeating is a success; WaitlistClosed once booked."""
    _require_desk(actor)
    entry: WaitlistEntry = WaitlistEntry.objects.visible_to(actor).lock(entry_id)
    if entry.status == WaitlistEntry.Status.REMOVED:
        return entry
    if entry.status == WaitlistEntry.Status.BOOKED:
        raise WaitlistClosed(current=entry.status)
    _take_back_message(actor, entry)
    entry.status = WaitlistEntry.Status.REMOVED
    _save_offer(actor, entry)
    return entry


@transaction.atomic
def restore(actor: Actor, entry_id: UUID) -> WaitlistEntry:
    """The patient waits after all, at the old place in the line. Repeating is a success; WaitlistClosed once booked."""
    _require_desk(actor)
    entry: WaitlistEntry = WaitlistEntry.objects.visible_to(actor).lock(entry_id)
    if entry.status == WaitlistEntry.Status.BOOKED:
        raise WaitlistClosed(current=entry.status)
    if entry.status == WaitlistEntry.Status.REMOVED:
        entry.status = WaitlistEntry.Status.OFFERED if entry.offered_at else WaitlistEntry.Status.WAITING
        _save_offer(actor, entry)
    return entry


@transaction.atomic
def offer_to_send(actor: Actor, message_id: UUID) -> Message | None:
    """The message of an offer that still stands, locked; one that does not stand any more is dropped."""
    message = messages.claim(actor, message_id)
    if message is None:
        return None
    stands = WaitlistEntry.objects.visible_to(actor).filter(
        offer_message_id=message_id, status=WaitlistEntry.Status.OFFERED
    )
    if stands.exists():
        return message
    messages.cancel(actor, message_id, error="offer-closed")
    return None


def _wrong_words(actor: Actor, wish: WaitlistRequest) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    if wish.doctor_id and not Doctor.objects.visible_to(actor).active().filter(pk=wish.doctor_id).exists():
        wrong["doctor_id"] = ["There is no such doctor."]
    if wish.date_to < wish.date_from:
        wrong["date_to"] = ["The last date comes after the first."]
    elif wish.date_to < clock.today(actor.timezone):
        wrong["date_to"] = ["These dates have passed."]
    elif wish.date_to > clock.today(actor.timezone) + dt.timedelta(days=730):
        wrong["date_to"] = ["At most two years ahead."]
    if wish.time_from and wish.time_to and wish.time_to <= wish.time_from:
        wrong["time_to"] = ["The latest start comes after the earliest."]
    if not 5 <= wish.duration <= 480:
        wrong["duration"] = ["A visit takes 5 to 480 minutes."]
    if wish.visit_type not in Appointment.VisitType.values:
        wrong["visit_type"] = ["Choose in-clinic or virtual."]
    if len(wish.note) > 300:
        wrong["note"] = ["At most 300 characters."]
    return wrong


def _write(entry: WaitlistEntry, wish: WaitlistRequest) -> None:
    for name in WaitlistRequest.__dataclass_fields__:
        setattr(entry, name, getattr(wish, name))
    entry.note = wish.note.strip()


def _open_entry(actor: Actor, entry_id: UUID) -> WaitlistEntry:
    """The entry, locked, of a patient who still waits; WaitlistClosed."""
    _require_desk(actor)
    rows: Any = WaitlistEntry.objects.visible_to(actor).select_related("patient")
    entry: WaitlistEntry = rows.lock(entry_id)
    if entry.status in CLOSED:
        raise WaitlistClosed(current=entry.status)
    return entry


def _check_time(actor: Actor, entry: WaitlistEntry, doctor_id: UUID, starts_at: dt.datetime, at: dt.datetime) -> None:
    wanted = SlotRequest(starts_at=starts_at, doctor_id=doctor_id, duration=entry.duration, visit_type=entry.visit_type)
    with reserving(actor, wanted, at=at):
        reserve_slot(actor, wanted, at=at)


def _tell_patient(actor: Actor, entry: WaitlistEntry, doctor_id: UUID, starts_at: dt.datetime) -> Message | None:
    """The message on its way, or None where the patient may not be written to."""
    try:
        message = messages.compose_to(
            actor,
            entry.patient,
            kind=Message.Kind.OFFER,
            body=_words(actor, entry.patient.preferred_language, doctor_id, starts_at),
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


def _words(actor: Actor, language: str, doctor_id: UUID, starts_at: dt.datetime) -> str:
    """The offer in the patient's language: clinic, day and doctor's name; never why the patient waits."""
    clinic = settings_of(actor)
    look = display.Display(zone=actor.timezone, time_format=clinic.time_format, date_format=clinic.date_format)
    with translation.override(language), display.display_as(look):
        return _(
            "%(clinic)s: an earlier time is free, %(day)s, %(time)s with %(doctor)s. Reply or call us to take it; "
            "it goes to whoever answers first."
        ) % {
            "clinic": actor.clinic_name,
            "day": display.write_date(starts_at, "full"),
            "time": display.write_clock(starts_at),
            "doctor": Doctor.objects.visible_to(actor).fetch(doctor_id).name,
        }


def _take_back_message(actor: Actor, entry: WaitlistEntry) -> None:
    if entry.offer_message_id:
        messages.cancel(actor, entry.offer_message_id, error="offer-closed")
        entry.offer_message = None


def _save_offer(actor: Actor, entry: WaitlistEntry) -> None:
    entry.save(
        update_fields=["status", "offered_at", "offered_starts_at", "offered_doctor", "offer_message", "updated_at"]
    )
    _announce(actor, entry)


def _require_desk(actor: Actor) -> None:
    if actor.role not in DESK:
        raise Forbidden()


def _announce(actor: Actor, entry: WaitlistEntry) -> None:
    publish(
        ScheduleChanged(
            clinic_id=actor.clinic_id,
            subject_id=entry.pk,
            doctor_ids=(entry.doctor_id,) if entry.doctor_id else (),
            origin=actor.tab,
        )
    )
