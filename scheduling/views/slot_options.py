"""Free slots as the dialogs offer them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scheduling.rules.slot_values import encode_slot
from scheduling.selectors.availability import Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotOption:
    """One free slot; `value` is what the form submits and `scheduling.forms.SlotField` parses.

    `doctor_name` is empty where the doctor has been chosen already.
    """

    value: str
    starts_at: dt.datetime
    doctor_name: str = ""


def options_of(slots: Iterable[Slot], *, with_doctor: bool) -> list[SlotOption]:
    return [
        SlotOption(value=slot.value, starts_at=slot.starts_at, doctor_name=slot.doctor_name if with_doctor else "")
        for slot in slots
    ]


def options_of_error(extras: Mapping[str, Any]) -> list[SlotOption]:
    """The nearest free slots in the extras of a SlotUnavailable error."""
    return [
        SlotOption(
            value=encode_slot(slot["doctor_id"], starts_at := dt.datetime.fromisoformat(slot["starts_at"])),
            starts_at=starts_at,
            doctor_name=slot["doctor_name"],
        )
        for slot in extras.get("free_slots", [])
    ]
