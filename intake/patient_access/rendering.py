"""Responses, language and display settings of the patient pages."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from clinicflow.web.display import Display
from intake.patient_access.visit import PatientRequest, PatientVisit


def requested_language(request: HttpRequest) -> str:
    """The language of this request: `?lang=` if it is one of ours, else the browser's."""
    code = request.GET.get("lang", "")
    return code if code in dict(settings.LANGUAGES) else translation.get_language_from_request(request)[:2]


def patient_response(
    request: PatientRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a patient page, with the visit, the clinic and the language switch in its context."""
    patient = request.patient
    languages = [
        {"code": code, "name": name, "url": f"?lang={code}", "current": code == translation.get_language()}
        for code, name in settings.LANGUAGES
    ]
    shared = {
        "patient": patient,
        "clinic_name": patient.clinic.name,
        "clinic_phone": patient.clinic.phone,
        "clinic_address": patient.clinic.address,
        "languages": languages,
    }
    return render(request, template, {**shared, **context}, status=status)


def link_expired_response(request: HttpRequest) -> HttpResponse:
    """The response to every invalid or expired link: 404, without a reason."""
    return render(request, "intake/patient_gone.html", status=404)


def display_of(patient: PatientVisit) -> Display:
    """How the patient's clinic writes dates and times."""
    return Display.of(patient.clinic.timezone, patient.settings)
