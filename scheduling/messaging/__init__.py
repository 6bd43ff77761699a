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
NO_MAIL = "clinicflow.core.mail.NoMailBackend"
NOT_CARRIED = "no-provider"  # the error of a message over a channel that this installation cannot use


def is_simulated() -> bool:
    """Whether messages stay on this machine, to be read and answered in the app. Never in production."""
    return settings.MESSAGE_PROVIDER == "console" and not settings.PRODUCTION


def is_carried(channel: str) -> bool:
    """Whether this installation can send over a channel (`sms`, `email` or `voice`), by MESSAGE_PROVIDER and EMAIL_URL.

    A message over any other channel must not be shown as sent.
    """
    if is_simulated():
        return True
    if channel == "email":
        return settings.MESSAGE_PROVIDER != "console" and settings.EMAIL_BACKEND != NO_MAIL
    return settings.MESSAGE_PROVIDER == "twilio"


def provider_for(channel: str) -> Provider:
    """The provider of a channel. Undeliverable if this installation has none."""
    if not is_carried(channel):
        raise Undeliverable(NOT_CARRIED)
    if is_simulated():
        return CONSOLE
    return EMAIL if channel == "email" else TWILIO


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
    "NOT_CARRIED",
    "TWILIO",
    "InboundMessage",
    "NoWayToReach",
    "OptedOut",
    "Provider",
    "ProviderBusy",
    "Undeliverable",
    "is_carried",
    "is_simulated",
    "links_in",
    "provider_for",
]
