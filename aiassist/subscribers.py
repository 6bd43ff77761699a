"""A form sent in → a summary opened and a job to make it, in the same transaction."""

from aiassist.events import ModelTrialWanted, SummaryWanted
from aiassist.operations import summaries
from clinicflow.clinics.actors import system_actor
from clinicflow.core.events import subscribe
from clinicflow.jobs.queue import enqueue
from intake.events import IntakeSubmitted


@subscribe(IntakeSubmitted)
def open_summary(event: IntakeSubmitted) -> None:
    summaries.begin(system_actor(event.clinic_id), event.subject_id)


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
