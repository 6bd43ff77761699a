"""Pages to merge two records of one patient: search, comparison and merge."""

from uuid import UUID

from django import forms
from django.contrib import messages
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
from patients.presentation import CONFLICTING_FIELDS, chosen_values, compare_records

MAX_CANDIDATES = 10


@require_http_methods(["GET", "POST"])
@role_required("admin")
def patient_merge(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Merge a record with `?with=`; without it, a page to search for the other record."""
    records = Patient.objects.visible_to(request.actor).current().select_related("primary_doctor")
    left = records.fetch(pk)
    other_id = request.GET.get("with", "")
    if not other_id:
        return _candidates_page(request, left)
    right = records.fetch(_parse_id(other_id))
    record_access(request.actor, "patients", [left.pk, right.pk], resource_id=pk)
    form = MergeForm(request.POST or None)
    if form.is_valid():
        source, target = (left, right) if form.cleaned_data["keep"] == "right" else (right, left)
        choices = {field: request.POST.get(field, "") for field in CONFLICTING_FIELDS}
        try:
            patients.merge(request.actor, source.pk, into=target.pk, keeping=chosen_values(left, right, choices))
        except Invalid as error:
            messages_by_field = error.fields.values()
            form.add_error(None, " ".join(text for texts in messages_by_field for text in texts) or error.detail)
        except CannotMerge as error:
            form.add_error(None, error.detail)
        else:
            messages.success(request, _("Merged the records of %(name)s") % {"name": target.full_name})
            return redirect("patient", target.pk)
    context = {"left": left, "right": right, "rows": compare_records(left, right), "form": form, "chosen": request.POST}
    return render_page(request, "patients/patient_merge.html", context, status=422 if form.errors else 200)


def _candidates_page(request: ClinicRequest, left: Patient) -> HttpResponse:
    """The page to choose the other record: likely duplicates, or the results of a search."""
    text = request.GET.get("q", "").strip()[:80]
    rows = Patient.objects.visible_to(request.actor).current().exclude(pk=left.pk)
    candidates = (
        rows.search(text)
        if text
        else rows.looking_like(
            first_name=left.first_name,
            last_name=left.last_name,
            date_of_birth=left.date_of_birth,
            phone=str(left.phone),
        )
    )
    others = list(candidates.order_by("search_last", "pk")[:MAX_CANDIDATES])
    record_access(request.actor, "patients", [left.pk, *(other.pk for other in others)], resource_id=left.pk)
    context = {"left": left, "others": others, "q": text}
    return render_page(request, "patients/merge_choose.html", context, partial="found")


def _parse_id(text: str) -> UUID:
    """The id; for a malformed one an id that no record has, so that it is treated as not found."""
    try:
        pk: UUID = forms.UUIDField().clean(text)
    except forms.ValidationError:
        return UUID(int=0)
    return pk
