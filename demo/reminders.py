"""Reminders of forms that were not submitted, as the periodic job would have sent them."""

import datetime as dt
from collections.abc import Iterable, Iterator

from demo.factories import SeededRandom
from demo.phrases import NO_LINK
from intake.models import IntakeForm
from intake.operations.deliveries import REMINDERS
from scheduling.models import Message

REMINDER_TEXT = "{clinic}: your form for your visit is not finished yet. It is short: {link}"


def reminders_of(forms: Iterable[IntakeForm], clinic_name: str, now: dt.datetime) -> Iterator[Message]:
    """Unsaved texts 72 and 24 hours before each visit whose form was sent and not submitted, if there is a number."""
    for form in forms:
        visit = form.appointment
        for lead in REMINDERS:
            at = visit.starts_at - lead
            if not form.created_at < at < now or not visit.patient.phone:
                continue
            if form.submitted_at is None or form.submitted_at > at:
                yield _message(form, clinic_name, at)


def _message(form: IntakeForm, clinic_name: str, at: dt.datetime) -> Message:
    body = REMINDER_TEXT.format(clinic=clinic_name, link=NO_LINK)
    return Message(
        id=SeededRandom("reminder", form.pk, at.isoformat()).id_at(at),
        clinic_id=form.clinic_id,
        patient=form.patient,
        appointment=form.appointment,
        kind=Message.Kind.INTAKE_REMINDER,
        channel=Message.Channel.SMS,
        direction=Message.Direction.OUTBOUND,
        address=str(form.patient.phone),
        body=body,
        console_body=body,
        provider="console",
        status=Message.Status.SENT,
        sent_at=at,
        created_at=at,
        updated_at=at,
    )
