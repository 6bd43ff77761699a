"""`make run`: all of ClinicFlow on one port, under one supervisor, until Ctrl-C.

Starts the embedded services (unless DATABASE_URL and REDIS_URL name others), prepares the database, then runs web with
the live hub, worker and beat. When one of them ends, all end, with its exit code. Nothing outlives the supervisor: each
process is told to end with it, even when it is killed.
"""

import argparse
import hashlib
import http.client
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

import django
import psycopg
import redis
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command

from clinicflow import embedded, env

PATIENCE = 8.0  # seconds a process has to end by itself
TICK = 0.2
WAKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class CannotRun(Exception):
    """The start has failed. The message is one line that says what to do."""


class Stopped(Exception):
    """Somebody asked for the end: Ctrl-C, SIGTERM, or the parent is gone."""


@dataclass
class Supervisor:
    """Runs processes, prints what they say with their names in front, and ends them all together."""

    environment: Mapping[str, str]
    services_dead: Callable[[], str | None]
    parent: int | None
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    asked_to_stop: bool = False
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    def start(self, name: str, *command: str, pass_fds: tuple[int, ...] = ()) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(  # noqa: S603 - our own processes
            [sys.executable, *command],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which then ends everything in order
            preexec_fn=embedded.ending_with_parent(signal.SIGTERM),
            pass_fds=pass_fds,
        )
        self._selector.register(cast(IO[bytes], process.stdout), selectors.EVENT_READ, name)
        self.processes[name] = process
        return process

    def stop_on_signals(self) -> None:
        def note(*_: object) -> None:
            self.asked_to_stop = True

        for sign in WAKING:
            signal.signal(sign, note)

    def watch(self, until: Callable[[], bool] = lambda: False) -> tuple[str, int]:
        """Pass on what the processes say until ``until()``; the name and exit code of one that ended before,
        or an empty name.

        Stopped when a signal asks for the end or the parent is gone.
        """
        while not until():
            self._relay(TICK)
            if self.asked_to_stop or (self.parent is not None and os.getppid() != self.parent):
                raise Stopped
            for name, process in self.processes.items():
                if (code := process.poll()) is not None:
                    return name, code if code >= 0 else 128 - code
            if (service := self.services_dead()) is not None:
                return service, 1
        return "", 0

    def run_to_end(self, name: str, *command: str) -> int:
        process = self.start(name, *command)
        self.watch(lambda: process.poll() is not None)
        self._relay(0)
        del self.processes[name]
        return process.returncode

    def stop(self) -> None:
        """Ask every process to end, wait, then end what is left of their groups."""
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                process.terminate()
        deadline = time.monotonic() + PATIENCE
        while any(process.poll() is None for process in self.processes.values()) and time.monotonic() < deadline:
            self._relay(TICK / 4)
        for process in self.processes.values():
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._relay(0)

    def _relay(self, timeout: float) -> None:
        for key, _ in self._selector.select(timeout):
            stream, name = key.fileobj, key.data
            chunk = os.read(key.fd, 65536)
            if not chunk:
                self._selector.unregister(stream)
                continue
            for line in chunk.decode(errors="replace").splitlines():
                say(f"{name:<8}| {line}" if name != "prepare" else line)
        # A closed pipe is unregistered, so with nothing left to read select() returns at once.
        if not self._selector.get_map():
            time.sleep(timeout)


def say(line: str) -> None:
    with suppress(BrokenPipeError):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def main(arguments: list[str]) -> int:
    """Run until told to stop. 0 after Ctrl-C or SIGTERM, the code of the process that ended, or 1 with a line why."""
    parser = argparse.ArgumentParser(prog="python -m clinicflow.run", description=__doc__)
    parser.add_argument("--end-with-parent", action="store_true", help="stop when the program that started this ends")
    parser.add_argument("--prepare", action="store_true", help="only prepare the database and the static files")
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinicflow.settings")
    try:
        if options.prepare:
            prepare()
            return 0
        return run(os.getppid() if options.end_with_parent else None)
    except (CannotRun, embedded.EmbeddedError, CommandError) as error:
        sys.stderr.write(f"clinicflow: {error}\n")
        return 1


