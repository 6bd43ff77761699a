"""The measured installation: its own database, filled by SQL, and the web server as a deployment runs it."""

import datetime as dt
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from urllib.error import URLError
from uuid import UUID

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from clinicflow.access.actor import system_actor
from clinicflow.accounts.models import AuthSession, User
from clinicflow.accounts.operations import sessions, tokens
from clinicflow.clinics.models import Clinic, ClinicSettings, Doctor, DoctorSettings, Membership
from clinicflow.core import clock
from clinicflow.db import tenant
from clinicflow.db.ownership import as_owner
from intake.operations import questionnaires

ZONE = "UTC"  # without clock changes, so that every day has the same slots
DOCTORS = 5
PATIENTS = 2_000
OF_THE_DAY = 50  # appointments on the measured day
HOURS = {day: [["08:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
START_SECONDS = 30

# Half an hour each from 08:00; `n` counts up over slots, doctors and days, so that no doctor is booked twice.
FILL = """
insert into appointments (
  id, created_at, updated_at, clinic_id, doctor_id, patient_id, starts_at, ends_at, visit_type, visit_category, reason,
  status, intake_status, arrived, confirmed_at, needs_attention, attention_reason, meeting_link, rescheduled,
  overlap_allowed, overlap_reason, walk_in, version
)
select {new_id}, now(), now(), %(clinic)s, (%(doctors)s::uuid[])[1 + n %% %(of_doctors)s],
       (%(patients)s::uuid[])[1 + (n * 7) %% %(of_patients)s], at, at + interval '30 minutes', 'in-clinic', 'follow-up',
       'Blood pressure check', %(status)s, 'completed', false, now(), false, '', '', false, false, '', false, 1
  from (
    select n, %(day)s::timestamptz + interval '8 hours' + interval '30 minutes' * ((n / %(of_doctors)s) %% %(slots)s)
              - interval '1 day' * (n / (%(of_doctors)s * %(slots)s)) as at
      from generate_series(0, %(count)s - 1) n
  ) slots
"""


@dataclass(frozen=True, kw_only=True)
class Site:
    """The clinic that the loads use."""

    clinic_id: UUID
    doctor_ids: list[UUID]
    patient_ids: list[UUID]
    day: dt.date
    bearer: str
    cookie: str


def make(visits: int) -> Site:
    """Create a clinic with `visits` past appointments and 50 today, in an emptied database."""
    call_command("prepare_database")
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    _empty()
    clinic = Clinic.objects.create(name="Bench Clinic", timezone=ZONE)
    actor = system_actor(clinic.pk, ZONE)
    with transaction.atomic(), tenant(actor.scope()):
        doctors, user = _members(clinic)
        questionnaires.create_defaults(actor)
    day = clock.today(ZONE)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("alter table appointments disable trigger audited")
        cursor.execute("alter table patients disable trigger audited")
        patients = _patients(cursor, clinic)
        _appointments(cursor, clinic, doctors, patients, day=day, count=OF_THE_DAY, status="confirmed", slots=10)
        before = day - dt.timedelta(days=1)
        _appointments(cursor, clinic, doctors, patients, day=before, count=visits, status="completed", slots=16)
        cursor.execute("alter table appointments enable trigger audited")
        cursor.execute("alter table patients enable trigger audited")
        cursor.execute("drop table if exists bare_appointments")
        # The same columns, indexes and constraints, without triggers, policies and foreign keys.
        cursor.execute("create table bare_appointments (like appointments including all)")
        cursor.execute(f"grant insert on bare_appointments to {settings.DATABASE_ROLES['app'].name}")
        cursor.execute("vacuum analyze appointments, patients, doctors, users, memberships, clinics")
    bearer, cookie = sign_in(user, clinic)
    return Site(clinic_id=clinic.pk, doctor_ids=doctors, patient_ids=patients, day=day, bearer=bearer, cookie=cookie)


def _empty() -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "select quote_ident(tablename) from pg_tables where schemaname = 'public' and tableowner = current_user"
            " and tablename not in ('django_migrations', 'django_content_type', 'audit_logs', 'audit_seals')"
        )
        cursor.execute(f"truncate {', '.join(row[0] for row in cursor.fetchall())} cascade")


def _members(clinic: Clinic) -> tuple[list[UUID], User]:
    ClinicSettings.objects.create(
        clinic=clinic, working_days=list(HOURS), opens_at=dt.time(8), closes_at=dt.time(18), slot_size=30
    )
    doctors = [
        Doctor.objects.create(
            clinic=clinic, name=f"Dr. Bench {number}", initials=f"B{number}", specialty="Family medicine",
            working_hours=HOURS,
        )
        for number in range(DOCTORS)
    ]  # fmt: skip
    for doctor in doctors:
        DoctorSettings.objects.create(clinic=clinic, doctor=doctor)
    user = User.objects.create_user("desk@bench.test", "bench bench bench", name="Dana Bench")
    Membership.objects.create(user=user, clinic=clinic, role=Membership.Role.FRONT_DESK)
    return [doctor.pk for doctor in doctors], user


def _patients(cursor: object, clinic: Clinic) -> list[UUID]:
    cursor.execute(  # type: ignore[attr-defined]  # a Django cursor, whose class is private
        "insert into patients (id, created_at, updated_at, clinic_id, first_name, last_name, email, phone,"
        " date_of_birth, contact_preferences, flags, preferred_language, guardian, search_last, search_first,"
        " search_phone)"
        " select gen_random_uuid(), now(), now(), %s, 'Pat ' || n, 'Bench', '', '', date '1980-01-01' + n,"
        " '{}', '[]', 'en', '{}', 'bench pat ' || n, 'pat ' || n || ' bench', '' from generate_series(1, %s) n"
        " returning id",
        [clinic.pk, PATIENTS],
    )
    return [row[0] for row in cursor.fetchall()]  # type: ignore[attr-defined]  # the same


def _appointments(
    cursor: object,
    clinic: Clinic,
    doctors: list[UUID],
    patients: list[UUID],
    *,
    day: dt.date,
    count: int,
    status: str,
    slots: int,
) -> None:
    """Insert `count` appointments from `day` backwards, `slots` per doctor and day."""
    new_id = "uuidv7()" if connection.pg_version >= 180000 else "gen_random_uuid()"
    cursor.execute(  # type: ignore[attr-defined]  # a Django cursor, whose class is private
        FILL.format(new_id=new_id),
        {
            "clinic": clinic.pk,
            "doctors": doctors,
            "patients": patients,
            "of_doctors": DOCTORS,
            "of_patients": PATIENTS,
            "day": dt.datetime.combine(day, dt.time.min, dt.UTC),
            "count": count,
            "status": status,
            "slots": slots,
        },
    )


def sign_in(user: User, clinic: Clinic) -> tuple[str, str]:
    """The Authorization header and the session cookie of a new session."""
    now = clock.now()
    session = AuthSession.objects.create(
        user=user,
        kind=AuthSession.Kind.WEB,
        membership_id=Membership.objects.get(user=user, clinic=clinic).pk,
        last_seen_at=now,
        absolute_until=now + dt.timedelta(hours=4),
        auth_hash=user.get_session_auth_hash(),
    )
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store["_auth_user_id"] = str(user.pk)
    store["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[-1]
    store["_auth_user_hash"] = user.get_session_auth_hash()
    store[sessions.SESSION_KEY] = str(session.pk)
    store.save()
    return f"Bearer {tokens.access_token(session)}", f"{settings.SESSION_COOKIE_NAME}={store.session_key}"


def free_port() -> int:
    """An unused loopback port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(workers: int) -> Iterator[int]:
    """The web server, as docker-compose.yml runs it, on a free loopback port until the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", str(workers), "--blocking-threads", "8", "--no-access-log", "--log-level", "error"]
    server = subprocess.Popen([*command, "clinicflow.wsgi:application"], cwd=Path(__file__).parents[1], env=os.environ)
    try:
        wait_for(port, lambda: server.poll() is None)
        yield port
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_for(port: int, is_alive: Callable[[], bool]) -> None:
    """Wait until the web server on the port answers. SystemExit if it exits or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while is_alive() and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
            return
        except (URLError, OSError):
            time.sleep(0.1)
    raise SystemExit("The web server did not start.")


def connect(site: Site) -> "psycopg.Connection[tuple[object, ...]]":
    """A bare psycopg connection as the application's role, with the clinic's scope set."""
    parameters = settings.DATABASES["default"]
    bare = psycopg.connect(
        host=parameters["HOST"],
        port=parameters["PORT"],
        dbname=parameters["NAME"],
        user=parameters["USER"],
        password=parameters["PASSWORD"],
        autocommit=True,
    )
    bare.execute("select set_config('app.clinic_id', %s, false)", [str(site.clinic_id)])
    return bare
