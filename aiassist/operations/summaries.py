"""Summaries: begun when a form is sent in, made by a job, edited and reviewed by the doctor.

Every regeneration and edit is a new version; earlier ones stay as they were.
"""

import datetime as dt
import hashlib
from typing import Any
from uuid import UUID

from django.db import transaction

from aiassist.engine.schema import VERSION, Answer, Verified, VerifiedItem
from aiassist.events import SummaryFailed, SummaryReady, SummaryWanted
from aiassist.models import IntakeSummary
from aiassist.rules.summary_rewrite import is_plain
from clinicflow.access.actor import Actor
from clinicflow.audit.log import record
from clinicflow.core.errors import IllegalTransition, Invalid
from clinicflow.core.events import publish
from intake.models import IntakeForm, IntakeRevision

Status = IntakeSummary.Status
DONE = frozenset({Status.GENERATED, Status.EDITED})


@transaction.atomic
def create(actor: Actor, form_id: UUID) -> IntakeSummary | None:
    """Open the summary of a form's newest revision, or find the one that is open already.

    None when the form has no revision, as when staff marked it completed without answers.
    """
    form = IntakeForm.objects.visible_to(actor).lock(form_id)
    if form.revision == 0:
        return None
    newest = IntakeSummary.objects.filter(intake_form=form, is_newest=True).select_for_update().first()
    if newest is not None and newest.form_revision == form.revision:
        return newest
    return _queue_version(form, newest)


def _queue_version(form: IntakeForm, newest: IntakeSummary | None) -> IntakeSummary:
    summary = _next_version(form, newest)
    publish(SummaryWanted(clinic_id=form.clinic_id, subject_id=summary.pk))
    return summary


def _next_version(form: IntakeForm, newest: IntakeSummary | None, **fields: Any) -> IntakeSummary:
    """A fresh version on top of the newest, which steps back. The caller holds the form's lock."""
    if newest is not None:
        IntakeSummary.objects.filter(pk=newest.pk).update(is_newest=False)
    return IntakeSummary.objects.create(
        clinic_id=form.clinic_id,
        appointment_id=form.appointment_id,
        intake_form=form,
        patient_id=form.patient_id,
        form_revision=form.revision,
        version=newest.version + 1 if newest else 1,
        **fields,
    )


@transaction.atomic
def answers_to_read(actor: Actor, summary_id: UUID) -> IntakeRevision | None:
    """The revision that a summary in the making is about, or None when it is made already."""
    summary = IntakeSummary.objects.visible_to(actor).lock(summary_id)
    if summary.status != Status.GENERATING:
        return None
    return (
        IntakeRevision.objects.select_related("form__questionnaire", "form__appointment")
        .filter(form_id=summary.intake_form_id, number=summary.form_revision)
        .get()
    )


def opened_at(actor: Actor, summary_id: UUID) -> dt.datetime:
    """The instant at which this version was asked for."""
    opened: dt.datetime = IntakeSummary.objects.visible_to(actor).fetch(summary_id).created_at
    return opened


@transaction.atomic
def record_call(actor: Actor, summary_id: UUID, prompt_version: str) -> bool:
    """Note that a model is about to be asked; False when one was asked already and nobody knows how it ended.

    A worker that dies in the middle of a call may have paid for it, so the next one does not pay again.
    """
    summary = IntakeSummary.objects.visible_to(actor).lock(summary_id)
    if summary.status != Status.GENERATING or summary.prompt_version:
        return False
    summary.prompt_version = prompt_version
    summary.save(update_fields=["prompt_version", "updated_at"])
    return True


@transaction.atomic
def clear_call(actor: Actor, summary_id: UUID) -> None:
    """Note that the call ended without a summary, so that another may be made."""
    summary = IntakeSummary.objects.visible_to(actor).lock(summary_id)
    if summary.status == Status.GENERATING:
        summary.prompt_version = ""
        summary.save(update_fields=["prompt_version", "updated_at"])


@transaction.atomic
def complete(
    actor: Actor,
    summary_id: UUID,
    *,
    answers: list[Answer],
    verified: Verified,
    engine: str,
    at: dt.datetime,
    facts: dict[str, Any] | None = None,
) -> IntakeSummary:
    """Keep what an engine made, once; a second delivery changes nothing.

    `facts` are the engine's own: model_version, prompt_version, tokens, cost_usd, latency_ms.
    """
    summary = IntakeSummary.objects.visible_to(actor).lock(summary_id)
    if summary.status != Status.GENERATING:
        return summary
    apply_result(summary, verified)
    summary.status = Status.GENERATED
    summary.engine = engine
    summary.schema_version = VERSION
    summary.answers_hash = hash_of(answers)
    summary.generated_at = at
    for name, value in (facts or {}).items():
        setattr(summary, name, value)
    summary.save()
    _announce(actor, summary)
    return summary


