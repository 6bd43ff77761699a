"""Delivery of forms: messages with a link, links for staff, and reminders before the appointment.

The token of a link is created when the message is sent, so a queued message contains no secret.
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
from clinicflow.clinics.selectors import settings_of
from clinicflow.core import clock
from clinicflow.jobs.queue import enqueue
from clinicflow.web import display
from intake.errors import AlreadyCompleted, FormClosed
from intake.models import IntakeForm, PatientLink
from intake.operations import forms, links
from scheduling.messaging import NoWayToReach
from scheduling.models import Appointment, Message
from scheduling.operations import intake_status, messages

SEND_LINK_JOB = "intake.send_link"
REMINDERS = (dt.timedelta(hours=72), dt.timedelta(hours=24))
REMINDER_COOLDOWN = dt.timedelta(hours=20)  # minimum time between two messages about a form
Kind = Message.Kind


@dataclass(frozen=True)
class OutgoingMessage:
    """A message with its final text, ready to be sent."""

    message: Message
    subject: str
    text: str


@transaction.atomic
def prepare(actor: Actor, appointment_id: UUID) -> IntakeForm | None:
    """Create the form of a new appointment, and queue its link if the clinic sends links automatically.

    None if the clinic does not require intake, or the appointment is not open. No link is sent for a walk-in, or to a
    patient who cannot be reached.
    """
    clinic = settings_of(actor)
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
    """Queue a message with a link to the form. Sending again creates another link.

    AlreadyCompleted if the intake is completed; FormClosed if the appointment is not open; NoWayToReach if the patient
    cannot be reached.
    """
    form = forms.get_or_create(actor, appointment_id)
    appointment = Appointment.objects.visible_to(actor).select_related("patient", "doctor").lock(appointment_id)
    if appointment.intake_status == Appointment.IntakeStatus.COMPLETED:
        raise AlreadyCompleted()
    if not appointment.is_open:
        raise FormClosed("This visit does not take place.")
    body = _texts(actor, appointment, form.language, kind, link="…")[1]
    message = messages.compose(actor, appointment, kind=kind, body=body)
    enqueue(
        SEND_LINK_JOB,
        clinic_id=actor.clinic_id,
        key=str(message.pk),
        args={"message_id": str(message.pk)},
        run_after=message.send_after,
    )
    return message


@transaction.atomic
def finalize(actor: Actor, message_id: UUID) -> OutgoingMessage | None:
    """Create the link and the final text of a queued message. None if it was cancelled or is no longer needed."""
    message = messages.claim(actor, message_id)
    if message is None or message.appointment_id is None:
        return None
    appointment = Appointment.objects.visible_to(actor).select_related("doctor").fetch(message.appointment_id)
    form = IntakeForm.objects.visible_to(actor).filter(appointment=appointment).first()
    if not appointment.is_open or form is None or form.submitted_at or form.completed_reason:
        messages.cancel_queued(actor, appointment.pk)
        return None
    token = links.create(actor, appointment, PatientLink.Purpose.INTAKE)[1]
    subject, text = _texts(actor, appointment, form.language, message.kind, link=url_of(token, form.language))
    return OutgoingMessage(message=message, subject=subject, text=text)


@transaction.atomic
def mark_sent(actor: Actor, message: Message) -> None:
    """Mark the appointment's intake as sent, if the message was sent."""
    is_sent = Message.objects.visible_to(actor).filter(pk=message.pk, status=Message.Status.SENT).exists()
    if is_sent and message.appointment_id:
        intake_status.mark(actor, message.appointment_id, Appointment.IntakeStatus.SENT)


@transaction.atomic
def create_staff_link(actor: Actor, appointment_id: UUID, *, kiosk: bool = False) -> str:
    """The URL of a new link for staff to hand over, or for a kiosk. FormClosed if the appointment is not open."""
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
    """Queue reminders 72 and 24 hours before appointments whose form was sent and not submitted; returns their number.

    Only within the clinic's contact window, once per appointment and reminder, and not within `REMINDER_COOLDOWN` of
    another message about the form.
    """
    clinic = settings_of(actor)
    local = clock.local(at, actor.timezone).time()
    if not clinic.intake_required or not clinic.call_window_start <= local < clinic.call_window_end:
        return 0
    queued = 0
    for lead, until in pairwise([*REMINDERS, dt.timedelta()]):
        for appointment_id in _due(actor, at, lead, until):
            try:
                send_link(actor, appointment_id, kind=Kind.INTAKE_REMINDER)
            except NoWayToReach:
                continue
            queued += 1
    return queued


def _due(actor: Actor, at: dt.datetime, lead: dt.timedelta, until: dt.timedelta) -> list[UUID]:
    """Appointments that start between `until` and `lead` after `at`, without a reminder or a recent message."""
    about_form = Message.objects.visible_to(actor).filter(
        appointment=OuterRef("pk"), kind__in=[Kind.INTAKE_LINK, Kind.INTAKE_REMINDER]
    )
    reminded = about_form.filter(kind=Kind.INTAKE_REMINDER, created_at__gte=OuterRef("starts_at") - lead)
    visits = (
        Appointment.objects.visible_to(actor)
        .open()
        .filter(starts_at__gt=at + until, starts_at__lte=at + lead, intake_status=Appointment.IntakeStatus.SENT)
        .exclude(Exists(reminded))
        .exclude(Exists(about_form.filter(created_at__gt=at - REMINDER_COOLDOWN)))
    )
    return list(visits.order_by("starts_at", "id").values_list("pk", flat=True))


def url_of(token: str, language: str = "en") -> str:
    """The URL of a link, with the language: until the birth date is entered, the page knows no other."""
    path = reverse("patient_start", args=[token])
    return settings.SITE_URL + (path if language == "en" else f"{path}?lang={language}")


def path_of(url: str) -> str:
    """The path of such a URL, for a browser that uses this site under another host name."""
    return url.removeprefix(settings.SITE_URL)


def _texts(actor: Actor, appointment: Appointment, language: str, kind: str, *, link: str) -> tuple[str, str]:
    """Subject and text in the patient's language: clinic, day and link, but neither reason nor doctor."""
    display_format = display.Display.of(actor.timezone, settings_of(actor))
    with translation.override(language), display.display_as(display_format):
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
