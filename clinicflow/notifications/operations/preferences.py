"""What a person wants to hear of."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.core.errors import Forbidden, Invalid
from clinicflow.notifications.models import Notification, NotificationPreference


def preferences_of(actor: Actor, *, lock: bool = False) -> NotificationPreference:
    """The actor's own preferences, locked on wish; the defaults, unsaved, for somebody who has chosen nothing."""
    rows = NotificationPreference.objects.visible_to(actor)
    own = (rows.select_for_update(of=("self",)) if lock else rows).first()
    return own or NotificationPreference(clinic_id=actor.clinic_id, user_id=_person(actor), role=str(actor.role))


@transaction.atomic
def save(actor: Actor, *, muted: Collection[str], email: str) -> NotificationPreference:
    """Choose the kinds that are muted and when mail comes. Invalid for what there is not."""
    wrong: dict[str, list[str]] = {}
    if set(muted) - set(Notification.Kind.values):
        wrong["muted"] = [f"Choose from {', '.join(Notification.Kind.values)}."]
    if email not in NotificationPreference.Email.values:
        wrong["email"] = [f"Choose one of {', '.join(NotificationPreference.Email.values)}."]
    if wrong:
        raise Invalid(fields=wrong)
    row, _ = NotificationPreference.objects.update_or_create(
        clinic_id=actor.clinic_id,
        user_id=_person(actor),
        role=str(actor.role),
        defaults={"muted": sorted(set(muted)), "email": email},
    )
    return row


def _person(actor: Actor) -> UUID:
    """Only people have preferences."""
    if actor.user_id is None:
        raise Forbidden()
    return actor.user_id
