"""The only Celery tasks: do a job, sweep, tick."""

from uuid import UUID

from celery import shared_task
from django.core.cache import cache

from clinicflow.core import clock
from clinicflow.jobs import queue

HEARTBEAT = "heartbeat:{}"


@shared_task(name="clinicflow.run_job")
def run_job(job_id: str, clinic_id: str) -> None:
    """Do one job, if it can still be claimed."""
    queue.run(UUID(job_id), UUID(clinic_id))
    _beat("worker")


@shared_task(name="clinicflow.sweep", expires=10)
def sweep() -> None:
    """Every other second: insert the clock's jobs, and hint again at what was not taken."""
    queue.schedule_periodic(clock.now())
    queue.sweep()
    _beat("beat")
    _beat("worker")


@shared_task(name="clinicflow.tidy", expires=300)
def purge_finished() -> None:
    """Every hour: forget jobs that were done long ago."""
    queue.purge_finished()


def _beat(name: str) -> None:
    """Say that this part is alive, for a minute."""
    cache.set(HEARTBEAT.format(name), clock.now().isoformat(), 60)
