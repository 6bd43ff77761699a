"""Patients in and out as CSV files."""

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.audit.log import record, record_export
from clinicflow.clinics.models import ClinicSettings
from clinicflow.core import clock
from clinicflow.core.errors import Forbidden, Invalid
from clinicflow.core.events import publish
from clinicflow.db import tenant
from patients.events import PatientRegistered
from patients.models import Patient
from patients.operations.patients import fill_search_fields
from patients.rules.details import CHANNELS, PatientData, validated

DESK = frozenset({Role.FRONT_DESK, Role.SYSTEM})
COLUMNS = (
    *("id", "first_name", "last_name", "date_of_birth", "phone", "email", "preferred_language", "first_visit_date"),
    *("flags", "guardian_name", "guardian_phone", "guardian_relation", "sms", "email_contact", "voice"),
)
REQUIRED = ("first_name", "last_name", "date_of_birth")
MOST_ROWS = 5000
FORMULA = ("=", "+", "-", "@", "\t", "\r")
DATE_ORDERS = {"MM/DD/YYYY": "%m/%d/%Y", "DD/MM/YYYY": "%d/%m/%Y", "YYYY-MM-DD": "%Y-%m-%d"}
Line = tuple[int, dict[str, str]]
YES, NO = frozenset({"", "yes", "true", "1", "y"}), frozenset({"no", "false", "0", "n"})


@dataclass(frozen=True, kw_only=True)
class RowReport:
    """What is to say about one line of the file: `bad` with the errors by column, or `known` with the patient."""

    line: int
    status: str
    who: str = ""
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    patient_id: UUID | None = None


class Counts(Protocol):
    """What a report and a kept import both count."""

    created: int
    known: int
    bad: int


@dataclass(kw_only=True)
class Report:
    """The outcome of an import, or of its rehearsal: how many, and each line that made no new patient."""

    dry_run: bool
    created: int = 0
    known: int = 0
    bad: int = 0
    rows: list[RowReport] = field(default_factory=list)


@transaction.atomic
def read_csv(actor: Actor, data: bytes, *, dry_run: bool) -> Report:
    """Register the patients of a CSV file that are not here yet; with `dry_run` only say what would happen.

    A bad line keeps no other from being read. Somebody with the same name and birth date is `known`, so a file may be
    read again. Invalid when the file as a whole cannot be read. Forbidden for anyone but the front desk.
    """
    _require_desk(actor)
    new, report = classify_rows(actor, lines_of(data), dry_run=dry_run)
    if not dry_run:
        insert_all(actor, new)
        publish_imported(actor, report)
    return report


def classify_rows(actor: Actor, lines: Sequence[Line], *, dry_run: bool = False) -> tuple[list[Patient], Report]:
    """The patients that the lines would add, unsaved, and the report on all of them."""
    report = Report(dry_run=dry_run)
    read = _readable(actor, lines, report)
    born = {patient.date_of_birth for _, patient in read}
    rows = Patient.objects.visible_to(actor).current().filter(date_of_birth__in=born)
    here = {(key, day): pk for pk, key, day in rows.values_list("pk", "search_last", "date_of_birth")}
    new: list[Patient] = []
    for number, patient in read:
        identity = (patient.search_last, patient.date_of_birth)
        if identity in here:
            report.known += 1
            report.rows.append(RowReport(line=number, status="known", who=patient.full_name, patient_id=here[identity]))
            continue
        here[identity] = patient.pk
        new.append(patient)
    report.created = len(new)
    report.rows.sort(key=lambda row: row.line)
    return new, report


def _readable(actor: Actor, lines: Sequence[Line], report: Report) -> list[tuple[int, Patient]]:
    """The lines that make a patient; the others go into the report."""
    order = DATE_ORDERS.get(ClinicSettings.objects.visible_to(actor).get().date_format, "%Y-%m-%d")
    today = clock.today(actor.timezone)
    read = []
    for number, line in lines:
        details, unread = _details(line, order)
        try:
            values = validated(details, today=today)
            if unread:
                raise Invalid(fields=unread)
        except Invalid as problem:
            who = " ".join(filter(None, (line.get("first_name", ""), line.get("last_name", ""))))[:80]
            report.bad += 1
            report.rows.append(RowReport(line=number, status="bad", who=who, errors={**problem.fields, **unread}))
            continue
        patient = Patient(clinic_id=actor.clinic_id, **values)
        fill_search_fields(patient)
        read.append((number, patient))
    return read


def insert_all(actor: Actor, new: Sequence[Patient]) -> None:
    """Save the patients that `classify_rows` found to be new, in the caller's transaction."""
    Patient.objects.bulk_create(new, batch_size=500)
    for patient in new:
        publish(PatientRegistered(clinic_id=actor.clinic_id, subject_id=patient.pk, origin=actor.tab))


