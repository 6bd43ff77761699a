"""The door of the patient's pages: a link's token, then the birth date, then one clinic's scope as that patient."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

import structlog
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from redis.exceptions import RedisError

from clinicflow.access.actor import Actor
from clinicflow.access.guards import GuardedView, with_roles
from clinicflow.access.roles import Role
from clinicflow.clinics.models import Clinic, ClinicSettings
from clinicflow.core.client_ip import client_ip
from clinicflow.core.errors import DomainError, NotFound
from clinicflow.db import tenant
from clinicflow.staff.selectors.actor_resolution import origin_of_request
from clinicflow.web.display import Display, display_as
from intake.models import IntakeForm, PatientLink
from intake.operations import forms, links
from patients.models import Patient
from scheduling.models import Appointment

IDLE = dt.timedelta(minutes=45)
KIOSK_IDLE = dt.timedelta(minutes=3)
MISSES, WINDOW = 30, 600  # wrong links and birth dates per address, in seconds
log = structlog.get_logger(__name__)
signer = signing.TimestampSigner(salt="intake.link")
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class PatientVisit:
    """What a link leads to: the visit it was made for, its form if there is one, and the patient acting."""

    token: str
    link: PatientLink
    actor: Actor
    clinic: Clinic
    settings: ClinicSettings
    appointment: Appointment
    form: IntakeForm | None

    @property
    def sections(self) -> list[dict[str, Any]]:
        return self.form.questionnaire.sections if self.form else []

    @property
    def answers(self) -> dict[str, Any]:
        """As the patient sees them, sent in or not."""
        return self.form.working_answers if self.form else {}

    @property
    def is_on(self) -> bool:
        """Whether the visit takes place."""
        return self.appointment.status not in forms.OFF

    @property
    def may_fill(self) -> bool:
        """Whether there is a form to fill in, or one being changed."""
        form = self.form
        return form is not None and self.is_on and (form.submitted_at is None or form.is_being_changed)

    @property
    def may_change(self) -> bool:
        """Whether what was sent in may be changed: until the doctor has reviewed it."""
        form = self.form
        return form is not None and self.is_on and form.status != IntakeForm.Status.REVIEWED

    @property
    def is_kiosk(self) -> bool:
        return self.link.purpose == PatientLink.Purpose.KIOSK


class PatientRequest(HttpRequest):
    """A request behind `patient_page`; for annotations only, Django makes the instance.

    `closed_links` holds the hex ids of links whose proof of identity this response withdraws.
    """

    patient: PatientVisit
    closed_links: tuple[str, ...]


def patient_page(*purposes: str, verified: bool = True) -> Callable[[View], GuardedView]:
    """A page behind a patient's link of one of these purposes. `verified` pages want the birth date first.

    The view finds `request.patient` and runs in the clinic's scope as the patient. Whatever is wrong with a link, the
    answer is one page that tells nothing. The address itself is the secret that a form of another site lacks, so the
    pages' forms carry no second one (and could not: without a referrer, browsers withhold a form's origin too).
    """

    def decorate(view: View) -> GuardedView:
        @csrf_exempt
        @wraps(view)
        def guarded(request: PatientRequest, token: str, **kwargs: Any) -> HttpResponse:
            with translation.override(language_asked(request)):
                link = _find(request, token, purposes)
                response = (
                    link_expired_response(request)
                    if link is None
                    else _enter(view, request, token, link, verified, kwargs)
                )
            response["Referrer-Policy"] = "no-referrer"
            response["Cache-Control"] = "no-store"
            response["X-Robots-Tag"] = "noindex"
            return response

        return with_roles(guarded, frozenset({"patient"}))

    return decorate


def _find(request: HttpRequest, token: str, purposes: tuple[str, ...]) -> PatientLink | None:
    """The link, unless it does not open, comes from another site's form, or somebody is guessing."""
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "cross-site":
        return None
    if _is_guessing(request):
        return None
    try:
        link = links.find(token)
    except NotFound:
        record_failed_attempt(request)
        return None
    return link if link.purpose in purposes else None


def _enter(
    view: View, request: PatientRequest, token: str, link: PatientLink, verified: bool, kwargs: dict[str, Any]
) -> HttpResponse:
    proven = is_identity_proven(request, link)
    clinic = Clinic.objects.get(pk=link.clinic_id)
    with tenant(_actor(request, clinic, Role.SYSTEM).scope()):
        patient = _visit(request, token, link, clinic)
    if patient is None:
        return link_expired_response(request)
    language = patient.form.language if proven and patient.form else language_asked(request)
    with tenant(patient.actor.scope()), display_as(_display(patient)), translation.override(language):
        request.patient = patient
        if verified and not proven:
            return _ask_birth_date(request, token)
        if proven and patient.form and "lang" in request.GET:
            forms.set_language(patient.actor, patient.form.pk, language_asked(request))
            return redirect(request.path)
        response = _act(view, request, token, kwargs)
        if proven and link.pk.hex not in getattr(request, "closed_links", ()):
            mark_identity_proven(response, link)
        return response


