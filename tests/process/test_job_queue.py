import datetime as dt
import threading
from unittest import mock

import time_machine
from django.db import connection, transaction
from django.test import TransactionTestCase

from clinicflow.core import clock
from clinicflow.db import tenant
from clinicflow.jobs import queue, registry
from clinicflow.jobs.models import Job
from clinicflow.testing.case import Cast, ClinicCase
from clinicflow.testing.jobs import isolated_registry, run_due_jobs
from patients.models import Patient

T0 = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)


class RegisteredKinds:
    """Registers a few kinds of job for the duration of a test."""

    def setUp(self):
        super().setUp()
        self.enterContext(isolated_registry())
        self.calls = []
        self.dead_jobs = []
        registry.job("test.note")(self.note)
        registry.job("test.fail", on_death=lambda **args: self.dead_jobs.append(args))(self.fails)
        registry.job("test.write")(self.write_then_fail_once)
        registry.job("test.later")(self.retries_later)

    def note(self, *, clinic_id, **args):
        self.calls.append((clinic_id, args))

    def fails(self, *, clinic_id):
        raise ZeroDivisionError

    def retries_later(self, *, clinic_id):
        raise queue.RetryLater(90, "rate_limited")

    def write_then_fail_once(self, *, clinic_id):
        self.calls.append(clinic_id)
        Patient.objects.create(
            clinic_id=clinic_id, first_name="Ada", last_name="Stone", date_of_birth=dt.date(1990, 1, 1)
        )
        if len(self.calls) == 1:
            raise ZeroDivisionError

    def add(self, kind="test.note", key="1", **fields):
        with transaction.atomic(), tenant(self.riverside.pk):
            return queue.enqueue(kind, clinic_id=self.riverside.pk, key=key, **fields)

    def job(self):
        with transaction.atomic(), tenant(self.riverside.pk):
            return Job.objects.get()


class Queue(RegisteredKinds, ClinicCase):
    def test_a_job_runs_once_with_its_arguments_in_the_clinics_scope(self):
        self.add(args={"appointment_id": "a"})
        self.assertEqual(run_due_jobs(self.riverside.pk), ["test.note"])
        self.assertEqual(self.calls, [(self.riverside.pk, {"appointment_id": "a"})])
        self.assertEqual(run_due_jobs(self.riverside.pk), [])
        self.assertEqual(self.job().state, Job.State.DONE)

    def test_the_same_key_is_added_once(self):
        self.assertTrue(self.add())
        self.assertFalse(self.add())
        run_due_jobs(self.riverside.pk)
        self.assertFalse(self.add())
        self.assertEqual(len(self.calls), 1)

    def test_an_unknown_kind_is_refused_when_it_is_added(self):
        with self.assertRaises(RuntimeError):
            self.add("test.unheard_of")

    def test_a_job_for_later_waits(self):
        with time_machine.travel(T0, tick=False) as time:
            self.add(run_after=T0 + dt.timedelta(hours=1))
            self.assertEqual(run_due_jobs(self.riverside.pk), [])
            time.shift(3601)
            self.assertEqual(run_due_jobs(self.riverside.pk), ["test.note"])

    def test_a_job_rolls_back_with_its_business_transaction(self):
        with self.assertRaises(ZeroDivisionError), transaction.atomic(), tenant(self.riverside.pk):
            queue.enqueue("test.note", clinic_id=self.riverside.pk, key="1")
            raise ZeroDivisionError
        self.assertEqual(run_due_jobs(self.riverside.pk), [])

    def test_a_failing_job_is_retried_with_longer_pauses_and_buried_after_five(self):
        with time_machine.travel(T0, tick=False) as time:
            self.add("test.fail")
            for attempt in range(1, 6):
                self.assertEqual(run_due_jobs(self.riverside.pk), ["test.fail"], attempt)
                self.assertEqual(run_due_jobs(self.riverside.pk), [], "not before its pause")
                time.shift(2**attempt + 1)
            self.assertEqual(run_due_jobs(self.riverside.pk), [])
        job = self.job()
        self.assertEqual((job.state, job.attempts, job.last_error), (Job.State.DEAD, 5, "ZeroDivisionError"))
        self.assertEqual(self.dead_jobs, [{"clinic_id": self.riverside.pk}])

    def test_a_failed_attempt_leaves_no_half_effect(self):
        with time_machine.travel(T0, tick=False) as time:
            self.add("test.write")
            run_due_jobs(self.riverside.pk)
            time.shift(60)
            run_due_jobs(self.riverside.pk)
        with transaction.atomic(), tenant(self.riverside.pk):
            self.assertEqual(Patient.objects.filter(last_name="Stone").count(), 1)

    def test_work_that_asks_for_later_gets_the_time_it_asked_for(self):
        with time_machine.travel(T0, tick=False):
            self.add("test.later")
            run_due_jobs(self.riverside.pk)
        job = self.job()
        self.assertEqual((job.state, job.run_after), (Job.State.QUEUED, T0 + dt.timedelta(seconds=90)))
        self.assertEqual(job.last_error, "rate_limited")

    def test_a_dead_job_can_be_sent_round_again(self):
        with time_machine.travel(T0, tick=False) as time:
            self.add("test.fail")
            for attempt in range(1, 6):
                run_due_jobs(self.riverside.pk)
                time.shift(2**attempt + 1)
            with transaction.atomic(), tenant(self.riverside.pk):
                queue.retry(Job.objects.get())
            self.assertEqual(run_due_jobs(self.riverside.pk), ["test.fail"])
            self.assertEqual(self.job().attempts, 1)

    def test_a_lost_lease_is_taken_over_and_counted(self):
        with time_machine.travel(T0, tick=False) as time:
            self.add()
            job = self.job()
            self.assertIsNotNone(queue.claim(job.pk, self.riverside.pk))
            self.assertFalse(queue.run(job.pk, self.riverside.pk), "the lease holds")
            time.shift(queue.settings.JOB_LEASE.total_seconds() + 1)
            self.assertTrue(queue.run(job.pk, self.riverside.pk))
        self.assertEqual(self.job().attempts, 2)

    def test_a_worker_that_lost_its_lease_commits_nothing(self):
        def robbed(*, clinic_id):
            Job.objects.update(attempts=Job.objects.get().attempts + 1)  # another worker has claimed it meanwhile
            self.make_patient(self.riverside, "Ada Stone")

        registry.job("test.robbed")(robbed)
        self.add("test.robbed")
        queue.run(self.job().pk, self.riverside.pk)
        with transaction.atomic(), tenant(self.riverside.pk):
            self.assertEqual(Patient.objects.count(), 0)