def publish_imported(actor: Actor, report: Counts) -> None:
    """Write into the audit log that a file was read, and what came of it."""
    counts = {"created": report.created, "known": report.known, "bad": report.bad}
    record(actor, "patients.imported", resource_type="patients", values=counts)


def lines_of(data: bytes) -> list[Line]:
    """The data lines with their numbers, cells by column name. Invalid when the file as a whole cannot be read."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable("Save the file as CSV in UTF-8.") from None
    if "\x00" in text:
        raise _unreadable("This is no text file.")
    heading = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in heading else ",", strict=True)
    lines: list[Line] = []
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        _check_heading(names)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(lines) == MOST_ROWS:
                raise _unreadable(f"At most {MOST_ROWS} patients in one file.")
            lines.append((reader.line_num, dict(zip(names, [_plain(cell) for cell in cells], strict=False))))
    except csv.Error:
        raise _unreadable(f"Line {reader.line_num} is no CSV.") from None
    return lines


def _check_heading(names: Sequence[str]) -> None:
    missing = [name for name in REQUIRED if name not in names]
    unknown = [name for name in names if name not in COLUMNS]
    if missing or len(names) != len(set(names)):
        raise _unreadable("The first line names the columns; it needs " + ", ".join(REQUIRED) + ", each once.")
    if unknown:
        raise _unreadable("These columns are not known: " + ", ".join(name[:40] for name in unknown[:5]) + ".")


def _unreadable(sentence: str) -> Invalid:
    return Invalid(sentence, fields={"file": [sentence]})


def _plain(cell: str) -> str:
    """A cell without the apostrophe that keeps spreadsheets from reading it as a formula."""
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA else cell


def _details(line: Mapping[str, str], order: str) -> tuple[PatientData, dict[str, list[str]]]:
    """The line in the shape that is checked, and the dates and switches in it that cannot be read, by column."""
    wrong: dict[str, list[str]] = {}

    def day(name: str) -> dt.date | None:
        text = line.get(name, "")
        if not text:
            return None
        for form in (order, "%Y-%m-%d"):
            try:
                return dt.datetime.strptime(text, form).replace(tzinfo=dt.UTC).date()
            except ValueError:
                continue
        wrong[name] = ["This is no date; write 1983-06-26."]
        return None

    def wanted(name: str) -> bool:
        text = line.get(name, "").lower()
        if text not in YES | NO:
            wrong[name] = ["Write yes or no."]
        return text in YES

    details = PatientData(
        first_name=line.get("first_name", ""),
        last_name=line.get("last_name", ""),
        phone=line.get("phone", ""),
        email=line.get("email", ""),
        preferred_language=line.get("preferred_language", "").lower() or "en",
        first_visit_date=day("first_visit_date"),
        contact_preferences={"sms": wanted("sms"), "email": wanted("email_contact"), "voice": wanted("voice")},
        flags=[flag for flag in line.get("flags", "").split("|") if flag.strip()],
        guardian={name: line.get(f"guardian_{name}", "") for name in ("name", "phone", "relation")},
    )
    if born := day("date_of_birth"):
        details["date_of_birth"] = born
    return details, wrong


def write_csv(actor: Actor) -> Iterator[str]:
    """The clinic's current patients as lines of a CSV file, by name. The export is audited before the first line.

    Opens a transaction of its own, since a streamed answer is written when the request's has ended.
    """
    _require_desk(actor)
    with transaction.atomic(), tenant(actor.scope()):
        record_export(actor, "patients", Patient.objects.visible_to(actor).current().count())
    return _csv_lines(actor)


def _csv_lines(actor: Actor) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    with transaction.atomic(), tenant(actor.scope()):
        rows = Patient.objects.visible_to(actor).current().order_by("search_last", "pk")
        for patient in rows.iterator(chunk_size=500):
            writer.writerow([_safe(cell) for cell in _cells(patient)])
            if buffer.tell() > 16_000:
                yield _emptied(buffer)
        yield _emptied(buffer)


def _emptied(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _cells(patient: Patient) -> list[str]:
    preferences = patient.contact_preferences
    guardian = patient.guardian
    return [
        str(patient.pk),
        patient.first_name,
        patient.last_name,
        patient.date_of_birth.isoformat(),
        str(patient.phone),
        patient.email,
        patient.preferred_language,
        patient.first_visit_date.isoformat() if patient.first_visit_date else "",
        "|".join(patient.flags),
        *(str(guardian.get(name, "")) for name in ("name", "phone", "relation")),
        *("yes" if preferences.get(channel, True) else "no" for channel in CHANNELS),
    ]


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _require_desk(actor: Actor) -> None:
    if actor.role not in DESK:
        raise Forbidden()
