"""The sidebar by role, the tabs of the settings, and the menu of roles. A new page needs a NavigationEntry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from clinicflow.access.actor import Actor
from clinicflow.access.guards import role_required
from clinicflow.access.http import request_actor
from clinicflow.access.roles import Role
from clinicflow.clinic_settings.schema import TABS
from clinicflow.clinics.http import ClinicRequest, clinic_request
from clinicflow.clinics.models import Membership
from clinicflow.web.render import render_page
from clinicflow.web.templatetags.ui import initials


@dataclass(frozen=True, kw_only=True)
class NavigationEntry:
    """One page of the sidebar. On phones the first four are tabs, and those with `more` are in the account menu."""

    label: str | Promise
    icon: str
    url_name: str
    more: bool = False


class NavigationLink(TypedDict):
    """A page of the sidebar or of a settings tab, as templates read it."""

    label: str | Promise
    icon: str
    url: str
    more: bool
    current: bool


class NavigationGroup(TypedDict):
    """Links under a title of the sidebar."""

    title: str | Promise
    entries: list[NavigationLink]


class SettingsTab(TypedDict):
    """A settings tab with its pages; `here` tells whether its own page is the current one."""

    label: str | Promise
    icon: str
    url: str
    pages: list[NavigationLink]
    current: bool
    here: bool


class RoleChoice(TypedDict):
    """A membership in the menu of roles."""

    id: str
    label: str
    clinic_name: str
    icon: str
    current: bool


SIDEBARS: Mapping[Role, tuple[tuple[str | Promise, tuple[NavigationEntry, ...]], ...]] = {
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
# Further pages of a settings tab: tab -> (label of the tab's own page, its other pages).
SETTINGS_PAGES: Mapping[str, tuple[str | Promise, tuple[NavigationEntry, ...]]] = {
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
NOTIFIED_ROLES = frozenset({Role.FRONT_DESK, Role.DOCTOR})
ROLE_ICONS = {"admin": "calendar-days", "doctor": "stethoscope", "owner": "chart-column"}


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `navigation` for staff pages, evaluated when a template uses it."""
    actor = request_actor(request)
    if actor is None or not actor.is_staff:
        return {}
    return {"navigation": SimpleLazyObject(lambda: _navigation(request, actor))}


def _navigation(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    groups: list[NavigationGroup] = [
        {"title": title, "entries": [_entry(entry, request.path) for entry in entries]}
        for title, entries in SIDEBARS[actor.role]
    ]
    _mark_current([entry for group in groups for entry in group["entries"]])
    return {
        "groups": groups,
        "more": [entry for group in groups for entry in group["entries"] if entry["more"]],
        "settings_tabs": lambda: settings_tabs(actor, request.path),
        "live_path": f"/ws/clinic/{actor.clinic_id}",
        "membership_id": actor.membership_id,
        "refresh_seconds": clinic_request(request).clinic_settings.auto_refresh_interval,
        "has_bell": actor.role in NOTIFIED_ROLES,
        "clinic_name": actor.clinic_name,
        "person_name": actor.name,
        "person_initials": initials(actor.name),
        "role_name": Membership.Role(actor.role).label,
    }


def _entry(entry: NavigationEntry, path: str) -> NavigationLink:
    url = reverse(entry.url_name)
    current = path == url or path.startswith(f"{url}/")
    return {"label": entry.label, "icon": entry.icon, "url": url, "more": entry.more, "current": current}


def _mark_current(entries: Sequence[NavigationLink]) -> None:
    """Of several current entries (Users below Settings), mark only the one with the longest URL."""
    current = [entry for entry in entries if entry["current"]]
    for entry in current:
        entry["current"] = len(entry["url"]) == max(len(other["url"]) for other in current)


def settings_tabs(actor: Actor, path: str) -> list[SettingsTab]:
    """The tabs of the settings with their pages, the current ones marked. Empty for a doctor."""
    if actor.role not in {Role.FRONT_DESK, Role.OWNER}:
        return []
    return [_settings_tab(tab.slug, tab.label, tab.icon, actor, path) for tab in TABS]


def _settings_tab(slug: str, label: str | Promise, icon: str, actor: Actor, path: str) -> SettingsTab:
    url = reverse("settings_tab", args=[slug])
    own_label, others = SETTINGS_PAGES.get(slug, (label, ()))
    own: NavigationLink = {"label": own_label, "icon": icon, "url": url, "more": False, "current": path == url}
    pages = [own, *(_entry(entry, path) for entry in others)] if others and actor.role == Role.FRONT_DESK else []
    current = path == url or any(page["current"] for page in pages)
    return {"label": label, "icon": icon, "url": url, "pages": pages, "current": current, "here": path == url}


def roles_of(actor: Actor) -> list[RoleChoice]:
    """The active memberships of the actor's user, the current one marked."""
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


@require_GET
@role_required("admin", "doctor", "owner")
def role_menu(request: ClinicRequest) -> HttpResponse:
    """The roles that the member can switch to, for the account menu."""
    return render_page(request, "dashboards/_roles.html", {"roles": roles_of(request.actor)})
