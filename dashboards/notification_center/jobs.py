"""Jobs that create notifications and send their emails: periodic ones, and those enqueued after events."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string

from aiassist.models import IntakeSummary
from clinicflow.access.actor import Actor, system_actor
from clinicflow.clinics.models import ClinicSettings, Membership
from clinicflow.clinics.selectors import settings_of
from clinicflow.core import clock
from clinicflow.db import tenant
from clinicflow.jobs.registry import job, periodic
from clinicflow.notifications.models import Notification
from clinicflow.notifications.operations import mail, notifications
from clinicflow.notifications.operations.mail import Recipient
from clinicflow.notifications.operations.notifications import NotificationRequest
from clinicflow.staff.selectors.actor_resolution import RequestOrigin, actor_of_membership, clinic_actor
from clinicflow.web.display import Display, display_as
from dashboards.board.selectors.attention import upcoming_until, upcoming_visits
from dashboards.notification_center.selectors.notification_text import SUMMARY, VISIT, items_for
from scheduling.models import Appointment, Cancellation

Kind = Notification.Kind


@job("dashboards.notify")
def notify(
    *,
    clinic_id: UUID,
    kind: str,
    object_type: str,
    object_id: str,
    occasion: str = "",
    doctor_id: str = "",
) -> None:
    """Create the notifications about one event."""
    actor = system_actor(clinic_id)
    request = NotificationRequest(
        kind=kind,
        object_type=object_type,
        object_id=UUID(object_id),
        occasion=occasion,
        doctor_id=UUID(doctor_id) if doctor_id else None,
        done_by=_done_by(actor, kind, UUID(object_id)),
    )
    notifications.notify(actor, [request], at=clock.now())


def _done_by(actor: Actor, kind: str, object_id: UUID) -> UUID | None:
    """The user who cancelled the visit or marked it as a no-show, or None."""
    if kind not in {Kind.CANCELLATION, Kind.NO_SHOW}:
        return None
    rows = Cancellation.objects.visible_to(actor).filter(appointment_id=object_id).order_by("-created_at", "-pk")
    user_id: UUID | None = rows.values_list("cancelled_by_id", flat=True).first()
    return user_id


@job("dashboards.summary_news")
def notify_summary(*, clinic_id: UUID, summary_id: str, doctor_id: str) -> None:
    """Notify the doctor of a summary that failed or has items to check."""
    actor = system_actor(clinic_id)
    summary = IntakeSummary.objects.visible_to(actor).newest().filter(pk=summary_id).first()
    if summary is None or summary.reviewed_at or not (summary.needs_attention or summary.status == "failed"):
        return
    kind = Kind.SUMMARY_FAILED if summary.status == "failed" else Kind.AI_ATTENTION
    request = NotificationRequest(
        kind=kind, object_type=SUMMARY, object_id=summary.pk, doctor_id=UUID(doctor_id), for_desk=False
    )
    notifications.notify(actor, [request], at=clock.now())


@periodic("dashboards.nearing", every=300)
def notify_upcoming(*, clinic_id: UUID) -> None:
    """Notify of upcoming visits that are unconfirmed or whose form is not submitted."""
    actor, now = clinic_actor(clinic_id), clock.now()
    clinic = settings_of(actor)
    visits = upcoming_visits(actor, now, upcoming_until(now, actor.timezone, clinic)).order_by(
        "-starts_at", "pk"
    )  # the next visit is listed first
    requests = [
        NotificationRequest(kind=kind, object_type=VISIT, object_id=visit.pk, doctor_id=visit.doctor_id)
        for visit in visits.only("id", "doctor_id", "status", "intake_status")
        for kind in _kinds_of(visit, clinic)
    ]
    notifications.notify(actor, requests, at=now)


def _kinds_of(visit: Appointment, clinic: ClinicSettings) -> list[str]:
    kinds = [Kind.UNCONFIRMED] if visit.status == Appointment.Status.UNCONFIRMED else []
    if clinic.intake_required and visit.intake_status != Appointment.IntakeStatus.COMPLETED:
        kinds.append(Kind.MISSING_INTAKE)
    return [str(kind) for kind in kinds]


@periodic("dashboards.digests", every=600)
def schedule_digests(*, clinic_id: UUID) -> None:
    """Schedule the hourly and daily digests that are due."""
    mail.schedule_digests(clinic_actor(clinic_id), at=clock.now())


def on_mail_failed(*, clinic_id: UUID, mail_id: str, **_: Any) -> None:
    """Release the notifications of an email that could not be sent."""
    mail.release(system_actor(clinic_id), UUID(mail_id))


@job(mail.JOB, atomic=False, on_death=on_mail_failed)
def send_mail(*, clinic_id: UUID, user_id: str, role: str, mail_id: str) -> None:
    """Send one email with a member's waiting notifications: claimed, sent and marked as sent in three steps."""
    system = system_actor(clinic_id)
    with transaction.atomic(), tenant(clinic_id):
        message = _email_to(system, Recipient(user_id=UUID(user_id), role=role), UUID(mail_id))
    if message is not None:
        message.send()
    with transaction.atomic(), tenant(clinic_id):
        mail.mark_sent(system, UUID(mail_id), at=clock.now())


def _email_to(system: Actor, recipient: Recipient, mail_id: UUID) -> EmailMessage | None:
    """The email as the recipient may see it. None without an active membership or waiting notifications."""
    rows = mail.claim(system, recipient, mail_id)
    members = Membership.objects.active().filter(
        clinic_id=system.clinic_id, user_id=recipient.user_id, role=recipient.role
    )
    member = members.select_related("user", "clinic").first()
    if not rows or member is None:
        return None
    reader = actor_of_membership(member, RequestOrigin())
    items = [item for item in items_for(reader, rows) if item.visit]
    if not items:
        return None
    clinic = settings_of(reader)
    context = {
        "items": items,
        "clinic": member.clinic,
        "site": settings.SITE_URL,
        "only": items[0],
        "role": reader.role,
    }
    with display_as(Display.of(reader.timezone, clinic)):
        subject = " ".join(render_to_string("email/notifications_subject.txt", context).split())
        body = render_to_string("email/notifications.txt", context)
    host = settings.SITE_URL.partition("://")[2]
    return EmailMessage(subject, body, to=[member.user.email], headers={"Message-ID": f"<{mail_id}@{host}>"})
