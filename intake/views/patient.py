"""The patient's form pages behind a link: birth date, one section a page, review, and confirmation."""

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
from intake.forms import BirthDateForm, question_fields, read_answers, suggestions
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
from intake.rules.questionnaire_schema import localized

FORM_PURPOSES = (PatientLink.Purpose.INTAKE, PatientLink.Purpose.KIOSK)
ALL_PURPOSES = tuple(PatientLink.Purpose.values)


@patient_page(*ALL_PURPOSES, verified=False)
@require_http_methods(["GET", "POST"])
def start(request: PatientRequest) -> HttpResponse:
    """Ask for the birth date; then continue where the patient stopped."""
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


@patient_page(*FORM_PURPOSES)
@require_http_methods(["GET", "POST"])
def section(request: PatientRequest, section_id: str) -> HttpResponse:
    """One section. Autosave (`X-Save`) stores the answers; Continue also validates required questions."""
    patient = request.patient
    form = patient.form
    if form is None or not patient.may_fill:
        return HttpResponse(status=409) if _is_autosave(request) else _redirect(patient, "patient_done")
    ids = [part["id"] for part in patient.sections]
    if section_id not in ids:
        return _next_page(patient)
    number = ids.index(section_id)
    return _save_section(request, form, number) if request.method == "POST" else _section_page(request, number)


def _save_section(request: PatientRequest, form: IntakeForm, number: int) -> HttpResponse:
    patient, action = request.patient, request.POST.get("action", "next")
    part = patient.sections[number]
    submitted = read_answers(part, request.POST)
    if action == "sign":
        submitted |= _signed(part, patient)
    try:
        form = forms.save_answers(patient.actor, form.pk, submitted, language=translation.get_language()[:2])
    except Invalid as error:
        return _section_page(request, number, submitted=submitted, errors=error.fields)
    if _is_autosave(request):
        context = {"at": form.saved_at, "danger": form.danger_found_at, "lines": patient.emergency}
        return render(request, "intake/_saved.html", context)
    missing = rules.missing(patient.sections, form.working_answers) if action == "next" else {}
    missing = {question["id"]: missing[question["id"]] for question in part["questions"] if question["id"] in missing}
    if missing:
        return _section_page(request, number, submitted=submitted, errors=missing)
    return _after_saving(request, number, action)


def _after_saving(request: PatientRequest, number: int, action: str) -> HttpResponse:
    """The redirect of a button, after its section was saved."""
    patient = request.patient
    ids = [part["id"] for part in patient.sections]
    if action in {"add", "sign"}:
        return _redirect(patient, "patient_section", ids[number])
    if action == "back" and not request.POST.get("checking"):
        return _redirect(patient, "patient_section", ids[max(number - 1, 0)])
    if action == "next" and number + 1 < len(ids) and not request.POST.get("checking"):
        return _redirect(patient, "patient_section", ids[number + 1])
    return _redirect(patient, "patient_check")


def _section_page(
    request: PatientRequest,
    number: int,
    *,
    submitted: Mapping[str, Any] | None = None,
    errors: FieldErrors | None = None,
) -> HttpResponse:
    patient, language = request.patient, translation.get_language()[:2]
    part, saved = patient.sections[number], patient.answers
    answers = {question["id"]: saved.get(question["id"]) for question in part["questions"]}
    if submitted is not None:
        answers = dict(submitted)
    context = {
        "part": part["id"],
        "title": localized(part["title"], language),
        "help": localized(part.get("help"), language),
        "questions": question_fields(part, answers, language, errors=errors, all_answers=saved),
        "wrong": bool(errors),
        "number": number + 1,
        "total": len(patient.sections),
        "is_first": number == 0,
        "checking": request.GET.get("check") or request.POST.get("checking"),
        "signer": _signer(patient),
        "suggestions": suggestions(language),
    }
    _record_read(patient)
    return patient_response(request, "intake/patient_section.html", context, status=422 if errors else 200)


