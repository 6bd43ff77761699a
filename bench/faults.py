"""Fault injection: no booking answered with 201 is lost and no job runs twice while processes are killed.

    python -m bench.faults                  or, shorter,   python -m bench.faults --writes 200

Starts its own services, the web server, two workers and two beats as a deployment does, and books appointments over HTTP
from several threads. Meanwhile web, workers, their children and beats get SIGKILL, Valkey is killed and flushed, a
PostgreSQL backend is killed and PostgreSQL is restarted. Killed processes are restarted, as a supervisor would. Each
booking enqueues jobs for a form and a message to the patient. Exits with 1 if anything is lost, duplicated, dead or pending.
"""

import argparse
import http.client
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psutil

from bench.__main__ import ROOT, prepare_environment

if TYPE_CHECKING:
    from bench.site import Site

WRITERS = 6
DRAIN = 60.0  # seconds that the last job may take after a lease expires
PAUSE = 0.2


@dataclass
class Crew:
    """The processes of a deployment, by name; a process that exits is restarted."""

    commands: dict[str, list[str]]
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    starts: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        while not self.stopping.is_set():
            for name, command in self.commands.items():
                process = self.running.get(name)
                if process is None or process.poll() is not None:
                    self.running[name] = subprocess.Popen(
                        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
                    )
                    self.starts += 1
            self.stopping.wait(PAUSE)

    def kill(self, name: str) -> None:
        self.running[name].kill()

    def kill_child(self, name: str) -> None:
        """A child of the named process: a worker of granian, or of Celery's pool."""
        children = psutil.Process(self.running[name].pid).children()
        if children:
            with suppress(psutil.NoSuchProcess):
                children[-1].kill()

    def stop(self) -> None:
        self.stopping.set()
        for process in self.running.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@dataclass
class Books:
    """The bookings answered with 201, and the number of retries that they needed."""

    wanted: int
    accepted: list[str] = field(default_factory=list)
    repeated: int = 0
    refused: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def is_full(self) -> bool:
        return len(self.accepted) >= self.wanted or bool(self.refused)

    def write(self, place: "Site", port: int, slots: Any, patients: Any) -> None:
        """Book until enough are accepted; a request without a response is retried with its idempotency key."""
        headers = {"Authorization": place.bearer, "Content-Type": "application/json"}
        while not self.is_full():
            date, start, _, doctor = slots.next()
            body = {"doctor_id": str(doctor), "date": str(date), "start_time": start, "duration": 30}
            with self.lock:
                body["patient_id"] = str(next(patients))
            self._insist(port, headers | {"Idempotency-Key": str(uuid4())}, json.dumps(body).encode())

    def _insist(self, port: int, headers: dict[str, str], body: bytes) -> None:
        while True:
            status, answer = _post(port, headers, body)
            with self.lock:
                if status == http.HTTPStatus.CREATED:
                    self.accepted.append(json.loads(answer)["id"])
                    return
                if 0 < status < http.HTTPStatus.INTERNAL_SERVER_ERROR:
                    self.refused.append(f"{status}: {answer[:200]!r}")
                    return
                self.repeated += 1
            time.sleep(PAUSE)


