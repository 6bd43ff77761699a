"""The notification menu, the list page and the member's preferences."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinicflow.access.guards import role_required
from clinicflow.audit.log import record_access
from clinicflow.clinics.http import ClinicRequest
from clinicflow.core import clock
from clinicflow.notifications.models import Notification, NotificationPreference
from clinicflow.notifications.operations import notifications, preferences
from clinicflow.notifications.operations.notifications import SWITCHES
from clinicflow.web.render import render_page, wants_fragment
from dashboards.notification_center.forms import KINDS, PreferencesForm
from dashboards.notification_center.selectors.notification_text import by_day_and_kind, items_for, patients_of

PAGE = 50
LATEST = 8


@require_GET
@role_required("admin", "doctor")
def notification_list(request: ClinicRequest) -> HttpResponse:
    """The member's notifications by day and kind, newest first; `?show=unread` filters unread ones."""
    actor = request.actor
    rows = Notification.objects.visible_to(actor).in_app()
    unread = rows.unread().count()
    only_unread = request.GET.get("show") == "unread"
    shown = (rows.unread() if only_unread else rows).order_by("-created_at", "id")
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    items = items_for(actor, list(page))
    record_access(actor, "appointments", patients_of(items))
    context = {
        "days": by_day_and_kind(actor, items),
        "page": page,
        "unread": unread,
        "only_unread": only_unread,
        "in_app": request.clinic_settings.notify_via_app,
    }
    return render_page(request, "dashboards/notification_list.html", context, partial="list")


@require_GET
@role_required("admin", "doctor")
def notification_bell(request: ClinicRequest) -> HttpResponse:
    """The number of unread notifications, for the menu."""
    return render_page(request, "dashboards/_bell_count.html", {"unread": _unread(request)})


@require_GET
@role_required("admin", "doctor")
def notification_latest(request: ClinicRequest) -> HttpResponse:
    """The latest notifications, for the menu."""
    return render_page(request, "dashboards/_bell_list.html", _latest(request))


@require_POST
@role_required("admin", "doctor")
def notification_open(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Mark a notification as read and redirect to its subject."""
    row = notifications.mark_read(request.actor, pk, at=clock.now())
    (item,) = items_for(request.actor, [row])
    return HttpResponseRedirect(item.url)


@require_POST
@role_required("admin", "doctor")
def notification_read(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Mark a notification as read."""
    notifications.mark_read(request.actor, pk, at=clock.now())
    return _updated_menu(request)


@require_POST
@role_required("admin", "doctor")
def notification_read_all(request: ClinicRequest) -> HttpResponse:
    """Mark all notifications as read."""
    notifications.mark_all_read(request.actor, at=clock.now())
    return _updated_menu(request)


def _updated_menu(request: ClinicRequest) -> HttpResponse:
    """The updated menu for htmx; a redirect to the list page otherwise."""
    if not wants_fragment(request):
        return HttpResponseRedirect(reverse("notifications"))
    response = render_page(request, "dashboards/_bell_changed.html", _latest(request))
    response["HX-Trigger"] = "news:changed"
    return response


def _latest(request: ClinicRequest) -> dict[str, Any]:
    rows = Notification.objects.visible_to(request.actor).in_app().order_by("-created_at", "id")[:LATEST]
    items = items_for(request.actor, list(rows))
    record_access(request.actor, "appointments", patients_of(items))
    return {"items": items, "unread": _unread(request)}


def _unread(request: ClinicRequest) -> int:
    count: int = Notification.objects.visible_to(request.actor).unread().count()
    return count


@dataclass(frozen=True, kw_only=True)
class KindChoice:
    """A switch of the form. `is_off` when the clinic has this kind turned off."""

    kind: str
    label: str | Promise
    help: str | Promise
    wanted: bool
    is_off: bool


@require_http_methods(["GET", "POST"])
@role_required("admin", "doctor")
def notification_settings(request: ClinicRequest) -> HttpResponse:
    """The member's notification preferences."""
    own = preferences.preferences_of(request.actor)
    form = PreferencesForm(request.POST or None)
    if form.is_valid():
        preferences.save(request.actor, muted=form.muted, email=form.cleaned_data["email"])
        messages.success(request, _("Saved"))
        return HttpResponseRedirect(reverse("notification_settings"))
    clinic = request.clinic_settings
    context = {
        "form": form,
        "email": form.data.get("email", own.email),
        "modes": NotificationPreference.Email.choices,
        "kinds": [
            KindChoice(
                kind=kind,
                label=label,
                help=text,
                wanted=kind not in own.muted,
                is_off=not getattr(clinic, SWITCHES[kind]),
            )
            for kind, label, text in KINDS
        ],
        "clinic": clinic,
    }
    return render_page(request, "dashboards/notification_settings.html", context, status=422 if form.errors else 200)
