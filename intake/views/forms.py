"""One form: read, reviewed, entered from paper, printed."""

from typing import Any
from uuid import UUID

from django.contrib import messages as notes
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinicflow.access.guards import role_required
from clinicflow.access.roles import Role
from clinicflow.audit.log import record_access
from clinicflow.clinics.http import ClinicRequest
from clinicflow.core.errors import FieldErrors, Invalid
from clinicflow.web.render import render_page
from intake.forms import ask, read, suggestions
from intake.models import IntakeForm, IntakeRevision
from intake.operations import forms
from intake.presentation import answers_for_display
from intake.rules.questionnaire_schema import words
from intake.selectors import form_list


@require_GET
@role_required("admin", "doctor")
def form(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """The form as answered: all of it for the doctor, the administrative part for the front desk.

    `?since=1` marks what changed after that revision.
    """
    shown = _fetch(request, pk)
    revisions = list(IntakeRevision.objects.visible_to(request.actor).filter(form=shown).order_by("number"))
    since = next((old for old in revisions if str(old.number) == request.GET.get("since")), None)
    whole = request.actor.role == Role.DOCTOR
    parts = answers_for_display(
        shown.questionnaire.sections,
        shown.raw_answers,
        get_language()[:2],
        kind="" if whole else "administrative",
        before=since.raw_answers if since else None,
    )
    record_access(request.actor, "intake_forms", [shown.patient_id], resource_id=pk)
    context = {
        "form": shown,
        "row": form_list.FormRow(shown.appointment, shown),
        "parts": parts,
        "whole": whole,
        "revisions": revisions,
        "since": since,
        "changes": sum(line.changed for part in parts for line in part.lines),
    }
    return render_page(request, "intake/form_page.html", context, partial="form")


@require_POST
@role_required("doctor")
def form_review(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """The doctor has read it."""
    forms.review(request.actor, pk)
    notes.success(request, _("The form is reviewed."))
    return redirect("intake_form", pk)


@require_http_methods(["GET", "POST"])
@role_required("admin", "doctor")
def paper(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Type in what the patient wrote on paper; `pk` is the visit's."""
    blank = forms.get_or_create(request.actor, pk)
    shown = _fetch(request, blank.pk)
    if request.method == "POST":
        sections = shown.questionnaire.sections
        given = {name: value for part in sections for name, value in read(part, request.POST).items()}
        try:
            forms.enter_from_paper(request.actor, shown.pk, given)
        except Invalid as error:
            return _paper_page(request, shown, given, errors=error.fields)
        notes.success(request, _("The form is entered."))
        return redirect("intake_form", shown.pk)
    return _paper_page(request, shown, forms.answers_for(request.actor, shown))


def _paper_page(
    request: ClinicRequest, shown: IntakeForm, given: dict[str, Any], *, errors: FieldErrors | None = None
) -> HttpResponse:
    language = get_language()[:2]
    parts = [
        {
            "id": part["id"],
            "title": words(part["title"], language),
            "questions": ask(part, given, language, errors=errors, blank_rows=2),
        }
        for part in shown.questionnaire.sections
    ]
    record_access(request.actor, "intake_forms", [shown.patient_id], resource_id=shown.pk)
    context = {"form": shown, "parts": parts, "wrong": bool(errors), "suggestions": suggestions(language)}
    return render_page(request, "intake/form_paper.html", context, status=422 if errors else 200)


@require_GET
@role_required("admin", "doctor")
def form_print(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """The form on paper, to be filled in by hand; `pk` is the visit's. `?lang=es` in Spanish."""
    row = form_list.row_of(request.actor, pk)
    shown = _fetch(request, forms.get_or_create(request.actor, pk).pk)
    asked = request.GET.get("lang", shown.language)
    language = asked if asked in {"en", "es"} else "en"
    with translation.override(language):
        parts = [
            {"title": words(part["title"], language), "questions": ask(part, {}, language, blank_rows=4)}
            for part in shown.questionnaire.sections
        ]
    record_access(request.actor, "appointments", [row.visit.patient_id], resource_id=pk)
    return render(request, "intake/form_print.html", {"row": row, "form": shown, "parts": parts, "language": language})


def _fetch(request: ClinicRequest, pk: UUID) -> IntakeForm:
    rows = IntakeForm.objects.visible_to(request.actor)
    found: IntakeForm = rows.select_related(
        "patient", "appointment__patient", "appointment__doctor", "questionnaire", "reviewed_by", "entered_by"
    ).fetch(pk)
    return found
