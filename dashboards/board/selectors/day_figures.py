"""The figures of a local day in one query; tests compare them with the querysets."""

import datetime as dt
from typing import Any

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.core import clock
from clinicflow.db.prepared import prepared_cursor
from dashboards.board.selectors.select_lists import select_list

READERS = frozenset({Role.FRONT_DESK, Role.DOCTOR, Role.SYSTEM})
FIGURES = {
    "total": "count(*)",
    "confirmed": "count(*) filter (where status = 'confirmed')",
    "unconfirmed": "count(*) filter (where status = 'unconfirmed')",
    "completed": "count(*) filter (where status = 'completed')",
    "cancelled": "count(*) filter (where status = 'cancelled')",
    "no_show": "count(*) filter (where status = 'no-show')",
    "arrived": "count(*) filter (where arrived and status in ('unconfirmed', 'confirmed'))",
    "intake_missing": "count(*) filter (where intake_status = 'missing' and status in ('unconfirmed', 'confirmed'))",
    "needs_attention": "count(*) filter (where needs_attention)",
}
# A rescheduled visit counts at its new time only.
DAY_FIGURES = f"""
select {select_list(FIGURES, FIGURES)}
  from appointments
 where clinic_id = %(clinic)s and starts_at >= %(start)s and starts_at < %(end)s and deleted_at is null
   and not rescheduled and (%(doctor)s::uuid is null or doctor_id = %(doctor)s::uuid)
"""  # noqa: S608 - names of this module


def day_figures(actor: Actor, day: dt.date) -> dict[str, Any]:
    """The numbers of visits of a local day by FIGURES: the clinic's for the front desk, a doctor's own for a doctor.

    The five statuses add up to `total`. `arrived` and `intake_missing` count open visits only. Zeros for other roles.
    """
    if actor.role not in READERS:
        return {"date": day, **dict.fromkeys(FIGURES, 0)}
    start, end = clock.day_bounds(day, actor.timezone)
    doctor_id = actor.doctor_id if actor.role == Role.DOCTOR else None
    with prepared_cursor() as cursor:
        cursor.execute(DAY_FIGURES, {"clinic": actor.clinic_id, "start": start, "end": end, "doctor": doctor_id})
        return {"date": day, **dict(zip(FIGURES, cursor.fetchone(), strict=True))}
