"""Forms: made for a visit, filled in, sent in, reviewed. Lock order: the visit, then its form."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.audit.log import record
from clinicflow.clinics.models import ClinicSettings
from clinicflow.core import clock
from clinicflow.core.constraints import register_constraint_error
from clinicflow.core.errors import Busy, Forbidden, Invalid
from clinicflow.core.events import publish
from intake.errors import AlreadyCompleted, FormClosed, FormExists, FormIncomplete, ManualCompletionOff
from intake.events import AnswersSaved, IntakeChanged, IntakeSubmitted
from intake.models import IntakeForm, IntakeRevision, Questionnaire
from intake.operations import questionnaires
from intake.rules import answer_validation as rules
from scheduling.models import Appointment
from scheduling.operations import intake_status

OFF = frozenset({Appointment.Status.CANCELLED, Appointment.Status.NO_SHOW})
register_constraint_error("intake_forms_one_a_visit", FormExists)


@transaction.atomic
def create(
    actor: Actor, appointment_id: UUID, *, questionnaire_id: UUID | None = None, language: str = ""
) -> IntakeForm:
    """An empty form for a visit, to the questionnaire that fits it unless one is named. FormExists if it has one."""
    appointment: Appointment = Appointment.objects.visible_to(actor).select_related("patient").lock(appointment_id)
    if IntakeForm.objects.visible_to(actor).filter(appointment=appointment).exists():
        raise FormExists()
    if appointment.status in OFF:
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
    _tell(actor, form)
    return form


@transaction.atomic
def get_or_create(actor: Actor, appointment_id: UUID) -> IntakeForm:
    """The form of a visit, made now if there is none yet."""
    Appointment.objects.visible_to(actor).lock(appointment_id)
    form = IntakeForm.objects.visible_to(actor).filter(appointment_id=appointment_id).first()
    return form or create(actor, appointment_id)


@transaction.atomic
def insert(
    actor: Actor, appointment_id: UUID, *, questionnaire_id: UUID | None = None, language: str = ""
) -> IntakeForm:
    """The form of a visit for somebody who wants to fill it in: a new one, or the one that waits untouched.

    FormExists when somebody has begun to answer it, or it answers to another questionnaire.
    """
    Appointment.objects.visible_to(actor).lock(appointment_id)
    form = IntakeForm.objects.visible_to(actor).filter(appointment_id=appointment_id).first()
    if form is None:
        return create(actor, appointment_id, questionnaire_id=questionnaire_id, language=language)
    fits = questionnaire_id in {None, form.questionnaire_id}
    if form.submitted_at or form.raw_answers or form.completed_reason or not fits:
        raise FormExists()
    return set_language(actor, form.pk, language) if language else form


def audience_of(actor: Actor, appointment: Appointment) -> str:
    """Which questionnaire fits: children on the visit's day, then follow-ups, then adults."""
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
    """Keep answers as they are typed, each checked against its question; None takes one back.

    Other answers stay, unless `replace`. Invalid names the faulty questions and keeps nothing. FormClosed when the
    form was sent in and not opened again, or its visit is off.
    """
    form = _lock_with_visit(actor, form_id)
    if form.submitted_at and not form.is_being_changed:
        raise FormClosed("This form was sent in. Open it again to change it.")
    form.saved_at = clock.now()
    _keep(form, answers, replace=replace)
    form.language = language or form.language
    form.save(update_fields=["raw_answers", "draft_answers", "language", "saved_at", "updated_at"])
    publish(AnswersSaved(clinic_id=form.clinic_id, subject_id=form.pk, origin=actor.tab))
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
    """The language that the patient reads the form in: `en` or `es`."""
    form: IntakeForm = IntakeForm.objects.visible_to(actor).lock(form_id)
    if language != form.language:
        form.language = language
        form.save(update_fields=["language", "updated_at"])
    return form


