from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand

from clinicflow.web import translations

# Patients' pages, and the messages that link to them.
SOURCES = (
    "templates/intake/patient_*.html",
    *(
        f"templates/intake/_{part}.html"
        for part in ("described", "emergency", "optional", "question", "question_notes", "read_back", "saved", "visit")
    ),
    "intake/rules/answer_validation.py",
    "intake/forms.py",
    "intake/presentation.py",
    "intake/operations/*.py",
    "intake/views/patient*.py",
    "aiassist/rules/patient_texts.py",
    "scheduling/operations/waitlist.py",
    "scheduling/operations/change_notices.py",
)


def sources() -> list[Path]:
    """The files with messages for patients."""
    return [path for pattern in SOURCES for path in sorted(settings.BASE_DIR.glob(pattern))]


class Command(BaseCommand):
    help = "Add new messages to the catalogues and compile them (.po to .mo)."

    def handle(self, *args: Any, **options: Any) -> None:
        for path in sorted(settings.BASE_DIR.glob("templates/locale/*/LC_MESSAGES/django.po")):
            text = path.read_text("utf-8")
            existing = translations.read_po(text)
            new = [m for m in translations.extract_messages(sources()) if "\x00".join(filter(None, m)) not in existing]
            if new:
                text = "\n".join([text.rstrip("\n") + "\n", *map(translations.write_entry, new)])
                path.write_text(text, "utf-8")
            entries = translations.read_po(text)
            path.with_suffix(".mo").write_bytes(translations.compile_mo(entries))
            missing = sum(not all(texts) for texts in entries.values())
            self.stdout.write(f"{path.parent.parent.name}: {len(entries)} messages, {missing} untranslated")
