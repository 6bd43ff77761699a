"""Work survives what kills its carriers: a worker that is killed in the middle, a broker that forgets everything."""

import datetime as dt
import os
import signal
from unittest import mock

import pytest
import redis
from django.conf import settings as django_settings
from django.db import connections, transaction

from aiassist import jobs as summary_jobs
from aiassist.models import IntakeSummary
from clinicflow.access.actor import system_actor
from clinicflow.celery import app
from clinicflow.core import clock
from clinicflow.db import tenant
from clinicflow.jobs import queue
from clinicflow.jobs.models import Job
from clinicflow.testing.case import Cast
from clinicflow.testing.waiting import until
from intake.models import IntakeForm, Questionnaire
from intake.operations import forms, questionnaires

pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "system"]), pytest.mark.race]


@pytest.fixture
def broker(settings):
    """Hints that really travel, to workers that really run, with a lease short enough to wait for."""
    settings.JOB_LEASE = dt.timedelta(seconds=2)
    app.set_default()
    app.conf.update(
        broker_url=settings.REDIS_URL,
        broker_transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS,
    )
    return redis.Redis.from_url(settings.REDIS_URL)


@pytest.fixture
def workers():
    """Starts worker processes, and leaves none."""
    started = []

    def start(prepare=lambda: None):
        connections.close_all()
        process = os.fork()
        if process == 0:
            try:
                prepare()
                app.worker_main(
                    ["worker", "--pool=solo", "--loglevel=CRITICAL", "--without-gossip", "--without-mingle"]
                )
            finally:
                os._exit(1)
        started.append(process)
        return process

    yield start
    for process in started:
        kill(process)


def kill(process):
    try:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    except (ProcessLookupError, ChildProcessError):
        return


def submitted_form(cast):
    with cast.inside(cast.desk):
        questionnaires.create_defaults(system_actor(cast.riverside.pk))
        adult = Questionnaire.objects.filter(audience="adult").first()
    patient = cast.make_patient(cast.riverside)
    visit = cast.make_appointment(cast.dr_okafor, patient, clock.now() + dt.timedelta(days=2))
    with cast.inside(cast.desk):
        form = IntakeForm.objects.create(
            clinic=cast.riverside,
            appointment=visit,
            patient=patient,
            questionnaire=adult,
            raw_answers={"reason": "dizzy", "medications": {"none": True}, "allergies": {"none": True}},
        )
        forms.submit(system_actor(cast.riverside.pk, cast.riverside.timezone), form.pk, complete=False)
    return form


def summaries(cast):
    with transaction.atomic(), tenant(cast.riverside.pk):
        return list(IntakeSummary.objects.values_list("status", flat=True))


def job_state(cast):
    with transaction.atomic(), tenant(cast.riverside.pk):
        return Job.objects.filter(kind="aiassist.summarize").values_list("state", "attempts").first()


def test_a_worker_killed_in_the_middle_and_a_flushed_broker_still_give_one_summary(transactional_db, broker, workers):
    Cast.build()
    reached, told = os.pipe()

    def stuck(answers):
        os.write(told, b"x")
        signal.pause()

    victim = workers(lambda: mock.patch.object(summary_jobs, "extract", stuck).start())
    submitted_form(Cast)
    assert os.read(reached, 1) == b"x", "the first worker has begun"
    kill(victim)
    for key in broker.scan_iter(f"{django_settings.REDIS_PREFIX}*"):
        broker.delete(key)
    assert summaries(Cast) == ["generating"]
    workers()
    until(lambda: summaries(Cast) == ["generated"], meanwhile=queue.sweep)
    until(lambda: job_state(Cast) == ("done", 2), meanwhile=queue.sweep)
    assert summaries(Cast) == ["generated"]


def test_a_poisonous_job_ends_dead_and_delays_nobody(transactional_db, broker, workers, settings):
    Cast.build()
    settings.JOB_LEASE = dt.timedelta(seconds=0.2)

    def poison(answers):
        os.kill(os.getpid(), signal.SIGKILL)

    poisoned = mock.patch.object(summary_jobs, "extract", poison).start
    submitted_form(Cast)
    running = [workers(poisoned)]

    def replace():
        queue.sweep()
        process, _ = os.waitpid(running[-1], os.WNOHANG)
        if process:
            running.append(workers(poisoned))

    until(lambda: job_state(Cast)[0] == "dead", meanwhile=replace)
    assert job_state(Cast) == ("dead", 5)
    assert summaries(Cast) == ["failed"]
