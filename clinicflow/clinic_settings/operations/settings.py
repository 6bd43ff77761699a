"""Writes of the clinic's and the doctors' settings. Contradictory values raise Invalid with the field."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from clinicflow.access.actor import Actor, publish_for
from clinicflow.accounts.models import AuthSession
from clinicflow.accounts.operations import second_factor, sessions
from clinicflow.audit.log import record
from clinicflow.clinic_settings.rules.regions import countries, regions_of
from clinicflow.clinic_settings.schema import BOUNDS, CLINIC_COLUMNS, DOCTOR, Tab
from clinicflow.clinics.errors import SettingsEditConflict
from clinicflow.clinics.events import SettingsChanged
from clinicflow.clinics.models import WEEKDAYS, Clinic, ClinicSettings, Doctor, DoctorSettings, Membership
from clinicflow.clinics.rules.working_hours import minutes_between, validate_day, validate_week
from clinicflow.core.errors import Invalid

MIN_REFRESH_SECONDS = 5  # more frequent requests add load and show nothing new


@transaction.atomic
def save_tab(actor: Actor, tab: Tab, *, seen: str, fields: Mapping[str, Any]) -> ClinicSettings:
    """Save a tab of the settings page. SettingsEditConflict unless its fingerprint is still `seen`."""
    settings: ClinicSettings = ClinicSettings.objects.visible_to(actor).select_for_update(of=("self",)).get()
    if tab.fingerprint(settings) != seen:
        raise SettingsEditConflict()
    return save_clinic(actor, **fields)


@transaction.atomic
def save_clinic(actor: Actor, **fields: Any) -> ClinicSettings:
    """Update some of the clinic's settings, by their names in the schema. Invalid by field.

    A new `session_timeout` applies to open sessions; a new `require_mfa` ends those of members without a second factor.
    """
    rows = ClinicSettings.objects.visible_to(actor).select_related("clinic")
    settings: ClinicSettings = rows.select_for_update(of=("self",)).get()
    clinic_fields = {name: fields.pop(name) for name in CLINIC_COLUMNS if name in fields}
    before = {name: getattr(settings, name) for name in fields}
    for name, value in fields.items():
        setattr(settings, name, value)
    errors = _setting_errors(settings) | _clinic_errors(settings.clinic, clinic_fields)
    if errors:
        raise Invalid(fields=errors)
    _save_clinic_fields(actor, settings.clinic, clinic_fields)
    settings.save(update_fields=[*fields, "updated_at"])
    if before.get("session_timeout", settings.session_timeout) != settings.session_timeout:
        _open_sessions(actor).update(idle_minutes=settings.session_timeout)
    if settings.require_mfa and not before.get("require_mfa", True):
        _end_sessions_without_second_factor(actor)
    if before.get("ai_agreement_confirmed", settings.ai_agreement_confirmed) != settings.ai_agreement_confirmed:
        record(actor, f"ai.agreement_{'confirmed' if settings.ai_agreement_confirmed else 'withdrawn'}", settings)
    doctor_ids = Doctor.objects.visible_to(actor).active().values_list("pk", flat=True)
    publish_for(actor, SettingsChanged, settings, doctor_ids=doctor_ids)
    return settings


def _setting_errors(settings: ClinicSettings) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if settings.opens_at >= settings.closes_at:
        errors["closes_at"] = [_("The clinic must close after it opens.")]
    elif minutes_between(settings.opens_at, settings.closes_at) < settings.slot_size:
        errors["closes_at"] = [_("The clinic must be open long enough for one visit.")]
    if settings.call_window_start >= settings.call_window_end:
        errors["call_window_end"] = [_("The call window must end after it starts.")]
    if set(settings.working_days) - set(WEEKDAYS) or len(set(settings.working_days)) != len(settings.working_days):
        errors["working_days"] = [_("Enter each day once, from %(days)s.") % {"days": ", ".join(WEEKDAYS)}]
    elif not settings.working_days:
        errors["working_days"] = [_("Choose at least one working day.")]
    if settings.lock_appointment_if_missing and not settings.intake_required:
        errors["lock_appointment_if_missing"] = [_("Require an intake form for every visit first.")]
    if 0 < settings.auto_refresh_interval < MIN_REFRESH_SECONDS:
        errors["auto_refresh_interval"] = [_("Enter at least 5 seconds, or 0 to turn it off.")]
    for name, (low, high) in BOUNDS.items():
        if not low <= getattr(settings, name) <= high:
            errors[name] = [_("Enter %(low)s to %(high)s.") % {"low": low, "high": high}]
    return errors


def _clinic_errors(clinic: Clinic, fields: Mapping[str, Any]) -> dict[str, list[str]]:
    """Errors of the fields of `Clinic`, by their names in the schema."""
    errors: dict[str, list[str]] = {}
    name = " ".join(str(fields.get("clinic_name", clinic.name)).split())
    if not name or len(name) > 120:
        errors["clinic_name"] = [_("Enter a name of at most 120 characters.")]
    if "timezone" in fields and fields["timezone"] not in available_timezones():
        errors["timezone"] = [_("Choose a time zone from the list.")]
    country = fields.get("country", clinic.country)
    region = fields.get("region", clinic.region)
    if "country" in fields and country not in countries():
        errors["country"] = [_("Choose a country from the list.")]
    elif region and {"country", "region"} & set(fields) and region not in regions_of(country):
        codes = ", ".join(regions_of(country)[:60]) or _("none")
        errors["region"] = [_("Enter the code of a region of this country: %(codes)s.") % {"codes": codes}]
    return errors


def _save_clinic_fields(actor: Actor, clinic: Clinic, fields: Mapping[str, Any]) -> None:
    """Save the fields of `Clinic` that differ, and record them: the table has no audit trigger."""
    submitted = {CLINIC_COLUMNS[name]: " ".join(str(value).split()) for name, value in fields.items()}
    new = {column: value for column, value in submitted.items() if value != getattr(clinic, column)}
    if not new:
        return
    old = {column: getattr(clinic, column) for column in new}
    for column, value in new.items():
        setattr(clinic, column, value)
    clinic.save(update_fields=[*new, "updated_at"])
    record(actor, "update", clinic, before=old, values=new)


def _open_sessions(actor: Actor) -> QuerySet[AuthSession]:
    ids = Membership.objects.filter(clinic_id=actor.clinic_id).values("pk")
    return AuthSession.objects.filter(membership_id__in=ids, revoked_at=None)


def _end_sessions_without_second_factor(actor: Actor) -> None:
    """End the open sessions of members without one, except the actor's, which would end while they are enrolling."""
    others = [session for session in _open_sessions(actor).select_related("user") if session.pk != actor.session_id]
    sessions.revoke([session for session in others if not second_factor.is_enrolled(session.user)])


