"""Patient imports: a dry run first, then a job that imports the file in chunks."""

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
from patients.errors import ImportFinished
from patients.models import PatientImport
from patients.operations import exchange
from patients.operations.exchange import RowReport

CHUNK_SIZE = 250  # rows in one transaction
DRY_RUN_RETENTION = dt.timedelta(days=1)  # of a file that was checked but not imported
Status = PatientImport.Status


@transaction.atomic
def create_dry_run(actor: Actor, *, file_name: str, data: bytes) -> PatientImport:
    """Check a file and store it with the report. Invalid if it cannot be parsed; Forbidden for other roles."""
    if actor.role != Role.FRONT_DESK:
        raise Forbidden()
    rows = exchange.parse_rows(data)
    _, report = exchange.classify_rows(actor, rows, dry_run=True)
    patient_import: PatientImport = PatientImport.objects.create(
        clinic_id=actor.clinic_id,
        file_name=file_name[-120:],
        content=data.decode("utf-8-sig"),
        lines=len(rows),
        created=report.created,
        known=report.known,
        bad=report.bad,
        report=[_as_json(row) for row in report.rows],
        started_by_id=actor.user_id,
    )
    return patient_import


@transaction.atomic
def start(actor: Actor, import_id: UUID) -> PatientImport:
    """Start the import of a checked file. Idempotent while it runs; ImportFinished afterwards."""
    patient_import: PatientImport = PatientImport.objects.visible_to(actor).lock(import_id)
    if patient_import.status == Status.RUNNING:
        return patient_import
    if patient_import.status != Status.CHECKED:
        raise ImportFinished()
    patient_import.status, patient_import.position = Status.RUNNING, 0
    patient_import.created = patient_import.known = patient_import.bad = 0
    patient_import.report = []
    patient_import.save()
    record(actor, "patients.import_started", patient_import, values={"lines": patient_import.lines})
    pk = str(patient_import.pk)
    enqueue("patients.read_file", clinic_id=actor.clinic_id, key=pk, args={"import_id": pk})
    return patient_import


@transaction.atomic
def import_next_chunk(actor: Actor, import_id: UUID) -> bool:
    """Import the next chunk; returns whether there are more rows. A row that was imported before is `known`."""
    patient_import: PatientImport = PatientImport.objects.visible_to(actor).lock(import_id)
    if patient_import.status != Status.RUNNING:
        return False
    start_at = patient_import.position
    rows = exchange.parse_rows(patient_import.content.encode())[start_at : start_at + CHUNK_SIZE]
    new, report = exchange.classify_rows(actor, rows)
    exchange.insert_all(actor, new)
    patient_import.position += len(rows)
    patient_import.created += report.created
    patient_import.known += report.known
    patient_import.bad += report.bad
    patient_import.report = [*patient_import.report, *(_as_json(row) for row in report.rows)]
    if patient_import.position >= patient_import.lines:
        patient_import.status, patient_import.content, patient_import.finished_at = Status.DONE, "", clock.now()
        exchange.record_imported(actor, patient_import)
    patient_import.save()
    return patient_import.status == Status.RUNNING


@transaction.atomic
def mark_failed(actor: Actor, import_id: UUID) -> None:
    """Mark a running import as failed. Rows that were imported are kept."""
    PatientImport.objects.visible_to(actor).filter(pk=import_id, status=Status.RUNNING).update(
        status=Status.FAILED, content="", finished_at=clock.now(), updated_at=clock.now()
    )


@transaction.atomic
def delete_abandoned(actor: Actor, *, at: dt.datetime) -> int:
    """Delete files that were checked over a day before `at` and never imported; returns their number."""
    checked = PatientImport.objects.visible_to(actor).filter(status=Status.CHECKED)
    abandoned = checked.filter(created_at__lt=at - DRY_RUN_RETENTION)
    count, _ = abandoned.delete()
    return count


def _as_json(row: RowReport) -> dict[str, Any]:
    return asdict(row) | {
        "errors": {name: [str(text) for text in texts] for name, texts in row.errors.items()},
        "patient_id": str(row.patient_id) if row.patient_id else None,
    }
