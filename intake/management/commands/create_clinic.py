"""Open a clinic for real use."""

import getpass
import os
import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from clinicflow.core.errors import DomainError
from clinicflow.db import tenant
from clinicflow.staff.operations import clinics
from intake.operations import questionnaires


class Command(BaseCommand):
    help = (
        "Open a clinic: its settings, the questionnaires that every clinic starts with, and the manager who sets up "
        "the rest. The manager's password is asked for, or read from CLINIC_PASSWORD."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help='for instance "Harbor Family Practice"')
        parser.add_argument("timezone", help="an IANA name, for instance America/New_York")
        parser.add_argument("email", help="the manager's address, which they sign in with")
        parser.add_argument(
            "--manager", default="", help="the manager's name; the part of the address before @ if absent"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip()
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"Not an e-mail address: {email}") from None
        try:
            with transaction.atomic():
                actor = clinics.create_clinic(
                    name=options["name"],
                    timezone=options["timezone"],
                    manager_email=email,
                    manager_name=options["manager"] or email.split("@")[0],
                    password="" if clinics.has_account(email) else _password(),
                )
                with tenant(actor.scope()):
                    questionnaires.create_defaults(actor)
        except DomainError as error:
            raise CommandError(_words(error)) from error
        self.stdout.write(f"{options['name']} is open. {email} signs in, adds the doctors and their hours in Settings.")


def _password() -> str:
    """From the environment, or typed twice where somebody can type."""
    given = os.environ.get("CLINIC_PASSWORD", "")
    if given:
        return given
    if not sys.stdin.isatty():
        raise CommandError("Set CLINIC_PASSWORD to the manager's password, or run this where it can be typed.")
    first = getpass.getpass("The manager's password: ")
    if first != getpass.getpass("Once more: "):
        raise CommandError("The two passwords differ; nothing was made.")
    return first


def _words(error: DomainError) -> str:
    problems = [f"{name}: {' '.join(texts)}" for name, texts in getattr(error, "fields", {}).items()]
    return " ".join(problems) or str(error)
