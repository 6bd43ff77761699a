"""Builds the demo: everything is made in memory first, then written clinic by clinic, all or nothing."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction

from clinicflow.access.actor import system_actor
from clinicflow.accounts.models import User
from clinicflow.clinics.models import Clinic, ClinicSettings, Doctor, DoctorSettings, Membership
from clinicflow.core import clock
from clinicflow.core.models import Timestamped
from clinicflow.db import tenant
from demo import care
from demo.calendar import Calendar
from demo.conversations import Talks
from demo.factories import Chance, fixed_id, save_all
from demo.intake_forms import Papers
from demo.persons import Crowd, Person, make_doctor
from demo.plan import CLINICS, PASSWORD, ClinicPlan, Scale
from demo.reminders import reminders_of
from demo.summaries import summaries_of
from demo.visits import Diary, Panel, Visit
from intake.operations import questionnaires
from patients.folding import search_fields
from scheduling.models import Closure, TimeOff

Say = Callable[[str], None]
READ_AGAIN = 8  # worked days back whose forms have their summaries


@dataclass(frozen=True, kw_only=True)
class Built:
    """What one clinic's demo consists of."""

    clinic: Clinic
    calendar: Calendar
    visits: int
    patients: int


def build(*, now: dt.datetime, scale: Scale | None = None, say: Say = lambda line: None) -> list[Built]:
    """Write both clinics as they look at the instant `now`; the same instant's day gives the same demo."""
    with transaction.atomic():
        people = _users()
        return [_build_clinic(plan, people, now=now, scale=scale or Scale(), say=say) for plan in CLINICS]


def _users() -> Mapping[str, User]:
    """Everybody who signs in, with one public password and a verified address; a reset keeps them and their ids."""
    password = make_password(PASSWORD)
    users = [
        User(id=fixed_id(one.email, "user"), email=one.email, name=one.name, password=password)
        for plan in CLINICS
        for one in plan.staff
    ]
    User.objects.bulk_create(
        users, update_conflicts=True, unique_fields=["id"], update_fields=["name", "password", "status", "updated_at"]
    )
    addresses = [EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users]
    EmailAddress.objects.bulk_create(addresses, ignore_conflicts=True)
    return {user.email: user for user in users}


def _build_clinic(plan: ClinicPlan, users: Mapping[str, User], *, now: dt.datetime, scale: Scale, say: Say) -> Built:
    calendar = Calendar(plan, scale, now)
    clinic = Clinic(
        id=plan.clinic_id,
        name=plan.name,
        timezone=plan.zone,
        phone=plan.phone,
        address=plan.address,
        region=plan.region,
    )
    clinic.save(force_insert=True)
    with tenant(system_actor(clinic.pk, plan.zone).scope()):
        doctors = _doctors(calendar, clinic)
        members = _members(plan, clinic, doctors, users)
        desk = users[plan.staff[0].email]
        panels = _panels(calendar, clinic, doctors, scale)
        people = [person for panel in panels.values() for person in panel]
        diary = Diary(calendar, doctors, _circles(calendar, panels), (desk.pk, desk.name))
        visits = list(diary.visits())
        save_all([person.row for person in people])
        say(f"{plan.name}: {len(people):,} patients")
        authors = {doctor.pk: members[key] for key, doctor in doctors.items() if key in members}
        _write_visits(calendar, clinic, visits, authors, desk, say)
        save_all(care.waitlist_of(visits, list(doctors.values()), calendar))
    return Built(clinic=clinic, calendar=calendar, visits=len(visits), patients=len(people))


def _doctors(calendar: Calendar, clinic: Clinic) -> Mapping[str, Doctor]:
    """The clinic's own facts: settings, doctors, days it is closed, and when a doctor is away."""
    ClinicSettings(clinic=clinic, working_days=calendar.weekdays, **calendar.plan.settings).save(force_insert=True)
    doctors = {plan.key: make_doctor(plan, calendar, clinic.pk) for plan in calendar.plan.doctors}
    Doctor.objects.bulk_create(doctors.values())
    DoctorSettings.objects.bulk_create(DoctorSettings(clinic=clinic, doctor=doctor) for doctor in doctors.values())
    Closure.objects.bulk_create(
        Closure(clinic=clinic, starts_at=low, ends_at=high, reason=name)
        for day, name in calendar.closed.items()
        for low, high in (clock.day_bounds(day, calendar.zone),)
    )
    TimeOff.objects.bulk_create(
        TimeOff(
            clinic=clinic,
            doctor=doctors[away.doctor],
            starts_at=away.starts_at,
            ends_at=away.ends_at,
            reason=away.reason,
        )
        for away in calendar.away
    )
    return doctors


