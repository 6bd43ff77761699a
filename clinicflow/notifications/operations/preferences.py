"""Notification preferences."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.core.errors import Forbidden, Invalid
from clinicflow.notifications.models import Notification, NotificationPreference


def preferences_of(actor: Actor, *, lock: bool = False) -> NotificationPreference:
    """The actor's preferences, locked if `lock`; unsaved defaults if there are none yet."""
    rows = NotificationPreference.objects.visible_to(actor)
    own = (rows.select_for_update(of=("self",)) if lock else rows).first()
    return own or NotificationPreference(clinic_id=actor.clinic_id, user_id=_user_id(actor), role=str(actor.role))


@transaction.atomic
def save(actor: Actor, *, muted: Collection[str], email: str) -> NotificationPreference:
    """Save the muted kinds and when to send email. Invalid for unknown values."""
    errors: dict[str, list[str]] = {}
    if set(muted) - set(Notification.Kind.values):
        errors["muted"] = [f"Choose from {', '.join(Notification.Kind.values)}."]
    if email not in NotificationPreference.Email.values:
        errors["email"] = [f"Choose one of {', '.join(NotificationPreference.Email.values)}."]
    if errors:
        raise Invalid(fields=errors)
    row, _ = NotificationPreference.objects.update_or_create(
        clinic_id=actor.clinic_id,
        user_id=_user_id(actor),
        role=str(actor.role),
        defaults={"muted": sorted(set(muted)), "email": email},
    )
    return row


def _user_id(actor: Actor) -> UUID:
    """The actor's user; Forbidden for patients and the system, which have no preferences."""
    if actor.user_id is None:
        raise Forbidden()
    return actor.user_id
