"""`manage.py provider_number`: assign a provider's phone number or email address to a clinic."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinicflow.clinics.models import Clinic
from clinicflow.core.errors import DomainError
from scheduling.models import ProviderNumber
from scheduling.operations import provider_numbers


class Command(BaseCommand):
    help = "Assign a message provider's number or address to a clinic, which then receives its inbound messages."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("clinic", help='its name, for example "Harbor Family Practice"')
        parser.add_argument("channel", choices=ProviderNumber.Channel.values)
        parser.add_argument("address", help="a phone number like +15125550100, or an email address")

    def handle(self, *args: Any, **options: Any) -> None:
        clinics = list(Clinic.objects.filter(name__iexact=options["clinic"].strip())[:2])
        if len(clinics) != 1:
            raise CommandError(f"There is not exactly one clinic named {options['clinic']}.")
        try:
            row = provider_numbers.assign(clinics[0].pk, channel=options["channel"], address=options["address"])
        except DomainError as error:
            raise CommandError(error.detail) from None
        self.stdout.write(f"{row} belongs to {clinics[0].name}.")
