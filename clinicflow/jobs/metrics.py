"""What Prometheus is told about an installation: counts and ages over all clinics, never a clinic or a person."""

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
    """`parts` are the checks of /readyz. What cannot be counted because a part is down is left out."""

    def __init__(self, parts: Mapping[str, bool]) -> None:
        self.parts = parts

    def describe(self) -> Iterable[Metric]:
        return ()  # nothing is counted before somebody asks

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("clinicflow_part_up", "1 when this part answers", labels=["part"])
        for name, well in self.parts.items():
            up.add_metric([name], float(well))
        yield up
        if self.parts["redis"]:
            yield from _heartbeats()
        if self.parts["database"]:
            yield from _jobs()


def _heartbeats() -> Iterator[Metric]:
    ages = GaugeMetricFamily("clinicflow_heartbeat_age_seconds", "Since a part was heard of", labels=["part"])
    for name in ("beat", "worker"):
        try:
            heard = cache.get(HEARTBEAT.format(name))
        except RedisError:
            return
        if heard:
            ages.add_metric([name], (clock.now() - dt.datetime.fromisoformat(heard)).total_seconds())
    yield ages


def _jobs() -> Iterator[Metric]:
    due = Q(state__in=WAITING, run_after__lte=clock.now())
    try:
        found = Job.objects.using("system").aggregate(
            **{str(state): Count("pk", filter=Q(state=state)) for state in (*WAITING, Job.State.DEAD)},
            due=Count("pk", filter=due),
            oldest=Min("run_after", filter=due),
        )
    except DatabaseError:
        return
    states = GaugeMetricFamily("clinicflow_jobs", "Jobs by state; the dead ones wait for a person", labels=["state"])
    for state in (*WAITING, Job.State.DEAD):
        states.add_metric([str(state)], found[str(state)])
    yield states
    yield GaugeMetricFamily("clinicflow_jobs_due", "Jobs whose time has come and that are not done", found["due"])
    age = (clock.now() - found["oldest"]).total_seconds() if found["oldest"] else 0.0
    yield GaugeMetricFamily("clinicflow_oldest_due_job_age_seconds", "How long the oldest of them has waited", age)
