"""Years of data of a busy clinic, inserted by SQL in seconds: appointments and their related rows, in realistic shares.

For tests and benchmarks of queries over many rows. The outcome of an appointment follows from its running number, so
the same call makes the same data.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, models

from aiassist.models import IntakeSummary, Interaction
from intake.models import IntakeForm, IntakeRevision
from patients.models import Patient
from scheduling.models import Appointment, Cancellation, Message

SLOTS = 20  # per doctor and day, from 08:00
TABLES = ("patients", "appointments", "cancellations", "intake_forms", "intake_revisions", "ai_intake_summaries")
ALL_TABLES = (*TABLES, "ai_interactions", "messages")

# One row for each slot of each doctor on each weekday; `n` numbers the appointments.
SLOTS_OF_DAYS = """
select row_number() over (order by day, slot, doctor) - 1 as n, doctor,
       (day + time '08:00' + slot * interval '20 minutes') at time zone %(zone)s as starts_at
  from generate_series(%(first)s::date, %(last)s::date, interval '1 day') as day
  cross join generate_series(0, %(slots)s - 1) as slot
  cross join generate_series(1, %(of_doctors)s) as doctor
 where extract(isodow from day) < 6
"""
# Of a hundred: 6 no-shows, 8 cancelled, 1 still confirmed, 85 completed; future ones are confirmed or unconfirmed.
STATUS = """
case when starts_at > %(now)s then case when n %% 4 = 0 then 'unconfirmed' else 'confirmed' end
     when n %% 100 < 6 then 'no-show' when n %% 100 < 14 then 'cancelled' when n %% 100 = 14 then 'confirmed'
     else 'completed' end
"""
NUMBERED = """
select a.*, row_number() over (order by a.starts_at, a.doctor_id) - 1 as n from appointments a
 where a.clinic_id = %(clinic)s
