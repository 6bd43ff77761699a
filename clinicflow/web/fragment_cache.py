"""In-process cache of rendered fragments, keyed by every value that they depend on.

A fragment depends on its template, its values, the language and the clinic's display preferences, and all of these are
in the key. So no invalidation is needed when a row changes, and a hit never shows more than rendering would: the caller
may see the values that it passes.
"""

from abc import ABC, abstractmethod
from collections.abc import Hashable
from threading import Lock
from typing import cast

from django.template import Context, engines
from django.template.backends.django import Template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from clinicflow.web.display import current_display

CAPACITY = 8_000_000  # characters
Key = tuple[Hashable, ...]


class Cacheable(ABC):
    """A value that a fragment can be cached by although it is not hashable itself.

    A base class and no protocol: checking a protocol at run time would compute `cache_key` a second time.
    """

    __slots__ = ()

    @property
    @abstractmethod
    def cache_key(self) -> Key:
        """Every value that a template may read from this one."""


class FragmentCache:
    """Rendered fragments by key, up to `capacity` characters; the oldest are evicted first."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity, self._size = capacity, 0
        self._fragments: dict[Key, SafeString] = {}
        self._write_lock = Lock()

    def get(self, key: Key) -> SafeString | None:
        return self._fragments.get(key)

    def set(self, key: Key, fragment: SafeString) -> None:
        """Store a fragment, unless the key is there already."""
        with self._write_lock:
            if key in self._fragments:
                return
            self._fragments[key] = fragment
            self._size += len(fragment)
            while self._size > self._capacity:
                self._size -= len(self._fragments.pop(next(iter(self._fragments))))


_cache = FragmentCache()


def render_cached(template_name: str, values: dict[str, object]) -> SafeString:
    """The template rendered with these values alone, without the request or any context processor.

    Each value is hashable or `Cacheable`; TypeError otherwise.
    """
    key = (template_name, get_language(), current_display(), *(_part(name, value) for name, value in values.items()))
    fragment = _cache.get(key)
    if fragment is None:
        backend = cast(Template, engines["django"].get_template(template_name))
        fragment = backend.template.render(Context(values))
        _cache.set(key, fragment)
    return fragment


def _part(name: str, value: object) -> Key:
    """A value's part of the key. With its type: 1 equals True, and an escaped text equals the same text marked safe."""
    return (name, cast(Hashable, type(value)), value.cache_key if isinstance(value, Cacheable) else value)
