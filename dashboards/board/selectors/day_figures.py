"""Measured hot reads of the dashboards, each one query; tests compare them with the querysets."""

import datetime as dt
from typing import Any

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.core import clock
from clinicflow.db.prepared import prepared_cursor

READERS = frozenset({Role.FRONT_DESK, Role.DOCTOR, Role.SYSTEM})
FIGURES = (
    *("total", "confirmed", "unconfirmed", "completed", "cancelled", "no_show"),
    *("arrived", "intake_missing", "needs_attention"),
)
# A visit that was given another time is counted where it went, not where it was.
DAY_FIGURES = """
select count(*),
       count(*) filter (where status = 'confirmed'),
       count(*) filter (where status = 'unconfirmed'),
       count(*) filter (where status = 'completed'),
       count(*) filter (where status = 'cancelled'),
       count(*) filter (where status = 'no-show'),
       count(*) filter (where arrived and status in ('unconfirmed', 'confirmed')),
       count(*) filter (where intake_status = 'missing' and status in ('unconfirmed', 'confirmed')),
       count(*) filter (where needs_attention)
  from appointments
 where clinic_id = %(clinic)s and starts_at >= %(start)s and starts_at < %(end)s and deleted_at is null
   and not rescheduled and (%(doctor)s::uuid is null or doctor_id = %(doctor)s::uuid)
"""


def day_figures(actor: Actor, day: dt.date) -> dict[str, Any]:
    """How the visits of a local day stand, by FIGURES: the front desk's, or a doctor's own.

    The five statuses add up to `total`. `arrived` and `intake_missing` count open visits only. Nothing for roles that
    may not see visits.
    """
    if actor.role not in READERS:
        return {"date": day, **dict.fromkeys(FIGURES, 0)}
    start, end = clock.day_bounds(day, actor.timezone)
    mine = actor.doctor_id if actor.role == Role.DOCTOR else None
    with prepared_cursor() as cursor:
        cursor.execute(DAY_FIGURES, {"clinic": actor.clinic_id, "start": start, "end": end, "doctor": mine})
        return {"date": day, **dict(zip(FIGURES, cursor.fetchone(), strict=True))}