class AcrossClinics(RegisteredKinds, Cast, TransactionTestCase):
    databases = {"default", "system"}

    def setUp(self):
        super().setUp()
        self.build()

    def test_the_sweep_notifies_workers_of_due_jobs_of_every_clinic_and_then_pauses(self):
        for clinic in (self.riverside, self.lakeside):
            with transaction.atomic(), tenant(clinic.pk):
                queue.enqueue(
                    "test.note", clinic_id=clinic.pk, key="1", run_after=clock.now() + dt.timedelta(seconds=1)
                )
        with (
            mock.patch.object(queue, "notify_worker") as notify,
            time_machine.travel(clock.now() + dt.timedelta(seconds=2)),
        ):
            self.assertEqual(queue.sweep(), 2)
            self.assertEqual(queue.sweep(), 0)
            self.assertEqual({call.args[1] for call in notify.call_args_list}, {self.riverside.pk, self.lakeside.pk})

    def test_a_lost_hint_is_repeated_by_the_sweep(self):
        with mock.patch.object(queue.current_app, "send_task", side_effect=ConnectionError):
            self.add()
        with (
            time_machine.travel(clock.now() + dt.timedelta(seconds=31)),
            mock.patch.object(queue, "notify_worker") as notify,
        ):
            self.assertEqual(queue.sweep(), 1)
        notify.assert_called_once()

    def test_two_runs_in_one_slot_make_one_job_per_clinic(self):
        registry.periodic("test.tick", every=60)(self.note)
        queue.schedule_periodic(T0)
        queue.schedule_periodic(T0 + dt.timedelta(seconds=59))
        queue.schedule_periodic(T0 + dt.timedelta(seconds=60))
        with transaction.atomic(), tenant(self.riverside.pk):
            self.assertEqual(Job.objects.filter(kind="test.tick").count(), 2)
        with transaction.atomic(), tenant(self.lakeside.pk):
            self.assertEqual(Job.objects.filter(kind="test.tick").count(), 2)

    def test_done_periodic_jobs_are_purged(self):
        registry.periodic("test.tick", every=60)(self.note)
        with time_machine.travel(T0, tick=False):
            queue.schedule_periodic(T0)
            run_due_jobs(self.riverside.pk)
        with time_machine.travel(T0 + dt.timedelta(days=1), tick=False):
            queue.purge_finished()
        with transaction.atomic(), tenant(self.riverside.pk):
            self.assertFalse(Job.objects.exists())

    def test_many_workers_and_one_job_make_one_effect(self):
        with mock.patch.object(queue, "notify_worker"):
            self.add()
        job = self.job()
        barrier = threading.Barrier(8)

        def work():
            barrier.wait()
            queue.run(job.pk, self.riverside.pk)
            connection.close()

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(self.calls), 1)
