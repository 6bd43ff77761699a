"""Writes of intake forms: create, fill in, submit, review. Lock order: the appointment, then its form."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor, publish_for
from clinicflow.access.roles import Role
from clinicflow.audit.log import record
from clinicflow.clinics.selectors import settings_of
from clinicflow.core import clock
from clinicflow.core.constraints import register_constraint_error
from clinicflow.core.errors import Busy, Forbidden, Invalid
from intake.errors import AlreadyCompleted, FormClosed, FormExists, FormIncomplete, ManualCompletionOff
from intake.events import AnswersSaved, IntakeChanged, IntakeSubmitted
from intake.models import IntakeForm, IntakeRevision, Questionnaire
from intake.operations import questionnaires
from intake.rules import answer_validation as rules
from scheduling.models import Appointment
from scheduling.operations import intake_status

NOT_HELD = frozenset({Appointment.Status.CANCELLED, Appointment.Status.NO_SHOW})
register_constraint_error("intake_forms_one_a_visit", FormExists)


@transaction.atomic
def create(
    actor: Actor, appointment_id: UUID, *, questionnaire_id: UUID | None = None, language: str = ""
) -> IntakeForm:
    """Create an empty form for an appointment, with the given questionnaire or the one for its audience.

    FormExists if it has one; FormClosed if the appointment was cancelled or missed; NotFound.
    """
    appointment: Appointment = Appointment.objects.visible_to(actor).select_related("patient").lock(appointment_id)
    if IntakeForm.objects.visible_to(actor).filter(appointment=appointment).exists():
        raise FormExists()
    if appointment.status in NOT_HELD:
        raise FormClosed("This visit does not take place.")
    if questionnaire_id:
        questionnaire = Questionnaire.objects.visible_to(actor).published().fetch(questionnaire_id)
    else:
        questionnaire = questionnaires.current_for(actor, audience_of(actor, appointment))
    form = IntakeForm(
        clinic_id=actor.clinic_id,
        patient_id=appointment.patient_id,
        appointment=appointment,
        questionnaire=questionnaire,
        language=language or appointment.patient.preferred_language,
    )
    form.save()
    _publish_changed(actor, form)
    return form


@transaction.atomic
def get_or_create(actor: Actor, appointment_id: UUID) -> IntakeForm:
    """The form of an appointment; created if there is none. Errors as for `create`."""
    Appointment.objects.visible_to(actor).lock(appointment_id)
    form = IntakeForm.objects.visible_to(actor).filter(appointment_id=appointment_id).first()
    return form or create(actor, appointment_id)


@transaction.atomic
def create_or_reuse(
    actor: Actor, appointment_id: UUID, *, questionnaire_id: UUID | None = None, language: str = ""
) -> IntakeForm:
    """The form of an appointment to be filled in: a new one, or an existing one without answers.

    FormExists if it has answers, is completed, or has another questionnaire.
    """
    Appointment.objects.visible_to(actor).lock(appointment_id)
    form = IntakeForm.objects.visible_to(actor).filter(appointment_id=appointment_id).first()
    if form is None:
        return create(actor, appointment_id, questionnaire_id=questionnaire_id, language=language)
    matches = questionnaire_id in {None, form.questionnaire_id}
    if form.submitted_at or form.raw_answers or form.completed_reason or not matches:
        raise FormExists()
    return set_language(actor, form.pk, language) if language else form


def audience_of(actor: Actor, appointment: Appointment) -> str:
    """The audience of an appointment's form: a patient who is a minor on that day, a follow-up visit, or an adult."""
    day = clock.local(appointment.starts_at, actor.timezone).date()
    if appointment.patient.is_minor_on(day):
        return Questionnaire.Audience.CHILD
    if appointment.visit_category == Appointment.VisitCategory.FOLLOW_UP:
        return Questionnaire.Audience.FOLLOW_UP
    return Questionnaire.Audience.ADULT


@transaction.atomic
def save_answers(
    actor: Actor, form_id: UUID, answers: Mapping[str, Any], *, language: str = "", replace: bool = False
) -> IntakeForm:
    """Save some answers of a form that is being filled in; None clears an answer.

    Other answers are kept, unless `replace`. Invalid by question, without saving any. FormClosed if the form was
    submitted and not reopened, or its appointment was cancelled or missed.
    """
    form = _lock_with_visit(actor, form_id)
    if form.submitted_at and not form.is_being_changed:
        raise FormClosed("This form was submitted. Reopen it to change it.")
    form.saved_at = clock.now()
    _store_answers(form, answers, replace=replace)
    form.language = language or form.language
    form.save(update_fields=["raw_answers", "draft_answers", "language", "saved_at", "updated_at"])
    publish_for(actor, AnswersSaved, form)
    form.refresh_from_db(fields=["danger_found_at"])
    return form


