"""Alerts of danger: raised from a patient's own words, closed by a member with a note.

Detection is wide on purpose (engine/danger.py). An alert is raised in the transaction that stores the words, so it is
on the screens of the front desk and the doctor as soon as the words are; nothing about it can be switched off.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from aiassist.engine.danger import Danger, find_dangers
from aiassist.events import DangerFound
from aiassist.models import DangerAlert, Interaction
from clinicflow.access.actor import Actor, publish_for
from clinicflow.access.roles import Role
from clinicflow.audit.recorder import record
from clinicflow.core.errors import Forbidden, Invalid
from intake.models import IntakeForm
from intake.operations import forms
from scheduling.models import Appointment
from scheduling.operations import attention

REASON = "danger"  # of an appointment that needs attention
NOTE_LENGTH = 500
QUOTE_LENGTH = 500


@transaction.atomic
def scan_form(actor: Actor, form_id: UUID, *, at: dt.datetime) -> list[DangerAlert]:
    """Raise an alert for each danger in the working answers of a form; the new alerts are returned.

    The same kind in the same answer is one open alert. Where the words have gone from the answer, the open alert says
    since when.
    """
    form: IntakeForm = IntakeForm.objects.visible_to(actor).select_related("appointment").fetch(form_id)
    found = {
        (question_id, str(danger.kind)): danger
        for question_id, text in texts_of(form.working_answers)
        for danger in find_dangers(text)
    }
    open_alerts = {
        (alert.question_id, alert.kind): alert
        for alert in DangerAlert.objects.visible_to(actor).open().filter(form=form).select_for_update(of=("self",))
    }
    for key, alert in open_alerts.items():
        withdrawn_at = None if key in found else alert.withdrawn_at or at
        if withdrawn_at != alert.withdrawn_at:
            alert.withdrawn_at = withdrawn_at
            alert.save(update_fields=["withdrawn_at", "updated_at"])
    handled = _resolved_quotes(actor, form)
    new = [
        DangerAlert(
            clinic_id=actor.clinic_id,
            appointment=form.appointment,
            patient_id=form.patient_id,
            form=form,
            question_id=question_id[:60],
            kind=kind,
            quote=danger.quote[:QUOTE_LENGTH],
            found_at=at,
        )
        for (question_id, kind), danger in found.items()
        if (question_id, kind) not in open_alerts and (question_id, kind, danger.quote) not in handled
    ]
    if new:
        _raise(actor, form.appointment, new)
        forms.record_danger(actor, form.pk, at=at)
    return new


@transaction.atomic
def raise_from_message(
    actor: Actor, visit: Appointment, conversation: Interaction, found: Sequence[Danger], *, at: dt.datetime
) -> list[DangerAlert]:
    """Raise an alert for each danger found in a message of a patient; the new alerts are returned."""
    new = [
        DangerAlert(
            clinic_id=actor.clinic_id,
            appointment=visit,
            patient_id=visit.patient_id,
            interaction=conversation,
            kind=str(danger.kind),
            quote=danger.quote[:QUOTE_LENGTH],
            found_at=at,
        )
        for danger in found
    ]
    if new:
        _raise(actor, visit, new)
    return new


@transaction.atomic
def resolve(actor: Actor, alert_id: UUID, *, note: str, at: dt.datetime) -> DangerAlert:
    """Close an alert: `note` says what was done. Repeating is a success that changes nothing.

    Forbidden but for the front desk and the appointment's doctor; Invalid without a note.
    """
    if actor.role not in {Role.FRONT_DESK, Role.DOCTOR}:
        raise Forbidden()
    note = note.strip()
    if not note or len(note) > NOTE_LENGTH:
        message = "Add a short note." if not note else f"Use at most {NOTE_LENGTH} characters."
        raise Invalid(fields={"note": [message]})
    found: DangerAlert = DangerAlert.objects.visible_to(actor).fetch(alert_id)
    Appointment.objects.visible_to(actor).lock(found.appointment_id)
    alert: DangerAlert = DangerAlert.objects.visible_to(actor).lock(alert_id)
    if alert.resolved_at is not None:
        return alert
    alert.resolved_at, alert.resolved_by_id, alert.resolution_note = at, actor.user_id, note
    alert.save(update_fields=["resolved_at", "resolved_by", "resolution_note", "updated_at"])
    record(actor, "danger.resolved", alert, patient_ids=[alert.patient_id])
    mark_visit(actor, alert.appointment_id, publish=True)
    return alert


def mark_visit(actor: Actor, appointment_id: UUID, *, publish: bool = False) -> None:
    """Bring the appointment's attention mark in line with its open alerts and conversations; dangers come first.

    `publish` is that of `attention.mark`.
    """
    if DangerAlert.objects.visible_to(actor).open().of_appointment(appointment_id).exists():
        attention.mark(actor, appointment_id, REASON, publish=publish)
        return
    waiting = Interaction.objects.visible_to(actor).needing_a_reply().filter(appointment_id=appointment_id)
    first = waiting.order_by("last_message_at", "id").values_list("attention_reason", flat=True).first()
    attention.mark(actor, appointment_id, first or "", publish=publish)


def texts_of(answers: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(question id, text) of every string in the answers, the cells of rows included."""
    for question_id, answer in answers.items():
        for text in _strings(answer):
            yield question_id, text


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


def _resolved_quotes(actor: Actor, form: IntakeForm) -> set[tuple[str, str, str]]:
    """What was resolved already, so that saving the same words again raises nothing."""
    rows = DangerAlert.objects.visible_to(actor).filter(form=form, resolved_at__isnull=False)
    return set(rows.values_list("question_id", "kind", "quote"))


def _raise(actor: Actor, visit: Appointment, alerts: list[DangerAlert]) -> None:
    DangerAlert.objects.bulk_create(alerts)
    attention.mark(actor, visit.pk, REASON, publish=True)
    for alert in alerts:
        publish_for(actor, DangerFound, alert, doctor_ids=[visit.doctor_id], appointment_id=visit.pk)
