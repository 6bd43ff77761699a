"""A patient's other visits, which the front desk sees before it books one more."""

import datetime as dt
from uuid import UUID

from clinicflow.access.actor import Actor
from clinicflow.core import clock
from scheduling.models import Appointment

MAX_UPCOMING = 3


def upcoming_visits(actor: Actor, patient_id: UUID, now: dt.datetime) -> list[Appointment]:
    """The patient's next open visits with their doctors, at most MAX_UPCOMING. One query."""
    rows = Appointment.objects.visible_to(actor).open().filter(patient_id=patient_id, ends_at__gt=now)
    return list(rows.select_related("doctor").order_by("starts_at", "pk")[:MAX_UPCOMING])


def visits_of_day(actor: Actor, patient_id: UUID, at: dt.datetime) -> list[Appointment]:
    """The patient's visits on the clinic's local day of an instant, with their doctors. One query."""
    day = clock.local(at, actor.timezone).date()
    rows = Appointment.objects.visible_to(actor).live().on(day, actor.timezone).filter(patient_id=patient_id)
    return list(rows.select_related("doctor").order_by("starts_at", "pk"))
