"""Mark overdue appointments as no-shows, periodically."""

import datetime as dt

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.clinics.selectors import settings_of
from scheduling.models import Appointment
from scheduling.operations.appointments.lifecycle import mark_no_show

BATCH = 200


@transaction.atomic
def mark_overdue(actor: Actor, *, at: dt.datetime, limit: int = BATCH) -> int:
    """Mark open appointments without an arrival within the clinic's threshold as no-shows. Returns their number.

    Locked rows (an arrival being recorded) are skipped until the next run, so that an arrival always wins. Safe to run
    concurrently. A threshold of 0 disables it; video visits are marked only if the clinic's settings include them.
    """
    settings = settings_of(actor)
    if settings.auto_no_show_threshold == 0:
        return 0
    overdue = Appointment.objects.visible_to(actor).overdue(
        started_before=at - dt.timedelta(minutes=settings.auto_no_show_threshold),
        with_video=settings.no_show_virtual,
    )
    locked = list(overdue.select_for_update(of=("self",), skip_locked=True).order_by("pk")[:limit])
    for visit in locked:
        mark_no_show(actor, visit.pk, at=at)
    return len(locked)
