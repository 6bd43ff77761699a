"""Saving what a clinic and its doctors have decided. Contradictions are refused on the field."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from clinicflow.accounts.models import AuthSession
from clinicflow.accounts.operations import second_factor, sessions
from clinicflow.clinics.actors import Actor
from clinicflow.clinics.events import SettingsChanged
from clinicflow.clinics.hours import problem_of_day, problem_of_week
from clinicflow.clinics.models import WEEKDAYS, ClinicSettings, Doctor, DoctorSettings, Membership
from clinicflow.core.errors import Invalid
from clinicflow.core.events import publish

# field -> (lowest, highest): minutes, attempts, seconds, as the model says
RANGES = {
    "minimum_cancellation_notice": (0, 43_200),
    "auto_no_show_threshold": (0, 480),
    "max_call_attempts": (1, 10),
    "retry_delay": (5, 1440),
    "auto_refresh_interval": (0, 3600),
    "session_timeout": (5, 1440),
    "ai_monthly_cap_usd": (0, 100_000),
}


@transaction.atomic
def save_clinic(actor: Actor, **fields: Any) -> ClinicSettings:
    """Change some of the clinic's settings; the names are the model's. Invalid, by field, if they contradict.

    A shorter session_timeout and a new require_mfa act on the sign-ins that are open.
    """
    settings: ClinicSettings = ClinicSettings.objects.visible_to(actor).select_for_update(of=("self",)).get()
    before = {name: getattr(settings, name) for name in fields}
    for name, value in fields.items():
        setattr(settings, name, value)
    _refuse_contradictions(settings)
    settings.save(update_fields=[*fields, "updated_at"])
    if before.get("session_timeout", settings.session_timeout) != settings.session_timeout:
        _open_sessions(actor).update(idle_minutes=settings.session_timeout)
    if settings.require_mfa and not before.get("require_mfa", True):
        _end_sessions_without_second_factor(actor)
    publish(SettingsChanged(clinic_id=actor.clinic_id, subject_id=settings.pk, origin=actor.tab))
    return settings


def _refuse_contradictions(settings: ClinicSettings) -> None:
    errors: dict[str, list[str]] = {}
    if settings.opens_at >= settings.closes_at:
        errors["closes_at"] = ["The clinic must close after it opens."]
    if settings.call_window_start >= settings.call_window_end:
        errors["call_window_end"] = ["The call window must end after it starts."]
    if set(settings.working_days) - set(WEEKDAYS) or len(set(settings.working_days)) != len(settings.working_days):
        errors["working_days"] = [f"Each day once, from {', '.join(WEEKDAYS)}."]
    elif not settings.working_days:
        errors["working_days"] = ["The clinic must work on at least one day."]
    if settings.lock_appointment_if_missing and not settings.intake_required:
        errors["lock_appointment_if_missing"] = ["Only a clinic that requires intake can lock visits without it."]
    for name, (low, high) in RANGES.items():
        if not low <= getattr(settings, name) <= high:
            errors[name] = [f"Must be from {low} to {high}."]
    if errors:
        raise Invalid(fields=errors)


def _open_sessions(actor: Actor) -> Any:
    ids = Membership.objects.filter(clinic_id=actor.clinic_id).values("pk")
    return AuthSession.objects.filter(membership_id__in=ids, revoked_at=None)


def _end_sessions_without_second_factor(actor: Actor) -> None:
    """All but the actor's own, who would lose the page on which they are setting it up."""
    rows = _open_sessions(actor).exclude(pk=actor.session_id).select_related("user")
    sessions.revoke([session for session in rows if not second_factor.is_set(session.user)])


@transaction.atomic
def save_doctor(actor: Actor, doctor_id: UUID, **fields: Any) -> DoctorSettings:
    """Change some of a doctor's settings: the front desk anybody's, a doctor their own. NotFound for others."""
    rows = DoctorSettings.objects.editable_by(actor)
    settings: DoctorSettings = rows.lock(rows.fetch_of(doctor_id).pk)
    for name, value in fields.items():
        setattr(settings, name, value)
    errors: dict[str, list[str]] = {}
    overrides: Mapping[str, Any] = settings.working_hours_override
    for day, ranges in overrides.items():
        problem = _problem_of_date(day) or problem_of_day(ranges)
        if problem:
            errors["working_hours_override"] = [f"{day}: {problem}"]
    if not settings.supported_visit_types:
        errors["supported_visit_types"] = ["At least one kind of visit."]
    if errors:
        raise Invalid(fields=errors)
    settings.save(update_fields=[*fields, "updated_at"])
    event = SettingsChanged(
        clinic_id=actor.clinic_id, subject_id=settings.pk, doctor_ids=(doctor_id,), origin=actor.tab
    )
    publish(event)
    return settings


@transaction.atomic
def save_doctor_profile(actor: Actor, doctor: Doctor) -> Doctor:
    """Save a new or changed doctor, with settings of their own. Invalid if the weekly hours cannot be."""
    problem = problem_of_week(doctor.working_hours)
    if problem:
        raise Invalid(fields={"working_hours": [problem]})
    doctor.clinic_id = actor.clinic_id
    doctor.save()
    DoctorSettings.objects.get_or_create(clinic_id=actor.clinic_id, doctor=doctor)
    publish(SettingsChanged(clinic_id=actor.clinic_id, subject_id=doctor.pk, doctor_ids=(doctor.pk,)))
    return doctor


def _problem_of_date(day: str) -> str:
    try:
        dt.date.fromisoformat(day)
    except ValueError:
        return "is not a date (YYYY-MM-DD)."
    return ""
