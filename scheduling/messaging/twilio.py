"""Texts and keypad calls by Twilio's REST API, with nothing but the standard library.

Checked against a stub on loopback that answers as its documentation says; never against the service itself.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from scheduling.messaging.errors import OptedOut, ProviderBusy, Undeliverable

TIMEOUT = 15  # seconds for each read
ANSWER_SIZE = 64_000
HAS_OPTED_OUT = 21610
TRY_AGAIN = frozenset({408, 429})
UNKNOWN = "outcome-unknown"


class TwilioProvider:
    """The clinic's own number (`sender`) is in the table of provider numbers."""

    name = "twilio"
    shows_text = False

    def send(self, *, address: str, subject: str, text: str, sender: str = "") -> str:
        return _post("Messages", [("To", address), ("From", sender), ("Body", text)])

    def call(self, *, address: str, sender: str, url: str) -> str:
        """Ring; Twilio asks `url` what to say, and tells it how the call ended."""
        wanted = [("To", address), ("From", sender), ("Url", url), ("StatusCallback", url), ("Timeout", "25")]
        return _post("Calls", wanted)


def signature(url: str, fields: Iterable[tuple[str, str]]) -> str:
    """What Twilio writes into `X-Twilio-Signature` for a form that it posts to `url`."""
    text = url + "".join(f"{name}{value}" for name, value in sorted(fields))
    digest = hmac.new(settings.TWILIO_AUTH_TOKEN.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def _post(kind: str, fields: list[tuple[str, str]]) -> str:
    """Twilio's id of what was made. OptedOut, Undeliverable with its error number, or ProviderBusy.

    Undeliverable as well when the request left and no answer told what became of it: rather not at all than twice.
    """
    if not dict(fields)["From"]:
        raise Undeliverable("no-sender")
    place = urlsplit(settings.TWILIO_API_URL)
    make = HTTPSConnection if place.scheme == "https" else HTTPConnection
    connection = make(place.hostname or "", place.port, timeout=TIMEOUT)
    account, token = settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN
    credentials = base64.b64encode(f"{account}:{token}".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/x-www-form-urlencoded"}
    try:
        connection.connect()
    except OSError as error:
        raise ProviderBusy(type(error).__name__) from None
    try:
        connection.request("POST", f"/2010-04-01/Accounts/{account}/{kind}.json", urlencode(fields), headers)
        answer = connection.getresponse()
        return _read(answer.status, answer.read(ANSWER_SIZE))
    except (OSError, HTTPException):
        raise Undeliverable(UNKNOWN) from None
    finally:
        connection.close()


def _read(status: int, body: bytes) -> str:
    try:
        told: Any = json.loads(body)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        told = {}
    if 200 <= status < 300 and told.get("sid"):
        return str(told["sid"])[:100]
    if 200 <= status < 300:
        raise Undeliverable(UNKNOWN)
    if told.get("code") == HAS_OPTED_OUT:
        raise OptedOut()
    if 400 <= status < 500 and status not in TRY_AGAIN:
        raise Undeliverable(f"twilio-{told.get('code') or status}"[:80])
    raise ProviderBusy(f"answered {status}")
