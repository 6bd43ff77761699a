"""The same news told by several workers at once, and read while it is told."""

import datetime as dt

import pytest
from django.db import transaction

from clinicflow.access.actor import system_actor
from clinicflow.core import clock
from clinicflow.db import tenant
from clinicflow.notifications.models import Notification
from clinicflow.notifications.operations import notifications
from clinicflow.notifications.operations.notifications import NotificationRequest
from tests.race.cases import in_threads, inside

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
ROUNDS, WORKERS = 5, 6


def news_of(cast, number):
    """Two kinds about one visit."""
    start = cast.at(cast.riverside, cast.monday, "09:00") + dt.timedelta(days=7 * number)
    visit = cast.make_appointment(cast.dr_okafor, cast.make_patient(cast.riverside), start)
    return [
        NotificationRequest(kind=kind, object_type="appointment", object_id=visit.pk, doctor_id=cast.dr_okafor.pk)
        for kind in ("unconfirmed", "missing-intake")
    ]


def test_several_workers_at_once_tell_everybody_once(cast):
    system = system_actor(cast.riverside.pk)
    for number in range(ROUNDS):
        news = news_of(cast, number)
        made = in_threads(
            *[
                inside(system, lambda actor, news=news: notifications.notify(actor, news, at=clock.now()))
                for _ in range(WORKERS)
            ]
        )
        assert all(isinstance(count, int) for count in made), made
        with transaction.atomic(), tenant(cast.riverside.pk):
            rows = Notification.objects.filter(object_id=news[0].object_id).count()
        assert sum(made) == rows == 4  # two kinds for the front desk and for the doctor
