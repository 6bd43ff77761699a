"""Small parts of pages that are drawn again and again from the same facts, remembered in this process.

What a part looks like follows from its facts, the language and the clinic's way of writing times, and all of these are
the key. So nothing has to be forgotten when a row changes, and a hit shows nobody more than drawing it again would: who
may see the facts has been settled before.
"""

from threading import Lock
from typing import Any

from django.template import Context, engines
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from clinicflow.web.display import current_display

MOST = 8_000_000  # characters


class FragmentCache:
    """Parts by what they were drawn from; the oldest go when there are too many characters."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._size = most, 0
        self._parts: dict[tuple[Any, ...], SafeString] = {}
        self._writing = Lock()

    def find(self, key: tuple[Any, ...]) -> SafeString | None:
        return self._parts.get(key)

    def keep(self, key: tuple[Any, ...], part: SafeString) -> None:
        with self._writing:
            if key in self._parts:
                return
            self._parts[key] = part
            self._size += len(part)
            while self._size > self._most:
                self._size -= len(self._parts.pop(next(iter(self._parts))))


_memory = FragmentCache()


def render_cached(template_name: str, values: dict[str, Any]) -> SafeString:
    """The template with these values and nothing else: neither the request nor who asks.

    A value is hashable, or says what it is made of with `facts`, a tuple of such values that leaves nothing out.
    """
    # With names and types: 1 equals True, and text that is escaped equals the same text marked safe.
    facts = [(name, type(value), getattr(value, "facts", value)) for name, value in values.items()]
    key = (template_name, get_language(), current_display(), *facts)
    part = _memory.find(key)
    if part is None:
        part = engines["django"].get_template(template_name).template.render(Context(values))
        _memory.keep(key, part)
    return part
