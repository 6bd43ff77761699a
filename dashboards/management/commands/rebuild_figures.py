"""Count the owner's daily totals again, for one clinic or all."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from clinicflow.access.actor import system_actor
from clinicflow.clinics.models import Clinic
from clinicflow.core import clock
from clinicflow.db import tenant
from dashboards.figures import operations


class Command(BaseCommand):
    help = "Count the owner's totals of every day again, with the doctors' current hours."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clinic", help="id of a clinic; all clinics by default")

    def handle(self, *args: Any, clinic: str | None = None, **options: Any) -> None:
        clinics = Clinic.objects.order_by("name", "pk")
        if clinic:
            try:
                clinics = clinics.filter(pk=clinic)
                exists = clinics.exists()
            except ValidationError as error:
                raise CommandError(f"{clinic} is not a valid id.") from error
            if not exists:
                raise CommandError(f"There is no clinic {clinic}.")
        for one in clinics:
            actor = system_actor(one.pk, one.timezone)
            with transaction.atomic(), tenant(actor.scope()):
                days = operations.rebuild(actor, at=clock.now())
            self.stdout.write(f"{one.name}: {days} days")
