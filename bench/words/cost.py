"""The processor time that the engine takes for hostile forms, by their size.

    python -m bench.words cost

A form has at most 64 kB of answers of at most 4,000 characters each. The ratio of the two sizes shows whether the time
is linear: 4 kB to 64 kB is a factor of 16.
"""

import time

from aiassist.engine.deadline import TooSlow, within
from aiassist.engine.schema import Answer
from aiassist.engine.summarize import extract
from aiassist.engine.verifier import verify

ANSWER = 4_000  # characters of the longest answer that is accepted
SMALL, LARGE = 4_000, 64_000
SECONDS_ALLOWED = 0.5
HOSTILE = ("and ", "no, ", "mg 5 ", "aspirin and ", "not on a, on b. ", "my mother's ", "allergic to ", "ibuprofeno, ")


def seconds(piece: str, size: int) -> float:
    """Processor seconds for the summary of a form whose answers repeat a piece, up to a size in all."""
    text = (piece * (ANSWER // len(piece) + 1))[:ANSWER]
    topics = ("medications", "allergies", "reason", "conditions")
    answers = [
        Answer.of(f"q{number}", text, topic=topics[number % len(topics)], label="What do you take?")
        for number in range(size // ANSWER)
    ]
    started = time.process_time()
    try:
        within(60, lambda: verify(extract(answers), answers))
    except TooSlow:
        return float("inf")
    return time.process_time() - started


def main(_arguments: list[str]) -> int:
    """Print the table; 1 when a form of 64 kB takes longer than 0.5 s."""
    seconds("warm up ", SMALL)
    print("| answer repeats | 4 kB, s | 64 kB, s | ratio |\n|---|---|---|---|")
    slowest = 0.0
    for piece in HOSTILE:
        small, large = seconds(piece, SMALL), seconds(piece, LARGE)
        slowest = max(slowest, large)
        print(f"| {piece!r} | {small:.3f} | {large:.3f} | {large / small:.0f} |")
    return int(slowest > SECONDS_ALLOWED)
