"""Import and export of patients as CSV files."""

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor, publish_for
from clinicflow.audit.recorder import record, record_export
from clinicflow.clinics.selectors import settings_of
from clinicflow.core import clock
from clinicflow.core.errors import Invalid
from clinicflow.db import tenant
from patients.events import PatientRegistered
from patients.models import Patient
from patients.operations.patients import fill_search_fields
from patients.rules.details import CHANNELS, PatientData, validated

COLUMNS = (
    *("id", "first_name", "last_name", "date_of_birth", "phone", "email", "preferred_language", "first_visit_date"),
    *("address", "flags", "guardian_name", "guardian_phone", "guardian_relation", "sms", "email_contact", "voice"),
)
REQUIRED = ("first_name", "last_name", "date_of_birth")
MAX_ROWS = 5000
FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r")
DATE_FORMATS = {"MM/DD/YYYY": "%m/%d/%Y", "DD/MM/YYYY": "%d/%m/%Y", "YYYY-MM-DD": "%Y-%m-%d"}
NumberedRow = tuple[int, dict[str, str]]
YES, NO = frozenset({"", "yes", "true", "1", "y"}), frozenset({"no", "false", "0", "n"})


@dataclass(frozen=True, kw_only=True)
class RowReport:
    """A row of the file that adds no patient: `bad` with the errors by column, or `known` with the patient's id."""

    line: int
    status: str
    who: str = ""
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    patient_id: UUID | None = None


class ImportCounts(Protocol):
    """The counts that a report and a stored import have in common."""

    created: int
    known: int
    bad: int


@dataclass(kw_only=True)
class ImportReport:
    """The outcome of an import or a dry run: the counts, and each row that adds no patient."""

    dry_run: bool
    created: int = 0
    known: int = 0
    bad: int = 0
    rows: list[RowReport] = field(default_factory=list)


@transaction.atomic
def read_csv(actor: Actor, data: bytes, *, dry_run: bool) -> ImportReport:
    """Import the new patients of a CSV file; with `dry_run`, only report what would be imported.

    An invalid row does not affect the others. A patient with the same name and birth date is `known`, so importing a
    file twice is safe. Invalid if the file cannot be parsed; Forbidden except for the front desk.
    """
    actor.require_front_desk()
    new, report = classify_rows(actor, parse_rows(data), dry_run=dry_run)
    if not dry_run:
        insert_all(actor, new)
        record_imported(actor, report)
    return report


def classify_rows(
    actor: Actor, rows: Sequence[NumberedRow], *, dry_run: bool = False
) -> tuple[list[Patient], ImportReport]:
    """The patients that the rows would add, unsaved, and the report on all rows. Three queries."""
    report = ImportReport(dry_run=dry_run)
    parsed = _valid_rows(actor, rows, report)
    birth_dates = {patient.date_of_birth for _, patient in parsed}
    same_day = Patient.objects.visible_to(actor).current().filter(date_of_birth__in=birth_dates)
    existing = {(key, day): pk for pk, key, day in same_day.values_list("pk", "search_last", "date_of_birth")}
    new: list[Patient] = []
    for number, patient in parsed:
        identity = (patient.search_last, patient.date_of_birth)
        if identity in existing:
            report.known += 1
            known_as = existing[identity]
            report.rows.append(RowReport(line=number, status="known", who=patient.full_name, patient_id=known_as))
            continue
        existing[identity] = patient.pk
        new.append(patient)
    report.created = len(new)
    report.rows.sort(key=lambda row: row.line)
    return new, report


def _valid_rows(actor: Actor, rows: Sequence[NumberedRow], report: ImportReport) -> list[tuple[int, Patient]]:
    """The valid rows as unsaved patients; invalid ones are added to the report."""
    date_format = DATE_FORMATS.get(settings_of(actor).date_format, "%Y-%m-%d")
    today = clock.today(actor.timezone)
    valid = []
    for number, cells in rows:
        data, cell_errors = _parse_cells(cells, date_format)
        try:
            values = validated(data, today=today)
            if cell_errors:
                raise Invalid(fields=cell_errors)
        except Invalid as error:
            name = " ".join(filter(None, (cells.get("first_name", ""), cells.get("last_name", ""))))[:80]
            report.bad += 1
            report.rows.append(RowReport(line=number, status="bad", who=name, errors={**error.fields, **cell_errors}))
            continue
        patient = Patient(clinic_id=actor.clinic_id, **values)
        fill_search_fields(patient)
        valid.append((number, patient))
    return valid


