import datetime as dt
import re
import unicodedata
from typing import Self

import phonenumbers
from django.conf import settings
from django.db.models import Q

from clinicflow.clinics.actors import Actor, Role
from clinicflow.clinics.querysets import ClinicQuerySet

DATE_ORDERS = ("%m/%d/%Y", "%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%m-%d-%Y")
UNFOLDED = str.maketrans({"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i"})


def fold(text: str) -> str:
    """A name as it is looked up: lower case, no accents, single spaces; `José  O'Neil` → `jose oneil`."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(UNFOLDED))
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(re.sub(r"[^\w\s]", "", letters).split())


def national_digits(phone: str) -> str:
    """The digits of a number without its country code, as it is typed at the desk; empty if it is no number."""
    try:
        parsed = phonenumbers.parse(phone, settings.PHONENUMBER_DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return ""
    return str(parsed.national_number)


def search_fields(first_name: str, last_name: str, phone: object) -> dict[str, str]:
    """The columns that `search` looks into, for whoever writes a patient."""
    return {
        "search_last": fold(f"{last_name} {first_name}")[:170],
        "search_first": fold(f"{first_name} {last_name}")[:170],
        "search_phone": national_digits(str(phone or ""))[:20],
    }


def _prefix(field: str, start: str) -> Q:
    """An index range, since row-level security keeps LIKE from using one (the columns sort by byte)."""
    return Q(**{f"{field}__gte": start, f"{field}__lt": start + "\U0010ffff"})


def _birth_dates(text: str) -> set[dt.date]:
    dates = set()
    for order in DATE_ORDERS:
        try:
            dates.add(dt.datetime.strptime(text, order).replace(tzinfo=dt.UTC).date())
        except ValueError:
            continue
    return dates


class PatientQuerySet(ClinicQuerySet):
    """Patients: all of them for the front desk, their own for a doctor, none for an owner."""

    roles = frozenset({Role.ADMIN, Role.DOCTOR, Role.PATIENT, Role.SYSTEM})

    def visible_to(self, actor: Actor) -> Self:
        rows = super().visible_to(actor)
        if actor.role == Role.DOCTOR:
            own = self.model.objects.filter(
                appointments__doctor_id=actor.doctor_id, appointments__deleted_at=None, clinic_id=actor.clinic_id
            )
            return rows.filter(Q(primary_doctor_id=actor.doctor_id) | Q(pk__in=own.values("pk")))
        if actor.role == Role.PATIENT:
            return rows.filter(pk=actor.patient_id)
        return rows

    def current(self) -> Self:
        """Without those merged into another record."""
        return self.filter(merged_into=None)

    def search(self, text: str) -> Self:
        """Patients whose name, phone or birth date begins as typed: `lind`, `hannah l`, `555 01`, `6/26/1983`.

        Nothing matches an empty text. Names fold accents and case; last and first name count in either order.
        """
        words, digits = fold(text), re.sub(r"\D", "", text)
        match = Q()
        if re.search(r"[^\W\d_]", words):
            match |= _prefix("search_last", words) | _prefix("search_first", words)
        elif dates := _birth_dates(text.strip()):
            match |= Q(date_of_birth__in=dates)
        elif len(digits) >= 3:
            match |= _prefix("search_phone", digits) | _prefix("search_phone", digits.removeprefix("1"))
        return self.filter(match) if match else self.none()

    def looking_like(self, *, first_name: str, last_name: str, date_of_birth: dt.date | None, phone: str = "") -> Self:
        """Those that may be the same person: same phone, or same birth date and a name that begins alike."""
        match = Q()
        if digits := national_digits(phone):
            match |= Q(search_phone=digits)
        if date_of_birth:
            alike = Q()
            for field, name in (("search_last", last_name), ("search_first", first_name)):
                if start := fold(name)[:3]:
                    alike |= _prefix(field, start)
            match |= Q(date_of_birth=date_of_birth) & alike
        return self.filter(match) if match else self.none()
