"""What a patient's record may hold, checked in one place for forms, API and import."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, TypedDict
from uuid import UUID

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from clinicflow.core.errors import Invalid
from patients.models import Patient

CHANNELS = ("sms", "email", "voice")
LANGUAGES = ("en", "es")
ADULT = 18
BIDI_AND_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class PatientData(TypedDict, total=False):
    """A record as people give it; see schema.md for the fields. `guardian` is `{name, phone, relation}`."""

    first_name: str
    last_name: str
    date_of_birth: dt.date
    phone: str
    email: str
    preferred_language: str
    primary_doctor_id: UUID | None
    first_visit_date: dt.date | None
    contact_preferences: Mapping[str, Any]
    flags: list[str]
    guardian: Mapping[str, Any]


def validated(details: PatientData, *, today: dt.date) -> dict[str, Any]:
    """The record in the form that is stored, complete with defaults. Invalid names every field that is wrong.

    `today` is the clinic's local date, for ages.
    """
    checks: dict[str, Any] = {
        "first_name": lambda: _name(details.get("first_name", "")),
        "last_name": lambda: _name(details.get("last_name", "")),
        "date_of_birth": lambda: _birth(details.get("date_of_birth"), today),
        "phone": lambda: validated_phone(details.get("phone", "")),
        "email": lambda: _email(details.get("email", "")),
        "preferred_language": lambda: _language(details.get("preferred_language", "en")),
        "first_visit_date": lambda: _first_visit(details.get("first_visit_date")),
        "contact_preferences": lambda: _preferences(details.get("contact_preferences") or {}),
        "flags": lambda: _flags(details.get("flags") or []),
        "guardian": lambda: _guardian(details.get("guardian") or {}),
    }
    values: dict[str, Any] = {"primary_doctor_id": details.get("primary_doctor_id")}
    wrong: dict[str, list[str]] = {}
    for field, check in checks.items():
        try:
            values[field] = check()
        except ValueError as error:
            wrong[field] = [str(error)]
    born = values.get("date_of_birth")
    if born and "guardian" in values and is_minor(born, today) and not values["guardian"]:
        wrong["guardian"] = ["A patient under 18 needs a guardian's name and phone."]
    if wrong:
        raise Invalid(fields=wrong)
    return values


def patient_data_of(patient: Patient) -> PatientData:
    """A record in the shape that `create` and `update` take."""
    return PatientData(
        first_name=patient.first_name,
        last_name=patient.last_name,
        date_of_birth=patient.date_of_birth,
        phone=str(patient.phone),
        email=patient.email,
        preferred_language=patient.preferred_language,
        primary_doctor_id=patient.primary_doctor_id,
        first_visit_date=patient.first_visit_date,
        contact_preferences=patient.contact_preferences,
        flags=patient.flags,
        guardian=patient.guardian,
    )


def is_minor(born: dt.date, today: dt.date) -> bool:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day)) < ADULT


def single_line(text: str) -> str:
    """One line of text: composed letters, single spaces, no control or direction characters."""
    return " ".join(BIDI_AND_CONTROL.sub(" ", unicodedata.normalize("NFC", text)).split())


def validated_phone(text: str) -> str:
    """E.164, or an empty string. ValueError for what cannot be a phone number."""
    text = single_line(str(text))
    if not text:
        return ""
    try:
        number = phonenumbers.parse(text, settings.PHONENUMBER_DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        raise ValueError("This is no phone number.") from None
    if not phonenumbers.is_possible_number(number):
        raise ValueError("This is no phone number.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def validated_preferences(preferences: Mapping[str, Any]) -> dict[str, bool]:
    """All three channels, each yes or no. Invalid for anything else."""
    try:
        return _preferences(preferences)
    except ValueError as error:
        raise Invalid(fields={"contact_preferences": [str(error)]}) from None


def _name(text: str) -> str:
    name = single_line(text)
    if not name:
        raise ValueError("Give a name.")
    if len(name) > 80:
        raise ValueError("At most 80 characters.")
    return name


def _birth(born: dt.date | None, today: dt.date) -> dt.date:
    if born is None:
        raise ValueError("Give the date of birth.")
    if not dt.date(1900, 1, 1) <= born <= today:
        raise ValueError("A date of birth lies between 1900 and today.")
    return born


def _first_visit(day: dt.date | None) -> dt.date | None:
    if day is not None and not dt.date(1900, 1, 1) <= day <= dt.date(2200, 1, 1):
        raise ValueError("This date is out of range.")
    return day


def _email(text: str) -> str:
    email = single_line(text).lower()
    if not email:
        return ""
    try:
        validate_email(email)
    except ValidationError:
        raise ValueError("This is no e-mail address.") from None
    if len(email) > 254:
        raise ValueError("At most 254 characters.")
    return email


def _language(code: str) -> str:
    if code not in LANGUAGES:
        raise ValueError("Choose en or es.")
    return code


def _preferences(preferences: Mapping[str, Any]) -> dict[str, bool]:
    unknown = set(preferences) - set(CHANNELS)
    if unknown or not all(isinstance(value, bool) for value in preferences.values()):
        raise ValueError("Say true or false for sms, email and voice.")
    return {channel: bool(preferences.get(channel, True)) for channel in CHANNELS}


def _flags(flags: list[str]) -> list[str]:
    names = [single_line(str(flag)) for flag in flags]
    if len(names) > 10 or not all(0 < len(name) <= 40 for name in names):
        raise ValueError("At most ten flags of at most 40 characters.")
    return list(dict.fromkeys(names))


def _guardian(guardian: Mapping[str, Any]) -> dict[str, str]:
    if set(guardian) - {"name", "phone", "relation"}:
        raise ValueError("A guardian has a name, a phone and a relation.")
    found = {key: single_line(str(value or ""))[:80] for key, value in guardian.items()}
    if not any(found.values()):
        return {}
    if not found.get("name") or not found.get("phone"):
        raise ValueError("Give the guardian's name and phone.")
    return {"name": found["name"], "phone": validated_phone(found["phone"]), "relation": found.get("relation", "")}
