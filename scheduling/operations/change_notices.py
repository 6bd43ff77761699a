"""Telling patients that the clinic has moved or cancelled their visit: a message each, in their language."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from clinicflow.access.actor import Actor
from clinicflow.clinics.models import Clinic, ClinicSettings
from clinicflow.core.events import publish
from clinicflow.jobs.queue import enqueue
from clinicflow.web import display
from scheduling.events import ChangeNotDelivered
from scheduling.messaging import NoWayToReach
from scheduling.models import Appointment, Message
from scheduling.operations import messages

JOB = "scheduling.tell_change"


@dataclass(frozen=True, kw_only=True)
class OutgoingMessage:
    """A message ready to leave."""

    message: Message
    subject: str


@transaction.atomic
def queue_notice(actor: Actor, visit: Appointment, *, instead_of: dt.datetime | None = None) -> Message | None:
    """Write to the patient that the visit now is when it is, `instead_of` an earlier time, or that it is off.

    A job sends it. None when the patient cannot be reached: a person has to call.
    """
    shown = Appointment.objects.visible_to(actor).select_related("patient").fetch(visit.pk)
    try:
        message = messages.compose(actor, shown, kind=Message.Kind.CHANGE, body=_words(actor, shown, instead_of))
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


@transaction.atomic
def finalize(actor: Actor, message_id: UUID) -> OutgoingMessage | None:
    """The waiting message with its subject; None when it is not to be sent any more."""
    message = messages.claim(actor, message_id)
    if message is None:
        return None
    with translation.override(message.patient.preferred_language):
        return OutgoingMessage(message=message, subject=_("Your visit at %(clinic)s") % {"clinic": actor.clinic_name})


@transaction.atomic
def record_delivery(actor: Actor, message_id: UUID) -> None:
    """Word that did not reach the patient is made known, since the visit itself has changed all the same."""
    message: Message = Message.objects.visible_to(actor).select_related("appointment").fetch(message_id)
    lost = message.status == Message.Status.FAILED or message.error == "opted-out"
    if not lost or message.appointment is None:
        return
    publish(
        ChangeNotDelivered(
            clinic_id=actor.clinic_id,
            subject_id=message.appointment.pk,
            doctor_ids=(message.appointment.doctor_id,),
            patient_id=message.patient_id,
            channel=message.channel,
        )
    )


def _words(actor: Actor, visit: Appointment, instead_of: dt.datetime | None) -> str:
    """Clinic, times and where to call; never why the patient comes, nor to whom."""
    settings = ClinicSettings.objects.visible_to(actor).get()
    phone = Clinic.objects.values_list("phone", flat=True).get(pk=actor.clinic_id)
    look = display.Display(zone=actor.timezone, time_format=settings.time_format, date_format=settings.date_format)
    with translation.override(visit.patient.preferred_language), display.display_as(look):
        values = {"clinic": actor.clinic_name, **_when(visit.starts_at, ""), **_when(instead_of, "old_")}
        if instead_of is None:
            text = _("%(clinic)s: we are sorry, your visit on %(day)s, %(time)s cannot take place.")
        else:
            text = _("%(clinic)s: your visit of %(old_day)s, %(old_time)s had to move. It is now on %(day)s, %(time)s.")
        call = _("Please call us at %(phone)s to find a time that suits you.") if phone else ""
        return f"{text % values} {call % {'phone': phone}}".strip()


def _when(instant: dt.datetime | None, prefix: str) -> dict[str, str]:
    if instant is None:
        return {}
    return {f"{prefix}day": display.write_date(instant, "full"), f"{prefix}time": display.write_clock(instant)}