def run(parent: int | None) -> int:
    """Start everything, watch it, and end everything."""
    began = time.monotonic()
    # Reading any setting checks them all: a bad one ends the start here, before anything runs.
    address, port = env.text("HOST", "127.0.0.1"), settings.PORT
    with ExitStack() as stack:
        listener = stack.enter_context(listen(address, port))
        environment, services_dead = dict(os.environ), lambda: None
        supervisor = Supervisor(environment, services_dead, parent)
        supervisor.stop_on_signals()
        if not (env.text("DATABASE_URL") and env.text("REDIS_URL")):
            services = stack.enter_context(embedded.start(settings.DATA_DIR))
            supervisor.services_dead = services.dead
            environment.setdefault("DATABASE_URL", services.database_url)
            environment.setdefault("REDIS_URL", services.redis_url)
        stack.callback(supervisor.stop)
        with suppress(Stopped):
            if code := supervisor.run_to_end("prepare", "-m", "clinicflow.run", "--prepare"):
                return code
            start_processes(supervisor, listener)
            answering = threading.Event()
            threading.Thread(target=wait_for_answer, args=(address, port, answering), daemon=True).start()
            name, code = supervisor.watch(answering.is_set)
            if not name:
                announce(port, time.monotonic() - began)
                name, code = supervisor.watch()
            say(f"{name} has ended (exit code {code}); stopping.")
            return code or 1
        say("Stopping.")
    return 0


def start_processes(supervisor: Supervisor, listener: socket.socket) -> None:
    descriptor = listener.fileno()
    supervisor.start(
        "web",
        *("-m", "uvicorn", "clinicflow.asgi:application", "--fd", str(descriptor)),
        *("--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "3"),
        pass_fds=(descriptor,),
    )
    celery = ("-m", "celery", "--app", "clinicflow.celery:app", "--quiet")
    supervisor.start(
        "worker",
        *(*celery, "worker", "--loglevel", "WARNING", "--concurrency", "2"),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    )
    supervisor.start("beat", *celery, "beat", "--loglevel", "WARNING", "--pidfile=")


def listen(address: str, port: int) -> socket.socket:
    """The socket that web will serve, taken first: a port in use is known before anything else is started."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
    except OSError as error:
        listener.close()
        raise CannotRun(
            f"Cannot listen on {address} port {port}: {os.strerror(error.errno or 0)}. "
            f"Stop the program that uses it, or choose another port: PORT={port + 1} make run"
        ) from None
    listener.listen(128)
    return listener


def wait_for_answer(address: str, port: int, answering: threading.Event) -> None:
    """Set ``answering`` when web has answered; until then the connection waits in the socket's queue."""
    connection = http.client.HTTPConnection("127.0.0.1" if address == "0.0.0.0" else address, port, timeout=60)  # noqa: S104
    while not answering.is_set():
        try:
            connection.request("GET", "/healthz")
            connection.getresponse()
        except OSError:
            time.sleep(TICK)
        else:
            answering.set()
        connection.close()


def announce(port: int, seconds: float) -> None:
    say(f"\n  ClinicFlow is ready after {seconds:.1f} s: http://localhost:{port}\n  Ctrl-C stops it.\n")


def prepare() -> None:
    """Bring the database and the static files up to date. Its own process, which ends before the others start."""
    django.setup()
    check_services()
    call_command("prepare_database")
    call_command("migrate", interactive=False, verbosity=0)
    collect_static()


def check_services() -> None:
    address = settings.DATABASE_ADMIN
    try:
        psycopg.connect(**{**address, "dbname": "postgres"}, connect_timeout=5).close()
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        raise CannotRun(
            f"The database at {address['host']}:{address['port']} does not answer ({reason}). "
            "Start it, correct DATABASE_URL, or unset it to use the embedded one."
        ) from None
    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=5).ping()
    except redis.RedisError as error:
        raise CannotRun(
            f"Redis does not answer ({error}). Start it, correct REDIS_URL, or unset it to use the embedded one."
        ) from None


def collect_static() -> None:
    """Collect and compress the static files when any of them has changed since the last time."""
    seen = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = os.stat(storage.path(path))
            seen.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text() == seen.hexdigest():
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(seen.hexdigest())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
