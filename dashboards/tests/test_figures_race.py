"""Changes that commit during a count: no writer waits, and no change is lost."""

import datetime as dt
import threading

import pytest
import time_machine
from django.db import connection, transaction
from django.test import TransactionTestCase

from clinicflow.access.actor import system_actor
from clinicflow.db import tenant
from clinicflow.testing.case import Cast
from clinicflow.testing.monday import MONDAY, TEN
from dashboards.figures import operations
from dashboards.figures.rules.periods import Period
from dashboards.figures.selectors.report import read_report
from dashboards.models import DayFigures, FigureState
from scheduling.models import Appointment

DAY = dt.timedelta(days=1)
SOON = 10  # seconds after which a test that hangs has failed


@pytest.mark.race
class ConcurrentCountTests(Cast, TransactionTestCase):
    def setUp(self):
        clock = time_machine.travel(TEN, tick=False)
        clock.start()
        self.addCleanup(clock.stop)
        self.build()
        self.actor = system_actor(self.riverside.pk, self.riverside.timezone)
        yesterday = TEN - DAY * 3
        self.visits = [
            self.make_appointment(
                self.dr_okafor,
                self.make_patient(self.riverside),
                yesterday + n * dt.timedelta(hours=1),
                status="completed",
            )
            for n in range(2)
        ]

    def miss(self, visit):
        Appointment.objects.filter(pk=visit.pk).update(status="no-show")

    def count(self):
        with transaction.atomic(), tenant(self.actor.scope()):
            operations.roll_up(self.actor, at=TEN)

    def missed(self):
        with self.inside(self.owner) as actor:
            return read_report(actor, Period.preset("4w", MONDAY)).now["no_shows"]

    def test_a_change_that_commits_after_its_day_was_counted_is_counted_next_time(self):
        changed, go_on = threading.Event(), threading.Event()

        def change_slowly():
            with transaction.atomic(), tenant(self.actor.scope()):
                self.miss(self.visits[0])
                changed.set()
                go_on.wait(SOON)
            connection.close()

        other = threading.Thread(target=change_slowly)
        other.start()
        self.assertTrue(changed.wait(SOON))
        self.count()
        self.assertEqual(self.missed(), 0)
        with transaction.atomic(), tenant(self.actor.scope()):  # another of that day does not wait for the first
            with connection.cursor() as cursor:
                cursor.execute("set local lock_timeout = '2s'")
            self.miss(self.visits[1])
        self.assertEqual(self.missed(), 1)
        go_on.set()
        other.join(SOON)
        self.assertEqual(self.missed(), 2)
        self.count()
        self.assertEqual(self.missed(), 2)

    def test_two_that_count_at_once_come_to_the_same(self):
        counting = [threading.Thread(target=self._count_in_thread) for _ in range(4)]
        for thread in counting:
            thread.start()
        for thread in counting:
            thread.join(SOON)
        with self.inside(self.actor):
            self.assertEqual(DayFigures.objects.filter(visits=2).count(), 1)
            self.assertEqual(FigureState.objects.count(), 1)

    def _count_in_thread(self):
        self.count()
        connection.close()
