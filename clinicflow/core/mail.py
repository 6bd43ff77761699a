"""The mail backend of an installation without a mail server."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class NoMailBackend(BaseEmailBackend):
    """Refuses every e-mail, for EMAIL_URL=none: nothing counts as sent, and no link lands in a log."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise ConnectionError("this installation sends no e-mail: EMAIL_URL is none")