def insert_all(actor: Actor, new: Sequence[Patient]) -> None:
    """Save the new patients from `classify_rows`, in the caller's transaction."""
    Patient.objects.bulk_create(new, batch_size=500)
    for patient in new:
        publish_for(actor, PatientRegistered, patient)


def record_imported(actor: Actor, report: ImportCounts) -> None:
    """Audit an import with its counts."""
    counts = {"created": report.created, "known": report.known, "bad": report.bad}
    record(actor, "patients.imported", resource_type="patients", values=counts)


def parse_rows(data: bytes) -> list[NumberedRow]:
    """The rows of a file with their line numbers, cells by column name. Invalid if the file cannot be parsed."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _invalid_file("Save the file as CSV in UTF-8.") from None
    if "\x00" in text:
        raise _invalid_file("This isn't a CSV file.")
    heading = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in heading else ",", strict=True)
    rows: list[NumberedRow] = []
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        _check_heading(names)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(rows) == MAX_ROWS:
                raise _invalid_file(f"Split the file: it can have at most {MAX_ROWS} patients.")
            rows.append((reader.line_num, dict(zip(names, [_plain(cell) for cell in cells], strict=False))))
    except csv.Error:
        raise _invalid_file(f"Line {reader.line_num} is not valid CSV.") from None
    return rows


def _check_heading(names: Sequence[str]) -> None:
    missing = [name for name in REQUIRED if name not in names]
    unknown = [name for name in names if name not in COLUMNS]
    if missing or len(names) != len(set(names)):
        raise _invalid_file("The first line must name the columns, each once, including " + ", ".join(REQUIRED) + ".")
    if unknown:
        raise _invalid_file("Remove these unknown columns: " + ", ".join(name[:40] for name in unknown[:5]) + ".")


def _invalid_file(message: str) -> Invalid:
    return Invalid(message, fields={"file": [message]})


def _plain(cell: str) -> str:
    """A cell without the apostrophe that the export adds, see `_safe`."""
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA_PREFIXES else cell


def _parse_cells(cells: Mapping[str, str], date_format: str) -> tuple[PatientData, dict[str, list[str]]]:
    """A row as patient data, and errors of dates and yes/no cells by column."""
    errors: dict[str, list[str]] = {}

    def day(name: str) -> dt.date | None:
        text = cells.get(name, "")
        if not text:
            return None
        for pattern in (date_format, "%Y-%m-%d"):
            try:
                return dt.datetime.strptime(text, pattern).replace(tzinfo=dt.UTC).date()
            except ValueError:
                continue
        errors[name] = ["Enter a valid date, such as 1983-06-26."]
        return None

    def is_yes(name: str) -> bool:
        text = cells.get(name, "").lower()
        if text not in YES | NO:
            errors[name] = ["Enter yes or no."]
        return text in YES

    data = PatientData(
        first_name=cells.get("first_name", ""),
        last_name=cells.get("last_name", ""),
        phone=cells.get("phone", ""),
        email=cells.get("email", ""),
        address=cells.get("address", ""),
        preferred_language=cells.get("preferred_language", "").lower() or "en",
        first_visit_date=day("first_visit_date"),
        contact_preferences={"sms": is_yes("sms"), "email": is_yes("email_contact"), "voice": is_yes("voice")},
        flags=[flag for flag in cells.get("flags", "").split("|") if flag.strip()],
        guardian={name: cells.get(f"guardian_{name}", "") for name in ("name", "phone", "relation")},
    )
    if birth_date := day("date_of_birth"):
        data["date_of_birth"] = birth_date
    return data, errors


def write_csv(actor: Actor) -> Iterator[str]:
    """The clinic's current patients as chunks of a CSV file, by name. The export is audited before the first chunk.

    Opens transactions of its own: a streamed response is written after the request's transaction has ended. Forbidden
    except for the front desk.
    """
    actor.require_front_desk()
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
                yield _drain(buffer)
        yield _drain(buffer)


def _drain(buffer: io.StringIO) -> str:
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
        patient.address,
        "|".join(patient.flags),
        *(str(guardian.get(name, "")) for name in ("name", "phone", "relation")),
        *("yes" if preferences.get(channel, True) else "no" for channel in CHANNELS),
    ]


def _safe(cell: str) -> str:
    """A cell that spreadsheets do not read as a formula: with a leading apostrophe if it starts like one."""
    return f"'{cell}" if cell.startswith(FORMULA_PREFIXES) else cell
