"""Visits that nobody came to, found by the clock."""

import datetime as dt

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.clinics.models import ClinicSettings
from scheduling.models import Appointment
from scheduling.operations.appointments.lifecycle import mark_no_show

BATCH = 200


@transaction.atomic
def mark_overdue(actor: Actor, *, at: dt.datetime, limit: int = BATCH) -> int:
    """Mark open visits that nobody arrived for within the clinic's threshold; how many there were.

    Rows that somebody is just writing (an arrival) are left for the next minute, so an arrival always wins. Safe to
    run twice at once. A threshold of 0 is off; video visits count only where the clinic says so.
    """
    settings = ClinicSettings.objects.visible_to(actor).get()
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
