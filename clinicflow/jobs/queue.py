"""The job queue: enqueueing, claiming and running jobs, and finding those that no worker has claimed.

The row is the job. Celery messages are hints that may be lost or duplicated: a worker that cannot claim the row does
nothing. The job's writes and its state `done` commit together.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from uuid import UUID

import structlog
from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from clinicflow.core import clock
from clinicflow.db import tenant
from clinicflow.db.prepared import prepared_cursor
from clinicflow.jobs.models import Job
from clinicflow.jobs.registry import Handler, handler_of, periods

MAX_ATTEMPTS = 5
HINT_PAUSE = dt.timedelta(seconds=30)
KEEP_DONE = dt.timedelta(days=14)
KEEP_PERIODIC = dt.timedelta(hours=6)
SLOT_PREFIX = "slot:"  # of the keys of periodic jobs
log = structlog.get_logger(__name__)


class RetryLater(Exception):
    """Raised by a handler to be retried after `seconds`, without logging a failure."""

    def __init__(self, seconds: float, reason: str = "") -> None:
        super().__init__(reason)
        self.seconds, self.reason = seconds, reason


def enqueue(
    kind: str,
    *,
    clinic_id: UUID,
    key: str,
    args: Mapping[str, object] | None = None,
    run_after: dt.datetime | None = None,
) -> bool:
    """Enqueue a job in the current transaction, unless the clinic has one of this kind and key already.

    Returns whether it was added. After the commit a worker is notified, unless `run_after` is in the future.
    """
    if handler_of(kind) is None:
        raise RuntimeError(f"No function is registered for the job {kind}.")
    now = clock.now()
    job = Job(
        clinic_id=clinic_id,
        kind=kind,
        key=key,
        args=dict(args or {}),
        run_after=run_after or now,
        hinted_until=now + HINT_PAUSE if not run_after or run_after <= now else None,
        request_id=str(structlog.contextvars.get_contextvars().get("request_id", "")),
    )
    added = _insert(job)
    if added and job.hinted_until:
        transaction.on_commit(lambda: notify_worker(job.pk, clinic_id))
    return added


FIELDS = Job._meta.concrete_fields
COLUMNS = ", ".join(str(field.column) for field in FIELDS)
PLACEHOLDERS = ", ".join(["%s"] * len(FIELDS))
INSERT = f"insert into jobs ({COLUMNS}) values ({PLACEHOLDERS}) on conflict do nothing returning true"  # noqa: S608  # the model's own columns


def _insert(job: Job) -> bool:
    """Insert the row in one statement; returns whether it is new, which Django's `ignore_conflicts` does not."""
    values = [field.get_db_prep_save(field.pre_save(job, add=True), connection) for field in FIELDS]
    with prepared_cursor() as cursor:
        cursor.execute(INSERT, values)
        return cursor.fetchone() is not None


def notify_worker(job_id: UUID, clinic_id: UUID) -> None:
    """Send Celery a hint. While the broker is down, the sweep finds the job a second or two later."""
    try:
        current_app.send_task("clinicflow.run_job", (str(job_id), str(clinic_id)), retry=False, expires=3600)
    except Exception as error:  # brokers raise many classes, and the row is stored anyway
        log.warning("job_hint_failed", job_id=str(job_id), error=type(error).__name__)


def run(job_id: UUID, clinic_id: UUID) -> bool:
    """Claim and run one job; False when there was nothing to claim. Never raises for a failing job."""
    job = claim(job_id, clinic_id)
    if job is None:
        return False
    handler = handler_of(job.kind)
    structlog.contextvars.bind_contextvars(job_id=str(job.pk), job_kind=job.kind, clinic_id=str(clinic_id))
    if handler is None:
        _fail(job, None, "UnknownKind")
        return True
    try:
        if handler.atomic:
            with transaction.atomic(), tenant(clinic_id):
                handler.work(clinic_id=clinic_id, **job.args)
                finish(job)
        else:
            handler.work(clinic_id=clinic_id, **job.args)
            with transaction.atomic(), tenant(clinic_id):
                finish(job)
    except RetryLater as later:
        _postpone(job, handler, later)
    except Exception as error:  # a job's failure is a state of its row
        log.warning("job_failed", error=type(error).__name__, attempts=job.attempts, exc_info=True)
        _fail(job, handler, type(error).__name__)
    finally:
        structlog.contextvars.unbind_contextvars("job_id", "job_kind", "clinic_id")
    return True


def claim(job_id: UUID, clinic_id: UUID) -> Job | None:
    """The job with a lease, or None if it is not due, leased or out of attempts.

    Attempts are counted before the work, so that a job that kills its worker ends dead.
    """
    now = clock.now()
    with transaction.atomic(), tenant(clinic_id):
        claimable = Q(state=Job.State.QUEUED, run_after__lte=now) | Q(state=Job.State.RUNNING, lease_until__lt=now)
        job = Job.objects.select_for_update(skip_locked=True).filter(claimable, pk=job_id).first()
        if job is None:
            return None
        if job.attempts >= MAX_ATTEMPTS:
            _mark_dead(job, handler_of(job.kind), job.last_error or "WorkerLost")
            return None
        job.attempts += 1
        job.state = Job.State.RUNNING
        job.started_at = now
        job.lease_until = now + settings.JOB_LEASE
        job.save(update_fields=["attempts", "state", "started_at", "lease_until", "updated_at"])
        return job


