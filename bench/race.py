"""Many for one slot: who wins, what the others are told, and how long the slowest waits."""

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
    """What all rounds came to: answers by status, rounds with one winner, and the slowest answer in seconds."""

    answers: Counter[int] = field(default_factory=Counter)
    won_once: int = 0
    slowest: float = 0.0


def run(site: Site, port: int, slots: Slots) -> Outcome:
    """20 rounds of 50 clients that ask for the same half-hour at the same moment."""
    outcome, gate = Outcome(), threading.Barrier(RACERS)
    headers = {"Authorization": site.bearer, "Content-Type": "application/json"}
    clients = [Client(port, headers) for _ in range(RACERS)]

    def ask(client: Client, body: bytes) -> tuple[int, float]:
        gate.wait()
        began = time.perf_counter()
        status = client.status_of("POST", "/api/appointments", body)
        return status, time.perf_counter() - began

    with ThreadPoolExecutor(RACERS) as pool:
        for _ in range(ROUNDS):
            date, time_of_day, _, doctor = slots.take()
            body = json.dumps(
                {
                    "patient_id": str(site.patient_ids[0]),
                    "doctor_id": str(doctor),
                    "date": str(date),
                    "start_time": time_of_day,
                    "duration": 30,
                }
            ).encode()
            results = list(pool.map(ask, clients, [body] * RACERS))
            statuses = Counter(status for status, _ in results)
            outcome.answers += statuses
            outcome.won_once += statuses[201] == 1
            outcome.slowest = max(outcome.slowest, *(taken for _, taken in results))
    return outcome
