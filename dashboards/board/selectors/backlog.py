"""Open work of the front desk regardless of the day shown: the lower half of the side panel."""

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse

from clinicflow.access.actor import Actor
from clinicflow.clinics.models import ClinicSettings
from clinicflow.core import clock
from clinicflow.db.prepared import prepared_cursor
from dashboards.board.selectors.attention import next_working_day
from dashboards.board.selectors.select_lists import select_list
from scheduling.models import Cancellation

CANCELLED_SINCE = dt.timedelta(hours=24)
MAX_ITEMS = 5  # of each kind


class BacklogRow(NamedTuple):
    """One row of the backlog; `total` counts its kind. The kinds that are counts alone have no other values."""

    kind: str
    pk: UUID | None
    visit_id: UUID | None
    patient_id: UUID | None
    patient_name: str
    doctor_name: str
    starts_at: dt.datetime | None
    due_on: dt.date | None
    code: str
    words: str
    late: bool
    total: int


EMPTY = {
    "pk": "null::uuid",
    "visit_id": "null::uuid",
    "patient_id": "null::uuid",
    "patient_name": "''",
    "doctor_name": "''",
    "starts_at": "null::timestamptz",
    "due_on": "null::date",
    "code": "''",
    "words": "''",
    "late": "false",
    "total": "count(*)",
}
NAMES = {
    "patient_id": "p.id",
    "patient_name": "p.first_name || ' ' || p.last_name",
    "doctor_name": "d.name",
    "total": "count(*) over ()",
}


def _columns(kind: str, **expressions: str) -> str:
    return select_list(BacklogRow._fields, EMPTY | {"kind": f"'{kind}'"} | expressions)


BACKLOG = f"""
(select {
    _columns(
        "cancellation",
        **NAMES,
        pk="c.id",
        visit_id="a.id",
        starts_at="a.starts_at",
        code="c.cancellation_type",
        words="c.reason_note",
        late="c.late",
    )
}
   from cancellations c
   join appointments a on a.id = c.appointment_id
   join patients p on p.id = c.patient_id
   join doctors d on d.id = a.doctor_id
  where c.clinic_id = %(clinic)s and c.reverted_at is null and c.cancellation_type <> 'no-show'
    and c.created_at >= %(since)s and a.deleted_at is null
  order by c.created_at desc, c.id limit %(shown)s)
union all
(select {
    _columns("follow-up", **NAMES, pk="f.id", visit_id="f.appointment_id", due_on="f.scheduled_date", words="f.note")
}
   from follow_ups f
   join patients p on p.id = f.patient_id
   join doctors d on d.id = f.doctor_id
  where f.clinic_id = %(clinic)s and f.status = 'pending' and f.scheduled_date < %(today)s
  order by f.scheduled_date, f.id limit %(shown)s)
union all
(select {_columns("summary-failed", **NAMES, pk="s.id", visit_id="a.id", starts_at="a.starts_at")}
   from appointments a
   join ai_intake_summaries s on s.clinic_id = a.clinic_id and s.appointment_id = a.id and s.is_newest
   join patients p on p.id = a.patient_id
   join doctors d on d.id = a.doctor_id
  where a.clinic_id = %(clinic)s and a.starts_at >= %(now)s and a.starts_at < %(until)s and a.deleted_at is null
    and a.status in ('unconfirmed', 'confirmed') and s.status = 'failed'
  order by a.starts_at, a.id limit %(shown)s)
union all
(select {_columns("ahead-unconfirmed")}
   from appointments
  where clinic_id = %(clinic)s and starts_at >= %(ahead_start)s and starts_at < %(ahead_end)s and deleted_at is null
    and status = 'unconfirmed')
union all
(select {_columns("ahead-missing-intake")}
   from appointments
  where clinic_id = %(clinic)s and starts_at >= %(ahead_start)s and starts_at < %(ahead_end)s and deleted_at is null
    and status in ('unconfirmed', 'confirmed') and intake_status = 'missing')
"""  # noqa: S608 - names of this module


@dataclass(frozen=True, slots=True, kw_only=True)
class BacklogItem:
    """A row with the label of its cancellation type, if it is a cancellation."""

    row: BacklogRow

    @property
    def word(self) -> str:
        return str(Cancellation.Type(self.row.code).label) if self.row.code else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BacklogGroup:
    """The first MAX_ITEMS of a kind, and how many there are in all."""

    lines: list[BacklogItem]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """The backlog. `ahead` is the next working day: `unconfirmed` and `missing_intake` count its visits."""

    ahead: dt.date
    unconfirmed: int
    missing_intake: int
    follow_ups: BacklogGroup
    failed_summaries: BacklogGroup
    cancellations: BacklogGroup

    @property
    def waiting(self) -> int:
        """The number of items to act on; cancellations are for information."""
        return self.follow_ups.total + self.failed_summaries.total

    @property
    def patient_ids(self) -> list[UUID]:
        groups = (self.follow_ups, self.failed_summaries, self.cancellations)
        return [line.row.patient_id for group in groups for line in group.lines if line.row.patient_id]

    @property
    def unconfirmed_url(self) -> str:
        return f"{self._list}&status=unconfirmed"

    @property
    def missing_url(self) -> str:
        return f"{self._list}&status=unconfirmed&status=confirmed&status=arrived&intake_status=missing"

    @property
    def _list(self) -> str:
        return f"{reverse('schedule_list')}?date={self.ahead.isoformat()}"


def read_backlog(actor: Actor, now: dt.datetime, settings: ClinicSettings) -> Backlog:
    """The front desk's backlog at `now`. One query."""
    ahead = next_working_day(clock.local(now, actor.timezone).date(), settings)
    rows = _rows(actor, now, ahead)
    counts = {row.kind: row.total for row in rows}
    return Backlog(
        ahead=ahead,
        unconfirmed=counts.get("ahead-unconfirmed", 0),
        missing_intake=counts.get("ahead-missing-intake", 0) if settings.intake_required else 0,
        follow_ups=_group(rows, "follow-up"),
        failed_summaries=_group(rows, "summary-failed"),
        cancellations=_group(rows, "cancellation"),
    )


def _group(rows: list[BacklogRow], kind: str) -> BacklogGroup:
    own = [row for row in rows if row.kind == kind]
    return BacklogGroup(lines=[BacklogItem(row=row) for row in own], total=own[0].total if own else 0)


def _rows(actor: Actor, now: dt.datetime, ahead: dt.date) -> list[BacklogRow]:
    """Cancellations of the last day, overdue follow-ups, failed summaries of the next week, counts of the day `ahead`.

    The first MAX_ITEMS of each kind, in its order. Other roles than the front desk get no rows.
    """
    if not actor.is_front_desk:
        return []
    start, end = clock.day_bounds(ahead, actor.timezone)
    values = {
        "clinic": actor.clinic_id,
        "now": now,
        "until": now + dt.timedelta(days=7),
        "since": now - CANCELLED_SINCE,
        "today": clock.local(now, actor.timezone).date(),
        "ahead_start": start,
        "ahead_end": end,
        "shown": MAX_ITEMS,
    }
    with prepared_cursor() as cursor:
        cursor.execute(BACKLOG, values)
        return [BacklogRow._make(row) for row in cursor.fetchall()]
