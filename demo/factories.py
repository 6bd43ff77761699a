"""What everything in the demo is made with: chance that repeats itself, ids that repeat, and times gone by."""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar
from uuid import NAMESPACE_DNS, UUID, uuid5

from clinicflow.core.models import Timestamped

Thing = TypeVar("Thing")
BATCH = 500
MARKS = NAMESPACE_DNS


class Chance(random.Random):
    """Chance that falls the same way every time for the same words."""

    def __init__(self, *words: object) -> None:
        super().__init__(" ".join(str(word) for word in ("clinicflow demo", *words)))

    def happens(self, share: float) -> bool:
        return self.random() < share

    def one(self, things: Sequence[Thing]) -> Thing:
        return things[int(self.random() * len(things))]

    def minutes(self, low: int, high: int) -> dt.timedelta:
        return dt.timedelta(minutes=low + int(self.random() * (high - low + 1)))

    def id_at(self, instant: dt.datetime) -> UUID:
        """A version 7 UUID of that instant, as the row would have had it."""
        value = (int(instant.timestamp() * 1000) << 80) | self.getrandbits(80)
        value = (value & ~(0xF << 76)) | (0x7 << 76)
        return UUID(int=(value & ~(0x3 << 62)) | (0x2 << 62))


def fixed_id(*words: str) -> UUID:
    """The id of a clinic, a person or a doctor of the demo: the same on every machine, whatever the day."""
    return uuid5(MARKS, ".".join((*words, "demo.clinicflow.test")))


@contextmanager
def keeping_their_times(*kinds: type[Timestamped]) -> Iterator[None]:
    """Rows saved in this block keep the `created_at` and `updated_at` they were given, since they tell of the past."""
    stamps = [(kind._meta.get_field("created_at"), "auto_now_add") for kind in kinds]
    stamps += [(kind._meta.get_field("updated_at"), "auto_now") for kind in kinds]
    for field, name in stamps:
        setattr(field, name, False)
    try:
        yield
    finally:
        for field, name in stamps:
            setattr(field, name, True)


def save_all(rows: Sequence[Timestamped]) -> None:
    """Insert rows of one model with the times they carry; those without any are of now."""
    if rows:
        kind = type(rows[0])
        with keeping_their_times(kind):
            kind._default_manager.bulk_create(rows, batch_size=BATCH)
