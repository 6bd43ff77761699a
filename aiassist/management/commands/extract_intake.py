"""`python manage.py extract_intake < rows.jsonl > predictions.jsonl`: the rules engine over rows of answers, for
measuring. Needs no database.
"""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from aiassist.engine.evaluate import predictions


class Command(BaseCommand):
    """Reads one JSON row a line from standard input and writes one JSON prediction a line."""

    help = __doc__
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        for line in predictions(sys.stdin):
            self.stdout.write(line)