def finish(job: Job) -> None:
    """Mark done, in the transaction of the work; RuntimeError if another worker has taken over the lease."""
    done = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts).update(
        state=Job.State.DONE, finished_at=clock.now(), lease_until=None, last_error="", updated_at=clock.now()
    )
    if not done:
        raise RuntimeError("The lease was lost: another worker runs this job.")


def _postpone(job: Job, handler: Handler, later: RetryLater) -> None:
    with transaction.atomic(), tenant(job.clinic_id):
        if job.attempts >= MAX_ATTEMPTS:
            _mark_dead(job, handler, later.reason or "RetryLater")
            return
        _requeue(job, dt.timedelta(seconds=later.seconds), later.reason)


def _fail(job: Job, handler: Handler | None, error: str) -> None:
    with transaction.atomic(), tenant(job.clinic_id):
        if job.attempts >= MAX_ATTEMPTS or handler is None:
            _mark_dead(job, handler, error)
            return
        _requeue(job, dt.timedelta(seconds=2**job.attempts), error)


def _requeue(job: Job, pause: dt.timedelta, error: str) -> None:
    Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts).update(
        state=Job.State.QUEUED,
        run_after=clock.now() + pause,
        hinted_until=None,
        lease_until=None,
        last_error=error[:120],
        updated_at=clock.now(),
    )


def _mark_dead(job: Job, handler: Handler | None, error: str) -> None:
    """Give up on a job; the front desk sees it in the back office and can retry it."""
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.DEAD, finished_at=clock.now(), lease_until=None, last_error=error[:120], updated_at=clock.now()
    )
    log.error("job_dead", job_id=str(job.pk), job_kind=job.kind, error=error)
    if handler and handler.on_death:
        handler.on_death(clinic_id=job.clinic_id, **job.args)


def retry(job: Job) -> None:
    """Requeue a dead job with its attempts reset. The caller is in the clinic's scope."""
    changed = Job.objects.filter(pk=job.pk, state=Job.State.DEAD).update(
        state=Job.State.QUEUED,
        attempts=0,
        run_after=clock.now(),
        hinted_until=None,
        finished_at=None,
        updated_at=clock.now(),
    )
    if changed:
        transaction.on_commit(lambda: notify_worker(job.pk, job.clinic_id))


def sweep(limit: int = 100) -> int:
    """Notify workers again of due jobs that none has claimed, of all clinics, as the system role; returns how many.

    Any number of sweeps may run at once.
    """
    now = clock.now()
    due = Q(state=Job.State.QUEUED, run_after__lte=now) | Q(state=Job.State.RUNNING, lease_until__lt=now)
    with transaction.atomic(using="system"):
        jobs = list(
            Job.objects.using("system")
            .select_for_update(skip_locked=True)
            .filter(due)
            .filter(Q(hinted_until=None) | Q(hinted_until__lt=now) | Q(state=Job.State.RUNNING))
            .order_by("run_after")
            .only("id", "clinic_id")[:limit]
        )
        Job.objects.using("system").filter(pk__in=[job.pk for job in jobs]).update(hinted_until=now + HINT_PAUSE)
    for job in jobs:
        notify_worker(job.pk, job.clinic_id)
    return len(jobs)


def schedule_periodic(at: dt.datetime) -> int:
    """Enqueue periodic jobs, one per kind, clinic and time slot, as the system role; returns how many were due.

    The slot is the key, so repeated or late calls make one job. Missed slots are skipped.
    """
    clinics = list(_clinic_ids())
    rows = []
    for period in periods():
        slot = int(at.timestamp()) // period.seconds
        key = f"{SLOT_PREFIX}{slot}"
        rows += [Job(clinic_id=clinic, kind=period.kind, key=key, run_after=at, args={}) for clinic in clinics]
    with transaction.atomic(using="system"):
        Job.objects.using("system").bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def purge_finished() -> int:
    """Delete done jobs, periodic ones after six hours and the rest after two weeks; returns how many rows.

    Dead jobs stay until they are retried.
    """
    now = clock.now()
    with transaction.atomic(using="system"):
        done = Job.objects.using("system").filter(state=Job.State.DONE)
        periodic = done.filter(key__startswith=SLOT_PREFIX, finished_at__lt=now - KEEP_PERIODIC)
        others = done.filter(finished_at__lt=now - KEEP_DONE)
        return periodic.delete()[0] + others.delete()[0]


def _clinic_ids() -> Iterable[UUID]:
    clinic = Job._meta.get_field("clinic").related_model
    return clinic._default_manager.using("system").order_by("pk").values_list("pk", flat=True)


__all__ = [
    "MAX_ATTEMPTS",
    "RetryLater",
    "claim",
    "enqueue",
    "finish",
    "notify_worker",
    "purge_finished",
    "retry",
    "run",
    "schedule_periodic",
    "sweep",
]
