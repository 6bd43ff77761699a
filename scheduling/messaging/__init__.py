"""Message providers behind one interface, used by scheduling/operations/messages.py."""

import re
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage

from scheduling.messaging.errors import NoWayToReach, OptedOut, ProviderBusy, Undeliverable
from scheduling.messaging.inbound_message import InboundMessage
from scheduling.messaging.twilio import TwilioProvider


class Provider(Protocol):
    """Sends messages over one channel."""

    name: str
    shows_text: bool  # whether the full text is stored and shown on the Messages page

    def send(self, *, address: str, subject: str, text: str, sender: str = "") -> str:
        """Send a message and return the provider's id.

        `sender` is the clinic's number or address, empty if it has none.
        Undeliverable for a permanent error; any other error is temporary, and the job is retried.
        """


class ConsoleProvider:
    """Sends nothing. The message is shown on the Messages page, with its working link."""

    name = "console"
    shows_text = True

    def send(self, *, address: str, subject: str, text: str, sender: str = "") -> str:
        return ""


class EmailProvider:
    """Sends email through Django's configured backend."""

    name = "email"
    shows_text = False

    def send(self, *, address: str, subject: str, text: str, sender: str = "") -> str:
        EmailMessage(subject, text, from_email=sender or None, to=[address]).send()
        return ""


CONSOLE = ConsoleProvider()
EMAIL = EmailProvider()
TWILIO = TwilioProvider()


def provider_for(channel: str) -> Provider:
    """The provider of a channel, by MESSAGE_PROVIDER.

    `console` sends nothing, `email` sends email only, `twilio` sends email and text messages.
    """
    if channel == "email":
        return CONSOLE if settings.MESSAGE_PROVIDER == "console" else EMAIL
    return TWILIO if settings.MESSAGE_PROVIDER == "twilio" else CONSOLE


def links_in(text: str) -> list[tuple[str, str]]:
    """The text split into parts `(text, path)`; `path` is that of a link to this site, empty for plain text."""
    parts = []
    for part in re.split(rf"({re.escape(settings.SITE_URL)}/\S+)", text):
        is_link = part.startswith(f"{settings.SITE_URL}/")
        parts.append((part, part.removeprefix(settings.SITE_URL) if is_link else ""))
    return [part for part in parts if part[0]]


__all__ = [
    "CONSOLE",
    "EMAIL",
    "TWILIO",
    "InboundMessage",
    "NoWayToReach",
    "OptedOut",
    "Provider",
    "ProviderBusy",
    "Undeliverable",
    "links_in",
    "provider_for",
]
