"""The pages of one form: read, review, enter from paper, print."""

from typing import Any
from uuid import UUID

from django.contrib import messages
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
from intake.forms import question_fields, read_answers, suggestions
from intake.models import IntakeForm, IntakeRevision
from intake.operations import forms
from intake.presentation import answers_for_display
from intake.rules.questionnaire_schema import localized
from intake.selectors import form_list


@require_GET
@role_required("admin", "doctor")
def form(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """The answers: all for the doctor, the administrative ones for the front desk.

    `?since=1` highlights the changes since that revision.
    """
    shown = _fetch(request, pk)
    revisions = list(IntakeRevision.objects.visible_to(request.actor).filter(form=shown).order_by("number"))
    since = next((old for old in revisions if str(old.number) == request.GET.get("since")), None)
    shows_all = request.actor.role == Role.DOCTOR
    parts = answers_for_display(
        shown.questionnaire.sections,
        shown.raw_answers,
        get_language()[:2],
        kind="" if shows_all else "administrative",
        before=since.raw_answers if since else None,
    )
    record_access(request.actor, "intake_forms", [shown.patient_id], resource_id=pk)
    context = {
        "form": shown,
        "row": form_list.FormRow(shown.appointment, shown),
        "parts": parts,
        "whole": shows_all,
        "revisions": revisions,
        "since": since,
        "changes": sum(line.changed for part in parts for line in part.lines),
    }
    return render_page(request, "intake/form_page.html", context, partial="form")


@require_POST
@role_required("doctor")
def form_review(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Mark the form as reviewed by the doctor."""
    forms.review(request.actor, pk)
    messages.success(request, _("Form marked as reviewed."))
    return redirect("intake_form", pk)


@require_http_methods(["GET", "POST"])
@role_required("admin", "doctor")
def paper(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Enter answers from a paper form; `pk` is the visit's."""
    intake_form = forms.get_or_create(request.actor, pk)
    shown = _fetch(request, intake_form.pk)
    if request.method == "POST":
        sections = shown.questionnaire.sections
        answers = {name: value for part in sections for name, value in read_answers(part, request.POST).items()}
        try:
            forms.enter_from_paper(request.actor, shown.pk, answers)
        except Invalid as error:
            return _paper_page(request, shown, answers, errors=error.fields)
        messages.success(request, _("Answers saved and submitted."))
        return redirect("intake_form", shown.pk)
    return _paper_page(request, shown, forms.answers_for(request.actor, shown))


def _paper_page(
    request: ClinicRequest, shown: IntakeForm, answers: dict[str, Any], *, errors: FieldErrors | None = None
) -> HttpResponse:
    language = get_language()[:2]
    parts = [
        {
            "id": part["id"],
            "title": localized(part["title"], language),
            "questions": question_fields(part, answers, language, errors=errors, blank_rows=2),
        }
        for part in shown.questionnaire.sections
    ]
    record_access(request.actor, "intake_forms", [shown.patient_id], resource_id=shown.pk)
    context = {"form": shown, "parts": parts, "wrong": bool(errors), "suggestions": suggestions(language)}
    return render_page(request, "intake/form_paper.html", context, status=422 if errors else 200)


@require_GET
@role_required("admin", "doctor")
def form_print(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """A printable blank form; `pk` is the visit's. `?lang=es` prints it in Spanish."""
    row = form_list.form_row(request.actor, pk)
    shown = _fetch(request, forms.get_or_create(request.actor, pk).pk)
    requested = request.GET.get("lang", shown.language)
    language = requested if requested in {"en", "es"} else "en"
    with translation.override(language):
        parts = [
            {
                "title": localized(part["title"], language),
                "questions": question_fields(part, {}, language, blank_rows=4),
            }
            for part in shown.questionnaire.sections
        ]
    record_access(request.actor, "appointments", [row.visit.patient_id], resource_id=pk)
    return render(request, "intake/form_print.html", {"row": row, "form": shown, "parts": parts, "language": language})


def _fetch(request: ClinicRequest, pk: UUID) -> IntakeForm:
    rows = IntakeForm.objects.visible_to(request.actor)
    form: IntakeForm = rows.select_related(
        "patient", "appointment__patient", "appointment__doctor", "questionnaire", "reviewed_by", "entered_by"
    ).fetch(pk)
    return form
