"""A text or email from a patient, as a provider delivered it."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

MAX_LENGTH = 1600  # characters: ten concatenated texts, the most that carriers deliver


@dataclass(frozen=True, kw_only=True)
class InboundMessage:
    """One message that a patient sent to a clinic.

    `channel` is a Message.Channel, `address` the sender's phone number in E.164 or email address. `provider_id` is the
    provider's own id of the message, by which a repeated delivery is recognized; empty where the provider has none.
    `received_at` is an aware instant.
    """

    clinic_id: UUID
    channel: str
    address: str
    text: str
    received_at: dt.datetime
    provider: str = "console"
    provider_id: str = ""

    @property
    def body(self) -> str:
        """The text as it is stored and interpreted: trimmed, without NUL characters, at most MAX_LENGTH characters."""
        return self.text.replace("\x00", "").strip()[:MAX_LENGTH]
