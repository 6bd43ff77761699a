"""Free slots as the dialogs offer them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scheduling.rules.slot_values import encode_slot
from scheduling.selectors.availability import Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotOption:
    """One free slot; `value` is what the form submits and `scheduling.forms.SlotField` parses."""

    value: str
    starts_at: dt.datetime


def options_of(slots: Iterable[Slot]) -> list[SlotOption]:
    return [SlotOption(value=slot.value, starts_at=slot.starts_at) for slot in slots]


def options_of_error(extras: Mapping[str, Any]) -> list[SlotOption]:
    """The nearest free slots in the extras of a SlotUnavailable error."""
    slots = [(slot["doctor_id"], dt.datetime.fromisoformat(slot["starts_at"])) for slot in extras.get("free_slots", [])]
    return [SlotOption(value=encode_slot(doctor_id, starts_at), starts_at=starts_at) for doctor_id, starts_at in slots]
