"""Reads of the audit log: pages of entries with their changes as old → new, and the state of the hash chain."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.accounts.models import User
from clinicflow.audit.chain import SealState, sealed_state
from clinicflow.audit.models import AuditLog
from clinicflow.clinics.models import Membership

PAGE_SIZE = 50
MAX_VALUE_LENGTH = 160
FINGERPRINT = "sha256:"  # begins the hash that the trigger stores instead of a patient's words
NOT_STORED = "(not stored)"
VERIFIED = "audit.verified"
SEALS = "audit_seals"
# Tables without patient data, whose values owners may see.
TABLES_WITHOUT_PATIENTS = frozenset(
    {"audit_seals", "auth_sessions", "clinic_settings", "clinics", "doctor_settings", "doctors", "memberships", "users"}
)
HIDDEN_FIELDS = frozenset({"id", "clinic_id", "created_at", "updated_at", "version", "search_first", "search_last"})
ACTIONS = {
    "create": _("Created"),
    "update": _("Changed"),
    "delete": _("Deleted"),
    "read": _("Viewed"),
    "login": _("Signed in"),
    "logout": _("Signed out"),
    "switch_role": _("Switched role"),
    "privilege": _("Changed permissions"),
    "denied": _("Access denied"),
    "refused": _("Rejected"),
    "export": _("Exported"),
    "appointment.override": _("Booked anyway"),
    "patient.merged": _("Merged patients"),
    "invitation.sent": _("Resent an invitation"),
    "invitation.cancelled": _("Cancelled an invitation"),
    "password_reset.sent": _("Sent a password reset"),
    "calendar_feed.issued": _("Created a calendar feed"),
    "calendar_feed.revoked": _("Revoked a calendar feed"),
    VERIFIED: _("Verified the audit log"),
}
RECORD_TYPES = {
    "appointments": _("Visits"),
    "patients": _("Patients"),
    "cancellations": _("Cancellations"),
    "messages": _("Messages"),
    "ai_interactions": _("AI interactions"),
    "intake_forms": _("Intake forms"),
    "ai_intake_summaries": _("Summaries"),
    "doctor_notes": _("Doctor notes"),
    "follow_ups": _("Follow-ups"),
    "waitlist_entries": _("Waitlist"),
    "time_off": _("Time off"),
    "closures": _("Closures"),
    "doctors": _("Doctors"),
    "doctor_settings": _("Doctor settings"),
    "clinic_settings": _("Clinic settings"),
    "clinics": _("Clinic"),
    "memberships": _("Roles"),
    "users": _("Users"),
    "auth_sessions": _("Sessions"),
    "audit_logs": _("Audit log"),
    SEALS: _("Audit chain"),
}


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """A field's value before and after a change; None if empty."""

    name: str
    old: str | None
    new: str | None


@dataclass(frozen=True, kw_only=True)
class LogEntry:
    """An entry, formatted for the page. `open` is whether the actor may see its values."""

    entry: AuditLog
    action: Any
    thing: Any
    who: str
    open: bool
    reason: str
    changes: Sequence[FieldChange]


@dataclass(frozen=True, kw_only=True)
class LogPage:
    """A page of the log, newest first. `older` is the cursor of the next page, None on the last."""

    lines: Sequence[LogEntry]
    older: int | None

    @property
    def patient_ids(self) -> list[UUID]:
        """The patients whose values are shown, for the audit of this read."""
        return [patient_id for line in self.lines if line.open for patient_id in line.entry.patient_ids]


@dataclass(frozen=True, kw_only=True)
class ChainStatus:
    """How far the log is sealed, and the entry of the last verification."""

    sealed: SealState
    checked: AuditLog | None


def shows_values(actor: Actor, entry: AuditLog) -> bool:
    """Whether the actor may see an entry's values: an owner only those of tables without patients."""
    return actor.role != Role.OWNER or entry.resource_type in TABLES_WITHOUT_PATIENTS


def reason_for(actor: Actor, entry: AuditLog) -> str:
    """The reason that the actor may see. A rejection's is a code; others are free text, shown like values."""
    return entry.reason if entry.outcome != "ok" or shows_values(actor, entry) else ""


def list_entries(actor: Actor, *, before: int | None = None, **filters: Any) -> LogPage:
    """The newest entries that match `filters`, with an id below `before`. One query."""
    rows = AuditLog.objects.visible_to(actor).matching(**filters).select_related("user").order_by("-id")
    if before:
        rows = rows.filter(pk__lt=before)
    entries = list(rows[: PAGE_SIZE + 1])
    shown = entries[:PAGE_SIZE]
    older = shown[-1].pk if len(entries) > PAGE_SIZE else None
    return LogPage(lines=[_log_entry(actor, entry) for entry in shown], older=older)


def chain_status(actor: Actor) -> ChainStatus:
    """How far the clinic's log is sealed, and its last verification. Three queries."""
    checks = AuditLog.objects.visible_to(actor).matching(resource_type=SEALS, action=VERIFIED)
    return ChainStatus(sealed=sealed_state(actor.clinic_id), checked=checks.order_by("-id").first())


def without_fingerprints(values: dict[str, Any] | None) -> dict[str, Any] | None:
    """Values of an entry with NOT_STORED for texts that are kept as a hash: short ones could be guessed."""
    if values is None:
        return None
    return {
        name: NOT_STORED if isinstance(value, str) and value.startswith(FINGERPRINT) else value
        for name, value in values.items()
    }


def users_of_clinic(actor: Actor) -> Sequence[User]:
    """The clinic's members as users, by name, for the filter. One query."""
    ids = Membership.objects.visible_to(actor).joined().values("user_id")
    return list(User.objects.filter(pk__in=ids).order_by("name"))


def _log_entry(actor: Actor, entry: AuditLog) -> LogEntry:
    is_visible = shows_values(actor, entry)
    return LogEntry(
        entry=entry,
        action=ACTIONS.get(entry.action, entry.action.replace("_", " ").replace(".", ": ")),
        thing=RECORD_TYPES.get(entry.resource_type, entry.resource_type.replace("_", " ")),
        who=entry.user.name if entry.user is not None else "",
        open=is_visible,
        reason=reason_for(actor, entry),
        changes=changes_of(entry.old_values, entry.new_values) if is_visible else [],
    )


def changes_of(old: dict[str, Any] | None, new: dict[str, Any] | None) -> list[FieldChange]:
    """The fields that differ, by name, without versions and timestamps."""
    before, after = old or {}, new or {}
    names = sorted((set(before) | set(after)) - HIDDEN_FIELDS)
    return [
        FieldChange(name=name.replace("_", " "), old=_text(before.get(name)), new=_text(after.get(name)))
        for name in names
        if before.get(name) != after.get(name)
    ]


def _text(value: Any) -> str | None:
    if value is None or value in ("", [], {}):
        return None
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        text = ", ".join(str(_text(part) or "–") for part in value)
    elif isinstance(value, dict):
        text = "; ".join(f"{name}: {_text(part) or '–'}" for name, part in value.items())
    else:
        text = _scalar_text(value)
    return text if len(text) <= MAX_VALUE_LENGTH else f"{text[:MAX_VALUE_LENGTH]}…"


def _scalar_text(value: Any) -> str:
    """An instant in UTC without seconds, or any other value as text; nothing of a hash."""
    text = str(value)
    if text.startswith(FINGERPRINT):
        return str(_("not stored"))
    if len(text) > 18 and text[4:5] == "-" and text[10:11] in {"T", " "}:
        try:
            return f"{dt.datetime.fromisoformat(text).astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"
        except ValueError:
            return text
    return text