@transaction.atomic
def save_doctor(actor: Actor, doctor_id: UUID, *, seen: str | None = None, **fields: Any) -> DoctorSettings:
    """Update some of a doctor's settings: the front desk any doctor's, a doctor their own. NotFound for others'.

    Invalid by field. SettingsEditConflict unless their fingerprint is still `seen`; None skips that check.
    """
    rows = DoctorSettings.objects.editable_by(actor)
    settings: DoctorSettings = rows.lock(rows.fetch_of(doctor_id).pk)
    if seen is not None and DOCTOR.fingerprint(settings) != seen:
        raise SettingsEditConflict()
    for name, value in fields.items():
        setattr(settings, name, value)
    errors: dict[str, list[str]] = {}
    problems = [
        f"{day}: {problem}"
        for day, ranges in settings.working_hours_override.items()
        if (problem := _validate_key(day) or validate_day(ranges))
    ]
    if problems:
        errors["working_hours_override"] = problems
    if not settings.supported_visit_types:
        errors["supported_visit_types"] = [_("Choose at least one visit type.")]
    if errors:
        raise Invalid(fields=errors)
    settings.save(update_fields=[*fields, "updated_at"])
    publish_for(actor, SettingsChanged, settings, doctor_ids=[doctor_id])
    return settings


@transaction.atomic
def save_doctor_profile(actor: Actor, doctor: Doctor) -> Doctor:
    """Save a new or changed doctor, and create their settings if missing. Invalid if the weekly hours are invalid."""
    problem = validate_week(doctor.working_hours)
    if problem:
        raise Invalid(fields={"working_hours": [problem]})
    doctor.clinic_id = actor.clinic_id
    doctor.save()
    DoctorSettings.objects.get_or_create(clinic_id=actor.clinic_id, doctor=doctor)
    publish_for(actor, SettingsChanged, doctor, doctor_ids=[doctor.pk])
    return doctor


def _validate_key(day: str) -> str:
    """The error in a key of `working_hours_override`; empty for a weekday or an ISO date."""
    if day in WEEKDAYS:
        return ""
    try:
        dt.date.fromisoformat(day)
    except ValueError:
        return _("Use a date (YYYY-MM-DD) or one of %(days)s.") % {"days": ", ".join(WEEKDAYS)}
    return ""