def _post(port: int, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
    """Status and body; status 0 when the connection failed before a response."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", "/api/appointments", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__.split("\n")[0])
    parser.add_argument("--writes", type=int, default=1_000, help="bookings to be accepted")
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        for name in ("DATABASE_URL", "REDIS_URL"):
            os.environ.pop(name, None)  # only services started here may be killed
        data = Path(stack.enter_context(TemporaryDirectory(prefix="clinicflow-faults-", ignore_cleanup_errors=True)))
        data.chmod(0o755)
        services = prepare_environment(stack, data / "data")
        return _run(options.writes, services, stack)


def _run(writes: int, services: Any, stack: ExitStack) -> int:
    from bench import loads, site  # noqa: PLC0415 - they import models
    from clinicflow.testing.databases import administrator  # noqa: PLC0415 - the same

    place = site.make(50)
    with administrator("clinicflow_bench") as admin:
        admin.execute("alter table patients disable trigger audited")
        admin.execute("update patients set phone = '+1212555' || lpad((random() * 9999)::int::text, 4, '0')")
        admin.execute("alter table patients enable trigger audited")
    port = site.free_port()
    crew = Crew(_commands(port))
    stack.callback(crew.stop)
    threading.Thread(target=crew.watch, daemon=True).start()
    site.wait_for(port, lambda: True)
    books, slots, patients = Books(writes), loads.Slots(place), itertools.cycle(place.patient_ids)
    writers = [
        threading.Thread(target=books.write, args=(place, port, slots, patients), daemon=True) for _ in range(WRITERS)
    ]
    began = time.monotonic()
    for writer in writers:
        writer.start()
    done = _break_things(crew, services, books, administrator)
    for writer in writers:
        writer.join()
    took = time.monotonic() - began
    drained = _drain(administrator)
    return _report(books, done, crew, took, drained, administrator)


def _commands(port: int) -> dict[str, list[str]]:
    celery = [sys.executable, "-m", "celery", "-A", "clinicflow.celery:app"]
    worker = [*celery, "worker", "--loglevel=CRITICAL", "--concurrency=2", "--without-gossip", "--without-mingle"]
    beat = [*celery, "beat", "--loglevel=CRITICAL", "--pidfile="]
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    web += ["--workers", "2", "--blocking-threads", "8", "--no-access-log", "--log-level", "critical"]
    web += ["--respawn-failed-workers", "clinicflow.wsgi:application"]
    return {
        "web": web,
        "worker 1": [*worker, "-n", "one@%h"],
        "worker 2": [*worker, "-n", "two@%h"],
        "beat 1": beat,
        "beat 2": beat,
    }


def _break_things(crew: Crew, services: Any, books: Books, administrator: Any) -> list[str]:
    """Inject the faults one by one, spread over the writes; returns the names of those injected."""
    faults: list[tuple[str, Callable[[], object]]] = [
        ("worker killed", lambda: crew.kill("worker 1")),
        ("Valkey emptied", lambda: _flush()),
        ("worker's child killed", lambda: crew.kill_child("worker 2")),
        ("beat killed", lambda: crew.kill("beat 1")),
        ("web's worker killed", lambda: crew.kill_child("web")),
        ("Valkey killed", lambda: services.restart("valkey", signal.SIGKILL)),
        ("both workers killed", lambda: (crew.kill("worker 1"), crew.kill("worker 2"))),
        ("PostgreSQL restarted", lambda: services.restart("postgres")),
        ("web killed", lambda: crew.kill("web")),
        ("both beats killed", lambda: (crew.kill("beat 1"), crew.kill("beat 2"))),
        ("a backend of PostgreSQL killed", lambda: _kill_backend(administrator)),
        ("Valkey emptied again", lambda: _flush()),
        ("worker killed again", lambda: crew.kill("worker 2")),
        ("web's worker killed again", lambda: crew.kill_child("web")),
    ]
    done = []
    for number, (name, act) in enumerate(faults, 1):
        due = books.wanted * number // (len(faults) + 1)
        while len(books.accepted) < due and not books.refused:
            time.sleep(0.02)
        act()
        done.append(name)
    return done


def _flush() -> None:
    import redis  # noqa: PLC0415 - imported where it is used, beside the settings
    from django.conf import settings  # noqa: PLC0415 - after the URLs are known

    redis.Redis.from_url(settings.REDIS_URL).flushall()


def _kill_backend(administrator: Any) -> None:
    """Restart PostgreSQL with crash recovery, which ends every connection."""
    with suppress(Exception), administrator("clinicflow_bench") as admin:
        found = admin.execute(
            "select pid from pg_stat_activity where datname = 'clinicflow_bench' and pid <> pg_backend_pid()"
        )
        os.kill(found.fetchone()[0], signal.SIGKILL)


WAITING = "select count(*) from jobs where state in ('queued', 'running') and run_after <= now()"
QUESTIONS = {
    "accepted and not in the database": "select count(*) from unnest(%(ids)s::uuid[]) as accepted(visit)"
    " where not exists (select from appointments a where a.id = visit)",
    "bookings whose response was lost": "select count(*) from appointments"
    " where created_at >= (select min(created_at) from appointments where id = any(%(ids)s::uuid[]))"
    " and id <> all(%(ids)s::uuid[])",
    "visits of a doctor that overlap": "select count(*) from appointments a join appointments b on a.doctor_id = b.doctor_id"
    " and a.id < b.id and tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)",
    "without a form": "select count(*) from unnest(%(ids)s::uuid[]) as accepted(visit)"
    " where not exists (select from intake_forms f where f.appointment_id = visit)",
    "with two forms": "select count(*) from (select appointment_id from intake_forms where appointment_id = any(%(ids)s::uuid[])"
    " group by 1 having count(*) > 1) d",
    "whose message was not sent": "select count(*) from unnest(%(ids)s::uuid[]) as accepted(visit) where not exists (select from messages m"
    " where m.appointment_id = visit and m.kind = 'intake-link' and m.status = 'sent')",
    "with two messages": "select count(*) from (select appointment_id from messages where kind = 'intake-link'"
    " and appointment_id = any(%(ids)s::uuid[]) group by 1 having count(*) > 1) d",
    "dead jobs": "select count(*) from jobs where state = 'dead'",
    "jobs still waiting": WAITING,
}


def _drain(administrator: Any) -> float:
    """Seconds until no due job is left, or until the timeout."""
    began = time.monotonic()
    with administrator("clinicflow_bench") as admin:
        while time.monotonic() - began < _lease() + DRAIN:
            if admin.execute(WAITING).fetchone()[0] == 0:
                break
            time.sleep(PAUSE)
    return time.monotonic() - began


def _lease() -> float:
    from django.conf import settings  # noqa: PLC0415 - after the URLs are known

    return float(settings.JOB_LEASE.total_seconds())


def _report(books: Books, done: list[str], crew: Crew, took: float, drained: float, administrator: Any) -> int:
    say = sys.stdout.write
    say(
        f"{len(books.accepted)} bookings accepted in {took:.0f} s, {books.repeated} requests repeated under their key\n"
    )
    say(f"{len(done)} faults: {', '.join(done)}\n")
    say(f"{crew.starts} processes started; all due jobs done {drained:.0f} s after the last booking ")
    say(f"(the work of a killed worker is taken up after its lease of {_lease():.0f} s)\n\n")
    bad = len(books.refused)
    for refusal in books.refused[:3]:
        say(f"refused: {refusal}\n")
    with administrator("clinicflow_bench") as admin:
        for words, question in QUESTIONS.items():
            count = admin.execute(question, {"ids": books.accepted}).fetchone()[0]
            bad += count
            say(f"{count:6} {words}\n")
    say("\nnothing lost, nothing done twice\n" if not bad else "\nFAILED\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
