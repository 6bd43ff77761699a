from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand

from clinicflow.web import catalogue

# What is read by patients comes first: their pages, and the messages that lead there.
SOURCES = (
    "templates/intake/patient_*.html",
    *(
        f"templates/intake/_{part}.html"
        for part in ("described", "optional", "question", "question_notes", "read_back", "saved", "visit")
    ),
    "intake/answers.py",
    "intake/forms.py",
    "intake/reading.py",
    "intake/operations/*.py",
    "intake/views/patient*.py",
    "aiassist/wording.py",
    "scheduling/operations/waitlist.py",
    "scheduling/operations/changes.py",
)


def sources() -> list[Path]:
    return [path for pattern in SOURCES for path in sorted(settings.BASE_DIR.glob(pattern))]


class Command(BaseCommand):
    help = "Add sentences that are not in the catalogues yet, and compile them (.po to .mo)."

    def handle(self, *args: Any, **options: Any) -> None:
        for path in sorted(settings.BASE_DIR.glob("templates/locale/*/LC_MESSAGES/django.po")):
            text = path.read_text("utf-8")
            known = catalogue.read_po(text)
            new = [m for m in catalogue.sentences(sources()) if "\x00".join(filter(None, m)) not in known]
            if new:
                text = "\n".join([text.rstrip("\n") + "\n", *map(catalogue.write_entry, new)])
                path.write_text(text, "utf-8")
            entries = catalogue.read_po(text)
            path.with_suffix(".mo").write_bytes(catalogue.compile_mo(entries))
            missing = sum(not all(texts) for texts in entries.values())
            self.stdout.write(f"{path.parent.parent.name}: {len(entries)} sentences, {missing} not translated")
