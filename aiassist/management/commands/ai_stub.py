import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from aiassist.model.stub import SCENARIOS, Stub


class Command(BaseCommand):
    help = (
        "A stand-in for OpenAI on this machine, for development: set OPENAI_BASE_URL to the address it prints and "
        "OPENAI_API_KEY to anything. Scenarios are played in order; the last one repeats."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("scenarios", nargs="*", default=["ok"], help=", ".join(SCENARIOS))
        parser.add_argument("--port", type=int, default=8089)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            stub = Stub(options["scenarios"], port=options["port"])
        except ValueError as error:
            raise CommandError(str(error)) from None
        sys.stdout.write(f"OPENAI_BASE_URL={stub.url}\n")
        sys.stdout.flush()
        try:
            stub.serve()
        except KeyboardInterrupt:
            sys.stdout.write("Stopped.\n")
