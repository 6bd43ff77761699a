"""Headers of static files; the settings name this, so it imports nothing of Django."""

from collections.abc import MutableMapping


def add_headers(headers: MutableMapping[str, str], path: str, url: str) -> None:
    """What Django's SecurityMiddleware, which does not see files, would have added."""
    headers["X-Content-Type-Options"] = "nosniff"
