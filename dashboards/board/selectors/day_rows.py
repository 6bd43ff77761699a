"""The hot reads of the front desk's day, each one statement that selects exactly what is shown; tests compare them with
the querysets. Nothing for anyone but the front desk.
"""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from clinicflow.access.actor import Actor
from clinicflow.db.prepared import prepared_cursor
from dashboards.board.selectors.cards import COLUMNS
from scheduling.rules.transitions import DESK

MAX_CONVERSATIONS = 8

VISITS = """
select a.id, a.patient_id, a.doctor_id, a.starts_at, a.ends_at, a.status, a.arrived, a.arrived_at, a.intake_status,
       a.visit_type, a.visit_category, a.needs_attention, p.first_name, p.last_name,
       p.phone, p.date_of_birth, p.flags, a.rescheduled
  from appointments a
  join patients p on p.id = a.patient_id
 where a.clinic_id = %(clinic)s and a.starts_at >= %(start)s and a.starts_at < %(end)s and a.deleted_at is null
 order by a.starts_at, a.doctor_id, a.id
"""

TALKS = """
select a.id, a.patient_id, p.first_name || ' ' || p.last_name, a.attention_reason, coalesce(m.body, ''),
       p.preferred_language, a.starts_at, d.name, coalesce(m.created_at, a.updated_at)
  from appointments a
  join patients p on p.id = a.patient_id
  join doctors d on d.id = a.doctor_id
  left join lateral (
    select body, created_at from messages
     where clinic_id = %(clinic)s and appointment_id = a.id and direction = 'inbound'
     order by created_at desc limit 1
  ) m on true
 where a.clinic_id = %(clinic)s and a.needs_attention and a.starts_at >= %(since)s and a.deleted_at is null
 order by a.starts_at, a.doctor_id, a.id
 limit %(shown)s
"""

OFF = """
select null::uuid, starts_at, ends_at, reason from closures
 where clinic_id = %(clinic)s and starts_at < %(end)s and ends_at > %(start)s
union all
select doctor_id, starts_at, ends_at, reason from time_off
 where clinic_id = %(clinic)s and starts_at < %(end)s and ends_at > %(start)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceRow:
    """Time in which nobody is booked: the whole clinic's without a doctor, else that doctor's."""

    doctor_id: UUID | None
    starts_at: dt.datetime
    ends_at: dt.datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingConversation:
    """A visit whose patient asked for a person, with the last thing they said."""

    id: UUID
    patient_id: UUID
    name: str
    reason: str
    said: str
    language: str
    starts_at: dt.datetime
    doctor_name: str
    seconds_ago: float


def visits_between(actor: Actor, start: dt.datetime, end: dt.datetime) -> list[dict[str, Any]]:
    """The visits that start in a half-open range of instants as rows of COLUMNS, those moved elsewhere included: they
    have `rescheduled`."""
    names = (*COLUMNS, "rescheduled")
    rows = [dict(zip(names, row, strict=True)) for row in _rows(actor, VISITS, {"start": start, "end": end})]
    for row in rows:
        row["patient__flags"] = json.loads(row["patient__flags"])  # Django hands raw cursors JSON as text
    return rows


def conversations_since(actor: Actor, since: dt.datetime, now: dt.datetime) -> list[WaitingConversation]:
    """Visits that start after an instant and whose patient waits for a person, the first eight."""
    return [
        WaitingConversation(
            id=pk,
            patient_id=patient_id,
            name=name,
            reason=reason.replace("-", " "),
            said=said,
            language=language,
            starts_at=starts_at,
            doctor_name=doctor_name,
            seconds_ago=(now - at).total_seconds(),
        )
        for pk, patient_id, name, reason, said, language, starts_at, doctor_name, at in _rows(
            actor, TALKS, {"since": since, "shown": MAX_CONVERSATIONS}
        )
    ]


def absences_between(actor: Actor, start: dt.datetime, end: dt.datetime) -> list[AbsenceRow]:
    """Closures and time off that touch a half-open range of instants."""
    return [
        AbsenceRow(doctor_id=doctor_id, starts_at=starts_at, ends_at=ends_at, reason=reason)
        for doctor_id, starts_at, ends_at, reason in _rows(actor, OFF, {"start": start, "end": end})
    ]


def _rows(actor: Actor, statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    if actor.role not in DESK:
        return []
    with prepared_cursor() as cursor:
        cursor.execute(statement, {"clinic": actor.clinic_id, **values})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