@transaction.atomic
def awaits_model(actor: Actor, summary_id: UUID) -> IntakeRevision | None:
    """The revision of a summary that the rules made in the model's place; None when it is no longer the newest, or
    when the doctor has reviewed it or decided on an item of it."""
    summary = IntakeSummary.objects.visible_to(actor).fetch(summary_id)
    if not _may_be_followed(summary):
        return None
    return (
        IntakeRevision.objects.select_related("form__questionnaire", "form__appointment")
        .filter(form_id=summary.intake_form_id, number=summary.form_revision)
        .get()
    )


def _may_be_followed(summary: IntakeSummary) -> bool:
    return bool(
        summary.is_newest
        and summary.status == Status.GENERATED
        and summary.engine == IntakeSummary.Engine.RULES
        and summary.failure
        and summary.reviewed_at is None
        and not any(entry.get("verdict") for entry in summary.items.get("items", []))
    )


@transaction.atomic
def add_model_version(
    actor: Actor,
    summary_id: UUID,
    *,
    answers: list[Answer],
    verified: Verified,
    at: dt.datetime,
    facts: dict[str, Any],
) -> IntakeSummary | None:
    """Put the model's version on top of the one that the rules made in its place; None if that may not be any more."""
    form, newest = _lock_newest(actor, summary_id)
    if newest.pk != summary_id or form.revision != newest.form_revision or not _may_be_followed(newest):
        return None
    summary = _next_version(
        form,
        newest,
        status=Status.GENERATED,
        engine=IntakeSummary.Engine.MODEL,
        schema_version=VERSION,
        answers_hash=hash_of(answers),
        generated_at=at,
        **facts,
    )
    apply_result(summary, verified)
    summary.save()
    _announce(actor, summary)
    return summary


def apply_result(summary: IntakeSummary, verified: Verified) -> None:
    """Put what the verifier let through on a row that is not saved yet."""
    arrays = verified.api_arrays()
    summary.summary_text = "\n".join(arrays["summary_text"])
    summary.patient_concerns = arrays["patient_concerns"]
    summary.key_notes = arrays["key_notes"]
    summary.medications = arrays["medications"]
    summary.allergies = arrays["allergies"]
    summary.items = verified.model_dump(mode="json")
    summary.needs_attention = verified.needs_attention


@transaction.atomic
def fail(actor: Actor, summary_id: UUID, *, reason: str) -> None:
    """Show that no summary could be made; `reason` is a short code, never a text about the patient."""
    summary = IntakeSummary.objects.visible_to(actor).lock(summary_id)
    if summary.status != Status.GENERATING:
        return
    summary.status = Status.FAILED
    summary.failure = reason[:60]
    summary.save(update_fields=["status", "failure", "updated_at"])
    _announce(actor, summary, SummaryFailed)


@transaction.atomic
def regenerate(actor: Actor, summary_id: UUID) -> IntakeSummary:
    """Open a new version for the newest answers. IllegalTransition while one is in the making."""
    form, newest = _lock_newest(actor, summary_id)
    if newest.status == Status.GENERATING:
        raise IllegalTransition("A summary is being made already.", allowed_actions=[])
    summary = _queue_version(form, newest)
    _announce(actor, summary)
    return summary


@transaction.atomic
def accept(actor: Actor, summary_id: UUID, position: int, *, at: dt.datetime) -> IntakeSummary:
    """The doctor takes a flagged item as true; from now on it is shown plain, with their name on it."""
    return _record_decision(actor, summary_id, position, "accepted", at)


@transaction.atomic
def remove(actor: Actor, summary_id: UUID, position: int, *, at: dt.datetime) -> IntakeSummary:
    """The doctor takes an item off the summary; it stays in the record as removed."""
    return _record_decision(actor, summary_id, position, "removed", at)


def _record_decision(actor: Actor, summary_id: UUID, position: int, verdict: str, at: dt.datetime) -> IntakeSummary:
    _, summary = _lock_newest(actor, summary_id)
    entries = summary.items.get("items", [])
    if summary.status not in DONE or not 0 <= position < len(entries):
        raise IllegalTransition("That item is no longer on the summary.", allowed_actions=[])
    entry = entries[position]
    if entry.get("verdict") == verdict:
        return summary
    entry.update(verdict=verdict, decided_by=str(actor.user_id), decided_by_name=actor.name, decided_at=at.isoformat())
    _update_attention(summary)
    summary.save()
    record(actor, f"summary.item_{verdict}", summary, patient_ids=[summary.patient_id], values={"item": position})
    _announce(actor, summary)
    return summary


