"""Measured hot reads of appointments: one query each, selecting only what is displayed.

Tests compare the rows with those of the querysets. The role rules of `visible_to` are repeated here, in SQL.
"""

import datetime as dt
from typing import Any, NamedTuple
from uuid import UUID

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.core.errors import NotFound
from clinicflow.db.prepared import prepared_cursor
from scheduling.models import Appointment

READERS = frozenset({Role.FRONT_DESK, Role.DOCTOR, Role.SYSTEM})


class DayRow(NamedTuple):
    """An appointment of the day list, with its doctor's and patient's names and the settings that its allowed actions
    depend on. The SELECT list is generated from these fields."""

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
        return self.status in Appointment.OPEN

    @property
    def deleted_at(self) -> None:
        return None  # the queries exclude deleted appointments


# The fields of DayRow that are not columns of appointments.
EXPRESSIONS = {
    "pk": "a.id",
    "doctor_name": "d.name",
    "patient_name": "p.first_name || ' ' || p.last_name",
    "intake_required": "s.intake_required",
    "lock_appointment_if_missing": "s.lock_appointment_if_missing",
    "allow_admin_override": "s.allow_admin_override",
}


def select_list(*, total: str) -> str:
    """The SELECT list in the order of DayRow's fields; `total` is the expression of the count of all rows."""
    expressions = {**EXPRESSIONS, "total": total}
    return ", ".join(expressions.get(name, f"a.{name}") for name in DayRow._fields)


JOINS = """
  join doctors d on d.id = a.doctor_id
  join patients p on p.id = a.patient_id
  join clinic_settings s on s.clinic_id = a.clinic_id
"""

DAY = f"""
with page as materialized (
  select id, count(*) over () as total
    from appointments
   where clinic_id = %(clinic)s and starts_at >= %(start)s and starts_at < %(end)s and deleted_at is null
     and (%(doctor)s::uuid is null or doctor_id = %(doctor)s::uuid)
   order by starts_at, doctor_id, id
   limit %(limit)s offset %(offset)s
)
select {select_list(total="page.total")}
  from page join appointments a on a.id = page.id {JOINS}
 order by a.starts_at, a.doctor_id, a.id
"""  # noqa: S608  # constants only

ONE = f"""
select {select_list(total="1")}
  from appointments a {JOINS}
 where a.clinic_id = %(clinic)s and a.id = %(appointment)s and a.deleted_at is null
   and (%(doctor)s::uuid is null or a.doctor_id = %(doctor)s::uuid)
"""  # noqa: S608  # constants only


class DayVisits:
    """One page of the appointments that start in a half-open range of instants, as a paginator's object list.

    The same rows as `Appointment.objects.visible_to(actor)`, in the order of `for_cards()`. One query returns the rows
    of the page (`limit`, `offset`) and the count of all; past the last page both are empty.
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
        visible_doctor = actor.doctor_id if actor.role == Role.DOCTOR else doctor_id
        self._is_visible = actor.role in READERS and doctor_id in {None, visible_doctor}
        self._values: dict[str, Any] = {
            "clinic": actor.clinic_id,
            "start": start,
            "end": end,
            "doctor": visible_doctor,
            "limit": limit,
            "offset": offset,
        }
        self._rows: list[DayRow] | None = None

    def rows(self) -> list[DayRow]:
        if self._rows is None:
            self._rows = []
            if self._is_visible:
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
        """The rows of the page, whichever slice the paginator takes."""
        return self.rows()


def visit_row(actor: Actor, appointment_id: UUID) -> DayRow:
    """One appointment of the day list. NotFound if it does not exist or is not visible to the actor."""
    row = None
    if actor.role in READERS:
        doctor_id = actor.doctor_id if actor.role == Role.DOCTOR else None
        with prepared_cursor() as cursor:
            cursor.execute(ONE, {"clinic": actor.clinic_id, "appointment": appointment_id, "doctor": doctor_id})
            row = cursor.fetchone()
    if row is None:
        raise NotFound()
    return DayRow._make(row)
