"""Concurrent bookings of one slot: winners per round, responses by status, and the slowest response."""

import json
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from bench.loads import Client, Slots
from bench.site import Site

RACERS, ROUNDS = 50, 20


@dataclass
class Outcome:
    """The result of all rounds: responses by status, rounds with one winner, the slowest response in seconds."""

    answers: Counter[int] = field(default_factory=Counter)
    won_once: int = 0
    slowest: float = 0.0


def run(site: Site, port: int, slots: Slots) -> Outcome:
    """20 rounds of 50 clients that book the same half-hour at the same time."""
    outcome, gate = Outcome(), threading.Barrier(RACERS)
    headers = {"Authorization": site.bearer, "Content-Type": "application/json"}
    clients = [Client(port, headers) for _ in range(RACERS)]

    def book(client: Client, body: bytes) -> tuple[int, float]:
        gate.wait()
        started = time.perf_counter()
        status = client.status_of("POST", "/api/appointments", body)
        return status, time.perf_counter() - started

    with ThreadPoolExecutor(RACERS) as pool:
        for _ in range(ROUNDS):
            date, time_of_day, _, doctor = slots.next()
            body = json.dumps(
                {
                    "patient_id": str(site.patient_ids[0]),
                    "doctor_id": str(doctor),
                    "date": str(date),
                    "start_time": time_of_day,
                    "duration": 30,
                }
            ).encode()
            results = list(pool.map(book, clients, [body] * RACERS))
            statuses = Counter(status for status, _ in results)
            outcome.answers += statuses
            outcome.won_once += statuses[201] == 1
            outcome.slowest = max(outcome.slowest, *(taken for _, taken in results))
    return outcome
