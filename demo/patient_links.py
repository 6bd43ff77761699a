"""Links to intake forms in the demo's messages, as the delivery job would have made them."""

import datetime as dt
import secrets
from collections.abc import Iterable, Iterator

from demo.factories import SeededRandom
from demo.phrases import NO_LINK
from intake.models import PatientLink
from intake.operations import deliveries, links
from scheduling.models import Appointment, Message

INTAKE_KINDS = frozenset({Message.Kind.INTAKE_LINK, Message.Kind.INTAKE_REMINDER})


def add_links(messages: Iterable[Message], now: dt.datetime) -> Iterator[PatientLink]:
    """Give every intake message whose link has not expired at `now` a working link; yields the unsaved links.

    The URL is written to `console_body`, which the simulator shows as the patient's phone. `body`, which staff read,
    keeps the placeholder. Tokens are random, and a link to a form in another language names it.
    """
    for message in messages:
        appointment = message.appointment
        if message.kind not in INTAKE_KINDS or appointment is None:
            continue
        link, token = _link(message, appointment)
        if link.expires_at > now:
            url = deliveries.url_of(token, appointment.patient.preferred_language)
            message.console_body = message.body.replace(NO_LINK, url)
            yield link


def _link(message: Message, appointment: Appointment) -> tuple[PatientLink, str]:
    token = secrets.token_urlsafe(32)
    link = PatientLink(
        id=SeededRandom("link", message.pk).id_at(message.created_at),
        clinic_id=message.clinic_id,
        token_hash=links.digest(token),
        purpose=PatientLink.Purpose.INTAKE,
        appointment_id=appointment.pk,
        patient_id=appointment.patient_id,
        expires_at=appointment.ends_at + links.LIFETIME_AFTER_VISIT,
        created_at=message.created_at,
        updated_at=message.created_at,
    )
    return link, token
