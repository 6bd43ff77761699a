"""The owner's figures over two years of a busy clinic: read from the stored figures, compared with counting raw rows.

Both sides must give the same result.
"""

import datetime as dt
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.site import HOURS, sign_in
from clinicflow.access.actor import Actor, system_actor
from clinicflow.access.roles import Role
from clinicflow.accounts.models import User
from clinicflow.clinics.models import Clinic, ClinicSettings, Doctor, DoctorSettings, Membership
from clinicflow.core import clock
from clinicflow.db import tenant
from clinicflow.db.ownership import as_owner
from clinicflow.testing.bulk_data import ALL_TABLES, BulkData
from dashboards.figures import operations
from dashboards.figures.rules.periods import MAX_DAYS, Comparison, Period
from dashboards.figures.selectors.counting import COUNTED, count_by_doctor
from dashboards.figures.selectors.opening_hours import opening_of
from dashboards.figures.selectors.report import read_report
from intake.operations import questionnaires

ZONE = "America/New_York"
DOCTORS = 20
SLOTS = 19  # per doctor and day: 198,360 appointments in two years of weekdays
DAY = dt.timedelta(days=1)
MOST_QUERIES = 15
OWNER_PAGES = ("/overview", "/overview/no-shows", "/overview/ai", "/overview/efficiency")
DESK_PAGES = ("/schedule", "/schedule/list", "/schedule/month", "/patients", "/intake", "/inbox", "/find?q=pat")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Durations in seconds, and counts."""

    visits: int
    filled: float
    counted: float
    stored: float
    raw: float
    pages: dict[str, tuple[int, float]]  # path -> queries, seconds

    @property
    def ratio(self) -> float:
        return self.raw / self.stored

    @property
    def frugal(self) -> bool:
        return all(queries <= MOST_QUERIES for queries, _ in self.pages.values())


def run(rounds: int) -> Outcome:
    """Insert two years, count the days, and measure both ways of reading them in alternating rounds."""
    clinic, data = _clinic()
    started = time.monotonic()
    visits = _fill(data)
    filled = time.monotonic() - started
    actor = system_actor(clinic.pk, ZONE)
    started = time.monotonic()
    with transaction.atomic(), tenant(actor.scope()):
        operations.rebuild(actor, at=data.now)
    counted = time.monotonic() - started
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("vacuum analyze day_figures, hour_figures, stale_days")
    owner = Actor(clinic_id=clinic.pk, role=Role.OWNER, timezone=ZONE)
    stored, raw = _alternate(owner, data.now, rounds)
    return Outcome(
        visits=visits,
        filled=filled,
        counted=counted,
        stored=stored,
        raw=raw,
        pages=_pages(clinic, "owner", OWNER_PAGES) | _pages(clinic, "admin", DESK_PAGES),
    )


def _clinic() -> tuple[Clinic, BulkData]:
    clinic = Clinic.objects.create(name="Busy Clinic", timezone=ZONE)
    actor = system_actor(clinic.pk, ZONE)
    today = clock.today(ZONE)
    with transaction.atomic(), tenant(actor.scope()):
        ClinicSettings.objects.create(clinic=clinic, opens_at=dt.time(8), closes_at=dt.time(18))
        doctors = [
            Doctor.objects.create(clinic=clinic, name=f"Dr. Busy {n}", initials=f"B{n}"[:4], working_hours=HOURS)
            for n in range(DOCTORS)
        ]
        DoctorSettings.objects.bulk_create(DoctorSettings(clinic=clinic, doctor=doctor) for doctor in doctors)
        paper = questionnaires.create_defaults(actor)[0]
    data = BulkData(
        clinic_id=clinic.pk,
        zone=ZONE,
        doctor_ids=[doctor.pk for doctor in doctors],
        questionnaire_id=paper.pk,
        first=today - (MAX_DAYS - 1) * DAY,
        last=today,
        now=clock.now(),
        slots=SLOTS,
        patients=8000,
    )
    return clinic, data


def _fill(data: BulkData) -> int:
    """Insert the data with the audit triggers disabled; returns the number of appointments."""
    with as_owner(), connection.cursor() as cursor:
        for table in ALL_TABLES:
            cursor.execute(f"alter table {table} disable trigger audited")
        visits = data.fill()
        for table in ALL_TABLES:
            cursor.execute(f"alter table {table} enable trigger audited")
        cursor.execute("vacuum analyze " + ", ".join(ALL_TABLES))
    return visits


def _alternate(owner: Actor, now: dt.datetime, rounds: int) -> tuple[float, float]:
    """The median seconds of each side. SystemExit if their results differ."""
    today = clock.local(now, ZONE).date()
    period = Period.between(today - (MAX_DAYS - 1) * DAY, today, today, compare=Comparison.NONE)

    def stored() -> dict[str, int]:
        return read_report(owner, period).now.sums

    def raw() -> dict[str, int]:
        rows = count_by_doctor(owner, period.days, now)
        opening = opening_of(owner, period.days)
        return {name: sum(row[name] for row in rows) for name in COUNTED} | {
            "open_minutes": sum(opening.by_doctor.values())
        }

    times: dict[Callable[[], dict[str, int]], list[float]] = {stored: [], raw: []}
    for _ in range(rounds):
        answers = []
        for side, taken in times.items():
            with transaction.atomic(), tenant(owner.scope()):
                started = time.monotonic()
                answers.append(side())
                taken.append(time.monotonic() - started)
        if answers[0] != answers[1]:
            raise SystemExit(f"The stored figures differ from the rows: {answers}")
    return statistics.median(times[stored]), statistics.median(times[raw])


def _pages(clinic: Clinic, role: str, addresses: tuple[str, ...]) -> dict[str, tuple[int, float]]:
    """Queries and seconds of each page, for two years where it takes a period."""
    user = User.objects.create_user(f"{role}@busy.test", "busy busy busy", name="Dana Busy")
    with transaction.atomic(), tenant(clinic.pk):
        Membership.objects.create(user=user, clinic=clinic, role=role)
    client = Client(SERVER_NAME="127.0.0.1")
    client.cookies[settings.SESSION_COOKIE_NAME] = sign_in(user, clinic)[1].partition("=")[2]
    today = clock.today(ZONE)
    seen = {}
    for address in addresses:
        period = f"?from={today - (MAX_DAYS - 1) * DAY}&to={today}&step=month"
        path = address + period if role == "owner" else address
        client.get(path)
        started = time.monotonic()
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(path)
        taken = time.monotonic() - started
        if answer.status_code != 200:
            raise SystemExit(f"{path} answered {answer.status_code}")
        seen[address] = (len(queries), taken)
    return seen


__all__ = ["MOST_QUERIES", "Outcome", "run"]
