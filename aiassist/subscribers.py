"""Subscribers: a submitted form creates a summary, and a changed visit updates its conversations."""

from aiassist.events import ModelTrialRequested, SummaryRequested
from aiassist.operations import dangers, interactions, summaries
from clinicflow.access.actor import system_actor
from clinicflow.core import clock
from clinicflow.core.events import subscribe
from clinicflow.jobs.queue import enqueue
from intake.events import AnswersSaved, IntakeSubmitted
from scheduling.events import (
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentMoveUndone,
    AppointmentNoShow,
    AppointmentReplaces,
    ChangeNotDelivered,
)


@subscribe(IntakeSubmitted)
def create_summary(event: IntakeSubmitted) -> None:
    summaries.create(system_actor(event.clinic_id), event.subject_id)


@subscribe(AnswersSaved, IntakeSubmitted)
def scan_for_dangers(event: AnswersSaved | IntakeSubmitted) -> None:
    """Scan in the transaction that stores the answers: the patient's page shows the emergency line at once."""
    dangers.scan_form(system_actor(event.clinic_id), event.subject_id, at=clock.now())


@subscribe(SummaryRequested)
def queue_summary(event: SummaryRequested) -> None:
    enqueue(
        "aiassist.summarize",
        clinic_id=event.clinic_id,
        key=str(event.subject_id),
        args={"summary_id": str(event.subject_id)},
    )


@subscribe(ModelTrialRequested)
def queue_trial(event: ModelTrialRequested) -> None:
    enqueue("aiassist.try_model", clinic_id=event.clinic_id, key=event.at.strftime("%Y-%m-%dT%H:%M:%S"))


@subscribe(AppointmentReplaces, AppointmentMoveUndone)
def restart_outreach(event: AppointmentReplaces | AppointmentMoveUndone) -> None:
    """Start the confirmation of a rescheduled visit over; its conversations have been carried over."""
    interactions.restart_outreach(system_actor(event.clinic_id), event.subject_id)


@subscribe(AppointmentConfirmed, AppointmentCancelled, AppointmentNoShow)
def stop_outreach(event: AppointmentConfirmed | AppointmentCancelled | AppointmentNoShow) -> None:
    interactions.stop_outreach(system_actor(event.clinic_id), event.subject_id)


@subscribe(ChangeNotDelivered)
def hand_to_staff(event: ChangeNotDelivered) -> None:
    interactions.hand_to_staff(system_actor(event.clinic_id), event.subject_id, channel=event.channel, at=clock.now())