@transaction.atomic
def record_danger(actor: Actor, form_id: UUID, *, at: dt.datetime) -> None:
    """Record that an answer says the patient may be in danger; from then on their pages show the emergency line."""
    form: IntakeForm = IntakeForm.objects.visible_to(actor).lock(form_id)
    form.danger_found_at = at
    form.save(update_fields=["danger_found_at", "updated_at"])


@transaction.atomic
def set_language(actor: Actor, form_id: UUID, language: str) -> IntakeForm:
    """Set the language of the form, `en` or `es`."""
    form: IntakeForm = IntakeForm.objects.visible_to(actor).lock(form_id)
    if language != form.language:
        form.language = language
        form.save(update_fields=["language", "updated_at"])
    return form


@transaction.atomic
def open_for_patient(actor: Actor, form_id: UUID) -> IntakeForm:
    """Record when the patient first opened the form."""
    form: IntakeForm = IntakeForm.objects.visible_to(actor).lock(form_id)
    if form.opened_at is None:
        form.opened_at = clock.now()
        form.save(update_fields=["opened_at", "updated_at"])
        _publish_changed(actor, form)
    return form


@transaction.atomic
def submit(actor: Actor, form_id: UUID, *, complete: bool = True) -> IntakeForm:
    """Submit the form: create a revision, complete the appointment's intake, and publish IntakeSubmitted.

    FormIncomplete with the required questions without an answer; not checked without `complete` (paper). Submitting
    unchanged answers again creates no revision.
    """
    form = _lock_with_visit(actor, form_id)
    if form.submitted_at and not form.is_being_changed:
        return form
    sections = form.questionnaire.sections
    answers = rules.prune(sections, form.working_answers)
    missing = rules.missing(sections, answers) if complete else {}
    if missing:
        raise FormIncomplete(fields=missing)
    now = clock.now()
    unchanged = form.revision > 0 and answers == form.raw_answers
    form.raw_answers, form.draft_answers = answers, None
    form.status, form.submitted_at, form.saved_at = IntakeForm.Status.SUBMITTED, now, now
    form.entered_by_id = actor.user_id
    form.revision += 0 if unchanged else 1
    form.save()
    if unchanged:
        return form
    IntakeRevision.objects.create(
        clinic_id=form.clinic_id,
        form=form,
        patient_id=form.patient_id,
        number=form.revision,
        raw_answers=answers,
        answers_hash=hash_of(answers),
        language=form.language,
        submitted_at=now,
        entered_by_id=actor.user_id,
    )
    intake_status.mark(actor, form.appointment_id, Appointment.IntakeStatus.COMPLETED)
    publish_for(
        actor,
        IntakeSubmitted,
        form,
        doctor_ids=[form.appointment.doctor_id],
        appointment_id=form.appointment_id,
        patient_id=form.patient_id,
        revision=form.revision,
    )
    return form


@transaction.atomic
def reopen(actor: Actor, form_id: UUID) -> IntakeForm:
    """Reopen a submitted form for changes. FormClosed if the doctor has reviewed it."""
    form = _lock_open(actor, form_id)
    if form.submitted_at and not form.is_being_changed:
        form.draft_answers = form.raw_answers
        form.save(update_fields=["draft_answers", "updated_at"])
    return form


@transaction.atomic
def discard_changes(actor: Actor, form_id: UUID) -> IntakeForm:
    """Discard changes that were not submitted."""
    form = _lock_open(actor, form_id)
    if form.is_being_changed:
        form.draft_answers = None
        form.save(update_fields=["draft_answers", "updated_at"])
    return form


@transaction.atomic
def enter_from_paper(
    actor: Actor, form_id: UUID, answers: Mapping[str, Any], *, send_in: bool = True, replace: bool = False
) -> IntakeForm:
    """Save answers from a paper form, and submit it with `send_in`. ManualCompletionOff if the clinic disallows it.

    With `replace`, other answers are cleared, except those that the front desk cannot see.
    """
    _require_manual_completion(actor)
    _lock_with_visit(actor, form_id)
    form = reopen(actor, form_id)
    unseen: Mapping[str, Any] = {}
    if replace and actor.role == Role.FRONT_DESK:
        unseen = rules.answers_of_kind(form.questionnaire.sections, form.working_answers, "clinical")
    form = save_answers(actor, form_id, {**unseen, **answers}, replace=replace)
    if send_in:
        form = submit(actor, form_id, complete=False)
        record(actor, "intake.entered", form, patient_ids=[form.patient_id], values={"revision": form.revision})
    return form


@transaction.atomic
def mark_completed(actor: Actor, form_id: UUID, *, reason: str) -> IntakeForm:
    """Mark the intake as completed without answers, and store the reason.

    Invalid without a reason; AlreadyCompleted; ManualCompletionOff.
    """
    _require_manual_completion(actor)
    reason = " ".join(reason.replace("\x00", " ").split())[:200]
    if not reason:
        raise Invalid(fields={"reason": ["Enter a reason."]})
    form = _lock_with_visit(actor, form_id)
    if form.submitted_at or form.completed_reason:
        raise AlreadyCompleted()
    form.completed_reason = reason
    form.entered_by_id = actor.user_id
    form.save(update_fields=["completed_reason", "entered_by", "updated_at"])
    intake_status.mark(actor, form.appointment_id, Appointment.IntakeStatus.COMPLETED)
    record(actor, "intake.marked_completed", form, patient_ids=[form.patient_id], reason=reason)
    return form


