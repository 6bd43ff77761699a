"""What the clinic has decided: eight tabs, which the front desk changes and the owner reads."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from clinicflow.clinics.declared import TAB_BY_SLUG, TABS
from clinicflow.clinics.permissions import role_required
from clinicflow.clinics.reading import in_words
from clinicflow.web.render import render_page


@require_GET
@role_required("admin", "owner")
def first_tab(request: HttpRequest) -> HttpResponse:
    return redirect("settings_tab", TABS[0].slug)


@require_GET
@role_required("admin", "owner")
def tab(request: HttpRequest, slug: str) -> HttpResponse:
    """One tab: what is decided, in words."""
    chosen = TAB_BY_SLUG[slug]
    context = {"tab": chosen, "groups": in_words(chosen, request.clinic_settings)}
    return render_page(request, "settings/tab_read.html", context)