"""


@dataclass(frozen=True, kw_only=True)
class BulkData:
    """The clinic and period: the weekdays from `first` to `last`, inclusive, in slots of twenty minutes."""

    clinic_id: UUID
    zone: str
    doctor_ids: Sequence[UUID]
    questionnaire_id: UUID
    first: dt.date
    last: dt.date
    now: dt.datetime
    slots: int = SLOTS
    patients: int = 500

    def fill(self) -> int:
        """Insert everything, in the clinic's scope; returns the number of appointments."""
        with connection.cursor() as cursor:
            patients = self._patients(cursor)
            count = self._appointments(cursor, patients)
            self._cancellations(cursor)
            self._intake(cursor)
            self._conversations(cursor)
            return count

    def _patients(self, cursor: Any) -> list[UUID]:
        name = "'Crowd'"
        _insert(
            cursor, Patient, "select n from generate_series(1, %(patients)s) n", {"patients": self.patients},
            clinic_id=f"'{self.clinic_id}'::uuid", first_name="'Pat ' || n", last_name=name,
            date_of_birth="date '1950-01-01' + n * 20", search_last="'crowd pat ' || n",
            search_first="'pat ' || n || ' crowd'",
        )  # fmt: skip
        cursor.execute("select id from patients where clinic_id = %s and last_name = 'Crowd'", [self.clinic_id])
        return [pk for (pk,) in cursor.fetchall()]

    def _appointments(self, cursor: Any, patients: list[UUID]) -> int:
        values = {
            "zone": self.zone, "first": self.first, "last": self.last, "slots": self.slots, "now": self.now,
            "of_doctors": len(self.doctor_ids), "doctors": list(self.doctor_ids), "patients": patients,
            "of_patients": len(patients),
        }  # fmt: skip
        return _insert(
            cursor, Appointment, SLOTS_OF_DAYS, values,
            clinic_id=f"'{self.clinic_id}'::uuid", doctor_id="(%(doctors)s::uuid[])[doctor]",
            patient_id="(%(patients)s::uuid[])[1 + n * 7 %% %(of_patients)s]",
            starts_at="starts_at", ends_at="starts_at + interval '20 minutes'", status=STATUS,
            visit_category="case when n %% 5 = 0 then 'new-patient' else 'follow-up' end",
            intake_status="'completed'",
            confirmed_at="case when n %% 4 > 0 then starts_at - interval '1 hour' * (n %% 50) end",
            confirmed_by="case when n %% 4 > 0 then (array['user', 'patient', 'system'])[1 + n %% 3] else '' end",
        )  # fmt: skip

    def _cancellations(self, cursor: Any) -> None:
        source = f"select * from ({NUMBERED}) a where a.status in ('no-show', 'cancelled')"
        kinds = "array['patient-cancelled', 'patient-cancelled', 'clinic-cancelled', 'rescheduled-externally', 'other']"
        _insert(
            cursor, Cancellation, source, {"clinic": self.clinic_id},
            clinic_id="clinic_id", appointment_id="source.id", patient_id="patient_id", cancelled_by_name="'Dana'",
            cancellation_type=f"case when status = 'no-show' then 'no-show' else ({kinds})[1 + n %% 5] end",
            late="status = 'cancelled' and n %% 9 = 0", notice_minutes="n %% 3000",
        )  # fmt: skip

    def _intake(self, cursor: Any) -> None:
        """Nine of ten appointments have a form, most of them submitted; each submitted one has a summary."""
        clinic = {"clinic": self.clinic_id, "questionnaire": self.questionnaire_id}
        own = {"clinic_id": "clinic_id", "patient_id": "patient_id"}
        source = f"select * from ({NUMBERED}) a where a.n %% 10 > 0"
        submitted = "n %% 8 > 0"
        _insert(
            cursor, IntakeForm, source, clinic,
            **own, appointment_id="source.id", questionnaire_id="%(questionnaire)s::uuid",
            revision=f"({submitted})::int",
            status=f"case when {submitted} then 'submitted' else 'pending' end",
            submitted_at=f"case when {submitted} then starts_at - interval '1 hour' * (n %% 60 - 2) end",
        )  # fmt: skip
        forms = "select f.* from intake_forms f where f.clinic_id = %(clinic)s and f.submitted_at is not null"
        _insert(
            cursor, IntakeRevision, forms, clinic,
            **own, form_id="source.id", number="1", raw_answers="'{}'", answers_hash="'-'", submitted_at="submitted_at",
        )  # fmt: skip
        _insert(
            cursor, IntakeSummary, forms, clinic,
            **own, appointment_id="appointment_id", intake_form_id="source.id", form_revision="1", status="'generated'",
            generated_at="submitted_at + interval '1 second' * (abs(hashtext(source.id::text)) %% 80)",
        )  # fmt: skip
        _insert(
            cursor, Message, source, clinic,
            **own, appointment_id="source.id", channel="'sms'", direction="'outbound'", address="'+12125550100'",
            kind="case when n %% 3 = 0 then 'intake-reminder' else 'intake-link' end", status="'sent'",
            body="''", sent_at="starts_at - interval '24 hours'",
        )  # fmt: skip

    def _conversations(self, cursor: Any) -> None:
        source = f"select * from ({NUMBERED}) a where a.n %% 5 > 0"
        _insert(
            cursor, Interaction, source, {"clinic": self.clinic_id},
            clinic_id="clinic_id", patient_id="patient_id", appointment_id="source.id", doctor_id="doctor_id",
            channel="'sms'", direction="'outbound'",
            status="(array['completed', 'completed', 'completed', 'no-answer', 'escalated'])[1 + n %% 5]",
            attention_reason="case when n %% 5 = 4 then 'requested-human' else '' end",
        )  # fmt: skip


def _insert(cursor: Any, model: type[models.Model], source: str, values: dict[str, Any], **columns: str) -> int:
    """Insert one row per row of `source`, with SQL expressions by column; other columns get the model's default."""
    names, expressions, bound = [], [], dict(values)
    for field in model._meta.concrete_fields:
        expression = columns.get(field.column)
        if field.primary_key:
            expression = "gen_random_uuid()"
        elif getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            expression = "now()"
        elif expression is None:
            if field.null or field.has_db_default():
                continue
            bound[f"default_{field.column}"] = field.get_db_prep_save(field.get_default(), connection)
            expression = f"%(default_{field.column})s"
        names.append(field.column)
        expressions.append(expression)
    table = model._meta.db_table
    cursor.execute(
        f"insert into {table} ({', '.join(names)}) select {', '.join(expressions)} from ({source}) source", bound
    )
    count = int(cursor.rowcount)
    cursor.execute(f"analyze {table}")  # the next insert joins with it; a warning only for other roles than the owner
    return count
