"""Years of a busy clinic, made by SQL in seconds: visits and all that hangs on them, in the shares of a real one.

For what has to be fast or frugal with many rows behind it. What becomes of a visit follows from a number that counts
them, so that the same call makes the same mixture.
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

SLOT = dt.timedelta(minutes=20)
SLOTS = 20  # a doctor and day, from eight in the morning
TABLES = ("patients", "appointments", "cancellations", "intake_forms", "intake_revisions", "ai_intake_summaries")
ALL_TABLES = (*TABLES, "ai_interactions", "messages")

# One row for each slot of each doctor on each weekday; `n` counts the visits.
SLOTS_OF_DAYS = """
select row_number() over (order by day, slot, doctor) - 1 as n, doctor,
       (day + time '08:00' + slot * interval '20 minutes') at time zone %(zone)s as starts_at
  from generate_series(%(first)s::date, %(last)s::date, interval '1 day') as day
  cross join generate_series(0, %(slots)s - 1) as slot
  cross join generate_series(1, %(of_doctors)s) as doctor
 where extract(isodow from day) < 6
"""
# Of a hundred: 6 missed, 8 cancelled, 1 left open, 85 completed; those of today and later are confirmed or not.
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
class Crowd:
    """Where and when: the weekdays from `first` to `last`, both included, in slots of twenty minutes."""

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
        """Write it, in the clinic's scope; returns how many visits there are."""
        with connection.cursor() as cursor:
            patients = self._patients(cursor)
            count = self._visits(cursor, patients)
            self._cancellations(cursor)
            self._intake(cursor)
            self._talks(cursor)
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

    def _visits(self, cursor: Any, patients: list[UUID]) -> int:
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
        """Nine of ten visits have a form, most of them sent in; each that was has a summary."""
        clinic = {"clinic": self.clinic_id, "paper": self.questionnaire_id}
        own = {"clinic_id": "clinic_id", "patient_id": "patient_id"}
        source = f"select * from ({NUMBERED}) a where a.n %% 10 > 0"
        sent_in = "n %% 8 > 0"
        _insert(
            cursor, IntakeForm, source, clinic,
            **own, appointment_id="source.id", questionnaire_id="%(paper)s::uuid", revision=f"({sent_in})::int",
            status=f"case when {sent_in} then 'submitted' else 'pending' end",
            submitted_at=f"case when {sent_in} then starts_at - interval '1 hour' * (n %% 60 - 2) end",
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

    def _talks(self, cursor: Any) -> None:
        source = f"select * from ({NUMBERED}) a where a.n %% 5 > 0"
        _insert(
            cursor, Interaction, source, {"clinic": self.clinic_id},
            clinic_id="clinic_id", patient_id="patient_id", appointment_id="source.id", doctor_id="doctor_id",
            channel="'sms'", direction="'outbound'",
            status="(array['completed', 'completed', 'completed', 'no-answer', 'escalated'])[1 + n %% 5]",
            attention_reason="case when n %% 5 = 4 then 'requested-human' else '' end",
        )  # fmt: skip


def _insert(cursor: Any, model: type[models.Model], source: str, values: dict[str, Any], **columns: str) -> int:
    """Write a row for each of the source; what no column is given for gets the model's own default."""
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
    cursor.execute(f"analyze {table}")  # what is written next joins with it; only its owner may, others are warned
    return count
