"""What the clinic has decided: eight tabs, which the front desk changes and the owner reads."""

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
    people_without_second_factor,
)
from clinicflow.clinic_settings.schema import TAB_BY_SLUG, TABS, Tab
from clinicflow.clinics.errors import ChangedMeanwhile
from clinicflow.clinics.http import ClinicRequest
from clinicflow.clinics.models import ClinicSettings
from clinicflow.core.errors import Invalid
from clinicflow.web.render import render_page


@require_GET
@role_required("admin", "owner")
def first_tab(request: ClinicRequest) -> HttpResponse:
    return redirect("settings_tab", TABS[0].slug)


@require_http_methods(["GET", "POST"])
@role_required("admin", "owner")
def tab(request: ClinicRequest, slug: str) -> HttpResponseBase:
    """One tab, to change for those who may, in words for the others."""
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
    """Save a tab; what is refused stands beside its field, and what was typed stays."""
    row = _row(request)
    form = TabForm(chosen, request.POST, values=chosen.values(row), seen=chosen.fingerprint(row))
    if form.is_valid():
        try:
            settings.save_tab(request.actor, chosen, seen=form.cleaned_data["seen"], fields=form.decided())
        except Invalid as invalid:
            form.refuse(invalid.fields)
        except ChangedMeanwhile:
            return _changed_meanwhile(request, chosen, form)
        else:
            messages.success(request, _("Saved: %(tab)s.") % {"tab": chosen.label})
            return redirect("settings_tab", chosen.slug)
    form.focus_first_error()
    return _form_page(request, chosen, form, status=422)


change_after_password = reauthentication_required(change)


def _changed_meanwhile(request: ClinicRequest, chosen: Tab, form: TabForm) -> HttpResponse:
    """What was typed, with what is saved now beside each field that differs; saving again is a decision then."""
    now_saved = chosen.values(_row(request))
    theirs = {
        setting.name: format_value(setting, now_saved[setting.name])
        for setting in chosen.settings
        if form.cleaned_data[setting.name] != now_saved[setting.name]
    }
    data = request.POST.copy()
    data["seen"] = fingerprint = chosen.fingerprint(_row(request))
    again = TabForm(chosen, data, values=now_saved, seen=fingerprint)
    return _form_page(request, chosen, again, status=409, theirs=theirs)


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
        context["without_factor"] = people_without_second_factor(request.actor)
    return render_page(request, "settings/tab_form.html", context, status=status)