@patient_page(*FORM_PURPOSES)
@require_http_methods(["GET", "POST"])
def check(request: PatientRequest) -> HttpResponse:
    """Review of all answers with links to change them, and submission."""
    patient = request.patient
    form = patient.form
    if form is None or not patient.may_fill:
        return _redirect(patient, "patient_done")
    if request.method == "POST":
        try:
            forms.submit(patient.actor, form.pk)
        except FormIncomplete:
            return _check_page(request, status=422)
        return _redirect(patient, "patient_done")
    return _check_page(request)


def _check_page(request: PatientRequest, *, status: int = 200) -> HttpResponse:
    patient = request.patient
    parts = answers_for_display(patient.sections, patient.answers, translation.get_language()[:2])
    _record_read(patient)
    complete = not any(part.missing for part in parts)
    context = {"parts": parts, "complete": complete, "wrong": status == 422}
    return patient_response(request, "intake/patient_check.html", context, status=status)


@patient_page(*FORM_PURPOSES)
@require_GET
def done(request: PatientRequest) -> HttpResponse:
    """Confirmation with the submitted answers. At a kiosk the link is closed and the answers are not shown."""
    patient = request.patient
    if patient.may_fill:
        return _next_page(patient)
    form = patient.form
    answers = form.raw_answers if form and form.submitted_at and not patient.is_kiosk else {}
    parts = answers_for_display(patient.sections, answers, translation.get_language()[:2]) if answers else []
    if parts:
        _record_read(patient)
    response = patient_response(request, "intake/patient_done.html", {"parts": parts, "may_change": patient.may_change})
    if patient.is_kiosk:
        links.close(patient.actor, patient.link.pk)
        forget_identity(request, response, patient.link)
    return response


@patient_page(PatientLink.Purpose.INTAKE)
@require_POST
def change(request: PatientRequest) -> HttpResponse:
    """Reopen the submitted form, or discard the changes (`action=keep`)."""
    patient = request.patient
    if patient.form is None or not patient.may_change:
        return _redirect(patient, "patient_done")
    if request.POST.get("action") == "keep":
        forms.discard_changes(patient.actor, patient.form.pk)
        return _redirect(patient, "patient_done")
    forms.reopen(patient.actor, patient.form.pk)
    return _redirect(patient, "patient_check")


def _redirect(patient: PatientVisit, name: str, *parts: str) -> HttpResponse:
    return redirect(name, patient.token, *parts)


def _next_page(patient: PatientVisit) -> HttpResponse:
    """Redirect to the first section with an unanswered required question, or to the review page."""
    if patient.link.purpose == PatientLink.Purpose.VISIT:
        return _redirect(patient, "patient_visit")
    if not patient.may_fill:
        return _redirect(patient, "patient_done")
    missing = rules.missing(patient.sections, patient.answers)
    for part in patient.sections:
        if any(question["id"] in missing for question in part["questions"]):
            return _redirect(patient, "patient_section", part["id"])
    return _redirect(patient, "patient_check")


def _signer(patient: PatientVisit) -> str:
    """The name for the signature: the patient's, or for a minor the guardian's if it is known."""
    signer = patient.appointment.patient
    if signer.is_minor_on(clock.today(patient.clinic.timezone)):
        return str(signer.guardian.get("name", ""))
    return signer.full_name


def _signed(part: Mapping[str, Any], patient: PatientVisit) -> dict[str, Any]:
    consents = [question["id"] for question in part["questions"] if question["type"] == "consent"]
    return {name: {"agreed": True, "name": _signer(patient)} for name in consents}


def _is_autosave(request: PatientRequest) -> bool:
    return bool(request.headers.get("X-Save"))


def _record_read(patient: PatientVisit) -> None:
    record_access(patient.actor, "intake_forms", [patient.appointment.patient_id], resource_id=patient.appointment.pk)
