"""Getting the form to the patient: the link by text or mail, again when asked, and reminders before the visit.

The token of a link is made when the message leaves, so a message that waits holds nothing to steal.
"""

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from clinicflow.access.actor import Actor
from clinicflow.audit.log import record
from clinicflow.clinics.models import ClinicSettings
from clinicflow.core import clock
from clinicflow.jobs.queue import enqueue
from clinicflow.web import display
from intake.errors import AlreadyCompleted, FormClosed
from intake.models import IntakeForm, PatientLink
from intake.operations import forms, links
from scheduling.messaging import NoWayToReach
from scheduling.models import Appointment, Message
from scheduling.operations import intake_status, messages

JOB = "intake.send_link"
REMINDERS = (dt.timedelta(hours=72), dt.timedelta(hours=24))
QUIET = dt.timedelta(hours=20)  # no reminder this soon after another message about the form
Kind = Message.Kind


@dataclass(frozen=True)
class OutgoingMessage:
    """A message ready to leave."""

    message: Message
    subject: str
    text: str


@transaction.atomic
def prepare(actor: Actor, appointment_id: UUID) -> IntakeForm | None:
    """What a new booking needs: its form, and the link on its way where the clinic sends it by itself.

    Nothing for a clinic that does not require intake. A patient who cannot be reached, or stands at the desk, gets
    the form without a message.
    """
    clinic = ClinicSettings.objects.visible_to(actor).get()
    appointment = Appointment.objects.visible_to(actor).open().filter(pk=appointment_id).first()
    if appointment is None or not clinic.intake_required:
        return None
    form = forms.get_or_create(actor, appointment_id)
    if clinic.intake_delivery_path == ClinicSettings.Delivery.AUTOMATIC and not appointment.walk_in:
        try:
            send_link(actor, appointment_id)
        except (NoWayToReach, AlreadyCompleted):
            return form
    return form


@transaction.atomic
def send_link(actor: Actor, appointment_id: UUID, *, kind: str = Kind.INTAKE_LINK) -> Message:
    """Write the message with the link to the form; a job sends it. Sending again makes another link.

    AlreadyCompleted when there is nothing to fill in, FormClosed when the visit is off, NoWayToReach when the
    patient cannot be reached.
    """
    form = forms.get_or_create(actor, appointment_id)
    appointment = Appointment.objects.visible_to(actor).select_related("patient", "doctor").lock(appointment_id)
    if appointment.intake_status == Appointment.IntakeStatus.COMPLETED:
        raise AlreadyCompleted()
    if not appointment.is_open:
        raise FormClosed("This visit does not take place.")
    body = _words(actor, appointment, form.language, kind, link="…")[1]
    message = messages.compose(actor, appointment, kind=kind, body=body)
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
    """Make the link and the full text of a waiting message. None when it is not to be sent any more."""
    message = messages.claim(actor, message_id)
    if message is None or message.appointment_id is None:
        return None
    appointment = Appointment.objects.visible_to(actor).select_related("doctor").fetch(message.appointment_id)
    form = IntakeForm.objects.visible_to(actor).filter(appointment=appointment).first()
    if not appointment.is_open or form is None or form.submitted_at or form.completed_reason:
        messages.cancel_queued(actor, appointment.pk)
        return None
    token = links.create(actor, appointment, PatientLink.Purpose.INTAKE)[1]
    subject, text = _words(actor, appointment, form.language, message.kind, link=url_of(token, form.language))
    return OutgoingMessage(message=message, subject=subject, text=text)


@transaction.atomic
def mark_sent(actor: Actor, message: Message) -> None:
    """Note on the visit that the form is with the patient, if the message left."""
    left = Message.objects.visible_to(actor).filter(pk=message.pk, status=Message.Status.SENT).exists()
    if left and message.appointment_id:
        intake_status.mark(actor, message.appointment_id, Appointment.IntakeStatus.SENT)


