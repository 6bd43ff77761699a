"""Shared fixtures of the tests: two clinics with their members, and factories of patients and appointments."""

import datetime as dt
import itertools
from contextlib import contextmanager
from importlib import import_module

from django.conf import settings
from django.db import transaction
from django.test import Client, TestCase

from clinicflow.accounts.models import AuthSession, User
from clinicflow.accounts.operations import sessions, tokens
from clinicflow.clinics.models import Clinic, ClinicSettings, Doctor, DoctorSettings, Membership
from clinicflow.core import clock
from clinicflow.db import tenant
from clinicflow.staff.selectors.actor_resolution import RequestOrigin, actor_of_membership
from patients.models import Patient
from scheduling.models import Appointment

PASSWORD = "correct horse battery"
WEEK = {day: [["09:00", "12:30"], ["13:15", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
NAMES = ["Hannah Lindqvist", "Diego Flores", "Aisha Rahman", "Noah Goldberg", "Grace Kim", "Peter Novak"]
_numbers = itertools.count(1)


class Cast:
    """Creates the clinics and members. Plain functions, for TestCase and TransactionTestCase alike."""

    @classmethod
    def build(cls):
        cls.riverside = cls.make_clinic("Riverside Clinic", "America/New_York")
        cls.lakeside = cls.make_clinic("Lakeside Clinic", "America/Los_Angeles")
        cls.dr_okafor = cls.make_doctor(cls.riverside, "Amara Okafor", "AO", "Family medicine", "teal")
        cls.dr_herrera = cls.make_doctor(cls.riverside, "Luis Herrera", "LH", "Cardiology", "plum")
        cls.dr_lake = cls.make_doctor(cls.lakeside, "Ida Berg", "IB", "Family medicine", "leaf")
        cls.dana, cls.desk = cls.make_member(cls.riverside, "dana@riverside.test", "Dana Kessler", "admin")
        cls.okafor, cls.doctor = cls.make_member(
            cls.riverside, "okafor@riverside.test", "Amara Okafor", "doctor", cls.dr_okafor
        )
        cls.herrera, cls.other_doctor = cls.make_member(
            cls.riverside, "herrera@riverside.test", "Luis Herrera", "doctor", cls.dr_herrera
        )
        cls.marta, cls.owner = cls.make_member(cls.riverside, "marta@riverside.test", "Marta Ruiz", "owner")
        cls.lake_admin, cls.foreign_desk = cls.make_member(cls.lakeside, "desk@lakeside.test", "Lena Park", "admin")

    @staticmethod
    def make_clinic(name, zone):
        clinic = Clinic.objects.create(name=name, timezone=zone)
        with transaction.atomic(), tenant(clinic.pk):
            ClinicSettings.objects.create(clinic=clinic)
        return clinic

    @staticmethod
    def make_doctor(clinic, name, initials, specialty="", color="teal", **fields):
        with transaction.atomic(), tenant(clinic.pk):
            doctor = Doctor.objects.create(
                clinic=clinic,
                name=f"Dr. {name}",
                initials=initials,
                specialty=specialty,
                color=color,
                working_hours=fields.pop("working_hours", WEEK),
                **fields,
            )
            DoctorSettings.objects.create(clinic=clinic, doctor=doctor)
        return doctor

    @staticmethod
    def make_member(clinic, email, name, role, doctor=None):
        user = User.objects.filter(email=email).first() or User.objects.create_user(email, PASSWORD, name=name)
        with transaction.atomic(), tenant(clinic.pk):
            membership = Membership.objects.create(user=user, clinic=clinic, role=role, doctor=doctor)
        now = clock.now()
        session = AuthSession.objects.create(
            user=user,
            kind="web",
            membership_id=membership.pk,
            auth_hash=user.get_session_auth_hash(),
            last_seen_at=now,
            absolute_until=now + dt.timedelta(days=3650),
        )
        actor = actor_of_membership(membership, RequestOrigin(request_id="test"), session_id=session.pk)
        return user, actor

    @staticmethod
    def make_patient(clinic, name=None, **fields):
        """A patient, with an invented name by default; inside or outside the clinic's scope."""
        number = next(_numbers)
        first, last = (name or NAMES[number % len(NAMES)]).split(" ", 1)
        fields = {"date_of_birth": dt.date(1983, 6, 26), "phone": f"+1212555{number % 10000:04d}"} | fields
        fields.setdefault("search_last", f"{last} {first}".lower())
        fields.setdefault("search_first", f"{first} {last}".lower())
        with transaction.atomic(), tenant(clinic.pk):
            return Patient.objects.create(clinic=clinic, first_name=first, last_name=last, **fields)

    @staticmethod
    def make_appointment(doctor, patient, starts_at, minutes=30, **fields):
        """An appointment, inserted without the rules of booking; `starts_at` is an aware instant."""
        with transaction.atomic(), tenant(doctor.clinic_id):
            return Appointment.objects.create(
                clinic_id=doctor.clinic_id,
                doctor=doctor,
                patient=patient,
                starts_at=starts_at,
                ends_at=starts_at + dt.timedelta(minutes=minutes),
                **fields,
            )

    @staticmethod
    def at(clinic, day, time):
        """The instant of a local day and `HH:MM` in the clinic's zone."""
        return clock.at_wall_clock(day, dt.time.fromisoformat(time), clinic.timezone)

    @staticmethod
    def next_weekday(clinic, weekday=0, weeks=1):
        """A date in the future: the coming Monday (0) … Sunday (6), at least a week ahead, in the clinic's zone."""
        today = clock.today(clinic.timezone)
        return today + dt.timedelta(days=(weekday - today.weekday()) % 7 + 7 * weeks)

    @staticmethod
    @contextmanager
    def inside(actor):
        """The actor's scope, in a transaction."""
        with transaction.atomic(), tenant(actor.scope()):
            yield actor

    @staticmethod
    def client_for(actor, **defaults):
        """A Django test client signed in as the actor."""
        client = Client(**defaults)
        store = import_module(settings.SESSION_ENGINE).SessionStore()
        user = User.objects.get(pk=actor.user_id)
        store["_auth_user_id"] = str(user.pk)
        store["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[-1]
        store["_auth_user_hash"] = user.get_session_auth_hash()
        store[sessions.SESSION_KEY] = str(actor.session_id)
        store.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = store.session_key
        return client

    @staticmethod
    def bearer_for(actor):
        """Request headers with an access token of the actor's session."""
        session = AuthSession.objects.get(pk=actor.session_id)
        return {"Authorization": f"Bearer {tokens.access_token(session)}"}

    @staticmethod
    def settings_of(clinic):
        with transaction.atomic(), tenant(clinic.pk):
            return ClinicSettings.objects.get(clinic=clinic)

    @staticmethod
    def change_settings(clinic, **fields):
        with transaction.atomic(), tenant(clinic.pk):
            ClinicSettings.objects.filter(clinic=clinic).update(**fields)


class ClinicCase(Cast, TestCase):
    """A TestCase with the clinics and members, running as the application's database role."""

    @classmethod
    def setUpTestData(cls):
        cls.build()


__all__ = ["PASSWORD", "Cast", "ClinicCase"]
