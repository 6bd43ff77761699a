"""Free times as the dialogs offer them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scheduling.selectors.availability import Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotOption:
    """One free time; `value` is what the form sends, read back by `scheduling.forms.SlotField`."""

    value: str
    starts_at: dt.datetime


def options_of(slots: Iterable[Slot]) -> list[SlotOption]:
    return [
        SlotOption(value=f"{slot.doctor_id} {slot.starts_at.isoformat()}", starts_at=slot.starts_at) for slot in slots
    ]


def options_of_error(extras: Mapping[str, Any]) -> list[SlotOption]:
    """The nearest free times that came with a refusal."""
    return [
        SlotOption(
            value=f"{slot['doctor_id']} {slot['starts_at']}", starts_at=dt.datetime.fromisoformat(slot["starts_at"])
        )
        for slot in extras.get("free_slots", [])
    ]
