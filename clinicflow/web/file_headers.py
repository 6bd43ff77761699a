"""Headers of static files. The settings import this module, so it must not import Django."""

from collections.abc import MutableMapping


def add_headers(headers: MutableMapping[str, str], path: str, url: str) -> None:
    """Add the headers that Django's SecurityMiddleware adds to other responses."""
    headers["X-Content-Type-Options"] = "nosniff"
