"""Typed settings from the environment and `.env`; an invalid value ends the process with a one-line message."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn, TypeVar

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
_reader = environ.Env()
_reader.read_env(BASE_DIR / ".env")

Value = TypeVar("Value")


class BadSetting(SystemExit):
    """An invalid setting; the message names the variable and says what to do."""


def refuse(name: str, problem: str) -> NoReturn:
    """BadSetting for the variable `name`."""
    raise BadSetting(f"clinicflow: {name} {problem}")


def _read(name: str, cast: Callable[..., Value], default: object, problem: str) -> Value:
    try:
        return cast(name, default=default)
    except (ValueError, TypeError):
        refuse(name, problem)


def text(name: str, default: str = "") -> str:
    """A string, without surrounding whitespace."""
    return _read(name, _reader.str, default, "must be text.").strip()


def flag(name: str, default: bool) -> bool:
    """A boolean: true/false, yes/no, on/off or 1/0."""
    raw = text(name, "true" if default else "false").lower()
    if raw in {"1", "true", "yes", "on"}:
        return True
    if raw in {"0", "false", "no", "off"}:
        return False
    refuse(name, f"must be true or false, not “{raw}”.")


def number(name: str, default: int, *, low: int, high: int) -> int:
    """A whole number in `low..high`, both included."""
    raw = text(name, str(default))
    try:
        value = int(raw)
    except ValueError:
        refuse(name, f"must be a whole number, not “{raw}”.")
    if not low <= value <= high:
        refuse(name, f"must be between {low} and {high}, not {value}.")
    return value


def choice(name: str, default: str, options: Sequence[str]) -> str:
    """One of `options`."""
    value = text(name, default)
    if value not in options:
        refuse(name, f"must be one of {', '.join(options)}, not “{value}”.")
    return value


def names(name: str, default: str = "") -> list[str]:
    """A comma-separated list; empty items are dropped."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


# The two settings that `clinicflow.run` needs before it has started the services that the others depend on.
def port() -> int:
    """The TCP port of the web server."""
    return number("PORT", 8000, low=1, high=65535)


def data_dir() -> Path:
    """The directory of the embedded services' data, static files and logs."""
    return Path(text("DATA_DIR") or BASE_DIR / ".clinicflow").resolve()
