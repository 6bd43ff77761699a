"""`make run`: all of ClinicFlow on one port, under one supervisor, until Ctrl-C.

Starts the embedded services (unless DATABASE_URL and REDIS_URL name others), prepares the database, then forks web with
the live hub, worker and beat, which share the loaded modules, so that the start is fast and memory use low. When one of
them exits, all are stopped, with its exit code. No process outlives the supervisor, even when it is killed.

The settings are first read after the services have started, since they contain their URLs.
"""

import argparse
import gc
import hashlib
import http.client
import multiprocessing
import os
import selectors
import signal
import socket
import sys
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from multiprocessing.context import ForkProcess
from pathlib import Path

import django
import psycopg
import redis
import uvicorn
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command
from django.db import connections

from clinicflow import embedded, env
from clinicflow.celery import app as celery

STOP_TIMEOUT = 8.0  # seconds until a process is killed
TICK = 0.2
MAX_FRAME = 16_384  # bytes of a WebSocket message; clients send ids only
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class CannotRun(Exception):
    """The start has failed; the message is one line that says what to do."""


class Stopped(Exception):
    """A stop was requested: Ctrl-C, SIGTERM, or the parent process has exited."""


@dataclass
class Supervisor:
    """Forks processes, prints their output prefixed with their names, and stops them together."""

    parent: int | None
    services_dead: Callable[[], str | None] = lambda: None
    processes: dict[str, ForkProcess] = field(default_factory=dict)
    stop_requested: bool = False
    preparing: bool = True
    _output: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    # A pipe that is never written to: its write end is open in the supervisor alone and closes when that exits, even if
    # it is killed.
    _life: tuple[int, int] = field(default_factory=os.pipe)

    def listen_to_signals(self) -> None:
        for sign in STOP_SIGNALS:
            signal.signal(sign, self._note_signal)

    def _note_signal(self, *_: object) -> None:
        self.stop_requested = True
        if self.preparing:  # inside a long call, with no process forked yet: interrupt it
            raise Stopped

    def fork(self, name: str, work: Callable[[], None]) -> None:
        reader, writer = os.pipe()

        def become() -> None:
            os.setsid()  # Ctrl-C reaches only the supervisor, which then stops the processes in order
            for sign in STOP_SIGNALS:
                signal.signal(sign, signal.SIG_DFL)
            os.close(self._life[1])
            threading.Thread(target=end_without_supervisor, args=(self._life[0],), daemon=True).start()
            os.dup2(writer, 1)
            os.dup2(writer, 2)
            embedded.name_process(f"clinicflow-{name}")
            work()

        process = multiprocessing.get_context("fork").Process(target=become, name=name)
        process.start()
        os.close(writer)
        self._output.register(reader, selectors.EVENT_READ, name)
        self.processes[name] = process

    def watch(self, until: Callable[[], bool] = lambda: False) -> tuple[str, int]:
        """Relay output until ``until()`` is true; the name and exit code of a process that exited before that, or an
        empty name.

        Stopped when a signal requests it or the parent process has exited.
        """
        while not until():
            self._relay(TICK)
            if self.stop_requested or (self.parent is not None and os.getppid() != self.parent):
                raise Stopped
            for name, process in self.processes.items():
                if (code := process.exitcode) is not None:
                    return name, code if code >= 0 else 128 - code
            if (service := self.services_dead()) is not None:
                return service, 1
        return "", 0

    def stop(self) -> None:
        """Terminate every process, wait, then kill what is left of their process groups."""
        for process in self.processes.values():
            process.terminate()
        deadline = time.monotonic() + STOP_TIMEOUT
        while any(process.is_alive() for process in self.processes.values()) and time.monotonic() < deadline:
            self._relay(TICK / 4)
        for process in self.processes.values():
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid or 0, signal.SIGKILL)
            process.join()
        self._relay(0)

    def _relay(self, timeout: float) -> None:
        if not self._output.get_map():  # every pipe is closed, so select would return at once
            time.sleep(timeout)
        for key, _ in self._output.select(timeout):
            chunk = os.read(key.fd, 65536)
            if not chunk:
                self._output.unregister(key.fd)
                os.close(key.fd)
            for line in filter(str.strip, chunk.decode(errors="replace").splitlines()):
                write_line(f"{key.data:<7}| {line}")


def end_without_supervisor(life: int) -> None:
    """In a forked process: wait until the supervisor has exited, then stop the whole process group."""
    os.read(life, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOP_TIMEOUT)
    os.killpg(0, signal.SIGKILL)


def write_line(line: str) -> None:
    with suppress(BrokenPipeError):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def main(arguments: list[str]) -> int:
    """Run until stopped. Returns 0 after Ctrl-C or SIGTERM, the code of a process that exited, or 1 with a message."""
    parser = argparse.ArgumentParser(prog="python -m clinicflow.run", description="Start all of ClinicFlow.")
    parser.add_argument("--end-with-parent", action="store_true", help="stop when the program that started this ends")
    options = parser.parse_args(arguments)
    try:
        return run(Supervisor(parent=os.getppid() if options.end_with_parent else None))
    except (CannotRun, embedded.EmbeddedError, CommandError) as error:
        sys.stderr.write(f"clinicflow: {error}\n")
        return 1
    except Stopped:
        write_line("Stopped.")
        return 0


