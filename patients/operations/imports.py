"""A file of patients: rehearsed, then read in by a job that can be followed."""

import datetime as dt
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.audit.log import record
from clinicflow.core import clock
from clinicflow.core.errors import Forbidden
from clinicflow.jobs.queue import enqueue
from patients.errors import ImportOver
from patients.models import PatientImport
from patients.operations import exchange
from patients.operations.exchange import RowReport

STEP = 250  # lines in one transaction
KEEP = dt.timedelta(days=1)  # a file that was checked and then left
Status = PatientImport.Status


@transaction.atomic
def create_dry_run(actor: Actor, *, file_name: str, data: bytes) -> PatientImport:
    """Rehearse the file and keep it with the report, for a person to look at. Invalid when it cannot be read."""
    if actor.role != Role.FRONT_DESK:
        raise Forbidden()
    lines = exchange.lines_of(data)
    _, report = exchange.classify_rows(actor, lines, dry_run=True)
    kept: PatientImport = PatientImport.objects.create(
        clinic_id=actor.clinic_id,
        file_name=file_name[-120:],
        content=data.decode("utf-8-sig"),
        lines=len(lines),
        created=report.created,
        known=report.known,
        bad=report.bad,
        report=[_as_json(row) for row in report.rows],
        started_by_id=actor.user_id,
    )
    return kept


@transaction.atomic
def start(actor: Actor, import_id: UUID) -> PatientImport:
    """Have a checked file read in. Twice is once; ImportOver when it has been read already."""
    kept: PatientImport = PatientImport.objects.visible_to(actor).lock(import_id)
    if kept.status == Status.RUNNING:
        return kept
    if kept.status != Status.CHECKED:
        raise ImportOver()
    kept.status, kept.position = Status.RUNNING, 0
    kept.created = kept.known = kept.bad = 0
    kept.report = []
    kept.save()
    record(actor, "patients.import_started", kept, values={"lines": kept.lines})
    enqueue("patients.read_file", clinic_id=actor.clinic_id, key=str(kept.pk), args={"import_id": str(kept.pk)})
    return kept


@transaction.atomic
def import_next_chunk(actor: Actor, import_id: UUID) -> bool:
    """Read the next lines in; whether there are more. A line read twice is known the second time."""
    kept: PatientImport = PatientImport.objects.visible_to(actor).lock(import_id)
    if kept.status != Status.RUNNING:
        return False
    lines = exchange.lines_of(kept.content.encode())[kept.position : kept.position + STEP]
    new, report = exchange.classify_rows(actor, lines)
    exchange.insert_all(actor, new)
    kept.position += len(lines)
    kept.created += report.created
    kept.known += report.known
    kept.bad += report.bad
    kept.report = [*kept.report, *(_as_json(row) for row in report.rows)]
    if kept.position >= kept.lines:
        kept.status, kept.content, kept.finished_at = Status.DONE, "", clock.now()
        exchange.publish_imported(actor, kept)
    kept.save()
    return kept.status == Status.RUNNING


@transaction.atomic
def mark_failed(actor: Actor, import_id: UUID) -> None:
    """Say that the file could not be read to its end; what was read in stays."""
    PatientImport.objects.visible_to(actor).filter(pk=import_id, status=Status.RUNNING).update(
        status=Status.FAILED, content="", finished_at=clock.now(), updated_at=clock.now()
    )


@transaction.atomic
def delete_abandoned(actor: Actor, *, at: dt.datetime) -> int:
    """Drop the files that were checked more than a day ago and never read in; how many there were."""
    left = PatientImport.objects.visible_to(actor).filter(status=Status.CHECKED, created_at__lt=at - KEEP)
    count, _ = left.delete()
    return count


def _as_json(row: RowReport) -> dict[str, Any]:
    return asdict(row) | {
        "errors": {name: [str(text) for text in texts] for name, texts in row.errors.items()},
        "patient_id": str(row.patient_id) if row.patient_id else None,
    }
