"""Errors of message delivery."""

from clinicflow.core.errors import DomainError


class Undeliverable(Exception):
    """The provider permanently rejected the message. The text is a short reason without the address."""


class OptedOut(Undeliverable):
    """The patient has opted out at the provider."""

    def __init__(self) -> None:
        super().__init__("opted-out")


class NoWayToReach(DomainError):
    """The patient has no phone number or email address that may be used."""

    code = "no_way_to_reach"
    title = "This patient has no phone number or email address that may be used"


class ProviderBusy(Exception):
    """A temporary error of the provider; the job is retried."""
