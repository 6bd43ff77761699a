"""Reads of the front desk's day, each one statement that selects exactly what is shown.

Tests compare them with the querysets. Each SELECT list is generated from the fields of the class that its rows become.
Other roles than the front desk get no rows.
"""

import datetime as dt
import json
from typing import Any, NamedTuple
from uuid import UUID

from clinicflow.access.actor import Actor
from clinicflow.db.prepared import prepared_cursor
from dashboards.board.selectors.cards import COLUMNS, PATIENT_PREFIX
from dashboards.board.selectors.select_lists import select_list
from scheduling.models import ATTENTION_LABELS

MAX_CONVERSATIONS = 8


class AbsenceRow(NamedTuple):
    """A range of instants without bookings: one doctor's, or the whole clinic's when `doctor_id` is None."""

    doctor_id: UUID | None
    starts_at: dt.datetime
    ends_at: dt.datetime
    reason: str


class WaitingConversation(NamedTuple):
    """A visit whose patient waits for a reply, and no open alert of danger says so already.

    `said` is the patient's last message, empty after a call; `seconds_ago` is the age of that message or call.
    """

    id: UUID
    patient_id: UUID
    name: str
    reason: str
    said: str
    language: str
    starts_at: dt.datetime
    doctor_name: str
    seconds_ago: float

    @property
    def reason_label(self) -> str:
        """Why the patient waits, as the Inbox says it."""
        return str(ATTENTION_LABELS.get(self.reason, ""))


VISIT_COLUMNS = (*COLUMNS, "rescheduled")
PATIENT_COLUMNS = {
    name: f"p.{name.removeprefix(PATIENT_PREFIX)}" for name in COLUMNS if name.startswith(PATIENT_PREFIX)
}
VISITS = f"""
select {select_list(VISIT_COLUMNS, PATIENT_COLUMNS, table="a")}
  from appointments a
  join patients p on p.id = a.patient_id
 where a.clinic_id = %(clinic)s and a.starts_at >= %(start)s and a.starts_at < %(end)s and a.deleted_at is null
 order by a.starts_at, a.doctor_id, a.id
"""  # noqa: S608 - names of this module

CONVERSATION_COLUMNS = {
    "name": "p.first_name || ' ' || p.last_name",
    "reason": "coalesce(c.attention_reason, a.attention_reason)",
    "said": "coalesce(m.body, '')",
    "language": "p.preferred_language",
    "doctor_name": "d.name",
    "seconds_ago": (
        "extract(epoch from %(now)s::timestamptz - coalesce(m.created_at, c.last_message_at, a.updated_at))::float8"
    ),
}
CONVERSATIONS = f"""
select {select_list(WaitingConversation._fields, CONVERSATION_COLUMNS, table="a")}
  from appointments a
  join patients p on p.id = a.patient_id
  join doctors d on d.id = a.doctor_id
  left join lateral (
    select attention_reason, channel, last_message_at from ai_interactions
     where clinic_id = %(clinic)s and appointment_id = a.id and needs_attention and resolved_at is null
     order by last_message_at desc nulls last limit 1
  ) c on true
  left join lateral (
    select body, created_at from messages
     where clinic_id = %(clinic)s and appointment_id = a.id and direction = 'inbound'
       and coalesce(channel = c.channel, true)
     order by created_at desc limit 1
  ) m on true
 where a.clinic_id = %(clinic)s and a.needs_attention and a.starts_at >= %(since)s and a.deleted_at is null
   and not exists (
     select from danger_alerts
      where clinic_id = %(clinic)s and appointment_id = a.id and resolved_at is null
   )
 order by a.starts_at, a.doctor_id, a.id
 limit %(shown)s
"""  # noqa: S608 - names of this module

ABSENCES = f"""
select {select_list(AbsenceRow._fields, {"doctor_id": "null::uuid"})} from closures
 where clinic_id = %(clinic)s and starts_at < %(end)s and ends_at > %(start)s
union all
select {select_list(AbsenceRow._fields, {})} from time_off
 where clinic_id = %(clinic)s and starts_at < %(end)s and ends_at > %(start)s
"""  # noqa: S608 - names of this module


def visits_between(actor: Actor, start: dt.datetime, end: dt.datetime) -> list[dict[str, Any]]:
    """Visits that start in a half-open range of instants, as rows of VISIT_COLUMNS; rescheduled ones are included."""
    rows = [dict(zip(VISIT_COLUMNS, row, strict=True)) for row in _rows(actor, VISITS, {"start": start, "end": end})]
    for row in rows:
        row["patient__flags"] = json.loads(row["patient__flags"])  # Django hands raw cursors JSON as text
    return rows


def conversations_since(actor: Actor, since: dt.datetime, now: dt.datetime) -> list[WaitingConversation]:
    """Visits from an instant on whose patient waits for a reply, at most MAX_CONVERSATIONS."""
    values = {"since": since, "now": now, "shown": MAX_CONVERSATIONS}
    return [WaitingConversation._make(row) for row in _rows(actor, CONVERSATIONS, values)]


def absences_between(actor: Actor, start: dt.datetime, end: dt.datetime) -> list[AbsenceRow]:
    """Closures and time off that overlap a half-open range of instants."""
    return [AbsenceRow._make(row) for row in _rows(actor, ABSENCES, {"start": start, "end": end})]


def _rows(actor: Actor, statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    if not actor.is_front_desk:
        return []
    with prepared_cursor() as cursor:
        cursor.execute(statement, {"clinic": actor.clinic_id, **values})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
