"""Build of the demo: rows are made in memory, then inserted clinic by clinic in one transaction."""

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
from demo.conversations import ConversationFactory
from demo.factories import SeededRandom, bulk_insert, fixed_id
from demo.intake_forms import FormFactory
from demo.patient_links import add_links
from demo.patients import DemoPatient, PatientFactory, make_doctor
from demo.plan import CLINICS, PASSWORD, ClinicPlan, Scale
from demo.reminders import reminders_of
from demo.summaries import summaries_of
from demo.visits import DemoVisit, PatientPool, VisitFactory
from intake.operations import questionnaires
from patients.folding import search_fields
from scheduling.models import Closure, TimeOff

Report = Callable[[str], None]
SUMMARY_DAYS = 8  # worked days back whose forms have summaries


@dataclass(frozen=True, kw_only=True)
class DemoClinic:
    """One clinic as it was built, with the numbers of its visits and patients."""

    clinic: Clinic
    calendar: Calendar
    visits: int
    patients: int


def build(*, now: dt.datetime, scale: Scale | None = None, report: Report = lambda line: None) -> list[DemoClinic]:
    """Insert both clinics as they are at the instant `now`. The same day gives the same visits; links are random.

    `report` is called with a line of progress after each step.
    """
    with transaction.atomic():
        users = _save_users()
        return [_build_clinic(plan, users, now=now, scale=scale or Scale(), report=report) for plan in CLINICS]


def _save_users() -> Mapping[str, User]:
    """Create or update the users, with one public password and verified addresses; returns them by email address."""
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


def _build_clinic(
    plan: ClinicPlan, users: Mapping[str, User], *, now: dt.datetime, scale: Scale, report: Report
) -> DemoClinic:
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
        doctor_users = _members(plan, clinic, doctors, users)
        desk = users[plan.staff[0].email]
        patients_by_doctor = _patients(calendar, clinic, doctors, scale)
        patients = [patient for panel in patients_by_doctor.values() for patient in panel]
        pools = _patient_pools(calendar, patients_by_doctor)
        visit_factory = VisitFactory(calendar, doctors, pools, (desk.pk, desk.name))
        visits = list(visit_factory.visits())
        bulk_insert([patient.row for patient in patients])
        report(f"{plan.name}: {len(patients):,} patients")
        authors = {doctor.pk: doctor_users[key] for key, doctor in doctors.items() if key in doctor_users}
        _save_visits(calendar, clinic, visits, authors, desk, report)
        bulk_insert(care.waitlist_of(visits, list(doctors.values()), calendar))
    return DemoClinic(clinic=clinic, calendar=calendar, visits=len(visits), patients=len(patients))


def _doctors(calendar: Calendar, clinic: Clinic) -> Mapping[str, Doctor]:
    """Create the clinic's settings, doctors, closures and time off; returns the doctors by key."""
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
    """Create the memberships; returns the user id of each doctor who signs in, by the doctor's key."""
    doctor_users = {}
    for one in plan.staff:
        user = users[one.email]
        for role in one.roles:
            doctor = doctors[one.doctor] if role == Membership.Role.DOCTOR else None
            Membership(
                id=fixed_id(one.email, role, "membership"), user=user, clinic=clinic, role=role, doctor=doctor
            ).save(force_insert=True)
        if one.doctor:
            doctor_users[one.doctor] = user.pk
            Doctor.objects.filter(pk=doctors[one.doctor].pk).update(user=user)
    return doctor_users


def _patients(
    calendar: Calendar, clinic: Clinic, doctors: Mapping[str, Doctor], scale: Scale
) -> Mapping[str, list[DemoPatient]]:
    """Unsaved patients by the key of their primary doctor, with their search fields set."""
    factory = PatientFactory(calendar, clinic.pk)
    patients = {plan.key: factory.panel(plan, doctors[plan.key], scale) for plan in calendar.plan.doctors}
    for patient in (patient for panel in patients.values() for patient in panel):
        row = patient.row
        for name, value in search_fields(row.first_name, row.last_name, row.phone).items():
            setattr(row, name, value)
    return patients


def _patient_pools(calendar: Calendar, patients: Mapping[str, list[DemoPatient]]) -> Mapping[str, PatientPool]:
    """The patients that each doctor sees: their own, and for specialists a quarter of the family doctors' too."""
    pools = {}
    for plan in calendar.plan.doctors:
        rng = SeededRandom(calendar.plan.key, plan.key, "circle")
        referred: list[DemoPatient] = []
        if plan.specialty in {"Cardiology", "Dermatology"}:
            referred = [
                patient
                for other in calendar.plan.doctors
                if other.specialty == "Family medicine"
                for patient in patients[other.key]
                if plan.ages[0] <= patient.row.age_on(calendar.today) and rng.happens(0.25)
            ]
        pools[plan.key] = PatientPool([*patients[plan.key], *referred], rng)
    return pools


def _save_visits(
    calendar: Calendar,
    clinic: Clinic,
    visits: Sequence[DemoVisit],
    authors: Mapping[UUID, UUID],
    desk: User,
    report: Report,
) -> None:
    """Insert the visits with everything about them: forms, summaries, messages, conversations, notes, follow-ups."""
    plan = calendar.plan
    actor = system_actor(clinic.pk, plan.zone)
    form_factory = FormFactory(
        questionnaires={one.audience: one for one in questionnaires.create_defaults(actor)},
        now=calendar.now,
        reviewers=authors,
    )
    form_factory.add(visits)
    conversation_factory = ConversationFactory(plan=plan, now=calendar.now, desk_id=desk.pk)
    conversation_factory.add(visits)
    today = sum(visit.steps == 0 for visit in visits)
    # In this order, a rescheduled visit is inserted before the one that refers to it.
    _save(report, plan, f"visits, {today} of them today", [visit.row for visit in visits])
    bulk_insert([visit.cancellation for visit in visits if visit.cancellation])
    _save(report, plan, "intake forms", form_factory.forms)
    bulk_insert(form_factory.revisions)
    _save(report, plan, "alerts of danger", form_factory.alerts)
    since = clock.day_bounds(calendar.worked_day(-SUMMARY_DAYS), calendar.zone)[0]
    recent = [one for one in form_factory.revisions if one.form.appointment.starts_at >= since]
    _save(report, plan, "summaries", summaries_of(recent))
    _save(report, plan, "conversations", conversation_factory.interactions)
    reminders = reminders_of(form_factory.forms, clinic.name, calendar.now)
    messages = [*conversation_factory.messages, *reminders]
    patient_links = list(add_links(messages, calendar.now))
    bulk_insert(messages)
    _save(report, plan, "links to forms", patient_links)
    _save(report, plan, "notes", care.notes_of(visits))
    _save(report, plan, "follow-ups", care.follow_ups_of(visits, calendar, authors))


def _save(report: Report, plan: ClinicPlan, label: str, rows: Sequence[Timestamped]) -> None:
    bulk_insert(rows)
    report(f"{plan.name}: {len(rows):,} {label}")
