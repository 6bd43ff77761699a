"""The patient's pages, behind a link: birth date, one section a screen, check, done."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinicflow.audit.log import record, record_access
from clinicflow.core import clock
from clinicflow.core.errors import FieldErrors, Invalid
from intake.errors import FormIncomplete
from intake.forms import BirthDateForm, ask, read, suggestions
from intake.models import IntakeForm, PatientLink
from intake.operations import forms, links
from intake.patient_access.guard import patient_page
from intake.patient_access.rendering import link_expired_response, patient_response
from intake.patient_access.session import (
    forget_identity,
    is_identity_proven,
    mark_identity_proven,
    record_failed_attempt,
)
from intake.patient_access.visit import PatientRequest, PatientVisit
from intake.presentation import answers_for_display
from intake.rules import answer_validation as rules
from intake.rules.questionnaire_schema import words

FORM = (PatientLink.Purpose.INTAKE, PatientLink.Purpose.KIOSK)
EVERY = tuple(PatientLink.Purpose.values)


@patient_page(*EVERY, verified=False)
@require_http_methods(["GET", "POST"])
def start(request: PatientRequest) -> HttpResponse:
    """The birth date first; whoever gave it goes on where they stopped."""
    patient = request.patient
    if is_identity_proven(request, patient.link):
        return _next_page(patient)
    form = BirthDateForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _try_birth_date(request, patient, form)
    status = 422 if form.is_bound else 200
    return patient_response(request, "intake/patient_start.html", {"form": form}, status=status)


def _try_birth_date(request: PatientRequest, patient: PatientVisit, form: BirthDateForm) -> HttpResponse:
    actual = patient.appointment.patient.date_of_birth
    if not links.try_birth_date(patient.link.pk, form.cleaned_data["date"], actual):
        record_failed_attempt(request)
        subject = patient.appointment.patient_id
        record(patient.actor, "link.refused", patient.appointment, patient_ids=[subject], outcome="refused")
        left = links.attempts_left(patient.link.pk)
        if not left:
            return link_expired_response(request)
        return patient_response(
            request, "intake/patient_start.html", {"form": form, "wrong": True, "left": left}, status=422
        )
    if patient.form:
        forms.open_for_patient(patient.actor, patient.form.pk)
        if "lang" in request.GET:
            forms.set_language(patient.actor, patient.form.pk, translation.get_language()[:2])
    response = _next_page(patient)
    mark_identity_proven(response, patient.link)
    return response


@patient_page(*FORM)
@require_http_methods(["GET", "POST"])
def section(request: PatientRequest, section_id: str) -> HttpResponse:
    """One section. Typing saves (`X-Save`), Continue checks what has to be answered and goes on."""
    patient = request.patient
    form = patient.form
    if form is None or not patient.may_fill:
        return HttpResponse(status=409) if _is_draft(request) else _go(patient, "patient_done")
    ids = [part["id"] for part in patient.sections]
    if section_id not in ids:
        return _next_page(patient)
    number = ids.index(section_id)
    return _save_section(request, form, number) if request.method == "POST" else _section_page(request, number)


def _save_section(request: PatientRequest, form: IntakeForm, number: int) -> HttpResponse:
    patient, action = request.patient, request.POST.get("action", "next")
    part = patient.sections[number]
    given = read(part, request.POST)
    if action == "sign":
        given |= _signed(part, patient)
    try:
        form = forms.save_answers(patient.actor, form.pk, given, language=translation.get_language()[:2])
    except Invalid as error:
        return _section_page(request, number, given=given, errors=error.fields)
    if _is_draft(request):
        context = {"at": form.saved_at, "danger": form.danger_found_at, "lines": patient.emergency}
        return render(request, "intake/_saved.html", context)
    absent = rules.missing(patient.sections, form.working_answers) if action == "next" else {}
    absent = {question["id"]: absent[question["id"]] for question in part["questions"] if question["id"] in absent}
    if absent:
        return _section_page(request, number, given=given, errors=absent)
    return _go_on(request, number, action)


def _go_on(request: PatientRequest, number: int, action: str) -> HttpResponse:
    """Where a button leads after its section was saved."""
    patient = request.patient
    ids = [part["id"] for part in patient.sections]
    if action in {"add", "sign"}:
        return _go(patient, "patient_section", ids[number])
    if action == "back" and not request.POST.get("checking"):
        return _go(patient, "patient_section", ids[max(number - 1, 0)])
    if action == "next" and number + 1 < len(ids) and not request.POST.get("checking"):
        return _go(patient, "patient_section", ids[number + 1])
    return _go(patient, "patient_check")


def _section_page(
    request: PatientRequest,
    number: int,
    *,
    given: Mapping[str, Any] | None = None,
    errors: FieldErrors | None = None,
) -> HttpResponse:
    patient, language = request.patient, translation.get_language()[:2]
    part, kept = patient.sections[number], patient.answers
    own = {question["id"]: kept.get(question["id"]) for question in part["questions"]} if given is None else given
    context = {
        "part": part["id"],
        "title": words(part["title"], language),
        "help": words(part.get("help"), language),
        "questions": ask(part, own, language, errors=errors, every=kept),
        "wrong": bool(errors),
        "number": number + 1,
        "total": len(patient.sections),
        "is_first": number == 0,
        "checking": request.GET.get("check") or request.POST.get("checking"),
        "signer": _signer(patient),
        "suggestions": suggestions(language),
    }
    _saw(patient)
    return patient_response(request, "intake/patient_section.html", context, status=422 if errors else 200)


@patient_page(*FORM)
@require_http_methods(["GET", "POST"])
def check(request: PatientRequest) -> HttpResponse:
    """All answers once more, each with its way back; sending in."""
    patient = request.patient
    form = patient.form
    if form is None or not patient.may_fill:
        return _go(patient, "patient_done")
    if request.method == "POST":
        try:
            forms.submit(patient.actor, form.pk)
        except FormIncomplete:
            return _check_page(request, status=422)
        return _go(patient, "patient_done")
    return _check_page(request)


def _check_page(request: PatientRequest, *, status: int = 200) -> HttpResponse:
    patient = request.patient
    parts = answers_for_display(patient.sections, patient.answers, translation.get_language()[:2])
    _saw(patient)
    complete = not any(part.missing for part in parts)
    context = {"parts": parts, "complete": complete, "wrong": status == 422}
    return patient_response(request, "intake/patient_check.html", context, status=status)


@patient_page(*FORM)
@require_GET
def done(request: PatientRequest) -> HttpResponse:
    """Thank you, and what was sent in. A tablet is handed back, and its link closes."""
    patient = request.patient
    if patient.may_fill:
        return _next_page(patient)
    form = patient.form
    answers = form.raw_answers if form and form.submitted_at and not patient.is_kiosk else {}
    parts = answers_for_display(patient.sections, answers, translation.get_language()[:2]) if answers else []
    if parts:
        _saw(patient)
    response = patient_response(request, "intake/patient_done.html", {"parts": parts, "may_change": patient.may_change})
    if patient.is_kiosk:
        links.close(patient.actor, patient.link.pk)
        forget_identity(request, response, patient.link)
    return response


@patient_page(PatientLink.Purpose.INTAKE)
@require_POST
def change(request: PatientRequest) -> HttpResponse:
    """Open what was sent in again, or leave it as it was sent."""
    patient = request.patient
    if patient.form is None or not patient.may_change:
        return _go(patient, "patient_done")
    if request.POST.get("action") == "keep":
        forms.store_revision(patient.actor, patient.form.pk)
        return _go(patient, "patient_done")
    forms.reopen(patient.actor, patient.form.pk)
    return _go(patient, "patient_check")


def _go(patient: PatientVisit, name: str, *parts: str) -> HttpResponse:
    return redirect(name, patient.token, *parts)


def _next_page(patient: PatientVisit) -> HttpResponse:
    """Where somebody goes on who comes back: the first section with something left to answer, else the check page."""
    if patient.link.purpose == PatientLink.Purpose.VISIT:
        return _go(patient, "patient_visit")
    if not patient.may_fill:
        return _go(patient, "patient_done")
    absent = rules.missing(patient.sections, patient.answers)
    for part in patient.sections:
        if any(question["id"] in absent for question in part["questions"]):
            return _go(patient, "patient_section", part["id"])
    return _go(patient, "patient_check")


def _signer(patient: PatientVisit) -> str:
    """Whose name signs: the guardian's for a child, if it is known."""
    person = patient.appointment.patient
    if person.is_minor_on(clock.today(patient.clinic.timezone)):
        return str(person.guardian.get("name", ""))
    return person.full_name


def _signed(part: Mapping[str, Any], patient: PatientVisit) -> dict[str, Any]:
    consents = [question["id"] for question in part["questions"] if question["type"] == "consent"]
    return {name: {"agreed": True, "name": _signer(patient)} for name in consents}


def _is_draft(request: PatientRequest) -> bool:
    return bool(request.headers.get("X-Save"))


def _saw(patient: PatientVisit) -> None:
    record_access(patient.actor, "intake_forms", [patient.appointment.patient_id], resource_id=patient.appointment.pk)
