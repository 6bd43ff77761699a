"""Create a clinic."""

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
        "Creates a clinic with default settings and questionnaires, and its first manager. The manager's password is "
        "read from CLINIC_PASSWORD, or prompted for."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help='such as "Harbor Family Practice"')
        parser.add_argument("timezone", help="an IANA name, such as America/New_York")
        parser.add_argument("email", help="the manager's email address, used to sign in")
        parser.add_argument(
            "--manager", default="", help="the manager's name; defaults to the part of the address before @"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip()
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"Not a valid email address: {email}") from None
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
            raise CommandError(_message(error)) from error
        self.stdout.write(f"Created {options['name']}. Sign in as {email} to add doctors and their hours in Settings.")


def _password() -> str:
    """The password from CLINIC_PASSWORD, or prompted for twice. CommandError without a terminal."""
    password = os.environ.get("CLINIC_PASSWORD", "")
    if password:
        return password
    if not sys.stdin.isatty():
        raise CommandError("Set CLINIC_PASSWORD to the manager's password, or run this command in a terminal.")
    first = getpass.getpass("The manager's password: ")
    if first != getpass.getpass("Repeat the password: "):
        raise CommandError("The passwords do not match; no clinic was created.")
    return first


def _message(error: DomainError) -> str:
    problems = [f"{name}: {' '.join(texts)}" for name, texts in getattr(error, "fields", {}).items()]
    return " ".join(problems) or str(error)
