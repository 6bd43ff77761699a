"""Typed reading of the environment and of `.env`; a bad value ends the start with one clear line."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn, TypeVar

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
_reader = environ.Env()
_reader.read_env(BASE_DIR / ".env")

Value = TypeVar("Value")


class BadSetting(SystemExit):
    """A setting cannot be used. Its text names the variable and says what to do."""


def refuse(name: str, problem: str) -> NoReturn:
    raise BadSetting(f"clinicflow: {name} {problem}")


def _read(name: str, cast: Callable[..., Value], default: object, problem: str) -> Value:
    try:
        return cast(name, default=default)
    except (ValueError, TypeError):
        refuse(name, problem)


def text(name: str, default: str = "") -> str:
    return _read(name, _reader.str, default, "must be text.").strip()


def flag(name: str, default: bool) -> bool:
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
    value = text(name, default)
    if value not in options:
        refuse(name, f"must be one of {', '.join(options)}, not “{value}”.")
    return value


def names(name: str, default: str = "") -> list[str]:
    """A list written with commas; empty parts are dropped."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]
