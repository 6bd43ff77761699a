"""What a page shows, apart from how its template is laid out."""

import re
from html import unescape
from typing import Any

TAG = re.compile(r"<[^>]*>")
SPACE = re.compile(r"\s+")


def text_of(response: Any) -> str:
    """The text of a response without its tags, runs of white space as one space."""
    return SPACE.sub(" ", unescape(TAG.sub("", response.content.decode()))).strip()


def source_of(response: Any) -> str:
    """The HTML of a response with runs of white space as one space, and none just inside a tag's brackets."""
    return re.sub(r"\s+>", ">", SPACE.sub(" ", response.content.decode()))
