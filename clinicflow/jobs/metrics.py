"""Prometheus metrics of an installation: counts and ages over all clinics, without clinic or person labels."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

from django.core.cache import cache
from django.db import DatabaseError
from django.db.models import Count, Min, Q
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from redis import RedisError

from clinicflow.core import clock
from clinicflow.jobs.models import Job
from clinicflow.jobs.tasks import HEARTBEAT

WAITING = (Job.State.QUEUED, Job.State.RUNNING)


class JobCollector(Collector):
    """Collects on each scrape. `parts` are the checks of /readyz; metrics of a part that is down are omitted."""

    def __init__(self, parts: Mapping[str, bool]) -> None:
        self.parts = parts

    def describe(self) -> Iterable[Metric]:
        return ()  # registering must not query the database

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("clinicflow_part_up", "1 when this part answers", labels=["part"])
        for name, is_up in self.parts.items():
            up.add_metric([name], float(is_up))
        yield up
        if self.parts["redis"]:
            yield from _heartbeats()
        if self.parts["database"]:
            yield from _jobs()


def _heartbeats() -> Iterator[Metric]:
    ages = GaugeMetricFamily("clinicflow_heartbeat_age_seconds", "Time since a part's last heartbeat", labels=["part"])
    for name in ("beat", "worker"):
        try:
            beat = cache.get(HEARTBEAT.format(name))
        except RedisError:
            return
        if beat:
            ages.add_metric([name], (clock.now() - dt.datetime.fromisoformat(beat)).total_seconds())
    yield ages


def _jobs() -> Iterator[Metric]:
    due = Q(state__in=WAITING, run_after__lte=clock.now())
    try:
        counts = Job.objects.using("system").aggregate(
            **{str(state): Count("pk", filter=Q(state=state)) for state in (*WAITING, Job.State.DEAD)},
            due=Count("pk", filter=due),
            oldest=Min("run_after", filter=due),
        )
    except DatabaseError:
        return
    states = GaugeMetricFamily("clinicflow_jobs", "Jobs by state; dead jobs need a manual retry", labels=["state"])
    for state in (*WAITING, Job.State.DEAD):
        states.add_metric([str(state)], counts[str(state)])
    yield states
    yield GaugeMetricFamily("clinicflow_jobs_due", "Jobs that are due and not done", counts["due"])
    age = (clock.now() - counts["oldest"]).total_seconds() if counts["oldest"] else 0.0
    yield GaugeMetricFamily("clinicflow_oldest_due_job_age_seconds", "Age of the oldest due job", age)