@transaction.atomic
def open_for_patient(actor: Actor, form_id: UUID) -> IntakeForm:
    """Note that the patient has opened the form, the first time."""
    form: IntakeForm = IntakeForm.objects.visible_to(actor).lock(form_id)
    if form.opened_at is None:
        form.opened_at = clock.now()
        form.save(update_fields=["opened_at", "updated_at"])
        _tell(actor, form)
    return form


@transaction.atomic
def submit(actor: Actor, form_id: UUID, *, complete: bool = True) -> IntakeForm:
    """Send the form in: a new revision, the visit's intake completed, and the news of it.

    FormIncomplete names the required questions without an answer, unless not `complete` (paper). Sending in again
    with nothing changed is a success without a second revision.
    """
    form = _lock_with_visit(actor, form_id)
    if form.submitted_at and not form.is_being_changed:
        return form
    sections = form.questionnaire.sections
    answers = rules.prune(sections, form.working_answers)
    absent = rules.missing(sections, answers) if complete else {}
    if absent:
        raise FormIncomplete(fields=absent)
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
    publish(
        IntakeSubmitted(
            clinic_id=form.clinic_id,
            subject_id=form.pk,
            doctor_ids=(form.appointment.doctor_id,),
            origin=actor.tab,
            appointment_id=form.appointment_id,
            patient_id=form.patient_id,
            revision=form.revision,
        )
    )
    return form


@transaction.atomic
def reopen(actor: Actor, form_id: UUID) -> IntakeForm:
    """Let the patient change what was sent in. FormClosed once the doctor has reviewed it."""
    form = _lock_open(actor, form_id)
    if form.submitted_at and not form.is_being_changed:
        form.draft_answers = form.raw_answers
        form.save(update_fields=["draft_answers", "updated_at"])
    return form


@transaction.atomic
def store_revision(actor: Actor, form_id: UUID) -> IntakeForm:
    """Drop changes that were not sent in."""
    form = _lock_open(actor, form_id)
    if form.is_being_changed:
        form.draft_answers = None
        form.save(update_fields=["draft_answers", "updated_at"])
    return form


@transaction.atomic
def enter_from_paper(
    actor: Actor, form_id: UUID, answers: Mapping[str, Any], *, send_in: bool = True, replace: bool = False
) -> IntakeForm:
    """Staff type in what the patient wrote on paper, and send it in. ManualCompletionOff where the clinic says so.

    With `replace`, answers that are not given are taken back; of those, the front desk replaces only what it sees.
    """
    _manual_completion(actor)
    _lock_with_visit(actor, form_id)
    form = reopen(actor, form_id)
    unseen: Mapping[str, Any] = {}
    if replace and actor.role == Role.FRONT_DESK:
        unseen = rules.of_kind(form.questionnaire.sections, form.working_answers, "clinical")
    form = save_answers(actor, form_id, {**unseen, **answers}, replace=replace)
    if send_in:
        form = submit(actor, form_id, complete=False)
        record(actor, "intake.entered", form, patient_ids=[form.patient_id], values={"revision": form.revision})
    return form


@transaction.atomic
def mark_completed(actor: Actor, form_id: UUID, *, reason: str) -> IntakeForm:
    """Count the intake as completed without answers, for a reason that is kept. AlreadyCompleted if it is."""
    _manual_completion(actor)
    reason = " ".join(reason.replace("\x00", " ").split())[:200]
    if not reason:
        raise Invalid(fields={"reason": ["Say why the form is not needed."]})
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
    """The doctor has read it: from now on it does not change. A success if it is reviewed already."""
    if actor.role != Role.DOCTOR:
        raise Forbidden("Only a doctor reviews a form.")
    form: IntakeForm = IntakeForm.objects.visible_to(actor).select_related("appointment").lock(form_id)
    if form.status == IntakeForm.Status.REVIEWED:
        return form
    if form.submitted_at is None:
        raise FormClosed("This form has not been sent in yet.")
    form.status = IntakeForm.Status.REVIEWED
    form.draft_answers = None
    form.reviewed_at, form.reviewed_by_id = clock.now(), actor.user_id
    form.save(update_fields=["status", "draft_answers", "reviewed_at", "reviewed_by", "updated_at"])
    record(actor, "intake.reviewed", form, patient_ids=[form.patient_id], values={"revision": form.revision})
    _tell(actor, form)
    return form


