"""Whether it says that it is well, and to whom it says more."""

import datetime as dt
from unittest import mock

from django.core.cache import cache
from django.db import OperationalError
from django.test import TransactionTestCase, override_settings
from prometheus_client.parser import text_string_to_metric_families
from redis import RedisError

from clinicflow.core import clock
from clinicflow.jobs import health
from clinicflow.jobs.models import Job
from clinicflow.jobs.tasks import HEARTBEAT
from clinicflow.testing.case import Cast, ClinicCase

TOKEN = "a-token-of-more-than-twenty-characters"


class Beating:
    def beat(self, *names):
        for name in names:
            cache.set(HEARTBEAT.format(name), clock.now().isoformat(), 60)
            self.addCleanup(cache.delete, HEARTBEAT.format(name))


class Ready(Beating, ClinicCase):
    def test_it_names_what_is_missing(self):
        answer = self.client.get("/readyz")
        self.assertEqual(answer.status_code, 503)
        parts = {"database": True, "migrations": True, "redis": True, "beat": False, "worker": False}
        self.assertEqual(answer.json(), parts)

    def test_it_is_ready_when_every_part_answers(self):
        self.beat("beat", "worker")
        self.assertEqual(self.client.get("/readyz").status_code, 200)

    def test_a_part_that_is_down_is_no_crash(self):
        with (
            mock.patch.object(health, "connection", mock.Mock(**{"cursor.side_effect": OperationalError})),
            mock.patch.object(health, "cache", mock.Mock(**{"get.side_effect": RedisError})),
        ):
            answer = self.client.get("/readyz")
        self.assertEqual(answer.status_code, 503)
        self.assertEqual((answer.json()["database"], answer.json()["redis"]), (False, False))


class Metrics(Beating, Cast, TransactionTestCase):
    """Counted by the role that sees every clinic's jobs, over a connection of its own: rows must be committed."""

    databases = ("default", "system")

    def setUp(self):
        self.build()

    def add(self, key, **fields):
        with self.inside(self.desk):
            Job.objects.create(clinic=self.riverside, kind="scheduling.no_shows", key=key, **fields)

    def scrape(self):
        answer = self.client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        self.assertEqual(answer.status_code, 200)
        families = text_string_to_metric_families(answer.content.decode())
        return {
            (sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples
        }

    def test_without_a_token_it_is_not_there(self):
        self.assertEqual(self.client.get("/metrics", headers={"Authorization": "Bearer "}).status_code, 404)
        with override_settings(METRICS_TOKEN=TOKEN):
            self.assertEqual(self.client.get("/metrics").status_code, 404)
            wrong = self.client.get("/metrics", headers={"Authorization": "Bearer something-else-entirely"})
            self.assertEqual(wrong.status_code, 404)

    @override_settings(METRICS_TOKEN=TOKEN)
    def test_it_counts_jobs_of_all_clinics_and_the_age_of_the_oldest(self):
        self.beat("worker")
        before = self.scrape()
        late = clock.now() - dt.timedelta(hours=3)
        self.add("1", run_after=late)
        self.add("2", run_after=clock.now() + dt.timedelta(days=1))
        self.add("3", run_after=late, state=Job.State.DEAD)
        after = self.scrape()
        self.assertEqual(after["clinicflow_jobs", "queued"] - before["clinicflow_jobs", "queued"], 2)
        self.assertEqual(after["clinicflow_jobs", "dead"] - before["clinicflow_jobs", "dead"], 1)
        self.assertEqual(after[("clinicflow_jobs_due",)] - before[("clinicflow_jobs_due",)], 1)
        self.assertGreaterEqual(after[("clinicflow_oldest_due_job_age_seconds",)], 3 * 3600)
        self.assertEqual(after["clinicflow_part_up", "worker"], 1)
        self.assertEqual(after["clinicflow_part_up", "beat"], 0)
        self.assertLess(after["clinicflow_heartbeat_age_seconds", "worker"], 60)

    @override_settings(METRICS_TOKEN=TOKEN)
    def test_what_cannot_be_counted_is_left_out(self):
        with mock.patch.dict(health.CHECKS, {"database": lambda: False, "redis": lambda: False}):
            figures = self.scrape()
        self.assertEqual(figures["clinicflow_part_up", "database"], 0)
        self.assertNotIn(("clinicflow_jobs", "queued"), figures)
