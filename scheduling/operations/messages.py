"""Messages to patients: queued, held for a short time, then sent or cancelled.

A message is a row first. It is queued until `send_after`, so that undoing a change before then sends nothing; then a
job passes it to the provider and stores the outcome. Messages contain nothing clinical.
"""

import datetime as dt
from uuid import UUID

from django.conf import settings
from django.db import transaction

from clinicflow.access.actor import Actor, publish_for
from clinicflow.clinics.selectors import settings_of
from clinicflow.core import clock
from patients.models import Patient
from patients.operations import patients
from scheduling.events import AppointmentUpdated
from scheduling.messaging import InboundMessage, NoWayToReach, OptedOut, Undeliverable, is_carried, provider_for
from scheduling.models import Appointment, Message, ProviderNumber


def channel_for(actor: Actor, patient: Patient) -> tuple[str, str] | None:
    """The channel and address for a message to the patient, text messages before email.

    None if there is no address, the patient has opted out, the clinic has the channel turned off, or this installation
    has no provider for it.
    """
    clinic = settings_of(actor)
    preferences = patient.contact_preferences
    if is_carried("sms") and clinic.sms_enabled and preferences.get("sms", True) and patient.phone:
        return Message.Channel.SMS, str(patient.phone)
    if is_carried("email") and clinic.email_enabled and preferences.get("email", True) and patient.email:
        return Message.Channel.EMAIL, patient.email
    return None


@transaction.atomic
def compose(
    actor: Actor,
    appointment: Appointment,
    *,
    kind: str,
    body: str,
    at_once: bool = False,
    way: tuple[str, str] | None = None,
) -> Message:
    """Queue a message about an appointment, held for MESSAGE_HOLD unless `at_once`.

    `body` is the text as staff read it, without a working link. `way` is a channel and address to use instead of those
    of `channel_for`, for example those of the patient's own message. NoWayToReach if there is none.
    """
    return compose_to(
        actor, appointment.patient, kind=kind, body=body, appointment=appointment, at_once=at_once, way=way
    )


@transaction.atomic
def compose_to(
    actor: Actor,
    patient: Patient,
    *,
    kind: str,
    body: str,
    appointment: Appointment | None = None,
    at_once: bool = False,
    way: tuple[str, str] | None = None,
) -> Message:
    """Queue a message to a patient, as `compose` does, with or without an appointment."""
    way = way or channel_for(actor, patient)
    if way is None:
        raise NoWayToReach()
    channel, address = way
    now = clock.now()
    message = Message.objects.create(
        clinic_id=actor.clinic_id,
        patient_id=patient.pk,
        appointment=appointment,
        kind=kind,
        channel=channel,
        direction=Message.Direction.OUTBOUND,
        address=address,
        body=body,
        send_after=now if at_once else now + settings.MESSAGE_HOLD,
    )
    _publish(actor, message, appointment)
    return message


@transaction.atomic
def receive(
    actor: Actor, inbound: InboundMessage, *, patient_id: UUID, appointment: Appointment | None
) -> Message | None:
    """Store what a patient wrote, about a visit or about none. None when the provider has delivered it before."""
    message = Message(
        clinic_id=actor.clinic_id,
        patient_id=patient_id,
        appointment=appointment,
        kind=Message.Kind.REPLY,
        channel=inbound.channel,
        direction=Message.Direction.INBOUND,
        address=inbound.address,
        body=inbound.body,
        console_body=inbound.body if inbound.provider == "console" else "",
        provider=inbound.provider,
        provider_id=inbound.provider_id,
        status=Message.Status.RECEIVED,
        sent_at=inbound.received_at,
    )
    Message.objects.bulk_create([message], ignore_conflicts=True)
    if not Message.objects.visible_to(actor).filter(pk=message.pk).exists():
        return None
    _publish(actor, message, appointment)
    return message


def was_sent_to(actor: Actor, address: str, *, channel: str, body: str, since: dt.datetime) -> bool:
    """Whether this very text was written to an address over this channel at or after an instant."""
    rows = Message.objects.visible_to(actor).filter(
        address=address, channel=channel, direction=Message.Direction.OUTBOUND, body=body, created_at__gte=since
    )
    return rows.exists()


