import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from aiassist.model.stub import SCENARIOS, Stub


class Command(BaseCommand):
    help = (
        "Run a local stub of the OpenAI API for development. Set OPENAI_BASE_URL to the URL it prints and "
        "OPENAI_API_KEY to any value. Scenarios are played in order; the last one repeats."
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
