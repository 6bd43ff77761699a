"""Running the queue's jobs inside a test, without a broker."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.db import transaction

from clinicflow.core import clock
from clinicflow.db import tenant
from clinicflow.jobs import queue, registry
from clinicflow.jobs.models import Job


def run_due_jobs(clinic_id, *, kinds=None, rounds=10):
    """Run the clinic's due jobs, and those that they enqueue, until none is left; returns the kinds that ran.

    Call it outside any scope, in a TestCase or after a commit.
    """
    ran = []
    for _ in range(rounds):
        with transaction.atomic(), tenant(clinic_id):
            due = Job.objects.filter(state=Job.State.QUEUED, run_after__lte=clock.now()).order_by("created_at")
            if kinds is not None:
                due = due.filter(kind__in=kinds)
            jobs = list(due)
        if not jobs:
            break
        for job in jobs:
            if queue.run(job.pk, clinic_id):
                ran.append(job.kind)
    return ran


@contextmanager
def isolated_registry() -> Iterator[None]:
    """Kinds of job that the block registers are removed after it; no periodic ones are registered inside."""
    registered = registry.replace(registry.Registered())
    registry.replace(registry.Registered(handlers=dict(registered.handlers)))
    try:
        yield
    finally:
        registry.replace(registered)


@contextmanager
def worker_killed() -> Iterator[None]:
    """Every job that runs in the block fails after its work and before its commit, as if the worker was killed."""
    with mock.patch.object(queue, "finish", side_effect=RuntimeError("killed")):
        yield
