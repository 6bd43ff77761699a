"""What can go wrong with a message."""

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


class ProviderBusy(Exception):
    """The provider could not take it just now; the job tries again."""
