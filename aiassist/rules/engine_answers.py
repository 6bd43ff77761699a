"""Conversion of a form's answers to the engine's input."""

from collections.abc import Iterable, Mapping
from typing import Any

from aiassist.engine.identity import Identity
from aiassist.engine.schema import Answer
from clinicflow.clinics.models import Clinic, Doctor
from intake.models import IntakeRevision, Questionnaire
from intake.rules.answer_validation import ROW_FIELDS
from intake.rules.questionnaire_schema import questions
from patients.models import Patient


def engine_answers(questionnaire: Questionnaire, revision: IntakeRevision) -> list[Answer]:
    """The given answers in the questionnaire's order, choices as the text that the patient saw.

    Administrative answers are marked as such: the engine counts them and does not read them.
    """
    language = revision.language
    answers = []
    for question in questions(questionnaire.sections):
        if question["id"] not in revision.raw_answers:
            continue
        answers.append(
            Answer.of(
                question["id"],
                _displayed(question, revision.raw_answers[question["id"]], language),
                topic=question.get("topic", "other"),
                kind=question.get("kind", "clinical"),
                label=in_language(question["text"], language),
                language=language,
            )
        )
    return answers


def in_language(texts: Mapping[str, str | None], language: str) -> str:
    """The text in a language, or in English, which every questionnaire has."""
    return texts.get(language) or texts["en"] or ""


def _displayed(question: Mapping[str, Any], value: Any, language: str) -> Any:
    options = {option["value"]: in_language(option["text"], language) for option in question.get("options") or ()}
    if isinstance(value, str):
        return options.get(value, value)
    if isinstance(value, Mapping) and "rows" in value:
        order = ROW_FIELDS.get(question["type"], ())  # jsonb does not preserve the order
        return {**value, "rows": [{name: row[name] for name in order if name in row} for row in value["rows"]]}
    if isinstance(value, list) and options:
        return [options.get(choice, choice) if isinstance(choice, str) else choice for choice in value]
    return value


def identity_of(patient: Patient, clinic: Clinic, doctors: Iterable[Doctor]) -> Identity:
    """Identifying data to redact: of the patient, the guardian, the clinic and its doctors."""
    guardian = patient.guardian or {}
    names = [f"{patient.first_name} {patient.last_name}", guardian.get("name")]
    phones = [str(patient.phone or ""), guardian.get("phone")]
    return Identity(
        names=tuple(str(name) for name in names if name),
        date_of_birth=patient.date_of_birth,
        phones=tuple(str(phone) for phone in phones if phone),
        emails=(patient.email,) if patient.email else (),
        addresses=(clinic.address,) if clinic.address else (),
        address=patient.address,
        clinics=(clinic.name,),
        doctors=tuple(doctor.name for doctor in doctors),
    )
