"""Regenerate docs/settings.md."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from clinicflow.clinic_settings.presentation.settings_docs import describe


class Command(BaseCommand):
    help = "Regenerates docs/settings.md from the settings schema."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        page = Path(settings.BASE_DIR) / "docs" / "settings.md"
        page.write_text(describe(), "utf-8")
        self.stdout.write(f"Wrote {page.name}.")
