"""Many at once: fifty for one slot over HTTP, moves against moves, arrivals against the no-show job."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from django.db import connection, transaction

from clinicflow.access.actor import system_actor
from clinicflow.core import clock
from clinicflow.db import tenant
from scheduling.errors import SlotTaken
from scheduling.models import Appointment, Cancellation
from scheduling.operations import appointments, no_shows
from scheduling.operations.appointments import BookingResult
from tests.race.cases import in_threads, inside

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
RACERS, ROUNDS = 50, 20


def live_overlaps():
    """Pairs of live visits of one doctor that overlap without a mark; counted by the administrator's own SQL."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from appointments a join appointments b on a.doctor_id = b.doctor_id and a.id < b.id "
            "and tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at) "
            "where a.status in ('unconfirmed', 'confirmed', 'completed') and a.deleted_at is null "
            "and b.status in ('unconfirmed', 'confirmed', 'completed') and b.deleted_at is null "
            "and not a.overlap_allowed and not b.overlap_allowed"
        )
        return cursor.fetchone()[0]


def test_fifty_racers_for_one_slot_over_http(cast, asgi_server, database_log):
    """20 rounds: one booking each, the rest 409 with free slots, no deadlock. `make bench` times the slowest."""
    headers = cast.bearer_for(cast.desk)
    gate = threading.Barrier(RACERS)

    def race(start):
        body = {
            "patient_id": str(cast.patient.pk),
            "doctor_id": str(cast.dr_okafor.pk),
            "starts_at": start.isoformat(),
            "duration": 30,
        }
        gate.wait()
        # A connection of its own: a slow round outlasts the time that the server keeps idle ones.
        return requests.post(f"{asgi_server}/api/appointments", json=body, headers=headers, timeout=60)

    times = [f"{hour:02}:{minute}" for hour in (9, 10, 11, 14, 15) for minute in ("00", "30")]
    days = [cast.monday, cast.monday + dt.timedelta(days=1)]
    starts = [cast.at(cast.riverside, day, time) for day in days for time in times][:ROUNDS]
    with ThreadPoolExecutor(RACERS) as pool:
        for start in starts:
            answers = list(pool.map(race, [start] * RACERS))
            assert sorted(answer.status_code for answer in answers) == [201] + [409] * (RACERS - 1)
            losers = [answer.json() for answer in answers if answer.status_code == 409]
            assert {loser["code"] for loser in losers} == {"slot_taken"}
            assert all(len(loser["free_slots"]) == 3 for loser in losers)
    with transaction.atomic(), tenant(cast.riverside.pk):
        assert Appointment.objects.count() == ROUNDS
        assert live_overlaps() == 0
    assert "deadlock" not in database_log()


def test_racers_for_overlapping_times(cast, database_log):
    """Different starts that overlap each other: as many win as fit side by side, at least."""
    nine = cast.at(cast.riverside, cast.monday, "09:00")
    works = [
        inside(
            cast.desk,
            lambda actor, start=nine + dt.timedelta(minutes=10 * index): appointments.book(
                actor,
                appointments.BookingRequest(patient_id=cast.patient.pk, doctor_id=cast.dr_okafor.pk, starts_at=start),
                at=clock.now(),
            ),
        )
        for index in list(range(12)) * 2
    ]
    outcomes = in_threads(*works)
    assert {type(outcome) for outcome in outcomes} == {BookingResult, SlotTaken}
    assert 3 <= sum(isinstance(outcome, BookingResult) for outcome in outcomes) <= 4
    with transaction.atomic(), tenant(cast.riverside.pk):
        assert live_overlaps() == 0
    assert "deadlock" not in database_log()


def test_visits_that_change_places_do_not_deadlock(cast, database_log):
    """Two doctors' visits swap doctors again and again: locks are taken in one order, whoever comes first."""
    times = [cast.at(cast.riverside, cast.monday, f"{hour:02}:00") for hour in (9, 10, 11, 14, 15, 16)]
    visits = [
        cast.make_appointment(doctor, cast.patient, start)
        for start in times
        for doctor in (cast.dr_okafor, cast.dr_herrera)
    ]
    works = [
        inside(
            cast.desk,
            lambda actor, visit=visit: appointments.reschedule(
                actor,
                visit.pk,
                starts_at=visit.starts_at + dt.timedelta(minutes=30),
                doctor_id=cast.dr_herrera.pk if visit.doctor_id == cast.dr_okafor.pk else cast.dr_okafor.pk,
                at=clock.now(),
            ),
        )
        for visit in visits
    ]
    outcomes = in_threads(*works)
    assert all(isinstance(outcome, BookingResult) for outcome in outcomes), outcomes
    assert "deadlock" not in database_log()


def test_two_people_move_the_same_visit(cast):
    """One wins; the other is told where it went, and no third visit is made."""
    visit = cast.make_appointment(cast.dr_okafor, cast.patient, cast.at(cast.riverside, cast.monday, "09:00"))
    works = [
        inside(
            cast.desk,
            lambda actor, time=time: appointments.reschedule(
                actor, visit.pk, starts_at=cast.at(cast.riverside, cast.monday, time), at=clock.now()
            ),
        )
        for time in ("10:00", "11:00")
    ]
    outcomes = in_threads(*works)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyMoved", "BookingResult"]
    with transaction.atomic(), tenant(cast.riverside.pk):
        assert Appointment.objects.live().count() == 1


def test_arrivals_against_the_no_show_job(cast):
    """Whoever comes first, a visit is never both, and an arrival that was accepted stands."""
    now = clock.now().replace(second=0, microsecond=0)
    midnight = clock.day_bounds(clock.today("America/New_York"), "America/New_York")[0]
    start = max(now - dt.timedelta(minutes=40), midnight)
    visits = [
        cast.make_appointment(
            cast.dr_okafor, cast.patient, start, 15, overlap_allowed=True, overlap_reason="Race", status="confirmed"
        )
        for _ in range(12)
    ]
    job = system_actor(cast.riverside.pk, "America/New_York")
    at = start + dt.timedelta(minutes=20)
    arrivals = [inside(cast.desk, lambda actor, pk=visit.pk: appointments.arrive(actor, pk, at=at)) for visit in visits]
    sweeps = [inside(job, lambda actor: no_shows.mark_overdue(actor, at=at)) for _ in range(3)]
    outcomes = in_threads(*[work for pair in zip(arrivals, sweeps * 4, strict=True) for work in pair])[::2]
    with transaction.atomic(), tenant(cast.riverside.pk):
        for visit, outcome in zip(visits, outcomes, strict=True):
            visit.refresh_from_db()
            accepted = isinstance(outcome, Appointment)
            assert (visit.arrived, visit.status) == ((True, "confirmed") if accepted else (False, "no-show"))
        missed = [visit for visit in visits if not visit.arrived]
        assert Cancellation.objects.count() == len(missed)


def test_confirming_twice_at_once_is_one_change(cast):
    visit = cast.make_appointment(cast.dr_okafor, cast.patient, cast.at(cast.riverside, cast.monday, "09:00"))
    works = [inside(cast.desk, lambda actor: appointments.confirm(actor, visit.pk, at=clock.now()))] * 8
    outcomes = in_threads(*works)
    assert {outcome.status for outcome in outcomes} == {"confirmed"}
    assert {outcome.version for outcome in outcomes} == {2}
