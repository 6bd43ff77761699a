"""`manage.py draw_transitions`: generate docs/appointments.md from the transition table."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from scheduling.rules.transitions import TRANSITIONS, Transition

HEAD = """# The life of an appointment

Generated from `scheduling/rules/transitions.py` by `manage.py draw_transitions`; a test compares the two. *Arrived* is
a flag of an open visit, not a status. Any other action is refused with 409 and the allowed actions; repeating an action
that is already applied succeeds without a change.

"""


def page() -> str:
    """The page: a Mermaid state diagram and the table."""
    return HEAD + "\n".join([*diagram(), "", *table(), ""])


def diagram() -> list[str]:
    """The lines of the Mermaid diagram."""
    lines = ["```mermaid", "stateDiagram-v2", "  [*] --> unconfirmed : book", "  [*] --> confirmed : walk-in"]
    for row in TRANSITIONS:
        if row.action == "delete":
            continue  # possible from every status but completed: its arrows would clutter the diagram
        for source in sorted(row.sources):
            lines.append(f"  {state(source)} --> {state(row.target or source)} : {row.action}")
    return [*lines, "```"]


def state(status: str) -> str:
    """A status as a Mermaid state; a hyphen would be an operator."""
    return status.replace("-", "_")


def table() -> list[str]:
    """The lines of the table of transitions."""
    lines = ["| action | from | to | who | rule |", "|---|---|---|---|---|"]
    return [*lines, *(line(row) for row in TRANSITIONS)]


def line(row: Transition) -> str:
    """One transition as a row of the table."""
    sources = ", ".join(sorted(row.sources))
    who = ", ".join(sorted(str(role) for role in row.roles))
    return f"| {row.action} | {sources} | {row.target or 'unchanged'} | {who} | {row.description} |"


class Command(BaseCommand):
    help = "Write docs/appointments.md from the transition table, or with --check only compare."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail if the page is not up to date")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / "docs" / "appointments.md"
        if not options["check"]:
            path.write_text(page())
        elif not path.exists() or path.read_text() != page():
            raise CommandError("docs/appointments.md is out of date: run manage.py draw_transitions.")
