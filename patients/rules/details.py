"""Validation of patient records, shared by forms, API and import."""

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
INVALID_PHONE = "Enter a valid phone number."
LANGUAGES = ("en", "es")
ADULT_AGE = 18
MAX_ADDRESS_LENGTH = 200
BIDI_AND_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class PatientData(TypedDict, total=False):
    """The fields of a record as entered, before validation. `guardian` is `{name, phone, relation}`."""

    first_name: str
    last_name: str
    date_of_birth: dt.date
    phone: str
    email: str
    address: str
    preferred_language: str
    primary_doctor_id: UUID | None
    first_visit_date: dt.date | None
    contact_preferences: Mapping[str, Any]
    flags: list[str]
    guardian: Mapping[str, Any]


def validated(details: PatientData, *, today: dt.date) -> dict[str, Any]:
    """The record as it is stored, with defaults for missing fields. Invalid with every field that breaks a rule.

    `today` is the clinic's local date, for ages.
    """
    checks: dict[str, Any] = {
        "first_name": lambda: _name(details.get("first_name", "")),
        "last_name": lambda: _name(details.get("last_name", "")),
        "date_of_birth": lambda: _birth(details.get("date_of_birth"), today),
        "phone": lambda: validated_phone(details.get("phone", "")),
        "email": lambda: _email(details.get("email", "")),
        "address": lambda: _address(details.get("address", "")),
        "preferred_language": lambda: _language(details.get("preferred_language", "en")),
        "first_visit_date": lambda: _first_visit(details.get("first_visit_date")),
        "contact_preferences": lambda: _preferences(details.get("contact_preferences") or {}),
        "flags": lambda: _flags(details.get("flags") or []),
        "guardian": lambda: _guardian(details.get("guardian") or {}),
    }
    values: dict[str, Any] = {"primary_doctor_id": details.get("primary_doctor_id")}
    errors: dict[str, list[str]] = {}
    for field, check in checks.items():
        try:
            values[field] = check()
        except ValueError as error:
            errors[field] = [str(error)]
    born = values.get("date_of_birth")
    if born and "guardian" in values and is_minor(born, today) and not values["guardian"]:
        errors["guardian"] = ["Enter a guardian's name and phone for a patient under 18."]
    if errors:
        raise Invalid(fields=errors)
    return values


def patient_data_of(patient: Patient) -> PatientData:
    """A record as the argument of `register` and `update`."""
    return PatientData(
        first_name=patient.first_name,
        last_name=patient.last_name,
        date_of_birth=patient.date_of_birth,
        phone=str(patient.phone),
        email=patient.email,
        address=patient.address,
        preferred_language=patient.preferred_language,
        primary_doctor_id=patient.primary_doctor_id,
        first_visit_date=patient.first_visit_date,
        contact_preferences=patient.contact_preferences,
        flags=patient.flags,
        guardian=patient.guardian,
    )


def is_minor(born: dt.date, today: dt.date) -> bool:
    """Whether a patient born on that day is under 18 on `today`."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day)) < ADULT_AGE


def single_line(text: str) -> str:
    """The text on one line: NFC, single spaces, without control and bidirectional formatting characters."""
    return " ".join(BIDI_AND_CONTROL.sub(" ", unicodedata.normalize("NFC", text)).split())


def validated_phone(text: str) -> str:
    """The number in E.164, or an empty string. ValueError unless it is a possible phone number."""
    text = single_line(str(text))
    if not text:
        return ""
    try:
        number = phonenumbers.parse(text, settings.PHONENUMBER_DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        raise ValueError(INVALID_PHONE) from None
    if not phonenumbers.is_possible_number(number):
        raise ValueError(INVALID_PHONE)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def validated_preferences(preferences: Mapping[str, Any]) -> dict[str, bool]:
    """The preferences with all three channels; missing ones are allowed. Invalid for other keys or values."""
    try:
        return _preferences(preferences)
    except ValueError as error:
        raise Invalid(fields={"contact_preferences": [str(error)]}) from None


def _name(text: str) -> str:
    name = single_line(text)
    if not name:
        raise ValueError("Enter a name.")
    if len(name) > 80:
        raise ValueError("Enter at most 80 characters.")
    return name


def _birth(born: dt.date | None, today: dt.date) -> dt.date:
    if born is None:
        raise ValueError("Enter a date of birth.")
    if not dt.date(1900, 1, 1) <= born <= today:
        raise ValueError("Enter a date of birth between 1900 and today.")
    return born


def _first_visit(day: dt.date | None) -> dt.date | None:
    if day is not None and not dt.date(1900, 1, 1) <= day <= dt.date(2200, 1, 1):
        raise ValueError("Enter a date from 1900 to 2200.")
    return day


def _email(text: str) -> str:
    email = single_line(text).lower()
    if not email:
        return ""
    try:
        validate_email(email)
    except ValidationError:
        raise ValueError("Enter a valid email address.") from None
    if len(email) > 254:
        raise ValueError("Enter at most 254 characters.")
    return email


def _address(text: str) -> str:
    address = ", ".join(filter(None, (single_line(line) for line in text.splitlines())))
    if len(address) > MAX_ADDRESS_LENGTH:
        raise ValueError(f"Enter at most {MAX_ADDRESS_LENGTH} characters.")
    return address


def _language(code: str) -> str:
    if code not in LANGUAGES:
        raise ValueError("Choose en or es.")
    return code


def _preferences(preferences: Mapping[str, Any]) -> dict[str, bool]:
    unknown = set(preferences) - set(CHANNELS)
    if unknown or not all(isinstance(value, bool) for value in preferences.values()):
        raise ValueError("Enter true or false for sms, email and voice.")
    return {channel: bool(preferences.get(channel, True)) for channel in CHANNELS}


def _flags(flags: list[str]) -> list[str]:
    names = [single_line(str(flag)) for flag in flags]
    if len(names) > 10 or not all(0 < len(name) <= 40 for name in names):
        raise ValueError("Enter at most ten flags of at most 40 characters.")
    return list(dict.fromkeys(names))


def _guardian(guardian: Mapping[str, Any]) -> dict[str, str]:
    if set(guardian) - {"name", "phone", "relation"}:
        raise ValueError("Enter a name, a phone and a relation for the guardian.")
    cleaned = {key: single_line(str(value or ""))[:80] for key, value in guardian.items()}
    if not any(cleaned.values()):
        return {}
    if not cleaned.get("name") or not cleaned.get("phone"):
        raise ValueError("Enter the guardian's name and phone.")
    return {
        "name": cleaned["name"],
        "phone": validated_phone(cleaned["phone"]),
        "relation": cleaned.get("relation", ""),
    }
