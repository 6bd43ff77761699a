"""The measured calls: requests over keep-alive connections, and their bare SQL with psycopg."""

import datetime as dt
import http.client
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from uuid import uuid4

from bench.site import OF_THE_DAY, Site, connect
from dashboards.board.selectors.day_figures import DAY_FIGURES
from scheduling.selectors.day_rows import DAY

Once = Callable[[], None]
IDLE = 5.0  # seconds
INSERT = """
insert into bare_appointments (
  id, created_at, updated_at, clinic_id, doctor_id, patient_id, starts_at, ends_at, visit_type, visit_category, reason,
  status, intake_status, arrived, needs_attention, attention_reason, meeting_link, rescheduled, overlap_allowed,
  overlap_reason, walk_in, version
) values (
  %s, now(), now(), %s, %s, %s, %s, %s, 'in-clinic', 'follow-up', 'Bench',
  'unconfirmed', 'missing', false, false, '', '', false, false, '', false, 1
)
"""


@dataclass
class Slots:
    """Free half-hours of the coming days, each issued once; thread-safe."""

    site: Site
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _next: Iterator[tuple[int, int, int]] = field(init=False)

    def __post_init__(self) -> None:
        # Doctors vary fastest, so that consecutive bookings do not wait for the same lock.
        self._next = (
            (day, slot, doctor)
            for day in range(1, 700)
            for slot in range(20)
            for doctor in range(len(self.site.doctor_ids))
        )

    def next(self) -> tuple[dt.date, str, dt.datetime, object]:
        with self._lock:
            day, slot, doctor = next(self._next)
        date = self.site.day + dt.timedelta(days=day)
        start = dt.datetime.combine(date, dt.time(8), dt.UTC) + slot * dt.timedelta(minutes=30)
        return date, f"{start:%H:%M}", start, self.site.doctor_ids[doctor]


class Client:
    """An HTTP client with one keep-alive connection."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = headers
        self._used = time.monotonic()

    def request(self, method: str, path: str, body: bytes | None = None, *, expect: int = 200) -> bytes:
        """The body of the response. SystemExit for any other status than `expect`."""
        status, content = self._exchange(method, path, body)
        if status != expect:
            raise SystemExit(f"{method} {path} answered {status}: {content[:300]!r}")
        return content

    def status_of(self, method: str, path: str, body: bytes | None = None) -> int:
        """The status of the response."""
        return self._exchange(method, path, body)[0]

    def _exchange(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        if time.monotonic() - self._used > IDLE:
            self._connection.close()  # the server may have closed it; http.client reconnects
        self._used = time.monotonic()
        self._connection.request(method, path, body, self._headers)
        response = self._connection.getresponse()
        return response.status, response.read()


def day_list(site: Site, port: int) -> Once:
    client = Client(port, {"Authorization": site.bearer, "Accept": "application/json"})
    path = f"/api/appointments?date={site.day}"
    shown = json.loads(client.request("GET", path))
    if len(shown["results"]) != OF_THE_DAY:
        raise SystemExit(f"The day list shows {len(shown['results'])} visits instead of {OF_THE_DAY}.")
    return lambda: client.request("GET", path) and None


def summary(site: Site, port: int) -> Once:
    client = Client(port, {"Authorization": site.bearer, "Accept": "application/json"})
    path = f"/api/dashboard/admin/summary?date={site.day}"
    total = json.loads(client.request("GET", path))["total"]
    if total != OF_THE_DAY:
        raise SystemExit(f"The summary counts {total} visits instead of {OF_THE_DAY}.")
    return lambda: client.request("GET", path) and None


def day_page(site: Site, port: int) -> Once:
    client = Client(port, {"Cookie": site.cookie, "Accept": "text/html"})
    path = f"/schedule?date={site.day}"
    names = client.request("GET", path).count(b"Bench")
    if names < OF_THE_DAY:
        raise SystemExit(f"The day's page names {names} patients instead of {OF_THE_DAY}.")
    return lambda: client.request("GET", path) and None


def booking(site: Site, port: int, slots: Slots) -> Once:
    client = Client(port, {"Authorization": site.bearer, "Content-Type": "application/json"})
    patients = itertools.cycle(site.patient_ids)

    def book() -> None:
        date, time_of_day, _, doctor = slots.next()
        body = {
            "patient_id": str(next(patients)),
            "doctor_id": str(doctor),
            "date": str(date),
            "start_time": time_of_day,
            "duration": 30,
            "reason": "Bench",
        }
        client.request("POST", "/api/appointments", json.dumps(body).encode(), expect=201)

    return book


def bare_day(site: Site) -> Once:
    bare = connect(site)
    start = dt.datetime.combine(site.day, dt.time.min, dt.UTC)
    values = {
        "clinic": site.clinic_id,
        "start": start,
        "end": start + dt.timedelta(days=1),
        "doctor": None,
        "limit": 50,
        "offset": 0,
    }

    def read() -> None:
        if len(bare.execute(DAY, values, prepare=True).fetchall()) != OF_THE_DAY:
            raise SystemExit("The bare query does not show the day.")

    return read


def bare_summary(site: Site) -> Once:
    bare = connect(site)
    start = dt.datetime.combine(site.day, dt.time.min, dt.UTC)
    values = {"clinic": site.clinic_id, "start": start, "end": start + dt.timedelta(days=1), "doctor": None}

    def count() -> None:
        if bare.execute(DAY_FIGURES, values, prepare=True).fetchone()[0] != OF_THE_DAY:
            raise SystemExit("The bare query does not count the day.")

    return count


def bare_booking(site: Site, slots: Slots) -> Once:
    bare = connect(site)
    patients = itertools.cycle(site.patient_ids)

    def insert() -> None:
        _, _, start, doctor = slots.next()
        values = (uuid4(), site.clinic_id, doctor, next(patients), start, start + dt.timedelta(minutes=30))
        bare.execute(INSERT, values, prepare=True)

    return insert


def timed(once: Once, *, count: int, seconds: float) -> list[float]:
    """The seconds of each of up to `count` calls, stopping after `seconds`."""
    taken = []
    end = time.perf_counter() + seconds
    for _ in range(count):
        before = time.perf_counter()
        if before > end:
            break
        once()
        taken.append(time.perf_counter() - before)
    return taken


def together(calls: list[Once], *, count: int, seconds: float) -> float:
    """Calls per second of all threads together, each making up to `count` calls within `seconds`."""
    done: list[int] = []
    failed: list[BaseException] = []
    start = threading.Barrier(len(calls) + 1)

    def work(once: Once) -> None:
        start.wait()
        try:
            done.append(len(timed(once, count=count, seconds=seconds)))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(once,)) for once in calls]
    for thread in threads:
        thread.start()
    start.wait()
    before = time.perf_counter()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return sum(done) / (time.perf_counter() - before)
