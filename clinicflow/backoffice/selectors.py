"""The audit log as people read it: a page of entries, each change as old → new, and the state of the chain."""

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

PAGE = 50
LONGEST = 160
VERIFIED = "audit.verified"
SEALS = "audit_seals"
# Tables that hold no patient: of these an owner reads the values too.
OWN_AFFAIRS = frozenset(
    {"audit_seals", "auth_sessions", "clinic_settings", "clinics", "doctor_settings", "doctors", "memberships", "users"}
)
QUIET = frozenset({"id", "clinic_id", "created_at", "updated_at", "version", "search_first", "search_last"})
ACTIONS = {
    "create": _("Created"),
    "update": _("Changed"),
    "delete": _("Deleted"),
    "read": _("Looked at"),
    "login": _("Signed in"),
    "logout": _("Signed out"),
    "switch_role": _("Changed role"),
    "privilege": _("Changed who may do what"),
    "denied": _("Was refused: role"),
    "refused": _("Was refused"),
    "export": _("Exported"),
    "appointment.override": _("Booked past a rule"),
    "patient.merged": _("Merged patients"),
    "invitation.sent": _("Sent an invitation again"),
    "invitation.cancelled": _("Took an invitation back"),
    "password_reset.sent": _("Sent a link for a new password"),
    "calendar_feed.issued": _("Made a calendar address"),
    "calendar_feed.revoked": _("Ended a calendar address"),
    VERIFIED: _("Checked the chain"),
}
THINGS = {
    "appointments": _("Visits"),
    "patients": _("Patients"),
    "cancellations": _("Cancellations"),
    "messages": _("Messages"),
    "ai_interactions": _("AI interactions"),
    "intake_forms": _("Intake forms"),
    "ai_intake_summaries": _("Summaries"),
    "doctor_notes": _("Doctors' notes"),
    "follow_ups": _("Follow-ups"),
    "waitlist_entries": _("Waitlist"),
    "time_off": _("Time off"),
    "closures": _("Closures"),
    "doctors": _("Doctors"),
    "doctor_settings": _("Doctors' settings"),
    "clinic_settings": _("Clinic's settings"),
    "clinics": _("Clinic"),
    "memberships": _("Roles"),
    "users": _("Users"),
    "auth_sessions": _("Sign-ins"),
    "audit_logs": _("Audit log"),
    SEALS: _("Audit chain"),
}


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """One field of a row, before and after; None where there was nothing."""

    name: str
    old: str | None
    new: str | None


@dataclass(frozen=True, kw_only=True)
class LogEntry:
    """One entry of the log. `open` is whether this reader may see its values."""

    entry: AuditLog
    action: Any
    thing: Any
    who: str
    open: bool
    reason: str
    changes: Sequence[FieldChange]


@dataclass(frozen=True, kw_only=True)
class LogPage:
    """A page of the log, newest first; `older` is where the next page begins."""

    lines: Sequence[LogEntry]
    older: int | None

    @property
    def patient_ids(self) -> list[UUID]:
        return [patient_id for line in self.lines if line.open for patient_id in line.entry.patient_ids]


@dataclass(frozen=True, kw_only=True)
class ChainStatus:
    """How far the log is sealed, and what the last check of it found."""

    sealed: SealState
    checked: AuditLog | None


def shows_values(actor: Actor, entry: AuditLog) -> bool:
    """Whether this reader may see an entry's values: an owner only those of the clinic's own affairs."""
    return actor.role != Role.OWNER or entry.resource_type in OWN_AFFAIRS


def reason_for(actor: Actor, entry: AuditLog) -> str:
    """Why, as far as this reader may know: of a refusal it is a code, of anything else somebody's own words."""
    return entry.reason if entry.outcome != "ok" or shows_values(actor, entry) else ""


def list_entries(actor: Actor, *, before: int | None = None, **asked: Any) -> LogPage:
    """The newest entries that match, of those with a number under `before`. One query."""
    rows = AuditLog.objects.visible_to(actor).matching(**asked).select_related("user").order_by("-id")
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    return LogPage(lines=[_line(actor, entry) for entry in shown], older=shown[-1].pk if len(found) > PAGE else None)


def chain_status(actor: Actor) -> ChainStatus:
    """How far the clinic's log is sealed, and its last check. Three queries."""
    checks = AuditLog.objects.visible_to(actor).matching(resource_type=SEALS, action=VERIFIED)
    return ChainStatus(sealed=sealed_state(actor.clinic_id), checked=checks.order_by("-id").first())


def users_of_clinic(actor: Actor) -> Sequence[User]:
    """Whoever may be named as the one who did it, by name."""
    ids = Membership.objects.visible_to(actor).values("user_id")
    return list(User.objects.filter(pk__in=ids).order_by("name"))


def _line(actor: Actor, entry: AuditLog) -> LogEntry:
    opened = shows_values(actor, entry)
    return LogEntry(
        entry=entry,
        action=ACTIONS.get(entry.action, entry.action.replace("_", " ").replace(".", ": ")),
        thing=THINGS.get(entry.resource_type, entry.resource_type.replace("_", " ")),
        who=entry.user.name if entry.user is not None else "",
        open=opened,
        reason=reason_for(actor, entry),
        changes=changes_of(entry.old_values, entry.new_values) if opened else [],
    )


def changes_of(old: dict[str, Any] | None, new: dict[str, Any] | None) -> list[FieldChange]:
    """The fields that differ, by name; numbers of versions and times of saving are left out."""
    before, after = old or {}, new or {}
    names = sorted((set(before) | set(after)) - QUIET)
    return [
        FieldChange(name=name.replace("_", " "), old=_words(before.get(name)), new=_words(after.get(name)))
        for name in names
        if before.get(name) != after.get(name)
    ]


def _words(value: Any) -> str | None:
    if value is None or value in ("", [], {}):
        return None
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        text = ", ".join(str(_words(part) or "–") for part in value)
    elif isinstance(value, dict):
        text = "; ".join(f"{name}: {_words(part) or '–'}" for name, part in value.items())
    else:
        text = _moment(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _moment(value: Any) -> str:
    """An instant without its fractions, anything else as it is."""
    text = str(value)
    if text.startswith("sha256:"):
        return str(_("not kept, fingerprint %(hash)s") % {"hash": text.removeprefix("sha256:")[:8]})
    if len(text) > 18 and text[4:5] == "-" and text[10:11] in {"T", " "}:
        try:
            return f"{dt.datetime.fromisoformat(text).astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"
        except ValueError:
            return text
    return text
