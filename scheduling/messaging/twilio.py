"""Text messages and keypad calls through Twilio's REST API, with the standard library only.

Tested against a local stub that responds as Twilio's documentation specifies, not against the service itself.
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
MAX_RESPONSE = 64_000  # bytes
OPTED_OUT_CODE = 21610
RETRYABLE_STATUSES = frozenset({408, 429})
UNKNOWN = "outcome-unknown"


class TwilioProvider:
    """Sends text messages and places calls from the clinic's number (`sender`), see `ProviderNumber`."""

    name = "twilio"
    shows_text = False

    def send(self, *, address: str, subject: str, text: str, sender: str = "") -> str:
        return _post("Messages", [("To", address), ("From", sender), ("Body", text)])

    def call(self, *, address: str, sender: str, url: str) -> str:
        """Start a call and return its id. Twilio fetches the script from `url` and posts the status to it."""
        fields = [("To", address), ("From", sender), ("Url", url), ("StatusCallback", url), ("Timeout", "25")]
        return _post("Calls", fields)


def signature(url: str, fields: Iterable[tuple[str, str]]) -> str:
    """The value of `X-Twilio-Signature` for a form that Twilio posts to `url`."""
    text = url + "".join(f"{name}{value}" for name, value in sorted(fields))
    digest = hmac.new(settings.TWILIO_AUTH_TOKEN.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def _post(kind: str, fields: list[tuple[str, str]]) -> str:
    """Create a resource and return its id. OptedOut, Undeliverable with Twilio's error code, or ProviderBusy.

    Undeliverable also if the request was sent but no response arrived, since a retry could send the message twice.
    """
    if not dict(fields)["From"]:
        raise Undeliverable("no-sender")
    base = urlsplit(settings.TWILIO_API_URL)
    connection_class = HTTPSConnection if base.scheme == "https" else HTTPConnection
    connection = connection_class(base.hostname or "", base.port, timeout=TIMEOUT)
    account, token = settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN
    credentials = base64.b64encode(f"{account}:{token}".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/x-www-form-urlencoded"}
    try:
        connection.connect()
    except OSError as error:
        raise ProviderBusy(type(error).__name__) from None
    try:
        connection.request("POST", f"/2010-04-01/Accounts/{account}/{kind}.json", urlencode(fields), headers)
        response = connection.getresponse()
        return _parse(response.status, response.read(MAX_RESPONSE))
    except (OSError, HTTPException):
        raise Undeliverable(UNKNOWN) from None
    finally:
        connection.close()


def _parse(status: int, body: bytes) -> str:
    """The id in a response; raises as `_post`."""
    try:
        data: Any = json.loads(body)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        data = {}
    if 200 <= status < 300 and data.get("sid"):
        return str(data["sid"])[:100]
    if 200 <= status < 300:
        raise Undeliverable(UNKNOWN)
    if data.get("code") == OPTED_OUT_CODE:
        raise OptedOut()
    if 400 <= status < 500 and status not in RETRYABLE_STATUSES:
        raise Undeliverable(f"twilio-{data.get('code') or status}"[:80])
    raise ProviderBusy(f"answered {status}")
