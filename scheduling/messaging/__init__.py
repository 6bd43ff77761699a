"""What carries messages to patients, behind one small interface; scheduling/operations/messages.py uses it."""

import re
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage

from scheduling.messaging.errors import NoWayToReach, OptedOut, ProviderBusy, Undeliverable
from scheduling.messaging.inbound_message import InboundMessage
from scheduling.messaging.twilio import TwilioProvider


class Provider(Protocol):
    """Takes one message. `send` returns the provider's own id or raises Undeliverable; other errors mean: try again."""

    name: str
    shows_text: bool  # whether the full text is kept, to be read in the app itself

    def send(self, *, address: str, subject: str, text: str, sender: str = "") -> str:
        """`sender` is the clinic's own number or address with the provider, where it has one."""


class ConsoleProvider:
    """Keeps the message, so that it is seen and followed on the Messages page. Nothing leaves the machine."""

    name = "console"
    shows_text = True

    def send(self, *, address: str, subject: str, text: str, sender: str = "") -> str:
        return ""


class EmailProvider:
    """Mail through Django's configured backend."""

    name = "email"
    shows_text = False

    def send(self, *, address: str, subject: str, text: str, sender: str = "") -> str:
        EmailMessage(subject, text, from_email=sender or None, to=[address]).send()
        return ""


CONSOLE = ConsoleProvider()
EMAIL = EmailProvider()
TWILIO = TwilioProvider()


def provider_for(channel: str) -> Provider:
    """The provider of a channel, by MESSAGE_PROVIDER: `console` keeps all, `email` mails what is mail, `twilio` does
    that too and sends texts."""
    if channel == "email":
        return CONSOLE if settings.MESSAGE_PROVIDER == "console" else EMAIL
    return TWILIO if settings.MESSAGE_PROVIDER == "twilio" else CONSOLE


def links_in(text: str) -> list[tuple[str, str]]:
    """The text in pieces `(words, path)`; the path is that of a link of ours, or empty."""
    pieces = []
    for piece in re.split(rf"({re.escape(settings.SITE_URL)}/\S+)", text):
        is_link = piece.startswith(f"{settings.SITE_URL}/")
        pieces.append((piece, piece.removeprefix(settings.SITE_URL) if is_link else ""))
    return [piece for piece in pieces if piece[0]]


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
