"""The sidebar and the person's menu, by role. A page that is added is one more Entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinicflow.clinics.actors import Actor, Role
from clinicflow.clinics.models import Membership
from clinicflow.web.templatetags.ui import initials


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One page of the sidebar. On a phone the first four are tabs, those with `more` move into the person's menu."""

    label: Any
    icon: str
    url_name: str
    more: bool = False


SIDEBARS: Mapping[Role, tuple[tuple[Any, tuple[Entry, ...]], ...]] = {
    Role.ADMIN: (
        (
            "",
            (
                Entry(label=gettext_lazy("Schedule"), icon="calendar-days", url_name="schedule"),
                Entry(label=gettext_lazy("Intake"), icon="clipboard-list", url_name="intake"),
                Entry(label=gettext_lazy("Messages"), icon="message-square", url_name="messages"),
                Entry(label=gettext_lazy("AI"), icon="sparkles", url_name="settings_ai", more=True),
            ),
        ),
    ),
    Role.DOCTOR: (
        (
            "",
            (
                Entry(label=gettext_lazy("My day"), icon="stethoscope", url_name="my_day"),
                Entry(label=gettext_lazy("Intake"), icon="clipboard-list", url_name="intake"),
            ),
        ),
    ),
    Role.OWNER: (("", (Entry(label=gettext_lazy("Overview"), icon="chart-column", url_name="overview"),)),),
}
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
    return {
        "groups": groups,
        "more": [entry for group in groups for entry in group["entries"] if entry["more"]],
        "live_path": f"/ws/clinic/{actor.clinic_id}",
        "refresh_seconds": request.clinic_settings.auto_refresh_interval,  # type: ignore[attr-defined]  # ActorMiddleware
        "clinic_name": actor.clinic_name,
        "person_name": actor.name,
        "person_initials": initials(actor.name),
        "role_name": Membership.Role(actor.role).label,
    }


def _entry(entry: Entry, path: str) -> dict[str, Any]:
    url = reverse(entry.url_name)
    current = path == url or path.startswith(f"{url}/")
    return {"label": entry.label, "icon": entry.icon, "url": url, "more": entry.more, "current": current}


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
