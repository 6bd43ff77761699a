"""The Celery tasks: run a job, schedule and sweep, purge."""

from uuid import UUID

from celery import shared_task
from django.core.cache import cache

from clinicflow.core import clock
from clinicflow.jobs import queue

HEARTBEAT = "heartbeat:{}"


@shared_task(name="clinicflow.run_job")
def run_job(job_id: str, clinic_id: str) -> None:
    """Run one job, if it can still be claimed."""
    queue.run(UUID(job_id), UUID(clinic_id))
    _beat("worker")


@shared_task(name="clinicflow.sweep", expires=10)
def sweep() -> None:
    """Every two seconds: enqueue periodic jobs and notify workers of unclaimed ones."""
    queue.schedule_periodic(clock.now())
    queue.sweep()
    _beat("beat")
    _beat("worker")


@shared_task(name="clinicflow.tidy", expires=300)
def purge_finished() -> None:
    """Every hour: delete jobs that were done long ago."""
    queue.purge_finished()


def _beat(name: str) -> None:
    """Record, for a minute, that this process is alive."""
    cache.set(HEARTBEAT.format(name), clock.now().isoformat(), 60)
