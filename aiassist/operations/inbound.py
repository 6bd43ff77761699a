"""What arrives from a provider names a number, not a visit: whose it is, and which visit it is about."""

import datetime as dt

from django.db import transaction

from aiassist.engine.replies import classify
from aiassist.models import Interaction
from aiassist.operations import replies
from clinicflow.access.actor import Actor
from patients.models import Patient
from patients.operations import patients
from scheduling.models import Appointment, Message, WaitlistEntry
from scheduling.operations import messages

MOST = 20  # patients that may share a number


@transaction.atomic
def process(
    actor: Actor, *, channel: str, address: str, text: str, provider: str, provider_id: str, at: dt.datetime
) -> Interaction | None:
    """Hear what somebody wrote, once: a STOP that is told again does not undo what the patient has wished since. A
    number that nobody has is let pass without a word.

    It is about the visit that was asked about. Where several were, or none of several to come, where several patients
    share the number, or where it may answer the offer of an earlier time, nothing acts by itself but STOP, which counts
    for all of them.
    """
    people = _people(actor, channel, address)
    if not people or Message.objects.visible_to(actor).filter(provider=provider, provider_id=provider_id).exists():
        return None
    if classify(text, channel=channel).opt_out:
        for person in people:
            patients.opt_out(actor, person.pk, channel=channel)
            messages.cancel_queued_to(actor, person.pk, channel=channel)
    visit, sure = _visit(actor, people, channel, at)
    if visit is None:
        messages.receive(
            actor,
            patient_id=people[0].pk,
            appointment=None,
            channel=channel,
            address=address,
            body=text,
            provider=provider,
            provider_id=provider_id,
        )
        return None
    return replies.interpret_and_apply(
        actor,
        visit.pk,
        channel=channel,
        text=text,
        address=address,
        provider=provider,
        provider_id=provider_id,
        sure=sure,
        at=at,
    )


def _people(actor: Actor, channel: str, address: str) -> list[Patient]:
    current = Patient.objects.visible_to(actor).current().order_by("pk")
    if channel == "email":
        return list(current.filter(email__iexact=address)[:MOST])
    return list(current.filter(phone=address)[:MOST])


def _visit(actor: Actor, people: list[Patient], channel: str, at: dt.datetime) -> tuple[Appointment | None, bool]:
    """The visit to take it for, and whether it can be about no other: the last asked about over this channel, else the
    next to come, else the last that was."""
    visits = Appointment.objects.visible_to(actor).filter(patient_id__in=[person.pk for person in people])
    coming = visits.open().filter(starts_at__gt=at)
    asked = coming.filter(
        status=Appointment.Status.UNCONFIRMED, interactions__channel=channel, interactions__step__gt=""
    )
    found = list(asked.order_by("-interactions__last_message_at", "pk")[:2])
    if found:
        return found[0], len(found) == 1 and not _may_mean_an_offer(actor, people, channel)
    following = list(coming.order_by("starts_at", "pk")[:2])
    if following:
        alone = len(people) == len(following) == 1
        return following[0], alone and not _may_mean_an_offer(actor, people, channel)
    return visits.order_by("-starts_at", "pk").first(), False


def _may_mean_an_offer(actor: Actor, people: list[Patient], channel: str) -> bool:
    """Whether an earlier time is offered over this channel, or was the last thing that was written: a yes may take
    it, and a no may be to it alone."""
    ids = [person.pk for person in people]
    offers = WaitlistEntry.objects.visible_to(actor).filter(
        patient_id__in=ids, status=WaitlistEntry.Status.OFFERED, offer_message__channel=channel
    )
    sent = Message.objects.visible_to(actor).filter(
        patient_id__in=ids, channel=channel, direction=Message.Direction.OUTBOUND, status=Message.Status.SENT
    )
    last = sent.order_by("-sent_at", "-pk").values_list("kind", flat=True).first()
    return offers.exists() or last == Message.Kind.OFFER
