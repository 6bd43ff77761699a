"""Reproducible random values, ids and bulk inserts for the demo."""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar
from uuid import NAMESPACE_DNS, UUID, uuid5

from clinicflow.core.models import Timestamped

Item = TypeVar("Item")
BATCH_SIZE = 500
NAMESPACE = NAMESPACE_DNS


class SeededRandom(random.Random):
    """A random generator seeded by its arguments, with the same values on every run."""

    def __init__(self, *seed: object) -> None:
        super().__init__(" ".join(str(word) for word in ("clinicflow demo", *seed)))

    def happens(self, share: float) -> bool:
        return self.random() < share

    def one(self, items: Sequence[Item]) -> Item:
        return items[int(self.random() * len(items))]

    def minutes(self, low: int, high: int) -> dt.timedelta:
        return dt.timedelta(minutes=low + int(self.random() * (high - low + 1)))

    def id_at(self, instant: dt.datetime) -> UUID:
        """A version 7 UUID of an instant."""
        value = (int(instant.timestamp() * 1000) << 80) | self.getrandbits(80)
        value = (value & ~(0xF << 76)) | (0x7 << 76)
        return UUID(int=(value & ~(0x3 << 62)) | (0x2 << 62))


def fixed_id(*parts: str) -> UUID:
    """The id of a clinic, user or doctor of the demo: the same on every machine and day."""
    return uuid5(NAMESPACE, ".".join((*parts, "demo.clinicflow.test")))


@contextmanager
def preserving_timestamps(*kinds: type[Timestamped]) -> Iterator[None]:
    """Save rows with the `created_at` and `updated_at` that they were given, which lie in the past."""
    stamps = [(kind._meta.get_field("created_at"), "auto_now_add") for kind in kinds]
    stamps += [(kind._meta.get_field("updated_at"), "auto_now") for kind in kinds]
    for field, name in stamps:
        setattr(field, name, False)
    try:
        yield
    finally:
        for field, name in stamps:
            setattr(field, name, True)


def bulk_insert(rows: Sequence[Timestamped]) -> None:
    """Insert rows of one model with their own timestamps; those without get the current time."""
    if rows:
        kind = type(rows[0])
        with preserving_timestamps(kind):
            kind._default_manager.bulk_create(rows, batch_size=BATCH_SIZE)
