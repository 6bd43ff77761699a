"""The people of a clinic: who signs in, who treats, and who is treated."""

import datetime as dt
from dataclasses import dataclass, field
from uuid import UUID

from clinicflow.clinics.models import Doctor
from demo import backgrounds
from demo.backgrounds import Background
from demo.calendar import Calendar
from demo.factories import Chance, fixed_id
from demo.names import BOYS, GIRLS, LAST, SPANISH_LAST
from demo.plan import DoctorPlan, Scale
from patients.models import Patient

NUMBERS_OF_A_CODE = 100  # 555-0100 to 555-0199 belong to nobody
DAYS_OF_A_YEAR = 365.25


@dataclass(kw_only=True)
class Person:
    """A patient with what the rows do not say: their health in their own words, and when they were seen last."""

    row: Patient
    background: Background
    known: bool
    seen: list[dt.date] = field(default_factory=list)


class Crowd:
    """Makes the patients of one clinic, doctor by doctor; phone numbers do not repeat while there are enough."""

    def __init__(self, calendar: Calendar, clinic_id: UUID) -> None:
        self.calendar, self.clinic_id, self.plan = calendar, clinic_id, calendar.plan
        self.chance = Chance(self.plan.key, "patients")
        self.made = 0

    def panel(self, plan: DoctorPlan, doctor: Doctor, scale: Scale) -> list[Person]:
        """The patients whose primary doctor this is."""
        return [self._person(plan, doctor) for _ in range(max(6, round(plan.panel * scale.share)))]

    def _person(self, plan: DoctorPlan, doctor: Doctor) -> Person:
        chance = self.chance
        last = chance.one(LAST)
        first = chance.one(GIRLS if chance.happens(0.54) else BOYS)
        born = self._birthday(*plan.ages)
        known = not chance.happens(0.3)
        joined = self._joined(known, born)
        patient = Patient(
            id=chance.id_at(joined),
            clinic_id=self.clinic_id,
            primary_doctor=doctor,
            first_name=first,
            last_name=last,
            email=f"{first}.{last}{self.made}@example.com".lower().encode("ascii", "ignore").decode()
            if chance.happens(0.85)
            else "",
            phone=self._phone(),
            date_of_birth=born,
            first_visit_date=joined.date() if known else None,
            contact_preferences={"sms": chance.happens(0.94), "email": True, "voice": chance.happens(0.9)},
            flags=self._flags(),
            preferred_language="es" if last in SPANISH_LAST and chance.happens(0.4) else "en",
            created_at=joined,
            updated_at=joined,
        )
        age = patient.age_on(self.calendar.today)
        if patient.is_minor_on(self.calendar.today):
            patient.guardian = self._guardian(last, str(patient.phone))
        self.made += 1
        return Person(row=patient, background=self._background(age, patient.preferred_language), known=known)

    def _joined(self, known: bool, born: dt.date) -> dt.datetime:
        """When the clinic met them: within three years, or lately for those who have not been seen yet."""
        days = self.chance.randint(100, 1000) if known else self.chance.randint(91, 99)
        day = max(self.calendar.today - dt.timedelta(days=days), born + dt.timedelta(days=3))
        return self.calendar.at(day, f"{self.chance.randint(9, 16):02d}:{self.chance.randint(0, 59):02d}")

    def _birthday(self, youngest: int, oldest: int) -> dt.date:
        """A birth date; `youngest` and `oldest` are full years, both included."""
        days = round((youngest + self.chance.random() * (oldest - youngest + 0.9)) * DAYS_OF_A_YEAR) + 5
        return self.calendar.today - dt.timedelta(days=days)

    def _phone(self) -> str:
        codes = self.plan.area_codes
        number = self.made % (len(codes) * NUMBERS_OF_A_CODE)
        code, last = codes[number % len(codes)], number // len(codes)
        return f"+1{code}55501{last:02d}"

    def _flags(self) -> list[str]:
        flags = []
        if self.chance.happens(0.03):
            flags.append("VIP")
        if self.chance.happens(0.04):
            flags.append("needs_interpreter")
        return flags

    def _guardian(self, last: str, phone: str) -> dict[str, str]:
        mother = self.chance.happens(0.7)
        first = self.chance.one(GIRLS if mother else BOYS)
        return {"name": f"{first} {last}", "phone": phone, "relation": "mother" if mother else "father"}

    def _background(self, age: int, language: str) -> Background:
        choices: tuple[Background, ...]
        if age < 18:
            choices = backgrounds.CHILDREN
        else:
            choices = backgrounds.SPANISH if language == "es" else backgrounds.ADULTS
        fitting = [one for one in choices if one.ages[0] <= age <= one.ages[1]]
        return self.chance.one(fitting)


def make_doctor(plan: DoctorPlan, calendar: Calendar, clinic_id: UUID) -> Doctor:
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
