"""Answers to the default questionnaires, from a patient's background and complaint."""

import re
from collections.abc import Mapping
from typing import Any

from demo.backgrounds import Background
from demo.complaints import Complaint
from demo.factories import SeededRandom
from demo.names import FEMALE_NAMES, MALE_NAMES
from demo.patients import DemoPatient
from patients.models import Patient

NONE = frozenset(
    (
        *("none", "no", "nothing", "none known", "no known", "no known allergies", "none that i know of"),
        *("none we know of", "ninguna", "no tomo nada", "i dont take anything right now"),
    )
)
DOSE = re.compile(r"^(?P<name>.*?\S)\s+(?P<dose>\d[\d./,]*(?:\s?(?:mg|mcg|units))?)(?:\s+(?P<frequency>.+))?$", re.I)
REACTION = re.compile(r"\s+-\s+|,\s+|\s*\(")
ADULT_CONDITIONS = {
    "high_blood_pressure": "blood pres|hypertension|presion",
    "diabetes": "diabet",
    "high_cholesterol": "colesterol|cholesterol",
    "heart_disease": "heart|a fib|stent|valve",
    "asthma_copd": "asthma",
    "kidney_disease": "kidney",
    "thyroid": "thyroid|tiroides",
    "depression_anxiety": "depress|anxiety",
}
CHILD_CONDITIONS = {"asthma": "asthma", "eczema": "eczema", "attention": "adhd"}
ADULT_FAMILY = {
    "heart_disease": "heart|bypass",
    "high_blood_pressure": "blood pressure|presion",
    "diabetes": "diabet",
    "stroke": "stroke",
    "cancer": "cancer",
}
CHILD_FAMILY = {"asthma": "asthma", "allergies": "allergy|exzema"}
TOBACCO = {"never": "never", "former": "former", "current": "every_day", "vape": "some_days", "": "never"}
PHARMACIES = ("CVS on 3rd", "Walgreens by the station", "the one on Canal street", "Rite Aid Broadway", "Costco", "")
WORSE = ("none", "", "it makes me sleepy", "the new one upsets my stomach", "cramps at night maybe from the pills")


def answers_of(
    demo_patient: DemoPatient, complaint: Complaint, audience: str, *, signed_at: str, rng: SeededRandom
) -> Mapping[str, Any]:
    """The answers to the questionnaire for that audience (adult, child or follow-up), as a phone would send them."""
    background, patient = demo_patient.background, demo_patient.row
    minor = bool(patient.guardian)
    signature = patient.guardian["name"] if minor else patient.full_name
    answers: dict[str, Any] = {
        "reason": complaint.reason,
        "symptoms": _yes_with(complaint.symptoms),
        "medications": _medicines(background.medications, rng),
        "allergies": _allergies(background.allergies, rng),
        "surgeries": _yes_with(background.surgeries),
        "pharmacy": rng.one(PHARMACIES),
        "emergency_contact": f"{rng.one(FEMALE_NAMES + MALE_NAMES)} {patient.last_name}, {patient.phone}",
        "consent": {"agreed": True, "name": signature, "signed_at": signed_at},
    }
    if audience == "follow-up":
        answers |= _follow_up(background, rng)
    elif audience == "child":
        answers |= _child(background, rng)
    else:
        answers |= _adult(background, patient, rng)
    return {name: answer for name, answer in answers.items() if answer != ""}


def _adult(background: Background, patient: Patient, rng: SeededRandom) -> dict[str, Any]:
    conditions = _chosen(background.conditions, ADULT_CONDITIONS)
    answers: dict[str, Any] = {
        "conditions": conditions,
        "family_history": _chosen(background.family_history, ADULT_FAMILY, other="unknown"),
        "tobacco": TOBACCO[background.tobacco],
        "alcohol": {"some": rng.one(("monthly", "weekly")), "regular": "daily"}.get(background.alcohol, "never"),
        "pregnancy": "not_applicable" if patient.first_name not in FEMALE_NAMES else "no",
    }
    if {"heart_disease", "other"} & set(conditions):
        answers["conditions_more"] = background.conditions
    return answers


def _child(background: Background, rng: SeededRandom) -> dict[str, Any]:
    early = "born" in background.conditions
    return {
        "conditions": _chosen(background.conditions, CHILD_CONDITIONS),
        "family_history": _chosen(background.family_history, CHILD_FAMILY, other="unknown"),
        "tobacco": rng.one(("no", "no", "no", "outside")),
        "birth": {"yes": True, "detail": background.conditions} if early else {"yes": False},
        "vaccines": rng.one(("yes", "yes", "yes", "unsure")),
        "development": {"yes": False},
        "relation": "parent",
    }


def _follow_up(background: Background, rng: SeededRandom) -> dict[str, Any]:
    trouble = rng.one(WORSE)
    return {
        "progress": rng.one(("better", "same", "same", "worse")),
        "side_effects": _yes_with(trouble) if trouble else "",
        "conditions": {"yes": False},
        "surgeries": {"yes": False},
    }


def _is_none(text: str) -> bool:
    return text.lower().strip(" .") in NONE


def _yes_with(text: str) -> dict[str, Any]:
    return {"yes": False} if _is_none(text) or not text else {"yes": True, "detail": text}


def _medicines(text: str, rng: SeededRandom) -> Any:
    """Most patients fill one row per item; some type everything into one row."""
    if _is_none(text):
        return {"none": True}
    if rng.happens(0.3) or ". " in text:
        return text
    rows = []
    for part in re.split(r",\s+(?:and\s+)?|\s+and\s+", text):
        found = DOSE.match(part)
        fields = found.groupdict() if found else {"name": part}
        rows.append({name: fields.get(name) or "" for name in ("name", "dose", "frequency")})
    return {"rows": rows}


def _allergies(text: str, rng: SeededRandom) -> Any:
    if _is_none(text):
        return {"none": True}
    if rng.happens(0.25) or ". " in text:
        return text
    substance, *reaction = REACTION.split(text, maxsplit=1)
    return {"rows": [{"substance": substance, "reaction": reaction[0].rstrip(")") if reaction else ""}]}


def _chosen(text: str, options: Mapping[str, str], other: str = "other") -> list[str]:
    """The options that the words stand for; the exclusive “none” when there are none."""
    found = [value for value, pattern in options.items() if re.search(pattern, text, re.I)]
    if found:
        return found
    return ["none"] if not text or _is_none(text) or text in {"healthy", "nothing"} else [other]
