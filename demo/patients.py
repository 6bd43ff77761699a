"""The patients and doctors of a clinic."""

import datetime as dt
from dataclasses import dataclass, field
from uuid import UUID

from clinicflow.clinics.models import Doctor
from demo import backgrounds
from demo.backgrounds import Background
from demo.calendar import Calendar
from demo.factories import SeededRandom, fixed_id
from demo.names import FEMALE_NAMES, LAST_NAMES, MALE_NAMES, SPANISH_LAST_NAMES
from demo.plan import DoctorPlan, Scale
from patients.models import Patient

NUMBERS_PER_AREA_CODE = 100  # 555-0100 to 555-0199 are reserved for fiction
STREETS = ("Maple Street", "Alder Avenue", "Mill Lane", "Orchard Road", "Chapel Street", "Juniper Way", "Ferry Street")
DAYS_PER_YEAR = 365.25


@dataclass(kw_only=True)
class DemoPatient:
    """A patient with the state that is not stored: health background, days of visits, whether seen before."""

    row: Patient
    background: Background
    known: bool
    seen: list[dt.date] = field(default_factory=list)


class PatientFactory:
    """Builds the patients of one clinic. Phone numbers are unique until the reserved range is used up."""

    def __init__(self, calendar: Calendar, clinic_id: UUID) -> None:
        self.calendar, self.clinic_id, self.plan = calendar, clinic_id, calendar.plan
        self.rng = SeededRandom(self.plan.key, "patients")
        self.made = 0

    def panel(self, plan: DoctorPlan, doctor: Doctor, scale: Scale) -> list[DemoPatient]:
        """Unsaved patients of one primary doctor, at least six."""
        return [self._patient(plan, doctor) for _ in range(max(6, round(plan.panel * scale.share)))]

    def _patient(self, plan: DoctorPlan, doctor: Doctor) -> DemoPatient:
        rng = self.rng
        last = rng.one(LAST_NAMES)
        first = rng.one(FEMALE_NAMES if rng.happens(0.54) else MALE_NAMES)
        born = self._birthday(*plan.ages)
        known = not rng.happens(0.3)
        joined = self._joined(known, born)
        patient = Patient(
            id=rng.id_at(joined),
            clinic_id=self.clinic_id,
            primary_doctor=doctor,
            first_name=first,
            last_name=last,
            email=f"{first}.{last}{self.made}@example.com".lower().encode("ascii", "ignore").decode()
            if rng.happens(0.85)
            else "",
            phone=self._phone(),
            address=f"{10 + self.made} {STREETS[self.made % len(STREETS)]}, {self.plan.address.split(', ', 1)[1]}",
            date_of_birth=born,
            first_visit_date=joined.date() if known else None,
            contact_preferences={"sms": rng.happens(0.94), "email": True, "voice": rng.happens(0.9)},
            flags=self._flags(),
            preferred_language="es" if last in SPANISH_LAST_NAMES and rng.happens(0.4) else "en",
            created_at=joined,
            updated_at=joined,
        )
        age = patient.age_on(self.calendar.today)
        if patient.is_minor_on(self.calendar.today):
            patient.guardian = self._guardian(last, str(patient.phone))
        self.made += 1
        return DemoPatient(row=patient, background=self._background(age, patient.preferred_language), known=known)

    def _joined(self, known: bool, born: dt.date) -> dt.datetime:
        """When the record was created: within three years, or recently for patients without a visit."""
        days = self.rng.randint(100, 1000) if known else self.rng.randint(91, 99)
        day = max(self.calendar.today - dt.timedelta(days=days), born + dt.timedelta(days=3))
        return self.calendar.at(day, f"{self.rng.randint(9, 16):02d}:{self.rng.randint(0, 59):02d}")

    def _birthday(self, youngest: int, oldest: int) -> dt.date:
        """A random birth date for an age from `youngest` to `oldest` years, inclusive."""
        days = round((youngest + self.rng.random() * (oldest - youngest + 0.9)) * DAYS_PER_YEAR) + 5
        return self.calendar.today - dt.timedelta(days=days)

    def _phone(self) -> str:
        codes = self.plan.area_codes
        number = self.made % (len(codes) * NUMBERS_PER_AREA_CODE)
        code, last = codes[number % len(codes)], number // len(codes)
        return f"+1{code}55501{last:02d}"

    def _flags(self) -> list[str]:
        flags = []
        if self.rng.happens(0.03):
            flags.append("VIP")
        if self.rng.happens(0.04):
            flags.append("needs_interpreter")
        return flags

    def _guardian(self, last: str, phone: str) -> dict[str, str]:
        mother = self.rng.happens(0.7)
        first = self.rng.one(FEMALE_NAMES if mother else MALE_NAMES)
        return {"name": f"{first} {last}", "phone": phone, "relation": "mother" if mother else "father"}

    def _background(self, age: int, language: str) -> Background:
        choices: tuple[Background, ...]
        if age < 18:
            choices = backgrounds.CHILDREN
        else:
            choices = backgrounds.SPANISH if language == "es" else backgrounds.ADULTS
        suitable = [one for one in choices if one.ages[0] <= age <= one.ages[1]]
        return self.rng.one(suitable)


def make_doctor(plan: DoctorPlan, calendar: Calendar, clinic_id: UUID) -> Doctor:
    """An unsaved doctor."""
    return Doctor(
        id=fixed_id(plan.key, calendar.plan.key, "doctor"),
        clinic_id=clinic_id,
        name=plan.name,
        initials=plan.initials,
        specialty=plan.specialty,
        color=plan.hue,
        room=plan.room,
        working_hours=calendar.hours_of(plan),
        default_visit_length=plan.lengths[1],
    )
