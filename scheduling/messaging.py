"""What carries messages to patients, behind one small interface; scheduling/operations/messages.py uses it."""

import re
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage

from clinicflow.core.errors import DomainError


class Undeliverable(Exception):
    """The provider refused the message for good; the text is a short reason without the address."""


class OptedOut(Undeliverable):
    """The provider knows that the patient has opted out."""

    def __init__(self) -> None:
        super().__init__("opted-out")


class NoWayToReach(DomainError):
    """No number or address that the patient wants to be reached by."""

    code = "no_way_to_reach"
    title = "There is no number or address that this patient may be reached by"


class Provider(Protocol):
    """Takes one message. `send` returns the provider's own id or raises Undeliverable; other errors mean: try again."""

    name: str
    shows_text: bool  # whether the full text is kept, to be read in the app itself

    def send(self, *, address: str, subject: str, text: str) -> str: ...


class ConsoleProvider:
    """Keeps the message, so that it is seen and followed on the Messages page. Nothing leaves the machine."""

    name = "console"
    shows_text = True

    def send(self, *, address: str, subject: str, text: str) -> str:
        return ""


class EmailProvider:
    """Mail through Django's configured backend."""

    name = "email"
    shows_text = False

    def send(self, *, address: str, subject: str, text: str) -> str:
        EmailMessage(subject, text, to=[address]).send()
        return ""


CONSOLE = ConsoleProvider()
EMAIL = EmailProvider()


def provider_for(channel: str) -> Provider:
    """The provider of a channel, by MESSAGE_PROVIDER: `console` keeps all, `email` mails what is mail."""
    return EMAIL if channel == "email" and settings.MESSAGE_PROVIDER == "email" else CONSOLE


def links_in(text: str) -> list[tuple[str, str]]:
    """The text in pieces `(words, path)`; the path is that of a link of ours, or empty."""
    pieces = []
    for piece in re.split(rf"({re.escape(settings.SITE_URL)}/\S+)", text):
        is_link = piece.startswith(f"{settings.SITE_URL}/")
        pieces.append((piece, piece.removeprefix(settings.SITE_URL) if is_link else ""))
    return [piece for piece in pieces if piece[0]]
