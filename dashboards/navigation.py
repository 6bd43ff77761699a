"""The sidebar and the person's menu, by role. A page that is added is one more Entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.clinic_settings.schema import TABS
from clinicflow.clinics.models import Membership
from clinicflow.web.templatetags.ui import initials


@dataclass(frozen=True, kw_only=True)
class NavigationEntry:
    """One page of the sidebar. On a phone the first four are tabs, those with `more` move into the person's menu."""

    label: Any
    icon: str
    url_name: str
    more: bool = False


SIDEBARS: Mapping[Role, tuple[tuple[Any, tuple[NavigationEntry, ...]], ...]] = {
    Role.FRONT_DESK: (
        (
            "",
            (
                NavigationEntry(label=gettext_lazy("Schedule"), icon="calendar-days", url_name="schedule"),
                NavigationEntry(label=gettext_lazy("Patients"), icon="users", url_name="patients"),
                NavigationEntry(label=gettext_lazy("Intake"), icon="clipboard-list", url_name="intake"),
                NavigationEntry(label=gettext_lazy("Inbox"), icon="inbox", url_name="inbox"),
                NavigationEntry(label=gettext_lazy("Follow-ups"), icon="rotate-cw", url_name="follow_ups", more=True),
                NavigationEntry(label=gettext_lazy("Waitlist"), icon="hourglass", url_name="waitlist", more=True),
                NavigationEntry(label=gettext_lazy("Time off"), icon="plane", url_name="time_off", more=True),
                NavigationEntry(label=gettext_lazy("Settings"), icon="settings", url_name="settings", more=True),
                NavigationEntry(label=gettext_lazy("Users"), icon="users", url_name="people", more=True),
                NavigationEntry(label=gettext_lazy("Audit"), icon="scroll-text", url_name="audit", more=True),
            ),
        ),
    ),
    Role.DOCTOR: (
        (
            "",
            (
                NavigationEntry(label=gettext_lazy("My day"), icon="stethoscope", url_name="my_day"),
                NavigationEntry(label=gettext_lazy("My week"), icon="calendar-range", url_name="schedule_week"),
                NavigationEntry(label=gettext_lazy("Patients"), icon="users", url_name="patients"),
                NavigationEntry(label=gettext_lazy("Intake"), icon="clipboard-list", url_name="intake"),
                NavigationEntry(label=gettext_lazy("Follow-ups"), icon="rotate-cw", url_name="follow_ups", more=True),
                NavigationEntry(label=gettext_lazy("My settings"), icon="settings", url_name="settings_me", more=True),
                NavigationEntry(label=gettext_lazy("Time off"), icon="plane", url_name="time_off", more=True),
            ),
        ),
    ),
    Role.OWNER: (
        (
            "",
            (
                NavigationEntry(label=gettext_lazy("Overview"), icon="chart-column", url_name="overview"),
                NavigationEntry(label=gettext_lazy("Settings"), icon="settings", url_name="settings", more=True),
                NavigationEntry(label=gettext_lazy("Audit"), icon="scroll-text", url_name="audit", more=True),
            ),
        ),
    ),
}
# Pages of their own that belong to a tab of the settings: tab -> (label of the tab's own page, then its other pages).
SETTINGS_PAGES: Mapping[str, tuple[Any, tuple[NavigationEntry, ...]]] = {
    "clinic": (
        gettext_lazy("Hours"),
        (
            NavigationEntry(label=gettext_lazy("Doctors"), icon="stethoscope", url_name="doctors"),
            NavigationEntry(label=gettext_lazy("Closures"), icon="calendar-x", url_name="closures"),
        ),
    ),
    "messaging": (
        gettext_lazy("Messaging"),
        (NavigationEntry(label=gettext_lazy("Language model"), icon="sparkles", url_name="settings_ai"),),
    ),
    "notifications": (
        gettext_lazy("The clinic"),
        (NavigationEntry(label=gettext_lazy("Mine"), icon="bell", url_name="notification_settings"),),
    ),
    "security": (
        gettext_lazy("Security"),
        (NavigationEntry(label=gettext_lazy("Users"), icon="users", url_name="people"),),
    ),
}
NOTIFIED_ROLES = frozenset({Role.FRONT_DESK, Role.DOCTOR})  # who gets notifications
ROLE_ICONS = {"admin": "calendar-days", "doctor": "stethoscope", "owner": "chart-column"}


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Template context `navigation`; nothing is read unless a page of the staff shell shows it."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or not actor.is_staff:
        return {}
    return {"navigation": SimpleLazyObject(lambda: _navigation(request, actor))}


def _navigation(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    groups = [
        {"title": title, "entries": [_entry(entry, request.path) for entry in entries]}
        for title, entries in SIDEBARS[actor.role]
    ]
    _mark_current([entry for group in groups for entry in group["entries"]])
    return {
        "groups": groups,
        "more": [entry for group in groups for entry in group["entries"] if entry["more"]],
        "settings_tabs": lambda: settings_tabs(actor, request.path),
        "live_path": f"/ws/clinic/{actor.clinic_id}",
        "refresh_seconds": request.clinic_settings.auto_refresh_interval,  # type: ignore[attr-defined]  # ActorMiddleware
        "has_bell": actor.role in NOTIFIED_ROLES,
        "clinic_name": actor.clinic_name,
        "person_name": actor.name,
        "person_initials": initials(actor.name),
        "role_name": Membership.Role(actor.role).label,
    }


def _entry(entry: NavigationEntry, path: str) -> dict[str, Any]:
    url = reverse(entry.url_name)
    current = path == url or path.startswith(f"{url}/")
    return {"label": entry.label, "icon": entry.icon, "url": url, "more": entry.more, "current": current}


def _mark_current(entries: Sequence[dict[str, Any]]) -> None:
    """Where a page lies under two entries (Users under Settings), the nearer one is the present."""
    current = [entry for entry in entries if entry["current"]]
    for entry in current:
        entry["current"] = len(entry["url"]) == max(len(other["url"]) for other in current)


def settings_tabs(actor: Actor, path: str) -> list[dict[str, Any]]:
    """The tabs of the settings with the pages under them, the present ones marked; a doctor has none."""
    if actor.role not in {Role.FRONT_DESK, Role.OWNER}:
        return []
    return [_settings_tab(tab.slug, tab.label, tab.icon, actor, path) for tab in TABS]


def _settings_tab(slug: str, label: Any, icon: str, actor: Actor, path: str) -> dict[str, Any]:
    url = reverse("settings_tab", args=[slug])
    own_label, others = SETTINGS_PAGES.get(slug, (label, ()))
    own = {"label": own_label, "url": url, "current": path == url}
    pages = [own, *(_entry(entry, path) for entry in others)] if others and actor.role == Role.FRONT_DESK else []
    current = path == url or any(page["current"] for page in pages)
    return {"label": label, "icon": icon, "url": url, "pages": pages, "current": current, "here": path == url}


def roles_of(actor: Actor) -> list[dict[str, Any]]:
    """Every role that this person may work in, the present one marked."""
    if actor.user_id is None:
        return []
    memberships = Membership.objects.active().filter(user_id=actor.user_id).select_related("clinic")
    return [
        {
            "id": str(membership.pk),
            "label": _(membership.get_role_display()),
            "clinic_name": membership.clinic.name,
            "icon": ROLE_ICONS[membership.role],
            "current": membership.pk == actor.membership_id,
        }
        for membership in memberships.order_by("clinic__name", "role")
    ]
