"""`/api/webhooks/{sms,email,voice}`: what a provider tells us. Signed, safe to repeat, the clinic by its number.

Twilio posts forms and signs the address with them; anybody else posts JSON and signs it with WEBHOOK_SECRET:
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
from scheduling.messaging.twilio import signature
from scheduling.operations import provider_numbers

FRESH = 300  # seconds that a signature is good for
SIGNED = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")
View = Callable[[HttpRequest], HttpResponse]
WORD = re.compile(r"[\x21-\x7e]{1,100}")
ENDED = {"busy": "busy", "no-answer": "no-answer", "failed": "failed", "canceled": "failed", "completed": "hung-up"}


@dataclass(frozen=True, kw_only=True)
class WebhookData:
    """A checked request: who is told, and the fields as text."""

    provider: str
    fields: dict[str, str]

    def word(self, name: str) -> str:
        """A short field without blanks. Malformed when it is not there or is longer."""
        value = self.fields.get(name, "").strip()
        if not WORD.fullmatch(value):
            raise Malformed(f"{name} is missing or is no short word.")
        return value


def provider_calls(view: View) -> Callable[..., HttpResponseBase]:
    """Open to whoever signs rightly; a refusal is problem+json and leaves nothing behind."""

    @wraps(view)
    def answered(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except (DomainError, Malformed) as error:
            transaction.set_rollback(True)
            status, parts, headers = describe(error)
            return problem_response(status, headers=headers, **parts)

    return public(csrf_exempt(require_POST(answered)))


@provider_calls
def sms(request: HttpRequest) -> HttpResponse:
    return _written(request, "sms")


@provider_calls
def email(request: HttpRequest) -> HttpResponse:
    return _written(request, "email")


@provider_calls
def voice(request: HttpRequest) -> HttpResponse:
    """Twilio asks what to say and tells what it heard; others tell how a call ended."""
    told = _told(request)
    is_twilio = told.provider == "twilio"
    interaction = _uuid(request.GET.get("interaction", "") if is_twilio else told.word("interaction_id"))
    call_id = str(_uuid(request.GET.get("call", "") if is_twilio else told.word("call_id")))
    actor = _clinic("voice", told.word("From" if is_twilio else "from"))
    with tenant(actor.scope()):
        if is_twilio:
            return _twilio_call(actor, told, interaction, call_id, request.get_full_path())
        seconds = told.fields.get("seconds", "0")
        calls.end_call(
            actor,
            interaction,
            call_id=call_id,
            how=told.word("how"),
            words=told.fields.get("words", ""),
            key=told.fields.get("key", ""),
            seconds=int(seconds) if seconds.isascii() and seconds.isdigit() and len(seconds) < 6 else 0,
            at=clock.now(),
        )
    return JsonResponse({"status": "ok"})


def _written(request: HttpRequest, channel: str) -> HttpResponse:
    told = _told(request)
    names = ("From", "To", "Body", "MessageSid") if told.provider == "twilio" else ("from", "to", "text", "id")
    sender, ours, text, known_as = names
    actor = _clinic(channel, told.word(ours))
    with tenant(actor.scope()):
        inbound.process(
            actor,
            channel=channel,
            address=provider_numbers.normalized(channel, told.word(sender)),
            text=told.fields.get(text, ""),
            provider=told.provider,
            provider_id=told.word(known_as),
            at=clock.now(),
        )
    return _xml("<Response/>") if told.provider == "twilio" else JsonResponse({"status": "ok"})


def _twilio_call(actor: Actor, told: WebhookData, interaction: UUID, call_id: str, path: str) -> HttpResponse:
    fields, now = told.fields, clock.now()
    key, words = fields.get("Digits", "")[:1], fields.get("SpeechResult", "")
    status = fields.get("CallStatus", "")
    if key or words:
        thread = calls.end_call(actor, interaction, call_id=call_id, how="answered", key=key, words=words, at=now)
        call: dict[str, Any] = next((entry for entry in thread.content if entry.get("id") == call_id), {})
        spoken = [line["text"] for line in call.get("transcript", ())]
        return _xml(f"<Response><Say>{escape(spoken[-1] if spoken else '')}</Say><Hangup/></Response>")
    if status in ENDED:
        duration = fields.get("CallDuration", "")
        seconds = int(duration) if duration.isascii() and duration.isdigit() and len(duration) < 6 else 0
        calls.end_call(actor, interaction, call_id=call_id, how=ENDED[status], seconds=seconds, at=now)
        return _xml("<Response/>")
    text = calls.greeting(actor, interaction, call_id)
    if text is None:
        return _xml("<Response><Hangup/></Response>")
    action = escape(settings.SITE_URL + path)
    asks = f'<Gather input="dtmf speech" numDigits="1" timeout="8" action="{action}"><Say>{escape(text)}</Say></Gather>'
    return _xml(f"<Response>{asks}<Hangup/></Response>")


def _told(request: HttpRequest) -> WebhookData:
    """The request's fields once its signature is right; Forbidden, and nothing more, otherwise."""
    given = request.headers.get("X-Twilio-Signature", "")
    if given:
        fields = [(name, value) for name, values in request.POST.lists() for value in values]
        ours = signature(settings.SITE_URL + request.get_full_path(), fields) if settings.TWILIO_AUTH_TOKEN else ""
        if not ours or not hmac.compare_digest(ours.encode(), given.encode()):
            raise Forbidden()
        return WebhookData(provider="twilio", fields={name: value.replace("\x00", "") for name, value in fields})
    signed = SIGNED.fullmatch(request.headers.get("X-ClinicFlow-Signature", ""))
    if not signed or not settings.WEBHOOK_SECRET or abs(clock.now().timestamp() - int(signed[1])) > FRESH:
        raise Forbidden()
    text = signed[1].encode() + b"." + request.body
    ours = hmac.new(settings.WEBHOOK_SECRET.encode(), text, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(ours, signed[2]):
        raise Forbidden()
    body = parse_object(request.body)
    return WebhookData(provider="webhook", fields={name: str(value) for name, value in body.items()})


def _clinic(channel: str, address: str) -> Actor:
    clinic_id = provider_numbers.clinic_of(channel, address)
    if clinic_id is None:
        raise NotFound()
    return clinic_actor(clinic_id)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound() from None


def _xml(text: str) -> HttpResponse:
    return HttpResponse(f'<?xml version="1.0" encoding="UTF-8"?>{text}', content_type="text/xml; charset=utf-8")
