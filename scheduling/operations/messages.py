"""Messages to patients about a visit: written, held for a moment, then sent or dropped.

A message is a row first. It waits until `send_after`, so that an undo within that time sends nothing; then a job
hands it to the provider and writes down what became of it. Nothing clinical is ever in one.
"""

from uuid import UUID

from django.conf import settings
from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.clinics.models import ClinicSettings
from clinicflow.core import clock
from clinicflow.core.events import publish
from patients.models import Patient
from patients.operations import patients
from scheduling.events import AppointmentUpdated
from scheduling.messaging import InboundMessage, NoWayToReach, OptedOut, Undeliverable, provider_for
from scheduling.models import Appointment, Message, ProviderNumber


def channel_for(actor: Actor, patient: Patient) -> tuple[str, str] | None:
    """Channel and address by which the patient wants to be reached and the clinic reaches people, text first.

    None when there is none: no address, opted out, or switched off.
    """
    clinic = ClinicSettings.objects.visible_to(actor).get()
    wishes = patient.contact_preferences
    if clinic.sms_enabled and wishes.get("sms", True) and patient.phone:
        return Message.Channel.SMS, str(patient.phone)
    if clinic.email_enabled and wishes.get("email", True) and patient.email:
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
    """A message about a visit, to wait for MESSAGE_HOLD unless `at_once`. NoWayToReach when the patient cannot be
    reached. `body` is what staff read: it has no working link. `way` is a channel and an address that were chosen
    already, such as those that the patient has just written from.
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
    """The same to a patient, about a visit or about none yet."""
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
    _tell(actor, message, appointment)
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
    _tell(actor, message, appointment)
    return message


@transaction.atomic
def claim(actor: Actor, message_id: UUID, *, last_word: bool = False) -> Message | None:
    """The message, locked, if it is still to be sent. One to somebody who has opted out meanwhile is dropped, unless it
    is the `last_word` that confirms just that.
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
    """Hand the full text to the provider and write down what became of it. No transaction may be open for a
    provider that uses the network. Errors that are not the message's fault go up, and the job tries again. Where the
    provider refuses because the patient opted out there, that is an opt-out here.
    """
    provider = provider_for(message.channel)
    try:
        sender = sender_of(actor, message.channel)
        provider_id = provider.send(address=message.address, subject=subject, text=text, sender=sender)
    except OptedOut as refusal:
        with transaction.atomic():
            patients.opt_out(actor, message.patient_id, channel=message.channel)
            _settle(actor, message.pk, Message.Status.FAILED, error=str(refusal), provider=provider.name)
        return
    except Undeliverable as refusal:
        _settle(actor, message.pk, Message.Status.FAILED, error=str(refusal)[:80], provider=provider.name)
        return
    _settle(
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
    """The clinic's own number or address with the provider of a channel; empty when it has none. A transaction of its
    own, because `deliver` has none open."""
    numbers = ProviderNumber.objects.filter(clinic_id=actor.clinic_id, channel=channel).order_by("created_at")
    return numbers.values_list("address", flat=True).first() or ""


@transaction.atomic
def cancel_queued_to(actor: Actor, patient_id: UUID, *, channel: str) -> int:
    """Nothing that still waits for the patient on this channel is sent; returns how many."""
    waiting = Message.objects.visible_to(actor).filter(
        patient_id=patient_id, channel=channel, status=Message.Status.QUEUED
    )
    return waiting.update(status=Message.Status.DROPPED, error="opted-out", updated_at=clock.now())


@transaction.atomic
def cancel(actor: Actor, message_id: UUID, *, error: str) -> None:
    """Do not send one message, and say why."""
    _settle(actor, message_id, Message.Status.DROPPED, error=error)


@transaction.atomic
def cancel_queued(actor: Actor, appointment_id: UUID) -> int:
    """Messages about the visit that have not left yet are not sent; returns how many."""
    waiting = Message.objects.visible_to(actor).filter(appointment_id=appointment_id, status=Message.Status.QUEUED)
    return waiting.update(status=Message.Status.DROPPED, updated_at=clock.now())


@transaction.atomic
def carry_over(actor: Actor, old_id: UUID, new: Appointment) -> None:
    """Messages that still wait are about the visit that replaces the old one."""
    waiting = Message.objects.visible_to(actor).filter(appointment_id=old_id, status=Message.Status.QUEUED)
    waiting.update(appointment=new, updated_at=clock.now())


@transaction.atomic
def mark_failed(actor: Actor, message_id: UUID, *, error: str) -> None:
    """Give up on a message."""
    _settle(actor, message_id, Message.Status.FAILED, error=error)


@transaction.atomic
def _settle(actor: Actor, message_id: UUID, status: str, **fields: object) -> None:
    message: Message = Message.objects.visible_to(actor).select_related("appointment").lock(message_id)
    if message.status != Message.Status.QUEUED:
        return
    message.status = status
    for name, value in fields.items():
        setattr(message, name, value)
    message.save(update_fields=["status", *fields, "updated_at"])
    _tell(actor, message, message.appointment)


def _tell(actor: Actor, message: Message, appointment: Appointment | None) -> None:
    if appointment is None:
        return
    publish(
        AppointmentUpdated(
            clinic_id=message.clinic_id,
            subject_id=appointment.pk,
            doctor_ids=(appointment.doctor_id,),
            origin=actor.tab,
            patient_id=message.patient_id,
            action="message",
        )
    )
