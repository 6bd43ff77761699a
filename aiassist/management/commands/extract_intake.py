"""Run the rules engine over rows of answers: `manage.py extract_intake < rows.jsonl > predictions.jsonl`.

For evaluation; needs no database.
"""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from aiassist.engine.evaluate import predictions


class Command(BaseCommand):
    """Reads JSON Lines of answers from standard input and writes JSON Lines of predictions."""

    help = __doc__
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        for line in predictions(sys.stdin):
            self.stdout.write(line)
