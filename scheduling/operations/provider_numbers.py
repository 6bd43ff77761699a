"""The clinics' phone numbers and email addresses with message providers."""

from uuid import UUID

from django.db import transaction

from clinicflow.core.errors import DomainError
from scheduling.models import ProviderNumber


class NumberTaken(DomainError):
    code = "number_taken"
    title = "This number belongs to another clinic"


def clinic_of(channel: str, address: str) -> UUID | None:
    """The clinic of a number or address, None if it is not assigned."""
    rows = ProviderNumber.objects.filter(channel=channel, address=normalized(channel, address))
    return rows.values_list("clinic_id", flat=True).first()


@transaction.atomic
def assign(clinic_id: UUID, *, channel: str, address: str) -> ProviderNumber:
    """Assign a number to a clinic. Repeating succeeds without a change; NumberTaken if another clinic has it."""
    row, _made = ProviderNumber.objects.get_or_create(
        channel=channel, address=normalized(channel, address), defaults={"clinic_id": clinic_id}
    )
    if row.clinic_id != clinic_id:
        raise NumberTaken()
    return row


def normalized(channel: str, address: str) -> str:
    """The address as it is compared: emails in lower case, numbers without blanks."""
    return address.strip().lower() if channel == "email" else "".join(address.split())
