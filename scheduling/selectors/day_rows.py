"""Measured hot reads, each one query that selects exactly what is shown; tests compare them with the querysets."""

import datetime as dt
from typing import Any, NamedTuple
from uuid import UUID

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.core.errors import NotFound
from clinicflow.db.prepared import prepared_cursor

READERS = frozenset({Role.FRONT_DESK, Role.DOCTOR, Role.SYSTEM})

SHOWN = """
select a.id, a.doctor_id, d.name, a.patient_id, p.first_name || ' ' || p.last_name,
       a.starts_at, a.ends_at, a.visit_type, a.visit_category, a.reason, a.status, a.intake_status,
       a.arrived, a.arrived_at, a.confirmed_at, a.completed_at, a.needs_attention, a.attention_reason,
       a.meeting_link, a.rescheduled, a.rescheduled_from_id, a.series_id, a.overlap_allowed, a.overlap_reason,
       a.walk_in, a.version, a.created_at, a.updated_at,
       s.intake_required, s.lock_appointment_if_missing, s.allow_admin_override
"""
PEOPLE = """
  join doctors d on d.id = a.doctor_id
  join patients p on p.id = a.patient_id
  join clinic_settings s on s.clinic_id = a.clinic_id
"""

DAY = f"""
with found as materialized (
  select id, count(*) over () as total
    from appointments
   where clinic_id = %(clinic)s and starts_at >= %(start)s and starts_at < %(end)s and deleted_at is null
     and (%(doctor)s::uuid is null or doctor_id = %(doctor)s::uuid)
   order by starts_at, doctor_id, id
   limit %(limit)s offset %(offset)s
)
{SHOWN}, f.total
  from found f join appointments a on a.id = f.id {PEOPLE}
 order by a.starts_at, a.doctor_id, a.id
"""  # noqa: S608  # put together from the constants above

ONE = f"""
{SHOWN}, 1
  from appointments a {PEOPLE}
 where a.clinic_id = %(clinic)s and a.id = %(visit)s and a.deleted_at is null
   and (%(doctor)s::uuid is null or a.doctor_id = %(doctor)s::uuid)
"""  # put together from the constants above


class DayRow(NamedTuple):
    """One visit as the day list shows it: an appointment's fields, the names of its people, and the three settings
    that say what may be done with it."""

    pk: UUID
    doctor_id: UUID
    doctor_name: str
    patient_id: UUID
    patient_name: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    visit_type: str
    visit_category: str
    reason: str
    status: str
    intake_status: str
    arrived: bool
    arrived_at: dt.datetime | None
    confirmed_at: dt.datetime | None
    completed_at: dt.datetime | None
    needs_attention: bool
    attention_reason: str
    meeting_link: str
    rescheduled: bool
    rescheduled_from_id: UUID | None
    series_id: UUID | None
    overlap_allowed: bool
    overlap_reason: str
    walk_in: bool
    version: int
    created_at: dt.datetime
    updated_at: dt.datetime
    intake_required: bool
    lock_appointment_if_missing: bool
    allow_admin_override: bool
    total: int

    @property
    def is_open(self) -> bool:
        return self.status in {"unconfirmed", "confirmed"}

    @property
    def deleted_at(self) -> None:
        return None  # the query leaves deleted ones out


class DayVisits:
    """A page of the visits that start in a half-open range of instants, as a paginator takes them.

    What `Appointment.objects.visible_to(actor)` would show, in the order of `for_cards()`. One query gives the rows of
    the page (`limit`, `offset`) and the count of all; past the last visit both are nothing.
    """

    def __init__(
        self,
        actor: Actor,
        start: dt.datetime,
        end: dt.datetime,
        *,
        doctor_id: UUID | None = None,
        limit: int,
        offset: int = 0,
    ) -> None:
        mine = actor.doctor_id if actor.role == Role.DOCTOR else doctor_id
        self._visible = actor.role in READERS and doctor_id in {None, mine}
        self._values: dict[str, Any] = {
            "clinic": actor.clinic_id,
            "start": start,
            "end": end,
            "doctor": mine,
            "limit": limit,
            "offset": offset,
        }
        self._rows: list[DayRow] | None = None

    def rows(self) -> list[DayRow]:
        if self._rows is None:
            self._rows = []
            if self._visible:
                with prepared_cursor() as cursor:
                    cursor.execute(DAY, self._values)
                    self._rows = [DayRow._make(row) for row in cursor.fetchall()]
        return self._rows

    def count(self) -> int:
        rows = self.rows()
        return rows[0].total if rows else 0

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, page: slice) -> list[DayRow]:
        """The page that was asked for; a paginator asks for no other."""
        return self.rows()


def visit_row(actor: Actor, visit_id: UUID) -> DayRow:
    """One visit as the day list shows it. NotFound when it is absent or not this actor's to see."""
    row = None
    if actor.role in READERS:
        mine = actor.doctor_id if actor.role == Role.DOCTOR else None
        with prepared_cursor() as cursor:
            cursor.execute(ONE, {"clinic": actor.clinic_id, "visit": visit_id, "doctor": mine})
            row = cursor.fetchone()
    if row is None:
        raise NotFound()
    return DayRow._make(row)
