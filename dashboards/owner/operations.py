"""What the clinic reckons that its tasks take by hand."""

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.core.errors import Forbidden, Invalid
from dashboards.models import TaskMinutes

MAX_MINUTES = 120


@transaction.atomic
def update_task_minutes(actor: Actor, *, confirmation: int, message: int, intake: int, summary: int) -> TaskMinutes:
    """Set the minutes of each task, 0 to 120. Forbidden for anyone but the owner, Invalid by field."""
    if actor.role != Role.OWNER:
        raise Forbidden()
    minutes = {"confirmation": confirmation, "message": message, "intake": intake, "summary": summary}
    wrong = {
        name: [f"From 0 to {MAX_MINUTES} minutes."] for name, value in minutes.items() if not 0 <= value <= MAX_MINUTES
    }
    if wrong:
        raise Invalid(fields=wrong)
    row: TaskMinutes
    row, _ = TaskMinutes.objects.visible_to(actor).update_or_create(clinic_id=actor.clinic_id, defaults=minutes)
    return row


def task_minutes_of(actor: Actor) -> TaskMinutes:
    """The clinic's minutes, or the usual ones until it has set its own. One query."""
    own: TaskMinutes | None = TaskMinutes.objects.visible_to(actor).first()
    return own or TaskMinutes(clinic_id=actor.clinic_id)