def _update_attention(summary: IntakeSummary) -> None:
    """Rebuild the text arrays from the items that may be shown plain."""
    plain = [entry for entry in summary.items["items"] if is_plain(entry)]

    def of(section: str) -> list[dict[str, Any]]:
        return [entry["item"] for entry in plain if entry["section"] == section]

    summary.summary_text = "\n".join(line["text"] for line in of("summary"))
    summary.patient_concerns = [line["text"] for line in of("patient_concerns")]
    summary.key_notes = [line["text"] for line in of("key_notes")]
    summary.medications = [
        {name: m[name] for name in ("name", "dose", "frequency", "status")} for m in of("medications")
    ]
    summary.allergies = [{name: a[name] for name in ("substance", "reaction")} for a in of("allergies")]


@transaction.atomic
def edit(
    actor: Actor, summary_id: UUID, *, verified: Verified, expected_version: int, at: dt.datetime
) -> IntakeSummary:
    """Keep the doctor's edit as a new version, verified and marked as theirs.

    Invalid when somebody made another version meanwhile.
    """
    form, newest = _lock_newest(actor, summary_id)
    _expect(newest, expected_version)
    summary = _doctors_version(actor, form, newest, at)
    apply_result(summary, verified)
    _update_attention(summary)
    summary.save()
    _announce(actor, summary)
    return summary


@transaction.atomic
def correct(
    actor: Actor, summary_id: UUID, position: int, *, item: VerifiedItem, expected_version: int, at: dt.datetime
) -> IntakeSummary:
    """Put the doctor's correction in place of one item, as a new version; everything else stays as it was judged.

    Invalid when somebody made another version meanwhile.
    """
    form, newest = _lock_newest(actor, summary_id)
    _expect(newest, expected_version)
    entries = newest.items.get("items", [])
    if not 0 <= position < len(entries):
        raise IllegalTransition("That item is no longer on the summary.", allowed_actions=[])
    corrected = item.model_dump(mode="json") | {"corrected_by": str(actor.user_id), "corrected_by_name": actor.name}
    items = newest.items | {"items": [*entries[:position], corrected, *entries[position + 1 :]]}
    summary = _doctors_version(actor, form, newest, at)
    summary.items, summary.needs_attention = items, newest.needs_attention
    _update_attention(summary)
    summary.save()
    _announce(actor, summary)
    return summary


def _expect(newest: IntakeSummary, version: int) -> None:
    if newest.version != version:
        raise Invalid("Somebody changed this summary while you were editing it.", fields={"version": ["Out of date."]})
    if newest.status not in DONE:
        raise IllegalTransition("There is no summary to edit yet.", allowed_actions=["regenerate"])


def _doctors_version(actor: Actor, form: IntakeForm, newest: IntakeSummary, at: dt.datetime) -> IntakeSummary:
    return _next_version(
        form,
        newest,
        status=Status.EDITED,
        engine=IntakeSummary.Engine.DOCTOR,
        schema_version=VERSION,
        answers_hash=newest.answers_hash,
        generated_at=newest.generated_at,
        edited_at=at,
        edited_by_id=actor.user_id,
    )


@transaction.atomic
def mark_reviewed(actor: Actor, summary_id: UUID, *, at: dt.datetime) -> IntakeSummary:
    """The doctor has read it. Saying so twice is the same as once."""
    _, summary = _lock_newest(actor, summary_id)
    if summary.reviewed_at is not None:
        return summary
    if summary.status not in DONE:
        raise IllegalTransition("There is no summary to review yet.", allowed_actions=["regenerate"])
    summary.reviewed_at, summary.reviewed_by_id = at, actor.user_id
    summary.save(update_fields=["reviewed_at", "reviewed_by", "updated_at"])
    _announce(actor, summary)
    return summary


def _lock_newest(actor: Actor, summary_id: UUID) -> tuple[IntakeForm, IntakeSummary]:
    """The form and its newest summary, both locked, form first as everywhere. NotFound if they are not the actor's."""
    asked = IntakeSummary.objects.visible_to(actor).fetch(summary_id)
    form = IntakeForm.objects.visible_to(actor).lock(asked.intake_form_id)
    newest = (
        IntakeSummary.objects.visible_to(actor).select_for_update(of=("self",)).get(intake_form=form, is_newest=True)
    )
    return form, newest


def hash_of(answers: list[Answer]) -> str:
    """SHA-256 of the clinical answers, in hex: tells whether a summary is about these words."""
    words = "\x1e".join(f"{a.question_id}\x1f{a.text}" for a in answers if a.kind == "clinical")
    return hashlib.sha256(words.encode()).hexdigest()


def _announce(actor: Actor, summary: IntakeSummary, kind: type[SummaryReady] = SummaryReady) -> None:
    doctor = IntakeForm.objects.filter(pk=summary.intake_form_id).values_list("appointment__doctor_id", flat=True).get()
    publish(
        kind(
            clinic_id=summary.clinic_id,
            subject_id=summary.pk,
            doctor_ids=(doctor,),
            origin=actor.tab,
            appointment_id=summary.appointment_id,
            status=summary.status,
        )
    )
