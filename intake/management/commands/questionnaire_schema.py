"""Generate docs/questionnaire.schema.json."""

import json
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand

from intake.rules.questionnaire_schema import json_schema


class Command(BaseCommand):
    help = "Generates docs/questionnaire.schema.json from the questionnaire schema."

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "questionnaire.schema.json"
        path.write_text(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n", "utf-8")
