"""`/api/webhooks/{sms,email,voice}`: callbacks of messaging providers. Signed, idempotent, the clinic by its number.

Twilio posts forms and signs them with the URL; other senders post JSON and sign it with WEBHOOK_SECRET:
`X-ClinicFlow-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`. docs/messaging.md shows both.
"""

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from html import escape
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from aiassist.operations import calls, inbound
from clinicflow.access.actor import Actor
from clinicflow.access.guards import public
from clinicflow.api.errors import Malformed, describe, problem_response
from clinicflow.api.parsers import parse_object
from clinicflow.core import clock
from clinicflow.core.errors import DomainError, Forbidden, NotFound
from clinicflow.db import tenant
from clinicflow.staff.selectors.actor_resolution import clinic_actor
from scheduling.messaging import InboundMessage
from scheduling.messaging.twilio import signature
from scheduling.operations import provider_numbers

MAX_AGE = 300  # seconds that a signature is valid
SIGNATURE = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")
View = Callable[[HttpRequest], HttpResponse]
TOKEN = re.compile(r"[\x21-\x7e]{1,100}")
ENDED_STATUSES = {
    "busy": "busy",
    "no-answer": "no-answer",
    "failed": "failed",
    "canceled": "failed",
    "completed": "hung-up",
}


@dataclass(frozen=True, kw_only=True)
class WebhookData:
    """The fields of a verified request as text, and its provider (`twilio` or `webhook`)."""

    provider: str
    fields: dict[str, str]

    def token(self, name: str) -> str:
        """A required field of 1 to 100 printable characters without blanks. Malformed otherwise."""
        value = self.fields.get(name, "").strip()
        if not TOKEN.fullmatch(value):
            raise Malformed(f"{name} is required: 1 to 100 characters without blanks.")
        return value


def provider_calls(view: View) -> Callable[..., HttpResponseBase]:
    """A view for signed POST requests without a session. Errors roll back and are returned as problem+json."""

    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except (DomainError, Malformed) as error:
            transaction.set_rollback(True)
            status, parts, headers = describe(error)
            return problem_response(status, headers=headers, **parts)

    return public(csrf_exempt(require_POST(wrapped)))


@provider_calls
def sms(request: HttpRequest) -> HttpResponse:
    """An inbound text."""
    return _receive(request, "sms")


@provider_calls
def email(request: HttpRequest) -> HttpResponse:
    """An inbound email."""
    return _receive(request, "email")


@provider_calls
def voice(request: HttpRequest) -> HttpResponse:
    """A call: Twilio fetches the call script and posts the answer; other providers post how the call ended."""
    data = _verified(request)
    is_twilio = data.provider == "twilio"
    interaction = _uuid(request.GET.get("interaction", "") if is_twilio else data.token("interaction_id"))
    call_id = str(_uuid(request.GET.get("call", "") if is_twilio else data.token("call_id")))
    actor = clinic_actor(_clinic_id("voice", data.token("From" if is_twilio else "from")))
    with tenant(actor.scope()):
        if is_twilio:
            return _twilio_call(actor, data, interaction, call_id, request.get_full_path())
        seconds = data.fields.get("seconds", "0")
        calls.end_call(
            actor,
            interaction,
            call_id=call_id,
            how=data.token("how"),
            words=data.fields.get("words", ""),
            key=data.fields.get("key", ""),
            seconds=int(seconds) if seconds.isascii() and seconds.isdigit() and len(seconds) < 6 else 0,
            at=clock.now(),
        )
    return JsonResponse({"status": "ok"})


def _receive(request: HttpRequest, channel: str) -> HttpResponse:
    data = _verified(request)
    names = ("From", "To", "Body", "MessageSid") if data.provider == "twilio" else ("from", "to", "text", "id")
    sender, recipient, text, message_id = names
    message = InboundMessage(
        clinic_id=_clinic_id(channel, data.token(recipient)),
        channel=channel,
        address=provider_numbers.normalized(channel, data.token(sender)),
        text=data.fields.get(text, ""),
        provider=data.provider,
        provider_id=data.token(message_id),
        received_at=clock.now(),
    )
    actor = clinic_actor(message.clinic_id)
    with tenant(actor.scope()):
        inbound.process(actor, message)
    return _xml("<Response/>") if data.provider == "twilio" else JsonResponse({"status": "ok"})


def _twilio_call(actor: Actor, data: WebhookData, interaction: UUID, call_id: str, path: str) -> HttpResponse:
    fields, now = data.fields, clock.now()
    key, words = fields.get("Digits", "")[:1], fields.get("SpeechResult", "")
    status = fields.get("CallStatus", "")
    if key or words:
        conversation = calls.end_call(actor, interaction, call_id=call_id, how="answered", key=key, words=words, at=now)
        call: dict[str, Any] = next((entry for entry in conversation.content if entry.get("id") == call_id), {})
        spoken = [line["text"] for line in call.get("transcript", ())]
        return _xml(f"<Response><Say>{escape(spoken[-1] if spoken else '')}</Say><Hangup/></Response>")
    if status in ENDED_STATUSES:
        duration = fields.get("CallDuration", "")
        seconds = int(duration) if duration.isascii() and duration.isdigit() and len(duration) < 6 else 0
        calls.end_call(actor, interaction, call_id=call_id, how=ENDED_STATUSES[status], seconds=seconds, at=now)
        return _xml("<Response/>")
    text = calls.greeting(actor, interaction, call_id)
    if text is None:
        return _xml("<Response><Hangup/></Response>")
    action = escape(settings.SITE_URL + path)
    gather = (
        f'<Gather input="dtmf speech" numDigits="1" timeout="8" action="{action}"><Say>{escape(text)}</Say></Gather>'
    )
    return _xml(f"<Response>{gather}<Hangup/></Response>")


def _verified(request: HttpRequest) -> WebhookData:
    """The fields of a request whose signature is valid. Forbidden, without a reason, otherwise."""
    twilio_signature = request.headers.get("X-Twilio-Signature", "")
    if twilio_signature:
        fields = [(name, value) for name, values in request.POST.lists() for value in values]
        expected = signature(settings.SITE_URL + request.get_full_path(), fields) if settings.TWILIO_AUTH_TOKEN else ""
        if not expected or not hmac.compare_digest(expected.encode(), twilio_signature.encode()):
            raise Forbidden()
        return WebhookData(provider="twilio", fields={name: value.replace("\x00", "") for name, value in fields})
    match = SIGNATURE.fullmatch(request.headers.get("X-ClinicFlow-Signature", ""))
    if not match or not settings.WEBHOOK_SECRET or abs(clock.now().timestamp() - int(match[1])) > MAX_AGE:
        raise Forbidden()
    text = match[1].encode() + b"." + request.body
    expected = hmac.new(settings.WEBHOOK_SECRET.encode(), text, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, match[2]):
        raise Forbidden()
    body = parse_object(request.body)
    return WebhookData(provider="webhook", fields={name: str(value) for name, value in body.items()})


def _clinic_id(channel: str, address: str) -> UUID:
    """The clinic that owns a number or address. NotFound when none does."""
    clinic_id = provider_numbers.clinic_of(channel, address)
    if clinic_id is None:
        raise NotFound()
    return clinic_id


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound() from None


def _xml(text: str) -> HttpResponse:
    return HttpResponse(f'<?xml version="1.0" encoding="UTF-8"?>{text}', content_type="text/xml; charset=utf-8")
