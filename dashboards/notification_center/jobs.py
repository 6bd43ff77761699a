"""By the clock and after events: the owner's figures, who is told of what, and the mails about it."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string

from aiassist.models import IntakeSummary
from clinicflow.access.actor import Actor, system_actor
from clinicflow.clinics.models import ClinicSettings, Membership
from clinicflow.core import clock
from clinicflow.db import tenant
from clinicflow.jobs.registry import job, periodic
from clinicflow.notifications.models import Notification
from clinicflow.notifications.operations import mail, notifications
from clinicflow.notifications.operations.mail import Recipient
from clinicflow.notifications.operations.notifications import NotificationRequest
from clinicflow.staff.middleware import display_of
from clinicflow.staff.selectors.actor_resolution import RequestOrigin, actor_of_membership, clinic_actor
from clinicflow.web.display import display_as
from dashboards.board.selectors.attention import upcoming_visits
from dashboards.board.selectors.upcoming import upcoming_until
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
    """Tell whom it concerns of one thing that happened."""
    actor = system_actor(clinic_id)
    news = NotificationRequest(
        kind=kind,
        object_type=object_type,
        object_id=UUID(object_id),
        occasion=occasion,
        doctor_id=UUID(doctor_id) if doctor_id else None,
        done_by=_done_by(actor, kind, UUID(object_id)),
    )
    notifications.notify(actor, [news], at=clock.now())


def _done_by(actor: Actor, kind: str, object_id: UUID) -> UUID | None:
    """Who cancelled the visit, or said that nobody came."""
    if kind not in {Kind.CANCELLATION, Kind.NO_SHOW}:
        return None
    rows = Cancellation.objects.visible_to(actor).filter(appointment_id=object_id).order_by("-created_at", "-pk")
    who: UUID | None = rows.values_list("cancelled_by_id", flat=True).first()
    return who


@job("dashboards.summary_news")
def notify_summary(*, clinic_id: UUID, summary_id: str, doctor_id: str) -> None:
    """Tell the doctor of a summary that failed or holds something to ask about."""
    actor = system_actor(clinic_id)
    summary = IntakeSummary.objects.visible_to(actor).newest().filter(pk=summary_id).first()
    if summary is None or summary.reviewed_at or not (summary.needs_attention or summary.status == "failed"):
        return
    kind = Kind.SUMMARY_FAILED if summary.status == "failed" else Kind.AI_ATTENTION
    news = NotificationRequest(
        kind=kind, object_type=SUMMARY, object_id=summary.pk, doctor_id=UUID(doctor_id), for_desk=False
    )
    notifications.notify(actor, [news], at=clock.now())


@periodic("dashboards.nearing", every=300)
def notify_upcoming(*, clinic_id: UUID) -> None:
    """Tell of visits that are near and unconfirmed, or whose intake is not in."""
    actor, now = clinic_actor(clinic_id), clock.now()
    clinic: ClinicSettings = ClinicSettings.objects.visible_to(actor).get()
    visits = upcoming_visits(actor, now, upcoming_until(now, actor.timezone, clinic)).order_by(
        "-starts_at", "pk"
    )  # the next one on top
    news = [
        NotificationRequest(kind=kind, object_type=VISIT, object_id=visit.pk, doctor_id=visit.doctor_id)
        for visit in visits.only("id", "doctor_id", "status", "intake_status")
        for kind in _kinds_of(visit, clinic)
    ]
    notifications.notify(actor, news, at=now)


def _kinds_of(visit: Appointment, clinic: ClinicSettings) -> list[str]:
    kinds = [Kind.UNCONFIRMED] if visit.status == Appointment.Status.UNCONFIRMED else []
    if clinic.intake_required and visit.intake_status != Appointment.IntakeStatus.COMPLETED:
        kinds.append(Kind.MISSING_INTAKE)
    return [str(kind) for kind in kinds]


@periodic("dashboards.digests", every=600)
def schedule_digests(*, clinic_id: UUID) -> None:
    """The digests of an hour or a day that are due."""
    mail.schedule_digests(clinic_actor(clinic_id), at=clock.now())


def on_mail_failed(*, clinic_id: UUID, mail_id: str, **_: Any) -> None:
    mail.release(system_actor(clinic_id), UUID(mail_id))


@job(mail.JOB, atomic=False, on_death=on_mail_failed)
def send_mail(*, clinic_id: UUID, user_id: str, role: str, mail_id: str) -> None:
    """One mail with all that waits for a person: chosen, sent and noted in three steps."""
    system = system_actor(clinic_id)
    with transaction.atomic(), tenant(clinic_id):
        message = _email_to(system, Recipient(user_id=UUID(user_id), role=role), UUID(mail_id))
    if message is not None:
        message.send()
    with transaction.atomic(), tenant(clinic_id):
        mail.mark_sent(system, UUID(mail_id), at=clock.now())


def _email_to(system: Actor, person: Recipient, mail_id: UUID) -> EmailMessage | None:
    """The mail, in the reader's own eyes; None for somebody who has left or has nothing waiting."""
    rows = mail.claim(system, person, mail_id)
    members = Membership.objects.active().filter(clinic_id=system.clinic_id, user_id=person.user_id, role=person.role)
    member = members.select_related("user", "clinic").first()
    if not rows or member is None:
        return None
    reader = actor_of_membership(member, RequestOrigin())
    items = [item for item in items_for(reader, rows) if item.visit]
    if not items:
        return None
    clinic: ClinicSettings = ClinicSettings.objects.visible_to(reader).get()
    context = {
        "items": items,
        "clinic": member.clinic,
        "site": settings.SITE_URL,
        "only": items[0],
        "role": reader.role,
    }
    with display_as(display_of(reader, clinic)):
        subject = render_to_string("email/notifications_subject.txt", context).strip()
        body = render_to_string("email/notifications.txt", context)
    host = settings.SITE_URL.partition("://")[2]
    return EmailMessage(subject, body, to=[member.user.email], headers={"Message-ID": f"<{mail_id}@{host}>"})
