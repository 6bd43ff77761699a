"""Open alerts of danger, shaped for the pages that lead with them.

The doctor reads the patient's words; the front desk reads what kind of danger it is, and the words only where they came
in a message, since answers on a form are clinical.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aiassist.engine.danger import DangerKind
from aiassist.models import DangerAlert
from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from scheduling.models import Appointment

LABELS: dict[str, Promise] = {
    DangerKind.CHEST: _("Chest pain"),
    DangerKind.BREATH: _("Trouble breathing"),
    DangerKind.SELF_HARM: _("Thoughts of self-harm"),
    DangerKind.DYING: _("Fear of dying"),
    DangerKind.POISONING: _("Overdose or poisoning"),
    DangerKind.BLEEDING: _("Bleeding"),
    DangerKind.PREGNANCY: _("Pregnancy emergency"),
    DangerKind.CHILD: _("Child in danger"),
    DangerKind.ALLERGY: _("Severe allergic reaction"),
    DangerKind.STROKE: _("Signs of a stroke"),
    DangerKind.FAINTING: _("Fainting"),
    DangerKind.SEIZURE: _("Seizure"),
    DangerKind.HEAD_INJURY: _("Head injury"),
    DangerKind.PAIN: _("Severe pain"),
    DangerKind.VIOLENCE: _("Violence"),
    DangerKind.EMERGENCY: _("Emergency"),
}
MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAlert:
    """One open alert as this reader may see it; `quote` is empty where they may not read the words."""

    id: UUID
    label: Promise | str
    quote: str
    found_at: dt.datetime
    withdrawn_at: dt.datetime | None
    in_message: bool
    appointment: Appointment

    @property
    def is_withdrawn(self) -> bool:
        """Whether the patient has taken the words out of the answer again."""
        return self.withdrawn_at is not None


def alerts_of_appointment(actor: Actor, appointment_id: UUID) -> list[ShownAlert]:
    """The open alerts of one appointment, the newest first. One query."""
    return _shown(actor, DangerAlert.objects.visible_to(actor).open().of_appointment(appointment_id))


def open_alerts(actor: Actor) -> list[ShownAlert]:
    """The newest open alerts of the clinic, of their own patients for a doctor; at most MOST. One query."""
    return _shown(actor, DangerAlert.objects.visible_to(actor).open())


def kind_label(alert: DangerAlert) -> Promise | str:
    """The kind of danger as pages show it."""
    return LABELS.get(alert.kind, alert.kind)


def readable_quote(actor: Actor, alert: DangerAlert) -> str:
    """The patient's words, or an empty string for a reader who may not read answers on forms."""
    return alert.quote if actor.role == Role.DOCTOR or alert.interaction_id else ""


def _shown(actor: Actor, rows: QuerySet[DangerAlert]) -> list[ShownAlert]:
    found = rows.select_related("appointment__patient", "appointment__doctor")[:MOST]
    return [
        ShownAlert(
            id=alert.pk,
            label=kind_label(alert),
            quote=readable_quote(actor, alert),
            found_at=alert.found_at,
            withdrawn_at=alert.withdrawn_at,
            in_message=alert.interaction_id is not None,
            appointment=alert.appointment,
        )
        for alert in found
    ]
