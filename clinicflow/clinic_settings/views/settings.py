"""The settings pages: eight tabs, which the front desk edits and the owner reads."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clinicflow.access.guards import role_required
from clinicflow.access.permissions import permissions_of
from clinicflow.clinic_settings.forms.settings import TabForm
from clinicflow.clinic_settings.operations import settings
from clinicflow.clinic_settings.presentation.settings_display import (
    format_value,
    groups_for_display,
    members_without_second_factor,
)
from clinicflow.clinic_settings.schema import TAB_BY_SLUG, TABS, Tab
from clinicflow.clinics.errors import SettingsEditConflict
from clinicflow.clinics.http import ClinicRequest
from clinicflow.clinics.models import ClinicSettings
from clinicflow.core.errors import Invalid
from clinicflow.web.forms import add_domain_errors
from clinicflow.web.render import render_page


@require_GET
@role_required("admin", "owner")
def first_tab(request: ClinicRequest) -> HttpResponse:
    """Redirect to the first tab."""
    return redirect("settings_tab", TABS[0].slug)


@require_http_methods(["GET", "POST"])
@role_required("admin", "owner")
def tab(request: ClinicRequest, slug: str) -> HttpResponseBase:
    """One tab: a form for members who may change settings, a read-only page for others."""
    chosen = TAB_BY_SLUG[slug]
    if request.method == "POST":
        return (change_after_password if chosen.asks_again else change)(request, chosen)
    row = _row(request)
    if "settings.write" not in permissions_of(request.actor.role):
        return render_page(
            request, "settings/tab_read.html", {"tab": chosen, "groups": groups_for_display(chosen, row)}
        )
    form = TabForm(chosen, values=chosen.values(row), seen=chosen.fingerprint(row))
    return _form_page(request, chosen, form)


@role_required("admin")
def change(request: ClinicRequest, chosen: Tab) -> HttpResponse:
    """Save a tab. An invalid form is rendered with its errors (422), an edit conflict with the stored values (409)."""
    row = _row(request)
    form = TabForm(chosen, request.POST, values=chosen.values(row), seen=chosen.fingerprint(row))
    if form.is_valid():
        try:
            settings.save_tab(request.actor, chosen, seen=form.cleaned_data["seen"], fields=form.values())
        except Invalid as invalid:
            add_domain_errors(form, invalid)
        except SettingsEditConflict:
            return _conflict_page(request, chosen, form)
        else:
            messages.success(request, _("Saved: %(tab)s.") % {"tab": chosen.label})
            return redirect("settings_tab", chosen.slug)
    form.focus_first_error()
    return _form_page(request, chosen, form, status=422)


change_after_password = reauthentication_required(change)


def _conflict_page(request: ClinicRequest, chosen: Tab, form: TabForm) -> HttpResponse:
    """The submitted form, with the stored value beside each field that differs; saving it again overwrites them."""
    stored = chosen.values(_row(request))
    theirs = {
        setting.name: format_value(setting, stored[setting.name])
        for setting in chosen.settings
        if form.cleaned_data[setting.name] != stored[setting.name]
    }
    data = request.POST.copy()
    data["seen"] = fingerprint = chosen.fingerprint(_row(request))
    resubmittable = TabForm(chosen, data, values=stored, seen=fingerprint)
    return _form_page(request, chosen, resubmittable, status=409, theirs=theirs)


def _row(request: ClinicRequest) -> ClinicSettings:
    row: ClinicSettings = ClinicSettings.objects.visible_to(request.actor).select_related("clinic").get()
    return row


def _form_page(
    request: ClinicRequest, chosen: Tab, form: TabForm, *, status: int = 200, theirs: dict[str, str] | None = None
) -> HttpResponse:
    groups = form.groups
    for row in (row for group in groups for row in group["rows"]):
        row["theirs"] = (theirs or {}).get(row["setting"].name)
    context = {"tab": chosen, "form": form, "groups": groups, "theirs": theirs is not None}
    if chosen.asks_again:
        context["without_factor"] = members_without_second_factor(request.actor)
    return render_page(request, "settings/tab_form.html", context, status=status)