@transaction.atomic
def claim(actor: Actor, message_id: UUID, *, last_word: bool = False) -> Message | None:
    """The message, locked, if it is still queued, else None.

    If the patient has opted out meanwhile it is cancelled, unless it is the `last_word`, which confirms the opt-out.
    """
    message: Message = (
        Message.objects.visible_to(actor).select_related("patient", "appointment__doctor").lock(message_id)
    )
    if message.status != Message.Status.QUEUED:
        return None
    if not last_word and not message.patient.contact_preferences.get(message.channel, True):
        cancel(actor, message.pk, error="opted-out")
        return None
    return message


def deliver(actor: Actor, message: Message, *, subject: str, text: str) -> None:
    """Pass the full text to the provider and store the outcome.

    No transaction may be open for a provider that uses the network. Temporary errors are raised, so that the job is
    retried. If the provider refuses because the patient has opted out there, the opt-out is stored here too.
    """
    try:
        provider = provider_for(message.channel)
    except Undeliverable as refusal:
        _finish(actor, message.pk, Message.Status.FAILED, error=str(refusal))
        return
    try:
        sender = sender_of(actor, message.channel)
        provider_id = provider.send(address=message.address, subject=subject, text=text, sender=sender)
    except OptedOut as refusal:
        with transaction.atomic():
            patients.opt_out(actor, message.patient_id, channel=message.channel)
            _finish(actor, message.pk, Message.Status.FAILED, error=str(refusal), provider=provider.name)
        return
    except Undeliverable as refusal:
        _finish(actor, message.pk, Message.Status.FAILED, error=str(refusal)[:80], provider=provider.name)
        return
    _finish(
        actor,
        message.pk,
        Message.Status.SENT,
        provider=provider.name,
        provider_id=provider_id,
        console_body=text if provider.shows_text else "",
        sent_at=clock.now(),
    )


@transaction.atomic
def sender_of(actor: Actor, channel: str) -> str:
    """The clinic's number or address with the provider of a channel, empty if it has none.

    In its own transaction, because `deliver` has none open.
    """
    numbers = ProviderNumber.objects.filter(clinic_id=actor.clinic_id, channel=channel).order_by("created_at")
    return numbers.values_list("address", flat=True).first() or ""


@transaction.atomic
def cancel_queued_to(actor: Actor, patient_id: UUID, *, channel: str) -> int:
    """Cancel the patient's queued messages on a channel after an opt-out. Returns their number."""
    queued = Message.objects.visible_to(actor).filter(
        patient_id=patient_id, channel=channel, status=Message.Status.QUEUED
    )
    return queued.update(status=Message.Status.DROPPED, error="opted-out", updated_at=clock.now())


@transaction.atomic
def cancel(actor: Actor, message_id: UUID, *, error: str) -> None:
    """Cancel one queued message; `error` is the stored reason."""
    _finish(actor, message_id, Message.Status.DROPPED, error=error)


@transaction.atomic
def cancel_queued(actor: Actor, appointment_id: UUID) -> int:
    """Cancel the queued messages about an appointment. Returns their number."""
    queued = Message.objects.visible_to(actor).filter(appointment_id=appointment_id, status=Message.Status.QUEUED)
    return queued.update(status=Message.Status.DROPPED, updated_at=clock.now())


@transaction.atomic
def carry_over(actor: Actor, old_id: UUID, new: Appointment) -> None:
    """Reassign the queued messages of an appointment to the one that replaces it."""
    queued = Message.objects.visible_to(actor).filter(appointment_id=old_id, status=Message.Status.QUEUED)
    queued.update(appointment=new, updated_at=clock.now())


@transaction.atomic
def mark_failed(actor: Actor, message_id: UUID, *, error: str) -> None:
    """Mark a queued message as failed after the last attempt."""
    _finish(actor, message_id, Message.Status.FAILED, error=error)


@transaction.atomic
def _finish(actor: Actor, message_id: UUID, status: str, **fields: object) -> None:
    """Set the final status of a queued message; no change if it already has one."""
    message: Message = Message.objects.visible_to(actor).select_related("appointment").lock(message_id)
    if message.status != Message.Status.QUEUED:
        return
    message.status = status
    for name, value in fields.items():
        setattr(message, name, value)
    message.save(update_fields=["status", *fields, "updated_at"])
    _publish(actor, message, message.appointment)


def _publish(actor: Actor, message: Message, appointment: Appointment | None) -> None:
    if appointment is not None:
        publish_for(
            actor,
            AppointmentUpdated,
            appointment,
            doctor_ids=[appointment.doctor_id],
            patient_id=message.patient_id,
            action="message",
        )
