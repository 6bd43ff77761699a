"""Notices to patients, in their language, that the clinic has moved or cancelled their visit."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from clinicflow.access.actor import Actor, publish_for
from clinicflow.clinics.models import Clinic
from clinicflow.clinics.selectors import settings_of
from clinicflow.jobs.queue import enqueue
from clinicflow.web import display
from scheduling.events import ChangeNotDelivered
from scheduling.messaging import NoWayToReach
from scheduling.models import Appointment, Message
from scheduling.operations import messages

JOB = "scheduling.tell_change"


@dataclass(frozen=True, kw_only=True)
class OutgoingMessage:
    """A claimed message with the subject of its email."""

    message: Message
    subject: str


@transaction.atomic
def queue_notice(actor: Actor, appointment: Appointment, *, instead_of: dt.datetime | None = None) -> Message | None:
    """Queue a message that the visit was moved from `instead_of` to its present time, or cancelled if that is None.

    None if the patient cannot be reached by a message, so that the front desk has to call.
    """
    appointment = Appointment.objects.visible_to(actor).select_related("patient").fetch(appointment.pk)
    try:
        message = messages.compose(
            actor, appointment, kind=Message.Kind.CHANGE, body=_notice_text(actor, appointment, instead_of)
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


@transaction.atomic
def finalize(actor: Actor, message_id: UUID) -> OutgoingMessage | None:
    """The queued message, locked, with its subject. None if it must no longer be sent."""
    message = messages.claim(actor, message_id)
    if message is None:
        return None
    with translation.override(message.patient.preferred_language):
        return OutgoingMessage(message=message, subject=_("Your visit at %(clinic)s") % {"clinic": actor.clinic_name})


@transaction.atomic
def record_delivery(actor: Actor, message_id: UUID) -> None:
    """Publish ChangeNotDelivered if the notice did not reach the patient, since the visit has changed nevertheless."""
    message: Message = Message.objects.visible_to(actor).select_related("appointment").fetch(message_id)
    is_lost = message.status == Message.Status.FAILED or message.error == "opted-out"
    if not is_lost or message.appointment is None:
        return
    publish_for(
        actor,
        ChangeNotDelivered,
        message.appointment,
        doctor_ids=[message.appointment.doctor_id],
        patient_id=message.patient_id,
        channel=message.channel,
    )


def _notice_text(actor: Actor, appointment: Appointment, instead_of: dt.datetime | None) -> str:
    """The notice: clinic, times and phone number, without the reason of the visit or the doctor."""
    phone = Clinic.objects.values_list("phone", flat=True).get(pk=actor.clinic_id)
    look = display.Display.of(actor.timezone, settings_of(actor))
    with translation.override(appointment.patient.preferred_language), display.display_as(look):
        values = {
            "clinic": actor.clinic_name,
            **_day_and_time(appointment.starts_at, ""),
            **_day_and_time(instead_of, "old_"),
        }
        if instead_of is None:
            text = _("%(clinic)s: we are sorry, your visit on %(day)s, %(time)s cannot take place.")
        else:
            text = _("%(clinic)s: your visit of %(old_day)s, %(old_time)s had to move. It is now on %(day)s, %(time)s.")
        call = _("Please call us at %(phone)s to find a time that suits you.") if phone else ""
        return f"{text % values} {call % {'phone': phone}}".strip()


def _day_and_time(instant: dt.datetime | None, prefix: str) -> dict[str, str]:
    if instant is None:
        return {}
    return {f"{prefix}day": display.write_date(instant, "full"), f"{prefix}time": display.write_clock(instant)}
