"""Limits of a visit's length and the lengths that forms offer. Minutes throughout."""

from clinicflow.clinics.models import VISIT_MINUTES

SHORTEST_VISIT, LONGEST_VISIT = VISIT_MINUTES[0], VISIT_MINUTES[-1]
DEFAULT_VISIT = 30
OFFERED_LENGTHS = (15, 30, 45, 60, 90)
LENGTH_ERROR = f"Enter {SHORTEST_VISIT} to {LONGEST_VISIT} minutes."


def lengths_including(requested: int | str) -> list[int]:
    """`OFFERED_LENGTHS` in ascending order, with `requested` among them if it is a permitted length."""
    text = str(requested)
    valid = text.isascii() and text.isdigit() and int(text[:4]) in VISIT_MINUTES
    return sorted({*OFFERED_LENGTHS, int(text)}) if valid else list(OFFERED_LENGTHS)


__all__ = [
    "DEFAULT_VISIT",
    "LENGTH_ERROR",
    "LONGEST_VISIT",
    "OFFERED_LENGTHS",
    "SHORTEST_VISIT",
    "VISIT_MINUTES",
    "lengths_including",
]
