import datetime as dt
import re
from typing import Self

from django.db.models import Q

from clinicflow.access.actor import Actor
from clinicflow.access.querysets import ClinicQuerySet, M
from clinicflow.access.roles import Role
from patients.folding import fold, looks_like_phone, national_digits, possible_birth_dates, share_a_word, similar_names

MIN_FUZZY_LENGTH = 3  # letters; shorter texts are similar to too many names
MAX_DUPLICATE_CANDIDATES = 500


def _prefix(field: str, start: str) -> Q:
    """A prefix condition as an index range: with row-level security, LIKE cannot use the index (collation "C")."""
    return Q(**{f"{field}__gte": start, f"{field}__lt": start + "\U0010ffff"})


class PatientQuerySet(ClinicQuerySet[M]):
    """Patients: all for the front desk, a doctor's own patients for the doctor, none for an owner."""

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
        """Records that were not merged into another one."""
        return self.filter(merged_into=None)

    def search(self, text: str) -> Self:
        """Patients whose name, phone, email or birth date starts with `text`.

        Examples: `lind`, `hannah l`, `555 01`, `6/26/1983`. If there are none, misspelled names, later parts of names
        and later digits of phones are tried. An empty text matches nothing. Accents and case are ignored, and first and
        last name may come in either order.
        """
        text = " ".join(text.replace("\x00", " ").split())[:120]
        condition = _prefix_match(text)
        if not condition:
            return self.none()
        matches = self.filter(condition)
        if matches.exists():
            return matches
        if looks_like_phone(text):
            return self.filter(search_phone__contains=re.sub(r"\D", "", text))
        name = fold(text)
        if len(name) < MIN_FUZZY_LENGTH or "@" in text:
            return matches
        return self.filter(pk__in=similar_names(name, self.values_list("pk", "search_last").iterator(5000)))

    def looking_like(self, *, first_name: str, last_name: str, date_of_birth: dt.date | None, phone: str = "") -> Self:
        """Possible duplicates: patients with the same phone, or the same birth date and a similar name."""
        digits = national_digits(phone)
        condition = Q()
        if digits:
            condition |= Q(search_phone=digits)
        if date_of_birth:
            condition |= Q(date_of_birth=date_of_birth)
        if not condition:
            return self.none()
        name = fold(f"{last_name} {first_name}")
        rows = self.filter(condition).values_list("pk", "search_last", "search_phone")[:MAX_DUPLICATE_CANDIDATES]
        return self.filter(
            pk__in=[pk for pk, other, number in rows if (digits and number == digits) or share_a_word(name, other)]
        )


class PatientImportQuerySet(ClinicQuerySet[M]):
    """Patient imports, for the front desk only."""

    roles = frozenset({Role.FRONT_DESK, Role.SYSTEM})


def _prefix_match(text: str) -> Q:
    """The condition for rows that start with the text; empty if there is too little to search for."""
    if "@" in text:
        return Q(email__startswith=text.lower())
    name, digits = fold(text), re.sub(r"\D", "", text)
    match = Q()
    if dates := possible_birth_dates(text):
        match |= Q(date_of_birth__in=dates)
    elif looks_like_phone(text):
        match |= _prefix("search_phone", digits) | _prefix("search_phone", digits.removeprefix("1"))
    if re.search(r"[^\W\d_]", name):
        match |= _prefix("search_last", name) | _prefix("search_first", name)
    return match
