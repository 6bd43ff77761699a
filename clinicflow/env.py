"""Typed settings from the environment and `.env`; an invalid value ends the process with a one-line message."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn, TypeVar
from urllib.parse import unquote, urlsplit

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


class MailServer(NamedTuple):
    """How e-mails leave: a Django mail backend, and for SMTP the server. `tls` is STARTTLS, `ssl` implicit TLS."""

    backend: str
    host: str = "localhost"
    port: int = 25
    user: str = ""
    password: str = ""
    tls: bool = False
    ssl: bool = False


MAIL_BACKENDS = {
    "smtp": "django.core.mail.backends.smtp.EmailBackend",
    "smtp+tls": "django.core.mail.backends.smtp.EmailBackend",
    "smtps": "django.core.mail.backends.smtp.EmailBackend",
    "console": "django.core.mail.backends.console.EmailBackend",
    "none": "clinicflow.core.mail.NoMailBackend",
}
MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


def mail_server(name: str, default: str) -> MailServer:
    """A URL such as `smtp+tls://user:password@host:587`, `smtps://…:465`, `smtp://…:25`, `console:` or `none:`.

    Special characters of user and password are percent-encoded.
    """
    url = urlsplit(text(name, default))
    if url.scheme not in MAIL_BACKENDS:
        refuse(name, f"must begin with one of {', '.join(f'{scheme}:' for scheme in MAIL_BACKENDS)}.")
    backend = MAIL_BACKENDS[url.scheme]
    if url.scheme not in MAIL_PORTS:
        return MailServer(backend)
    try:
        port = url.port or MAIL_PORTS[url.scheme]
    except ValueError:
        refuse(name, "must have a port from 1 to 65535.")
    if not url.hostname:
        refuse(name, "must name the mail server, as in smtp+tls://user:password@mail.example.org:587.")
    user, password = unquote(url.username or ""), unquote(url.password or "")
    return MailServer(backend, url.hostname, port, user, password, url.scheme == "smtp+tls", url.scheme == "smtps")


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
