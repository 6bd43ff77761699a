"""Write docs/metrics.md from the definitions of the figures."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from dashboards.owner.metrics.definitions import as_markdown


class Command(BaseCommand):
    help = "Write docs/metrics.md from the definitions of the owner's figures."

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "metrics.md"
        path.write_text(as_markdown(), encoding="utf-8")
        self.stdout.write(str(path.relative_to(settings.BASE_DIR)))
