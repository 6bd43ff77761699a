"""Strict parsing of JSON bodies: every accepted value can be stored and serialized again."""

import json
import sys
from collections.abc import Mapping
from typing import IO, NoReturn

from django.conf import settings
from rest_framework.parsers import BaseParser

from clinicflow.api.errors import Malformed, TooLarge

JsonObject = dict[str, object]
MAX_DEPTH = 32
MAX_NUMBER = {int: 2**63 - 1, float: sys.float_info.max, bool: 1}


class StrictJSONParser(BaseParser):
    """A JSON object in UTF-8: at most DATA_UPLOAD_MAX_MEMORY_SIZE bytes and 32 levels, no repeated keys, no NUL, no
    lone surrogates, no NaN or infinity. Anything else is Malformed (400), or TooLarge (413)."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, object] | None = None,
    ) -> JsonObject:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise TooLarge()
        return parse_object(body)


def parse_object(body: bytes) -> JsonObject:
    """The JSON object in `body`, or Malformed."""
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise Malformed("The body must be JSON in UTF-8.") from None
    except RecursionError:
        raise Malformed(f"The body is nested deeper than {MAX_DEPTH} levels.") from None
    except ValueError:
        raise Malformed("The body is not valid JSON.") from None
    if not isinstance(value, dict):
        raise Malformed("The body must be a JSON object.")
    _check(value)
    return value


def _unique(pairs: list[tuple[str, object]]) -> JsonObject:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise Malformed("A key occurs twice in the body.")
    return value


def _no_constant(name: str) -> NoReturn:
    raise Malformed("NaN and infinity are not JSON.")


def _check(value: object) -> None:
    """Check a parsed value, iteratively, so that its depth does not matter. Malformed for what cannot be stored."""
    pending: list[tuple[object, int]] = [(value, 1)]
    while pending:
        item, depth = pending.pop()
        if depth > MAX_DEPTH and isinstance(item, dict | list):
            raise Malformed(f"The body is nested deeper than {MAX_DEPTH} levels.")
        if isinstance(item, dict):
            pending += [(name, depth) for name in item]
            pending += [(child, depth + 1) for child in item.values()]
        elif isinstance(item, list):
            pending += [(child, depth + 1) for child in item]
        elif isinstance(item, str):
            _check_text(item)
        elif isinstance(item, int | float) and not abs(item) <= MAX_NUMBER[type(item)]:
            raise Malformed("A number is too large.")


def _check_text(text: str) -> None:
    if text.isascii():
        if "\x00" in text:
            raise Malformed("Text must not contain the NUL character.")
        return
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise Malformed("Text must not contain a lone surrogate.") from None
    if "\x00" in text:
        raise Malformed("Text must not contain the NUL character.")