@transaction.atomic
def review(actor: Actor, form_id: UUID) -> IntakeForm:
    """Mark the form as reviewed, which makes it final. Idempotent. FormClosed if it was not submitted.

    Forbidden except for doctors.
    """
    if actor.role != Role.DOCTOR:
        raise Forbidden("Only a doctor can review a form.")
    form: IntakeForm = IntakeForm.objects.visible_to(actor).select_related("appointment").lock(form_id)
    if form.status == IntakeForm.Status.REVIEWED:
        return form
    if form.submitted_at is None:
        raise FormClosed("This form has not been submitted yet.")
    form.status = IntakeForm.Status.REVIEWED
    form.draft_answers = None
    form.reviewed_at, form.reviewed_by_id = clock.now(), actor.user_id
    form.save(update_fields=["status", "draft_answers", "reviewed_at", "reviewed_by", "updated_at"])
    record(actor, "intake.reviewed", form, patient_ids=[form.patient_id], values={"revision": form.revision})
    _publish_changed(actor, form)
    return form


@transaction.atomic
def carry_over(actor: Actor, old_id: UUID, new: Appointment) -> None:
    """Move the form of an appointment to the appointment that replaces it, unless that one has a form."""
    form = IntakeForm.objects.visible_to(actor).select_for_update(of=("self",)).filter(appointment_id=old_id).first()
    if form is None or IntakeForm.objects.visible_to(actor).filter(appointment=new).exists():
        return
    form.appointment = new
    form.save(update_fields=["appointment", "updated_at"])


def answers_for(actor: Actor, form: IntakeForm) -> dict[str, Any]:
    """The answers that the actor may read: the administrative ones for the front desk, all for others."""
    if actor.role == Role.FRONT_DESK:
        return rules.answers_of_kind(form.questionnaire.sections, form.raw_answers, "administrative")
    return form.raw_answers


def hash_of(answers: Mapping[str, Any]) -> str:
    """SHA-256 of the answers in canonical form, as hexadecimal digits."""
    text = json.dumps(answers, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _lock_open(actor: Actor, form_id: UUID) -> IntakeForm:
    """The form, locked. FormClosed if it was reviewed, or its appointment was cancelled or missed."""
    form: IntakeForm = IntakeForm.objects.visible_to(actor).select_related("questionnaire", "appointment").lock(form_id)
    if form.status == IntakeForm.Status.REVIEWED:
        raise FormClosed("The doctor has reviewed this form.")
    if form.appointment.status in NOT_HELD:
        raise FormClosed("This visit does not take place.")
    return form


def _lock_with_visit(actor: Actor, form_id: UUID) -> IntakeForm:
    """The form, locked after its appointment: the lock order of rescheduling, which moves the form.

    If the form was moved between the two locks, both are taken again; Busy after three attempts.
    """
    for _try in range(3):
        unlocked: IntakeForm = IntakeForm.objects.visible_to(actor).fetch(form_id)
        Appointment.objects.visible_to(actor).lock(unlocked.appointment_id)
        form = _lock_open(actor, form_id)
        if form.appointment_id == unlocked.appointment_id:
            return form
    raise Busy()


def _store_answers(form: IntakeForm, answers: Mapping[str, Any], *, replace: bool) -> None:
    valid, errors = rules.validate(form.questionnaire.sections, answers)
    if errors:
        raise Invalid(fields=errors)
    for name, answer in valid.items():
        if isinstance(answer, dict) and answer.get("agreed"):
            _sign(answer, form.working_answers.get(name), form.saved_at)
    before = {} if replace else {name: value for name, value in form.working_answers.items() if name not in answers}
    merged = before | valid
    if form.is_being_changed:
        form.draft_answers = merged
    else:
        form.raw_answers = merged


def _sign(consent: dict[str, Any], before: Any, at: dt.datetime | None) -> None:
    """Set the instant of a consent's signature, from our clock; an unchanged signature keeps its instant."""
    is_unchanged = isinstance(before, dict) and before.get("agreed") and before.get("name") == consent["name"]
    consent["signed_at"] = before["signed_at"] if is_unchanged and "signed_at" in before else str(at and at.isoformat())


def _require_manual_completion(actor: Actor) -> None:
    if actor.role not in {Role.FRONT_DESK, Role.DOCTOR}:
        raise Forbidden()
    if not settings_of(actor).allow_manual_completion:
        raise ManualCompletionOff()


def _publish_changed(actor: Actor, form: IntakeForm) -> None:
    appointment = form.appointment
    publish_for(actor, IntakeChanged, appointment, doctor_ids=[appointment.doctor_id], form_id=form.pk)
