"""Two records of one person: find the other, compare, choose, make them one."""

from uuid import UUID

from django import forms
from django.contrib import messages as notes
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinicflow.access.guards import role_required
from clinicflow.audit.log import record_access
from clinicflow.clinics.http import ClinicRequest
from clinicflow.core.errors import Invalid
from clinicflow.web.render import render_page
from patients.errors import CannotMerge
from patients.forms import MergeForm
from patients.models import Patient
from patients.operations import patients
from patients.presentation import TO_CHOOSE, chosen_details, compare_records

MOST = 10


@require_http_methods(["GET", "POST"])
@role_required("admin")
def patient_merge(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Without `?with=` the other record is looked for; with it the two stand side by side."""
    left = Patient.objects.visible_to(request.actor).current().select_related("primary_doctor").fetch(pk)
    asked = request.GET.get("with", "")
    if not asked:
        return _choose(request, left)
    other = _as_id(asked)
    right = Patient.objects.visible_to(request.actor).current().select_related("primary_doctor").fetch(other)
    record_access(request.actor, "patients", [left.pk, right.pk], resource_id=pk)
    form = MergeForm(request.POST or None)
    if form.is_valid():
        source, target = (left, right) if form.cleaned_data["keep"] == "right" else (right, left)
        choices = {field: request.POST.get(field, "") for field in TO_CHOOSE}
        try:
            patients.merge(request.actor, source.pk, into=target.pk, keeping=chosen_details(left, right, choices))
        except Invalid as error:
            form.add_error(None, " ".join(text for texts in error.fields.values() for text in texts) or error.detail)
        except CannotMerge as error:
            form.add_error(None, error.detail)
        else:
            notes.success(request, _("The two records of %(name)s are one now") % {"name": target.full_name})
            return redirect("patient", target.pk)
    context = {"left": left, "right": right, "rows": compare_records(left, right), "form": form, "chosen": request.POST}
    return render_page(request, "patients/patient_merge.html", context, status=422 if form.errors else 200)


def _choose(request: ClinicRequest, left: Patient) -> HttpResponse:
    """Records that look like this one, or those that a search finds."""
    text = request.GET.get("q", "").strip()[:80]
    rows = Patient.objects.visible_to(request.actor).current().exclude(pk=left.pk)
    found = (
        rows.search(text)
        if text
        else rows.looking_like(
            first_name=left.first_name,
            last_name=left.last_name,
            date_of_birth=left.date_of_birth,
            phone=str(left.phone),
        )
    )
    others = list(found.order_by("search_last", "pk")[:MOST])
    record_access(request.actor, "patients", [left.pk, *(other.pk for other in others)], resource_id=left.pk)
    context = {"left": left, "others": others, "q": text}
    return render_page(request, "patients/merge_choose.html", context, partial="found")


def _as_id(text: str) -> UUID:
    """Nonsense is a record that is not there."""
    try:
        found: UUID = forms.UUIDField().clean(text)
    except forms.ValidationError:
        return UUID(int=0)
    return found
