"""The SQL definitions of the daily totals.

Each figure belongs to the local day of its visit. Deleted and rescheduled visits do not count. A visit is `due` when it
took place, was missed, or is still open after its start.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from clinicflow.access.actor import Actor
from clinicflow.core import clock

AGGREGATES = {
    "visits": "count(*) filter (where due)",
    "completed": "count(*) filter (where status = 'completed')",
    "no_shows": "count(*) filter (where status = 'no-show')",
    "new_patients": "count(*) filter (where due and visit_category = 'new-patient')",
    "confirmed": "count(*) filter (where due and confirmed_at is not null and not walk_in)",
    "confirmed_before": "count(*) filter (where due and confirmed_at < day_starts)",
    "confirmed_alone": (
        "count(*) filter (where due and confirmed_at is not null and not walk_in"
        " and confirmed_by in ('patient', 'system'))"
    ),
    "cancelled_patient": "count(*) filter (where reason = 'patient-cancelled')",
    "cancelled_elsewhere": "count(*) filter (where reason = 'rescheduled-externally')",
    "cancelled_clinic": "count(*) filter (where reason = 'clinic-cancelled')",
    "cancelled_other": "count(*) filter (where reason = 'other')",
    "late_patient": "count(*) filter (where late and reason = 'patient-cancelled')",
    "late_elsewhere": "count(*) filter (where late and reason = 'rescheduled-externally')",
    "late_clinic": "count(*) filter (where late and reason = 'clinic-cancelled')",
    "late_other": "count(*) filter (where late and reason = 'other')",
    "intake_forms": "count(*) filter (where due and has_form)",
    "intake_before": "count(*) filter (where due and submitted_at <= starts_at)",
    "intake_online": "count(*) filter (where submitted_at is not null and online)",
    "intake_messages": "coalesce(sum(messages), 0)",
    "reminded": "count(*) filter (where due and has_form and reminded)",
    "reminded_before": "count(*) filter (where due and submitted_at <= starts_at and reminded)",
    "conversations": "coalesce(sum(conversations), 0)",
    "settled": "coalesce(sum(settled), 0)",
    "escalated": "coalesce(sum(escalated), 0)",
    "summaries": "coalesce(sum(summaries), 0)",
    "summaries_quick": "coalesce(sum(summaries_quick), 0)",
    "summary_seconds": "coalesce(sum(summary_seconds), 0)",
    "booked_minutes": "coalesce(sum(minutes) filter (where status not in ('cancelled', 'no-show')), 0)",
}
COUNTED = tuple(AGGREGATES)

# `low` and `high` are implied by the days; they let the planner estimate the number of rows between two constants.
VISITS = """
with visits as (
  select d.day, d.starts as day_starts, a.id, a.doctor_id, a.status, a.visit_category, a.starts_at, a.walk_in,
         a.confirmed_at, a.confirmed_by,
         (extract(epoch from a.ends_at - a.starts_at) / 60)::int as minutes,
         a.status in ('completed', 'no-show')
           or (a.status in ('unconfirmed', 'confirmed') and a.starts_at <= %(now)s) as due
    from unnest(%(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) as d (day, starts, ends)
    join appointments a on a.clinic_id = %(clinic)s and a.starts_at >= d.starts and a.starts_at < d.ends
   where a.deleted_at is null and not a.rescheduled and a.starts_at >= %(low)s and a.starts_at < %(high)s
)
"""

# The reason is that of the newest cancellation that was not reverted; waived forms do not count; of each revision the
# first summary counts, timed from its submission.
BY_DOCTOR = "".join(
    (
        VISITS,
        """
, reasons as (
  select distinct on (c.appointment_id) c.appointment_id, c.cancellation_type, c.late
    from visits v
    join cancellations c on c.clinic_id = %(clinic)s and c.appointment_id = v.id
   where v.status = 'cancelled' and c.reverted_at is null and c.cancellation_type <> 'no-show'
   order by c.appointment_id, c.created_at desc, c.id desc
), forms as (
  select f.appointment_id, f.id, f.submitted_at, f.entered_by_id is null as online
    from visits v
    join intake_forms f on f.clinic_id = %(clinic)s and f.appointment_id = v.id
   where f.completed_reason = ''
), texts as (
  select m.appointment_id, count(*) as messages,
         bool_or(m.kind = 'intake-reminder' and m.sent_at <= v.starts_at) as reminded
    from visits v
    join messages m on m.clinic_id = %(clinic)s and m.appointment_id = v.id
   where m.kind in ('intake-link', 'intake-reminder') and m.status = 'sent'
   group by 1
), conversations as (
  select i.appointment_id, count(*) as conversations,
         count(*) filter (where i.status = 'completed' and i.attention_reason = '') as settled,
         count(*) filter (where i.status = 'escalated' or i.attention_reason <> '') as escalated
    from visits v
    join ai_interactions i on i.clinic_id = %(clinic)s and i.appointment_id = v.id
   group by 1
), firsts as (
  select distinct on (s.intake_form_id, s.form_revision) f.appointment_id,
         greatest(0, extract(epoch from s.generated_at - r.submitted_at))::int as seconds
    from forms f
    join ai_intake_summaries s on s.clinic_id = %(clinic)s and s.intake_form_id = f.id
    join intake_revisions r on r.clinic_id = %(clinic)s and r.form_id = f.id and r.number = s.form_revision
   where s.engine <> 'doctor' and s.generated_at is not null
   order by s.intake_form_id, s.form_revision, s.version
), readings as (
  select appointment_id, count(*) as summaries, count(*) filter (where seconds <= 60) as summaries_quick,
         sum(seconds) as summary_seconds
    from firsts
   group by 1
), whole as (
  select v.*, f.id is not null as has_form, f.submitted_at, f.online, t.messages,
         coalesce(t.reminded, false) as reminded,
         k.conversations, k.settled, k.escalated, s.summaries, s.summaries_quick, s.summary_seconds,
         case when v.status = 'cancelled' then coalesce(c.cancellation_type, 'other') end as reason,
         coalesce(c.late, false) as late
    from visits v
    left join reasons c on c.appointment_id = v.id
    left join forms f on f.appointment_id = v.id
    left join texts t on t.appointment_id = v.id
    left join conversations k on k.appointment_id = v.id
    left join readings s on s.appointment_id = v.id
)
select day, doctor_id, """,
        ", ".join(f"({sql})::int as {name}" for name, sql in AGGREGATES.items()),
        """
  from whole
 group by day, doctor_id
""",
    )
)

# Booked minutes are spread over the local hours of a visit; the visit counts in the hour in which it starts.
BY_HOUR = "".join(
    (
        VISITS,
        """
, timed as (
  select day, due, status, minutes,
         extract(hour from starts_at at time zone %(zone)s)::int * 60
           + extract(minute from starts_at at time zone %(zone)s)::int as at
    from visits
)
select day, hour, sum(visits)::int as visits, sum(no_shows)::int as no_shows, sum(minutes)::int as booked_minutes
  from (
    select day, at / 60 as hour, due::int as visits, (status = 'no-show')::int as no_shows, 0 as minutes from timed
    union all
    select day, hour, 0, 0, least(at + minutes, hour * 60 + 60) - greatest(at, hour * 60)
      from timed cross join lateral generate_series(at / 60, least((at + minutes - 1) / 60, 23)) as hour
     where status not in ('cancelled', 'no-show')
  ) parts
 group by day, hour
""",
    )
)


def parameters(actor: Actor, days: Sequence[dt.date], at: dt.datetime) -> dict[str, Any]:
    """The parameters of both statements, to count these days as of the instant `at`."""
    bounds = [clock.day_bounds(day, actor.timezone) for day in days]
    return {
        "clinic": actor.clinic_id,
        "zone": ZoneInfo(actor.timezone).key,
        "now": at,
        "days": list(days),
        "starts": [start for start, _ in bounds],
        "ends": [end for _, end in bounds],
        "low": min(start for start, _ in bounds),
        "high": max(end for _, end in bounds),
    }


def count_by_doctor(actor: Actor, days: Sequence[dt.date], at: dt.datetime) -> list[dict[str, Any]]:
    """Totals as rows of `day`, `doctor_id` and COUNTED. One query, none for no days."""
    return _rows(BY_DOCTOR, actor, days, at)


def count_by_hour(actor: Actor, days: Sequence[dt.date], at: dt.datetime) -> list[dict[str, Any]]:
    """Totals as rows of `day`, `hour`, `visits`, `no_shows` and `booked_minutes`. One query, none for no days."""
    return _rows(BY_HOUR, actor, days, at)


def _rows(statement: str, actor: Actor, days: Sequence[dt.date], at: dt.datetime) -> list[dict[str, Any]]:
    if not days:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters(actor, days, at))
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