def _act(view: View, request: HttpRequest, token: str, kwargs: dict[str, Any]) -> HttpResponse:
    """The view's answer. What was closed under the patient's hands meanwhile is shown as it is now."""
    try:
        with transaction.atomic():
            return view(request, **kwargs)
    except DomainError:
        return HttpResponse(status=409) if request.headers.get("X-Save") else redirect("patient_done", token=token)


def language_asked(request: HttpRequest) -> str:
    """The language that the page was asked in: `?lang=`, else the browser's."""
    asked = request.GET.get("lang", "")
    return asked if asked in dict(settings.LANGUAGES) else translation.get_language_from_request(request)[:2]


def patient_response(
    request: PatientRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of the patient's, with the visit and the switch of languages."""
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
    """The one answer to every link that does not open."""
    return render(request, "intake/patient_gone.html", status=404)


def mark_identity_proven(response: HttpResponse, link: PatientLink) -> None:
    """Let this browser open the link's pages for a while, from now on."""
    kiosk = link.purpose == PatientLink.Purpose.KIOSK
    response.set_cookie(
        _cookie(link),
        signer.sign(link.pk.hex),
        max_age=KIOSK_IDLE if kiosk else IDLE,
        path="/i/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget_identity(request: PatientRequest, response: HttpResponse, link: PatientLink) -> None:
    """Ask for the birth date again in this browser."""
    request.closed_links = (link.pk.hex,)
    response.delete_cookie(_cookie(link), path="/i/")


def is_identity_proven(request: HttpRequest, link: PatientLink) -> bool:
    """Whether this browser gave the birth date a short while ago."""
    idle = KIOSK_IDLE if link.purpose == PatientLink.Purpose.KIOSK else IDLE
    try:
        return signer.unsign(request.COOKIES.get(_cookie(link), ""), max_age=idle) == link.pk.hex
    except signing.BadSignature:
        return False


def record_failed_attempt(request: HttpRequest) -> None:
    """One more wrong link or birth date from this address."""
    key = _misses(request)
    try:
        cache.add(key, 0, WINDOW)
        cache.incr(key)
    except (RedisError, ValueError):  # ValueError: it ran out between the two
        log.warning("link_miss_not_counted")


def _is_guessing(request: HttpRequest) -> bool:
    """Too many misses from this address lately. Without Redis nobody is: each link still has its own five tries."""
    try:
        return int(cache.get(_misses(request), 0)) >= MISSES
    except RedisError:
        return False


def _misses(request: HttpRequest) -> str:
    return f"link-misses:{client_ip(request)}"


def _cookie(link: PatientLink) -> str:
    return f"visit_{link.pk.hex[-12:]}"


def _ask_birth_date(request: HttpRequest, token: str) -> HttpResponse:
    if request.headers.get("X-Save"):
        return HttpResponse(status=401)
    return redirect("patient_start", token=token)


def _actor(request: HttpRequest, clinic: Clinic, role: Role, patient: Patient | None = None) -> Actor:
    caller = origin_of_request(request)
    return Actor(
        clinic_id=clinic.pk,
        role=role,
        timezone=clinic.timezone,
        clinic_name=clinic.name,
        name=patient.full_name if patient else "",
        patient_id=patient.pk if patient else None,
        request_id=caller.request_id,
        ip_address=caller.ip_address,
        user_agent=caller.user_agent,
        tab=caller.tab,
    )


def _visit(request: HttpRequest, token: str, link: PatientLink, clinic: Clinic) -> PatientVisit | None:
    """What the link leads to, or None when the visit is deleted. The patient is the visit's, after a merge too."""
    system = _actor(request, clinic, Role.SYSTEM)
    visits = Appointment.objects.visible_to(system).select_related("patient", "doctor")
    appointment = visits.filter(pk=link.appointment_id).first()
    if appointment is None:
        return None
    actor = _actor(request, clinic, Role.PATIENT, appointment.patient)
    its_forms = IntakeForm.objects.visible_to(actor).select_related("questionnaire")
    return PatientVisit(
        token=token,
        link=link,
        actor=actor,
        clinic=clinic,
        settings=ClinicSettings.objects.visible_to(actor).get(),
        appointment=appointment,
        form=its_forms.filter(appointment=appointment).first(),
    )


def _display(patient: PatientVisit) -> Display:
    clinic = patient.settings
    return Display(zone=patient.clinic.timezone, time_format=clinic.time_format, date_format=clinic.date_format)
