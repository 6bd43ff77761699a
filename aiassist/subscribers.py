"""A form sent in → a summary opened and a job to make it. A visit that changes → its conversations follow."""

from aiassist.events import ModelTrialWanted, SummaryWanted
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


@subscribe(SummaryWanted)
def queue_summary(event: SummaryWanted) -> None:
    enqueue(
        "aiassist.summarize",
        clinic_id=event.clinic_id,
        key=str(event.subject_id),
        args={"summary_id": str(event.subject_id)},
    )


@subscribe(ModelTrialWanted)
def queue_trial(event: ModelTrialWanted) -> None:
    enqueue("aiassist.try_model", clinic_id=event.clinic_id, key=event.at.strftime("%Y-%m-%dT%H:%M:%S"))


@subscribe(AppointmentReplaces, AppointmentMoveUndone)
def restart_outreach(event: AppointmentReplaces | AppointmentMoveUndone) -> None:
    """The conversations came along with everything else that hangs on the visit; its confirmation starts over."""
    interactions.restart_outreach(system_actor(event.clinic_id), event.subject_id)


@subscribe(AppointmentConfirmed, AppointmentCancelled, AppointmentNoShow)
def stop_outreach(event: AppointmentConfirmed | AppointmentCancelled | AppointmentNoShow) -> None:
    interactions.stop_outreach(system_actor(event.clinic_id), event.subject_id)


@subscribe(ChangeNotDelivered)
def hand_to_staff(event: ChangeNotDelivered) -> None:
    interactions.hand_to_staff(system_actor(event.clinic_id), event.subject_id, channel=event.channel, at=clock.now())
