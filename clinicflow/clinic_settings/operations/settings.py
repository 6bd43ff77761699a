"""Saving what a clinic and its doctors have decided. Contradictions are refused on the field."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext as _

from clinicflow.access.actor import Actor
from clinicflow.accounts.models import AuthSession
from clinicflow.accounts.operations import second_factor, sessions
from clinicflow.audit.log import record
from clinicflow.clinic_settings.rules.regions import countries, regions_of
from clinicflow.clinic_settings.schema import BOUNDS, CLINIC_COLUMNS, DOCTOR, Tab
from clinicflow.clinics.errors import ChangedMeanwhile
from clinicflow.clinics.events import SettingsChanged
from clinicflow.clinics.models import WEEKDAYS, Clinic, ClinicSettings, Doctor, DoctorSettings, Membership
from clinicflow.clinics.rules.working_hours import minutes_between, validate_day, validate_week
from clinicflow.core.errors import Invalid
from clinicflow.core.events import publish

LEAST_REFRESH = 5  # seconds: pages that ask more often than this only cost


@transaction.atomic
def save_tab(actor: Actor, tab: Tab, *, seen: str, fields: Mapping[str, Any]) -> ClinicSettings:
    """Save a tab of the settings page. ChangedMeanwhile if it is not as `seen`, its fingerprint when it was shown."""
    settings: ClinicSettings = ClinicSettings.objects.visible_to(actor).select_for_update(of=("self",)).get()
    if tab.fingerprint(settings) != seen:
        raise ChangedMeanwhile()
    return save_clinic(actor, **fields)


@transaction.atomic
def save_clinic(actor: Actor, **fields: Any) -> ClinicSettings:
    """Change some of the clinic's settings; the names are those declared. Invalid, by field, if they contradict.

    A shorter session_timeout and a new require_mfa act on the sign-ins that are open.
    """
    rows = ClinicSettings.objects.visible_to(actor).select_related("clinic")
    settings: ClinicSettings = rows.select_for_update(of=("self",)).get()
    of_clinic = {name: fields.pop(name) for name in CLINIC_COLUMNS if name in fields}
    before = {name: getattr(settings, name) for name in fields}
    for name, value in fields.items():
        setattr(settings, name, value)
    errors = _contradictions(settings) | _problems_of_clinic(settings.clinic, of_clinic)
    if errors:
        raise Invalid(fields=errors)
    _save_clinic_itself(actor, settings.clinic, of_clinic)
    settings.save(update_fields=[*fields, "updated_at"])
    if before.get("session_timeout", settings.session_timeout) != settings.session_timeout:
        _open_sessions(actor).update(idle_minutes=settings.session_timeout)
    if settings.require_mfa and not before.get("require_mfa", True):
        _end_sessions_without_second_factor(actor)
    if before.get("ai_agreement_confirmed", settings.ai_agreement_confirmed) != settings.ai_agreement_confirmed:
        record(actor, f"ai.agreement_{'confirmed' if settings.ai_agreement_confirmed else 'withdrawn'}", settings)
    doctors = tuple(Doctor.objects.visible_to(actor).active().values_list("pk", flat=True))
    publish(
        SettingsChanged(clinic_id=actor.clinic_id, subject_id=settings.pk, doctor_ids=doctors, origin=actor.tab),
    )
    return settings


def _contradictions(settings: ClinicSettings) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if settings.opens_at >= settings.closes_at:
        errors["closes_at"] = [_("The clinic must close after it opens.")]
    elif minutes_between(settings.opens_at, settings.closes_at) < settings.slot_size:
        errors["closes_at"] = [_("The clinic must be open long enough for one visit.")]
    if settings.call_window_start >= settings.call_window_end:
        errors["call_window_end"] = [_("The call window must end after it starts.")]
    if set(settings.working_days) - set(WEEKDAYS) or len(set(settings.working_days)) != len(settings.working_days):
        errors["working_days"] = [_("Each day once, from %(days)s.") % {"days": ", ".join(WEEKDAYS)}]
    elif not settings.working_days:
        errors["working_days"] = [_("The clinic must work on at least one day.")]
    if settings.lock_appointment_if_missing and not settings.intake_required:
        errors["lock_appointment_if_missing"] = [_("Only a clinic that requires intake can lock visits without it.")]
    if 0 < settings.auto_refresh_interval < LEAST_REFRESH:
        errors["auto_refresh_interval"] = [_("Not more often than every 5 seconds; 0 switches it off.")]
    for name, (low, high) in BOUNDS.items():
        if not low <= getattr(settings, name) <= high:
            errors[name] = [_("Must be from %(low)s to %(high)s.") % {"low": low, "high": high}]
    return errors


def _problems_of_clinic(clinic: Clinic, fields: Mapping[str, Any]) -> dict[str, list[str]]:
    """What is wrong with the clinic's own fields, by their declared names."""
    errors: dict[str, list[str]] = {}
    name = " ".join(str(fields.get("clinic_name", clinic.name)).split())
    if not name or len(name) > 120:
        errors["clinic_name"] = [_("A name of 1 to 120 characters.")]
    if "timezone" in fields and fields["timezone"] not in available_timezones():
        errors["timezone"] = [_("There is no such time zone.")]
    country = fields.get("country", clinic.country)
    region = fields.get("region", clinic.region)
    if "country" in fields and country not in countries():
        errors["country"] = [_("No public holidays are known for this country.")]
    elif region and {"country", "region"} & set(fields) and region not in regions_of(country):
        known = ", ".join(regions_of(country)[:60]) or _("none")
        errors["region"] = [_("Not a region of this country. Its codes: %(codes)s.") % {"codes": known}]
    return errors