@transaction.atomic
def hand_to_staff(actor: Actor, appointment_id: UUID, *, kiosk: bool = False) -> str:
    """The address of a new link, for staff to show: on the desk's tablet (`kiosk`) or by another way than a message."""
    form = forms.get_or_create(actor, appointment_id)
    appointment = Appointment.objects.visible_to(actor).lock(appointment_id)
    if not appointment.is_open:
        raise FormClosed("This visit does not take place.")
    purpose = PatientLink.Purpose.KIOSK if kiosk else PatientLink.Purpose.INTAKE
    token = links.create(actor, appointment, purpose)[1]
    record(actor, "link.shown", appointment, patient_ids=[form.patient_id], values={"purpose": str(purpose)})
    if not kiosk:
        intake_status.mark(actor, appointment_id, Appointment.IntakeStatus.SENT)
    return url_of(token, form.language)


@transaction.atomic
def remind(actor: Actor, at: dt.datetime) -> int:
    """Write the reminders that are due 72 and 24 hours before visits whose form is out and not sent in.

    Only inside the clinic's contact window, once per visit and reminder, and not right after another message.
    Returns how many were written.
    """
    clinic = ClinicSettings.objects.visible_to(actor).get()
    local = clock.local(at, actor.timezone).time()
    if not clinic.intake_required or not clinic.call_window_start <= local < clinic.call_window_end:
        return 0
    written = 0
    for lead, until in pairwise([*REMINDERS, dt.timedelta()]):
        for appointment_id in _due(actor, at, lead, until):
            try:
                send_link(actor, appointment_id, kind=Kind.INTAKE_REMINDER)
            except NoWayToReach:
                continue
            written += 1
    return written


def _due(actor: Actor, at: dt.datetime, lead: dt.timedelta, until: dt.timedelta) -> list[UUID]:
    """Visits between `until` and `lead` from now that had no reminder in that span, and no message just now."""
    about_form = Message.objects.visible_to(actor).filter(
        appointment=OuterRef("pk"), kind__in=[Kind.INTAKE_LINK, Kind.INTAKE_REMINDER]
    )
    reminded = about_form.filter(kind=Kind.INTAKE_REMINDER, created_at__gte=OuterRef("starts_at") - lead)
    visits = (
        Appointment.objects.visible_to(actor)
        .open()
        .filter(starts_at__gt=at + until, starts_at__lte=at + lead, intake_status=Appointment.IntakeStatus.SENT)
        .exclude(Exists(reminded))
        .exclude(Exists(about_form.filter(created_at__gt=at - QUIET)))
    )
    return list(visits.order_by("starts_at", "id").values_list("pk", flat=True))


def url_of(token: str, language: str = "en") -> str:
    """The full address of a link; it names the language, since nothing else may tell before the birth date does."""
    path = reverse("patient_start", args=[token])
    return settings.SITE_URL + (path if language == "en" else f"{path}?lang={language}")


def path_of(address: str) -> str:
    """The path of such an address, for a browser that is here already, whatever it calls this place."""
    return address.removeprefix(settings.SITE_URL)


def _words(actor: Actor, appointment: Appointment, language: str, kind: str, *, link: str) -> tuple[str, str]:
    """Subject and text in the patient's language: clinic, day and link; never why the patient comes, nor to whom."""
    clinic = ClinicSettings.objects.visible_to(actor).get()
    look = display.Display(zone=actor.timezone, time_format=clinic.time_format, date_format=clinic.date_format)
    with translation.override(language), display.display_as(look):
        values = {
            "clinic": actor.clinic_name,
            "day": display.write_date(appointment.starts_at, "full"),
            "time": display.write_clock(appointment.starts_at),
            "link": link,
        }
        if kind == Kind.INTAKE_REMINDER:
            text = _("%(clinic)s: your form for %(day)s, %(time)s is not finished yet. It is short: %(link)s")
        else:
            text = _("%(clinic)s: please fill in a short form before your visit on %(day)s, %(time)s: %(link)s")
        return _("Your visit at %(clinic)s") % values, text % values
