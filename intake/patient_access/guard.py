"""Access control of the patient pages: a link's token, then the birth date, then the clinic's scope as that patient."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from clinicflow.access.guards import GuardedView, with_roles
from clinicflow.access.roles import Role
from clinicflow.clinics.models import Clinic
from clinicflow.core.errors import DomainError, NotFound
from clinicflow.db import tenant
from clinicflow.web.display import display_as
from intake.models import PatientLink
from intake.operations import forms, links
from intake.patient_access.rendering import display_of, link_expired_response, requested_language
from intake.patient_access.session import (
    has_too_many_failed_attempts,
    is_identity_proven,
    mark_identity_proven,
    record_failed_attempt,
)
from intake.patient_access.visit import PatientRequest, actor_of, find_visit

View = Callable[..., HttpResponse]


def patient_page(*purposes: str, verified: bool = True) -> Callable[[View], GuardedView]:
    """Serve a page behind a patient link of one of these purposes; `verified` pages require the birth date first.

    Sets `request.patient` and calls the view in the clinic's database scope, with the patient as the actor. Every
    invalid link gets the same 404 page, which reveals nothing. The view is exempt from CSRF checks: its URL is the
    secret that a form on another site lacks. (A token could not work here: with `Referrer-Policy: no-referrer`
    browsers withhold the origin of a form, too.)
    """

    def decorate(view: View) -> GuardedView:
        @csrf_exempt
        @wraps(view)
        def guarded(request: PatientRequest, token: str, **kwargs: Any) -> HttpResponse:
            with translation.override(requested_language(request)):
                link = _find_link(request, token, purposes)
                response = (
                    link_expired_response(request)
                    if link is None
                    else _respond(view, request, token, link, verified, kwargs)
                )
            response["Referrer-Policy"] = "no-referrer"
            response["Cache-Control"] = "no-store"
            response["X-Robots-Tag"] = "noindex"
            return response

        return with_roles(guarded, frozenset({"patient"}))

    return decorate


def _find_link(request: HttpRequest, token: str, purposes: tuple[str, ...]) -> PatientLink | None:
    """The link; None if it is invalid, the form is on another site, or this client has too many failed attempts."""
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "cross-site":
        return None
    if has_too_many_failed_attempts(request):
        return None
    try:
        link = links.find(token)
    except NotFound:
        record_failed_attempt(request)
        return None
    return link if link.purpose in purposes else None


def _respond(
    view: View, request: PatientRequest, token: str, link: PatientLink, verified: bool, kwargs: dict[str, Any]
) -> HttpResponse:
    """The response for a link that was found: the page, a redirect to the birth date, or the 404 page."""
    proven = is_identity_proven(request, link)
    clinic = Clinic.objects.get(pk=link.clinic_id)
    with tenant(actor_of(request, clinic, Role.SYSTEM).scope()):
        patient = find_visit(request, token, link, clinic)
    if patient is None:
        return link_expired_response(request)
    language = patient.form.language if proven and patient.form else requested_language(request)
    with tenant(patient.actor.scope()), display_as(display_of(patient)), translation.override(language):
        request.patient = patient
        if verified and not proven:
            return _require_birth_date(request, token)
        if proven and patient.form and "lang" in request.GET:
            forms.set_language(patient.actor, patient.form.pk, requested_language(request))
            return redirect(request.path)
        response = _call(view, request, token, kwargs)
        if proven and link.pk.hex not in getattr(request, "closed_links", ()):
            mark_identity_proven(response, link)
        return response


def _call(view: View, request: PatientRequest, token: str, kwargs: dict[str, Any]) -> HttpResponse:
    """Call the view in a transaction. If the form was closed meanwhile, the patient is shown its current state."""
    try:
        with transaction.atomic():
            return view(request, **kwargs)
    except DomainError:
        return HttpResponse(status=409) if request.headers.get("X-Save") else redirect("patient_done", token=token)


def _require_birth_date(request: HttpRequest, token: str) -> HttpResponse:
    """To the page that asks for the birth date; 401 for an autosave, which cannot follow."""
    if request.headers.get("X-Save"):
        return HttpResponse(status=401)
    return redirect("patient_start", token=token)
