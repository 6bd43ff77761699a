"""Doing the queue's work inside a test, without a broker."""

from clinicflow.core import clock
from clinicflow.jobs import queue
from clinicflow.jobs.models import Job


def run_due_jobs(clinic_id, *, kinds=None, rounds=10):
    """Run the clinic's due jobs, and those that they add, until none is left; returns the kinds that ran.

    Call it with no scope open, in a TestCase or after a commit.
    """
    ran = []
    for _ in range(rounds):
        with queue.transaction.atomic(), queue.tenant(clinic_id):
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