def _members(
    plan: ClinicPlan, clinic: Clinic, doctors: Mapping[str, Doctor], users: Mapping[str, User]
) -> Mapping[str, UUID]:
    """Roles of the staff; returns the user of each doctor that signs in, by the doctor's key."""
    authors = {}
    for one in plan.staff:
        user = users[one.email]
        for role in one.roles:
            doctor = doctors[one.doctor] if role == Membership.Role.DOCTOR else None
            Membership(
                id=fixed_id(one.email, role, "membership"), user=user, clinic=clinic, role=role, doctor=doctor
            ).save(force_insert=True)
        if one.doctor:
            authors[one.doctor] = user.pk
            Doctor.objects.filter(pk=doctors[one.doctor].pk).update(user=user)
    return authors


def _panels(
    calendar: Calendar, clinic: Clinic, doctors: Mapping[str, Doctor], scale: Scale
) -> Mapping[str, list[Person]]:
    crowd = Crowd(calendar, clinic.pk)
    panels = {plan.key: crowd.panel(plan, doctors[plan.key], scale) for plan in calendar.plan.doctors}
    for person in (person for panel in panels.values() for person in panel):
        row = person.row
        for name, value in search_fields(row.first_name, row.last_name, row.phone).items():
            setattr(row, name, value)
    return panels


def _circles(calendar: Calendar, panels: Mapping[str, list[Person]]) -> Mapping[str, Panel]:
    """Who comes to which doctor: their own patients, and to specialists also some of the family doctors'."""
    circles = {}
    for plan in calendar.plan.doctors:
        chance = Chance(calendar.plan.key, plan.key, "circle")
        referred: list[Person] = []
        if plan.specialty in {"Cardiology", "Dermatology"}:
            referred = [
                person
                for other in calendar.plan.doctors
                if other.specialty == "Family medicine"
                for person in panels[other.key]
                if plan.ages[0] <= person.row.age_on(calendar.today) and chance.happens(0.25)
            ]
        circles[plan.key] = Panel([*panels[plan.key], *referred], chance)
    return circles


def _write_visits(
    calendar: Calendar,
    clinic: Clinic,
    visits: Sequence[Visit],
    authors: Mapping[UUID, UUID],
    desk: User,
    say: Say,
) -> None:
    plan = calendar.plan
    actor = system_actor(clinic.pk, plan.zone)
    papers = Papers(
        questionnaires={one.audience: one for one in questionnaires.create_defaults(actor)},
        now=calendar.now,
        reviewers=authors,
    )
    papers.add(visits)
    talks = Talks(plan=plan, now=calendar.now, desk_id=desk.pk)
    talks.add(visits)
    today = sum(visit.steps == 0 for visit in visits)
    # A moved visit is written before the one that replaces it refers to it.
    _write(say, plan, f"visits, {today} of them today", [visit.row for visit in visits])
    save_all([visit.cancellation for visit in visits if visit.cancellation])
    _write(say, plan, "intake forms", papers.forms)
    save_all(papers.revisions)
    since = clock.day_bounds(calendar.worked_day(-READ_AGAIN), calendar.zone)[0]
    lately = [one for one in papers.revisions if one.form.appointment.starts_at >= since]
    _write(say, plan, "summaries", summaries_of(lately))
    _write(say, plan, "conversations", talks.interactions)
    # LINKS talks.put_links_in(actor)
    save_all([*talks.messages, *reminders_of(papers.forms, clinic.name, calendar.now)])
    _write(say, plan, "notes", care.notes_of(visits))
    _write(say, plan, "follow-ups", care.follow_ups_of(visits, calendar, authors))


def _write(say: Say, plan: ClinicPlan, words: str, rows: Sequence[Timestamped]) -> None:
    save_all(rows)
    say(f"{plan.name}: {len(rows):,} {words}")