def run(supervisor: Supervisor) -> int:
    """Start everything, watch the processes, and stop everything; the exit code."""
    started = time.monotonic()
    address, port = env.text("HOST", "127.0.0.1"), env.port()
    supervisor.listen_to_signals()
    with ExitStack() as stack:
        listener = stack.enter_context(listen(address, port))
        missing = [name for name in ("DATABASE_URL", "REDIS_URL") if not env.text(name)]
        services = stack.enter_context(embedded.start(env.data_dir(), addresses=missing))
        supervisor.services_dead = services.dead
        os.environ.update(services.addresses)
        prepare()
        supervisor.preparing = False
        stack.callback(supervisor.stop)
        gc.freeze()  # loaded modules stay in memory shared by all processes
        supervisor.fork("web", lambda: serve(listener))
        supervisor.fork("worker", lambda: work(listener, "worker", "--concurrency", "2", "--without-gossip"))
        supervisor.fork("beat", lambda: work(listener, "beat", "--pidfile="))
        name, code = supervisor.watch(answering(address, port))
        if not name:
            announce(port, time.monotonic() - started)
            name, code = supervisor.watch()
        write_line(f"{name} has exited (code {code}); stopping.")
        return code or 1


def listen(address: str, port: int) -> socket.socket:
    """The socket of the web process, opened first, so that a used port is reported before anything is started."""
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


# ---------------------------------------------------------------- preparation


def prepare() -> None:
    """Bring the database and the static files up to date."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinicflow.settings")
    django.setup()
    check_services()
    call_command("prepare_database")
    call_command("migrate", interactive=False, verbosity=0)
    if settings.DEMO:
        call_command("demo", if_empty=True)
    collect_static()
    connections.close_all()  # processes must not share a connection


def check_services() -> None:
    """CannotRun unless PostgreSQL and Redis answer."""
    parameters = settings.DATABASE_ADMIN
    try:
        psycopg.connect(**{**parameters, "dbname": "postgres"}, connect_timeout=5).close()
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise CannotRun(
            f"The database at {parameters['host']}:{parameters['port']} does not answer ({reason}). "
            "Start it, correct DATABASE_URL, or unset it to use the embedded one."
        ) from None
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=5) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise CannotRun(
            f"Redis does not answer ({error}). Start it, correct REDIS_URL, or unset it to use the embedded one."
        ) from None


def collect_static() -> None:
    """Collect and compress the static files if any of them has changed since the last run."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = os.stat(storage.path(path))
            digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if not stamp.exists() or stamp.read_text() != digest.hexdigest():
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        stamp.write_text(digest.hexdigest())


# ---------------------------------------------------------------- the processes


def serve(listener: socket.socket) -> None:
    """The web process: pages, API and the live hub, on one port."""
    uvicorn.Server(
        uvicorn.Config(
            settings.ASGI_APPLICATION.replace(".application", ":application"),
            ws="websockets-sansio",
            ws_max_size=MAX_FRAME,
            ws_per_message_deflate=False,
            proxy_headers=False,  # `client_ip` reads them, as TRUSTED_PROXY_HOPS says
            access_log=False,
            lifespan="off",
            log_config=None,  # Django's applies
            log_level="warning",
            timeout_graceful_shutdown=3,
        )
    ).run(sockets=[listener])


def work(listener: socket.socket, *command: str) -> None:
    """A Celery process: the worker or beat."""
    listener.close()  # only web listens: the port must be free as soon as web has exited
    # Celery warns root about forged pickle tasks; ours are JSON and carry only the id of a row.
    warnings.filterwarnings("ignore", message="You're running the worker with superuser")
    sys.exit(celery.start(["--quiet", *command, "--loglevel", "WARNING"]))


# ---------------------------------------------------------------- readiness


def answering(address: str, port: int) -> Callable[[], bool]:
    """A function that says whether web has answered its first request, which a thread sends."""
    answered = threading.Event()

    def request_health() -> None:
        # Until web accepts it, the connection waits in the backlog of the socket.
        host = "127.0.0.1" if address == "0.0.0.0" else address  # noqa: S104 - a comparison
        connection = http.client.HTTPConnection(host, port, timeout=60)
        while not answered.is_set():
            with suppress(OSError):
                connection.request("GET", "/healthz")
                if connection.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR:
                    answered.set()
            connection.close()
            answered.wait(TICK)

    threading.Thread(target=request_health, daemon=True).start()
    return answered.is_set


def announce(port: int, seconds: float) -> None:
    write_line(f"\n  ClinicFlow is ready after {seconds:.1f} s: http://localhost:{port}\n  Ctrl-C stops it.\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
