"""Processing of inbound messages: which patient wrote, and which visit the message is about."""

import datetime as dt

from django.db import transaction

from aiassist.engine.replies import classify
from aiassist.models import Interaction
from aiassist.operations import replies
from clinicflow.access.actor import Actor
from patients.models import Patient
from patients.operations import patients
from scheduling.messaging import InboundMessage
from scheduling.models import Appointment, Message, WaitlistEntry
from scheduling.operations import messages

MAX_PATIENTS = 20  # patients that may share a number


@transaction.atomic
def process(actor: Actor, message: InboundMessage) -> Interaction | None:
    """Store an inbound message, apply it to the visit that it is about, and answer it; returns the conversation.

    None when the address belongs to no patient, when the provider has delivered the message before (a repeated STOP
    does not undo a later opt-in), or when the patient has no visit: then the message is only stored.

    The message is about the visit whose confirmation was last requested on this channel. Where several were, or none
    of several upcoming visits, where several patients share the number, or where it may answer the offer of an earlier
    time, only an opt-out is applied: to every patient with that address.
    """
    senders = _patients_at(actor, message)
    if not senders or _is_stored(actor, message):
        return None
    if classify(message.text, channel=message.channel).opt_out:
        for patient in senders:
            patients.opt_out(actor, patient.pk, channel=message.channel)
            messages.cancel_queued_to(actor, patient.pk, channel=message.channel)
    appointment, is_certain = _appointment_of(actor, senders, message.channel, message.received_at)
    if appointment is None:
        messages.receive(actor, message, patient_id=senders[0].pk, appointment=None)
        return None
    return replies.interpret_and_apply(actor, appointment.pk, message, is_certain=is_certain)


def _is_stored(actor: Actor, message: InboundMessage) -> bool:
    stored = Message.objects.visible_to(actor).filter(provider=message.provider, provider_id=message.provider_id)
    return stored.exists()


def _patients_at(actor: Actor, message: InboundMessage) -> list[Patient]:
    """Current patients with the sender's address, oldest record first."""
    current = Patient.objects.visible_to(actor).current().order_by("pk")
    if message.channel == Message.Channel.EMAIL:
        return list(current.filter(email__iexact=message.address)[:MAX_PATIENTS])
    return list(current.filter(phone=message.address)[:MAX_PATIENTS])


def _appointment_of(
    actor: Actor, senders: list[Patient], channel: str, at: dt.datetime
) -> tuple[Appointment | None, bool]:
    """The visit that a message is about, and whether it can be about no other.

    The visit whose confirmation was last requested on this channel, else the next upcoming one, else the last past one.
    """
    visits = Appointment.objects.visible_to(actor).filter(patient_id__in=[patient.pk for patient in senders])
    upcoming = visits.open().filter(starts_at__gt=at)
    requested = upcoming.filter(
        status=Appointment.Status.UNCONFIRMED, interactions__channel=channel, interactions__step__gt=""
    )
    candidates = list(requested.order_by("-interactions__last_message_at", "pk")[:2])
    if candidates:
        return candidates[0], len(candidates) == 1 and not _may_answer_an_offer(actor, senders, channel)
    following = list(upcoming.order_by("starts_at", "pk")[:2])
    if following:
        is_only_one = len(senders) == len(following) == 1
        return following[0], is_only_one and not _may_answer_an_offer(actor, senders, channel)
    return visits.order_by("-starts_at", "pk").first(), False


def _may_answer_an_offer(actor: Actor, senders: list[Patient], channel: str) -> bool:
    """Whether an earlier time is on offer on this channel, or was the last message sent on it.

    A yes may then accept the offer, and a no may decline it rather than the visit.
    """
    ids = [patient.pk for patient in senders]
    offers = WaitlistEntry.objects.visible_to(actor).filter(
        patient_id__in=ids, status=WaitlistEntry.Status.OFFERED, offer_message__channel=channel
    )
    sent = Message.objects.visible_to(actor).filter(
        patient_id__in=ids, channel=channel, direction=Message.Direction.OUTBOUND, status=Message.Status.SENT
    )
    last = sent.order_by("-sent_at", "-pk").values_list("kind", flat=True).first()
    return offers.exists() or last == Message.Kind.OFFER
