"""Which clinic a number of a provider belongs to."""

from uuid import UUID

from django.db import transaction

from clinicflow.core.errors import DomainError
from scheduling.models import ProviderNumber


class NumberTaken(DomainError):
    code = "number_taken"
    title = "This number belongs to another clinic"


def clinic_of(channel: str, address: str) -> UUID | None:
    """The clinic that has this number or address; None for one that nobody has."""
    found = ProviderNumber.objects.filter(channel=channel, address=normalized(channel, address))
    return found.values_list("clinic_id", flat=True).first()


@transaction.atomic
def assign(clinic_id: UUID, *, channel: str, address: str) -> ProviderNumber:
    """Give a clinic a number. Repeating is a success; NumberTaken when another clinic has it."""
    row, _made = ProviderNumber.objects.get_or_create(
        channel=channel, address=normalized(channel, address), defaults={"clinic_id": clinic_id}
    )
    if row.clinic_id != clinic_id:
        raise NumberTaken()
    return row


def normalized(channel: str, address: str) -> str:
    """As it is compared: addresses without case, numbers without blanks."""
    return address.strip().lower() if channel == "email" else "".join(address.split())
