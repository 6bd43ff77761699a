import datetime as dt
import re
from typing import Self

from django.db.models import Q

from clinicflow.access.actor import Actor
from clinicflow.access.querysets import ClinicQuerySet, M
from clinicflow.access.roles import Role
from patients.folding import dates_in, fold, looks_like_phone, national_digits, same_person, similar_names

FUZZY_FROM = 3  # letters; below that everything is similar to everything
MOST_SUSPECTS = 500


def _prefix(field: str, start: str) -> Q:
    """An index range, since row-level security keeps LIKE from using one (the columns sort by byte)."""
    return Q(**{f"{field}__gte": start, f"{field}__lt": start + "\U0010ffff"})


class PatientQuerySet(ClinicQuerySet[M]):
    """Patients: all of them for the front desk, their own for a doctor, none for an owner."""

    roles = frozenset({Role.FRONT_DESK, Role.DOCTOR, Role.PATIENT, Role.SYSTEM})

    def visible_to(self, actor: Actor) -> Self:
        rows = super().visible_to(actor)
        if actor.role == Role.DOCTOR:
            own = self.model._default_manager.filter(
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
        """Patients whose name, phone, e-mail or birth date begins as typed: `lind`, `hannah l`, `555 01`, `6/26/1983`.

        When nothing begins so, names with a slip in them, later parts of names and later digits of phones are tried.
        Nothing matches an empty text. Names fold accents and case; last and first name count in either order.
        """
        text = " ".join(text.replace("\x00", " ").split())[:120]
        written = _written_as(text)
        if not written:
            return self.none()
        found = self.filter(written)
        if found.exists():
            return found
        if looks_like_phone(text):
            return self.filter(search_phone__contains=re.sub(r"\D", "", text))
        words = fold(text)
        if len(words) < FUZZY_FROM or "@" in text:
            return found
        return self.filter(pk__in=similar_names(words, self.values_list("pk", "search_last").iterator(5000)))

    def looking_like(self, *, first_name: str, last_name: str, date_of_birth: dt.date | None, phone: str = "") -> Self:
        """Those that may be the same person: same phone, or same birth date and a similar name."""
        digits = national_digits(phone)
        suspects = Q()
        if digits:
            suspects |= Q(search_phone=digits)
        if date_of_birth:
            suspects |= Q(date_of_birth=date_of_birth)
        if not suspects:
            return self.none()
        name = fold(f"{last_name} {first_name}")
        rows = self.filter(suspects).values_list("pk", "search_last", "search_phone")[:MOST_SUSPECTS]
        return self.filter(
            pk__in=[pk for pk, other, number in rows if (digits and number == digits) or same_person(name, other)]
        )


class PatientImportQuerySet(ClinicQuerySet[M]):
    """Files of patients: the front desk's."""

    roles = frozenset({Role.FRONT_DESK, Role.SYSTEM})


def _written_as(text: str) -> Q:
    """The condition for rows that begin with what was typed; empty for too little."""
    if "@" in text:
        return Q(email__startswith=text.lower())
    words, digits = fold(text), re.sub(r"\D", "", text)
    match = Q()
    if dates := dates_in(text):
        match |= Q(date_of_birth__in=dates)
    elif looks_like_phone(text):
        match |= _prefix("search_phone", digits) | _prefix("search_phone", digits.removeprefix("1"))
    if re.search(r"[^\W\d_]", words):
        match |= _prefix("search_last", words) | _prefix("search_first", words)
    return match
