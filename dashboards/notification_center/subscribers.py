"""Subscribers that enqueue notification jobs, in the transaction of the event."""

from aiassist.events import AttentionNeeded, DangerFound, SummaryReady
from clinicflow.core.events import Event, subscribe
from clinicflow.jobs.queue import enqueue
from clinicflow.notifications.models import Notification
from dashboards.notification_center.selectors.notification_text import CONVERSATION, VISIT
from scheduling.events import AppointmentCancelled, AppointmentNoShow

Kind = Notification.Kind


@subscribe(AppointmentCancelled)
def notify_cancellation(event: AppointmentCancelled) -> None:
    _enqueue(event, Kind.CANCELLATION, VISIT)


@subscribe(AppointmentNoShow)
def notify_no_show(event: AppointmentNoShow) -> None:
    _enqueue(event, Kind.NO_SHOW, VISIT)


@subscribe(DangerFound)
def notify_danger(event: DangerFound) -> None:
    enqueue(
        "dashboards.notify",
        clinic_id=event.clinic_id,
        key=f"{Kind.DANGER}:{event.id}",
        args={
            "kind": str(Kind.DANGER),
            "object_type": VISIT,
            "object_id": str(event.appointment_id),
            "occasion": str(event.id),
            "doctor_id": str(event.doctor_ids[0]) if event.doctor_ids else "",
        },
    )


@subscribe(AttentionNeeded)
def notify_conversation(event: AttentionNeeded) -> None:
    _enqueue(event, Kind.AI_ATTENTION, CONVERSATION)


def _enqueue(event: Event, kind: Kind, object_type: str) -> None:
    enqueue(
        "dashboards.notify",
        clinic_id=event.clinic_id,
        key=f"{kind}:{event.id}",
        args={
            "kind": str(kind),
            "object_type": object_type,
            "object_id": str(event.subject_id),
            "occasion": str(event.id),
            "doctor_id": str(event.doctor_ids[0]) if event.doctor_ids else "",
        },
    )


@subscribe(SummaryReady)
def notify_summary(event: SummaryReady) -> None:
    """Notify of generated and failed summaries; edits and reviews are the doctor's own."""
    if event.status not in {"generated", "failed"} or not event.doctor_ids:
        return
    enqueue(
        "dashboards.summary_news",
        clinic_id=event.clinic_id,
        key=f"{event.subject_id}:{event.status}",
        args={"summary_id": str(event.subject_id), "doctor_id": str(event.doctor_ids[0])},
    )
