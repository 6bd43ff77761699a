"""Compares requests with their bare SQL in one run.

    make bench                              or, with another size,   make bench ARGS="--visits 200000"

Starts PostgreSQL and Valkey (unless DATABASE_URL and REDIS_URL are set), fills the database `clinicflow_bench`, starts
the web server as a deployment does, and alternates between the two sides: only ratios within one run are meaningful.
Exits with 1 if the day list misses its goal.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clinicflow import embedded

ROOT = Path(__file__).parents[1]
GOAL = 12.0  # p50 of the day list, in bare round trips
CLIENTS = 8


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.split("\n")[0])
    parser.add_argument("--visits", type=int, default=5_000, help="past appointments, besides the 50 of today")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each side; the median is reported")
    parser.add_argument("--requests", type=int, default=150, help="maximum number of requests per round")
    parser.add_argument("--seconds", type=float, default=4.0, help="maximum seconds per round")
    parser.add_argument("--only-figures", action="store_true", help="measure only the owner's figures")
    parser.add_argument("--workers", type=int, default=2, help="processes of the web server")
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        prepare_environment(stack)
        return _measure(options, stack)


def prepare_environment(stack: ExitStack, data: Path | None = None) -> "embedded.Services | None":
    """Start services and configure settings, before anything imports Django. Returns the services if it started any."""
    from clinicflow import embedded  # noqa: PLC0415 - before the settings, which read the URLs

    data = data or Path(os.environ.get("DATA_DIR") or ROOT / ".clinicflow") / "bench"
    services = None
    missing = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]
    if missing:
        services = stack.enter_context(embedded.start(data, addresses=missing))
        os.environ.update(services.addresses)
    url = os.environ["DATABASE_URL"].rsplit("/", 1)[0]
    os.environ.update(
        DATABASE_URL=f"{url}/clinicflow_bench",
        REDIS_PREFIX="clinicflow-bench",
        DATA_DIR=str(data),
        DJANGO_SETTINGS_MODULE="clinicflow.settings",
        ENVIRONMENT="test",
        DEBUG="false",
        LOG_LEVEL="ERROR",
        API_CALLS_PER_MINUTE="1000000",
    )
    import django  # noqa: PLC0415 - after DJANGO_SETTINGS_MODULE is set

    django.setup()
    return services


def _measure(options: argparse.Namespace, stack: ExitStack) -> int:
    from bench import loads, owner_figures, race, site  # noqa: PLC0415 - they import models

    started = time.monotonic()
    _print(f"Filling clinicflow_bench with {options.visits:,} appointments and a day of {site.OF_THE_DAY}.")
    bench_site = site.make(options.visits)
    if options.only_figures:
        return 0 if _report_figures(owner_figures.run(options.rounds)) else 1
    port = stack.enter_context(site.serving(options.workers))
    _print(f"Measuring after {time.monotonic() - started:.0f} s: {options.rounds} alternating rounds.\n")
    bound = {"count": options.requests, "seconds": options.seconds}
    one = {
        "bare": loads.bare_day(bench_site),
        "list": loads.day_list(bench_site, port),
        "page": loads.day_page(bench_site, port),
        "bare summary": loads.bare_summary(bench_site),
        "summary": loads.summary(bench_site, port),
    }
    slots, bare_slots = loads.Slots(bench_site), loads.Slots(bench_site)
    many = {
        "list": [loads.day_list(bench_site, port) for _ in range(CLIENTS)],
        "page": [loads.day_page(bench_site, port) for _ in range(CLIENTS)],
        "summary": [loads.summary(bench_site, port) for _ in range(CLIENTS)],
        "bare booking": [loads.bare_booking(bench_site, bare_slots) for _ in range(CLIENTS)],
        "booking": [loads.booking(bench_site, port, slots) for _ in range(CLIENTS)],
    }
    for once in [*one.values(), *(call for calls in many.values() for call in calls)]:
        loads.timed(once, count=10, seconds=5)
    p50: dict[str, list[float]] = {name: [] for name in one}
    p99: dict[str, list[float]] = {name: [] for name in one}
    rates: dict[str, list[float]] = {name: [] for name in many}
    for _ in range(options.rounds):
        for name, once in one.items():
            taken = sorted(loads.timed(once, **bound))
            p50[name].append(taken[len(taken) // 2])
            p99[name].append(taken[int(len(taken) * 0.99)])
    for _ in range(options.rounds):
        for name, calls in many.items():
            share = max(10, options.requests // CLIENTS)
            rates[name].append(loads.together(calls, count=share, seconds=options.seconds))
    reached = _report(p50, p99, rates)
    _report_race(race.run(bench_site, port, slots))
    frugal = _report_figures(owner_figures.run(options.rounds))
    return 0 if reached and frugal else 1


def _report_figures(outcome: Any) -> bool:
    _print(f"\nowner's figures over two years, {outcome.visits:,} visits (filled in {outcome.filled:.0f} s):")
    _print(f"counting every day once           {outcome.counted:8.1f} s")
    _print(f"read from what is stored          {outcome.stored * 1000:8.0f} ms")
    _print(
        f"counted from the raw rows         {outcome.raw * 1000:8.0f} ms   {outcome.ratio:.0f} × as long, and the same"
    )
    for path, (queries, seconds) in outcome.pages.items():
        _print(f"{path:34}{queries:3} queries {seconds * 1000:8.0f} ms")
    _print(f"no page over 15 queries: {'reached' if outcome.frugal else 'MISSED'}")
    frugal: bool = outcome.frugal
    return frugal


def _report_race(outcome: Any) -> None:
    answers = ", ".join(f"{count} × {status}" for status, count in sorted(outcome.answers.items()))
    _print(f"\n50 racers × 20 rounds for one slot each: {outcome.won_once} rounds with one winner; {answers}")
    _print(f"slowest answer {outcome.slowest * 1000:.0f} ms (goal: under 2,000 ms)")


def _report(p50: dict[str, list[float]], p99: dict[str, list[float]], rates: dict[str, list[float]]) -> bool:
    median = statistics.median
    list_ratio = median(ours / bare for ours, bare in zip(p50["list"], p50["bare"], strict=True))
    page_ratio = median(ours / bare for ours, bare in zip(p50["page"], p50["bare"], strict=True))
    summary_ratio = median(ours / bare for ours, bare in zip(p50["summary"], p50["bare summary"], strict=True))
    book_ratio = median(ours / bare for ours, bare in zip(rates["booking"], rates["bare booking"], strict=True))
    _print("one client                      p50 ms    p99 ms    ÷ bare")
    for name, label, ratio in (
        ("bare", "day's SQL alone", None),
        ("list", "day list, JSON", list_ratio),
        ("page", "day's page, HTML", page_ratio),
        ("bare summary", "day's figures, SQL alone", None),
        ("summary", "day's figures, JSON", summary_ratio),
    ):
        shown = f"{ratio:9.1f}" if ratio else f"{'1':>9}"
        _print(f"{label:30}{median(p50[name]) * 1000:8.2f}{median(p99[name]) * 1000:10.2f}{shown}")
    _print(f"\n{CLIENTS} clients                     per second  ÷ bare")
    for name, label, ratio in (
        ("list", "day list, JSON", None),
        ("page", "day's page, HTML", None),
        ("summary", "day's figures, JSON", None),
        ("bare booking", "bare insert, same constraint", None),
        ("booking", "booking", book_ratio),
    ):
        _print(f"{label:30}{median(rates[name]):10.0f}" + (f"{ratio:10.2f}" if ratio else ""))
    reached = list_ratio <= GOAL
    _print(f"\nday list p50 ÷ bare round trip: {list_ratio:.1f}, goal {GOAL:.0f}: {'reached' if reached else 'MISSED'}")
    return reached


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