@transaction.atomic
def carry_over(actor: Actor, old_id: UUID, new: Appointment) -> None:
    """The form of a visit belongs to the visit that replaces it."""
    form = IntakeForm.objects.visible_to(actor).select_for_update(of=("self",)).filter(appointment_id=old_id).first()
    if form is None or IntakeForm.objects.visible_to(actor).filter(appointment=new).exists():
        return
    form.appointment = new
    form.save(update_fields=["appointment", "updated_at"])


def answers_for(actor: Actor, form: IntakeForm) -> dict[str, Any]:
    """The answers that this actor may read: administrative ones for the front desk, else all."""
    if actor.role == Role.FRONT_DESK:
        return rules.of_kind(form.questionnaire.sections, form.raw_answers, "administrative")
    return form.raw_answers


def hash_of(answers: Mapping[str, Any]) -> str:
    """SHA-256 of the answers in canonical form, as hexadecimal digits."""
    text = json.dumps(answers, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _lock_open(actor: Actor, form_id: UUID) -> IntakeForm:
    """The form, locked, if it may still be written into."""
    form: IntakeForm = IntakeForm.objects.visible_to(actor).select_related("questionnaire", "appointment").lock(form_id)
    if form.status == IntakeForm.Status.REVIEWED:
        raise FormClosed("The doctor has reviewed this form.")
    if form.appointment.status in OFF:
        raise FormClosed("This visit does not take place.")
    return form


def _lock_with_visit(actor: Actor, form_id: UUID) -> IntakeForm:
    """The form and, before it, its visit, locked, since a visit that is moved takes its form along in that order.

    When it was moved in between, once more with the new visit; Busy if that keeps happening.
    """
    for _try in range(3):
        found: IntakeForm = IntakeForm.objects.visible_to(actor).fetch(form_id)
        Appointment.objects.visible_to(actor).lock(found.appointment_id)
        form = _lock_open(actor, form_id)
        if form.appointment_id == found.appointment_id:
            return form
    raise Busy()


def _keep(form: IntakeForm, answers: Mapping[str, Any], *, replace: bool) -> None:
    kept, wrong = rules.check(form.questionnaire.sections, answers)
    if wrong:
        raise Invalid(fields=wrong)
    for name, answer in kept.items():
        if isinstance(answer, dict) and answer.get("agreed"):
            _sign(answer, form.working_answers.get(name), form.saved_at)
    before = {} if replace else {name: value for name, value in form.working_answers.items() if name not in answers}
    together = before | kept
    if form.is_being_changed:
        form.draft_answers = together
    else:
        form.raw_answers = together


def _sign(consent: dict[str, Any], before: Any, at: dt.datetime | None) -> None:
    """A consent carries the instant at which its name was first signed; our clock says when."""
    same = isinstance(before, dict) and before.get("agreed") and before.get("name") == consent["name"]
    consent["signed_at"] = before["signed_at"] if same and "signed_at" in before else str(at and at.isoformat())


def _manual_completion(actor: Actor) -> None:
    if actor.role not in {Role.FRONT_DESK, Role.DOCTOR}:
        raise Forbidden()
    if not ClinicSettings.objects.visible_to(actor).get().allow_manual_completion:
        raise ManualCompletionOff()


def _tell(actor: Actor, form: IntakeForm) -> None:
    publish(
        IntakeChanged(
            clinic_id=form.clinic_id,
            subject_id=form.appointment_id,
            doctor_ids=(form.appointment.doctor_id,),
            origin=actor.tab,
            form_id=form.pk,
        )
    )