def _save_clinic_itself(actor: Actor, clinic: Clinic, fields: Mapping[str, Any]) -> None:
    """The clinic's own fields. No trigger watches that table, so what changed is recorded here."""
    wanted = {CLINIC_COLUMNS[name]: " ".join(str(value).split()) for name, value in fields.items()}
    new = {column: value for column, value in wanted.items() if value != getattr(clinic, column)}
    if not new:
        return
    old = {column: getattr(clinic, column) for column in new}
    for column, value in new.items():
        setattr(clinic, column, value)
    clinic.save(update_fields=[*new, "updated_at"])
    record(actor, "update", clinic, before=old, values=new)


def _open_sessions(actor: Actor) -> Any:
    ids = Membership.objects.filter(clinic_id=actor.clinic_id).values("pk")
    return AuthSession.objects.filter(membership_id__in=ids, revoked_at=None)


def _end_sessions_without_second_factor(actor: Actor) -> None:
    """All but the actor's own, who would lose the page on which they are setting it up."""
    rows = _open_sessions(actor).exclude(pk=actor.session_id).select_related("user")
    sessions.revoke([session for session in rows if not second_factor.is_enrolled(session.user)])


@transaction.atomic
def save_doctor(actor: Actor, doctor_id: UUID, *, seen: str | None = None, **fields: Any) -> DoctorSettings:
    """Change some of a doctor's settings: the front desk anybody's, a doctor their own. NotFound for others.

    ChangedMeanwhile if they are not as `seen`, their fingerprint when they were shown.
    """
    rows = DoctorSettings.objects.editable_by(actor)
    settings: DoctorSettings = rows.lock(rows.fetch_of(doctor_id).pk)
    if seen is not None and DOCTOR.fingerprint(settings) != seen:
        raise ChangedMeanwhile()
    for name, value in fields.items():
        setattr(settings, name, value)
    errors: dict[str, list[str]] = {}
    problems = [
        f"{day}: {problem}"
        for day, ranges in settings.working_hours_override.items()
        if (problem := _problem_of_key(day) or validate_day(ranges))
    ]
    if problems:
        errors["working_hours_override"] = problems
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
    problem = validate_week(doctor.working_hours)
    if problem:
        raise Invalid(fields={"working_hours": [problem]})
    doctor.clinic_id = actor.clinic_id
    doctor.save()
    DoctorSettings.objects.get_or_create(clinic_id=actor.clinic_id, doctor=doctor)
    publish(SettingsChanged(clinic_id=actor.clinic_id, subject_id=doctor.pk, doctor_ids=(doctor.pk,)))
    return doctor


def _problem_of_key(day: str) -> str:
    if day in WEEKDAYS:
        return ""
    try:
        dt.date.fromisoformat(day)
    except ValueError:
        return f"is neither a date (YYYY-MM-DD) nor one of {', '.join(WEEKDAYS)}."
    return ""
