"""The clinic's estimate of the staff minutes per task."""

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.core.errors import Forbidden, Invalid
from dashboards.models import TaskMinutes

MAX_MINUTES = 120


@transaction.atomic
def update_task_minutes(actor: Actor, *, confirmation: int, message: int, intake: int, summary: int) -> TaskMinutes:
    """Set the minutes of each task, 0 to MAX_MINUTES. Forbidden for other roles than the owner, Invalid by field."""
    if actor.role != Role.OWNER:
        raise Forbidden()
    minutes = {"confirmation": confirmation, "message": message, "intake": intake, "summary": summary}
    errors = {
        name: [f"Enter 0 to {MAX_MINUTES} minutes."] for name, value in minutes.items() if not 0 <= value <= MAX_MINUTES
    }
    if errors:
        raise Invalid(fields=errors)
    row: TaskMinutes
    row, _ = TaskMinutes.objects.visible_to(actor).update_or_create(clinic_id=actor.clinic_id, defaults=minutes)
    return row


def task_minutes_of(actor: Actor) -> TaskMinutes:
    """The clinic's minutes, or the defaults if it has not set any. One query."""
    own: TaskMinutes | None = TaskMinutes.objects.visible_to(actor).first()
    return own or TaskMinutes(clinic_id=actor.clinic_id)
