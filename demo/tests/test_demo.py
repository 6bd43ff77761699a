"""The demo, built small: what it holds, that it repeats itself, and that it keeps the clinic's own rules."""

import datetime as dt
from functools import partial
from io import StringIO
from unittest import mock
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from django.test import TestCase, TransactionTestCase, override_settings

from aiassist.models import IntakeSummary, Interaction
from clinicflow.accounts.models import User
from clinicflow.audit.models import AuditLog
from clinicflow.clinics.checks import no_demo_in_production
from clinicflow.clinics.models import Clinic, ClinicSettings, Doctor, Membership
from clinicflow.core import clock
from clinicflow.db import tenant
from demo.build import build
from demo.calendar import Calendar
from demo.plan import CLINICS, LAKESIDE, PASSWORD, RIVERSIDE, Scale
from intake.models import IntakeForm, IntakeRevision
from intake.rules import answer_validation as rules
from patients.models import Patient
from scheduling.models import Appointment, Cancellation, DoctorNote, FollowUp, Message, WaitlistEntry

SMALL = Scale(share=0.08, days_back=7, days_ahead=9)
TINY = Scale(share=0.01, days_back=1, days_ahead=1)
TENANT_KINDS = [Patient, Appointment, Cancellation, IntakeForm, Interaction, Message, DoctorNote, FollowUp]
TUESDAY_NOON = dt.datetime(2026, 3, 17, 12, 10, tzinfo=ZoneInfo("America/New_York"))


def inside(built):
    return tenant(built.clinic.pk)


class SmallDemo(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.now = clock.now()
        cls.said = []
        cls.riverside, cls.lakeside = build(now=cls.now, scale=SMALL, say=cls.said.append)

    def visits_of_today(self, built):
        start, end = clock.day_bounds(built.calendar.today, built.calendar.zone)
        return Appointment.objects.filter(starts_at__gte=start, starts_at__lt=end)

    def test_both_clinics_have_all_that_a_clinic_has(self):
        for built in (self.riverside, self.lakeside):
            with inside(built):
                for kind in (*TENANT_KINDS, WaitlistEntry, IntakeSummary):
                    self.assertTrue(kind.objects.exists(), f"{kind.__name__} of {built.clinic}")
                self.assertEqual(Doctor.objects.count(), len(built.calendar.plan.doctors))
                self.assertEqual(Patient.objects.count(), built.patients)
                self.assertEqual(ClinicSettings.objects.count(), 1)

    def test_rows_stay_in_their_clinic(self):
        for kind in TENANT_KINDS:
            ids = []
            for built in (self.riverside, self.lakeside):
                with inside(built):
                    self.assertFalse(kind.objects.exclude(clinic=built.clinic).exists())
                    ids.append(set(kind.objects.values_list("pk", flat=True)))
            self.assertFalse(ids[0] & ids[1], kind.__name__)

    def test_everybody_signs_in_with_the_public_password_and_a_verified_address(self):
        for one in (one for plan in CLINICS for one in plan.staff):
            with self.subTest(one.email):
                credentials = {"email": one.email, "password": PASSWORD}
                answer = self.client.post("/api/auth/login", credentials, "application/json")
                self.assertEqual(answer.status_code, 200, answer.content)
                self.assertTrue(EmailAddress.objects.filter(email=one.email, verified=True, primary=True).exists())
                held = Membership.objects.filter(user__email=one.email).order_by("role").values_list("role", flat=True)
                self.assertEqual(tuple(held), one.roles)

    def test_today_has_visits_and_those_sent_in_have_their_summaries(self):
        for built in (self.riverside, self.lakeside):
            with inside(built):
                today = self.visits_of_today(built)
                self.assertGreater(today.count(), 3)
                sent_in = IntakeForm.objects.filter(appointment__in=today, status__in=["submitted", "reviewed"])
                self.assertTrue(sent_in.exists())
                for form in sent_in:
                    summary = IntakeSummary.objects.get(intake_form=form)
                    self.assertEqual((summary.status, summary.engine), ("generated", "rules"))
                    self.assertTrue(summary.items["items"])

    def test_every_answer_is_one_that_its_question_can_have(self):
        with inside(self.riverside):
            for revision in IntakeRevision.objects.select_related("form__questionnaire"):
                sections = revision.form.questionnaire.sections
                kept, wrong = rules.validate(sections, revision.raw_answers)
                self.assertEqual((wrong, rules.missing(sections, kept)), ({}, {}))

    def test_times_of_a_visit_follow_one_another_and_end_now(self):
        with inside(self.riverside):
            for visit in Appointment.objects.all():
                known = [visit.created_at, visit.confirmed_at, visit.arrived_at, visit.completed_at]
                order = [instant for instant in known if instant]
                self.assertEqual(order, sorted(order), visit.pk)
                self.assertLessEqual(max(order), self.now)

    def test_what_ended_has_its_cancellation_and_nothing_else_has(self):
        with inside(self.riverside):
            ended = Appointment.objects.filter(status__in=["cancelled", "no-show"], rescheduled=False)
            self.assertEqual(
                set(ended.values_list("pk", flat=True)), set(Cancellation.objects.values_list("appointment", flat=True))
            )
            moved = Appointment.objects.exclude(rescheduled_from=None)
            self.assertFalse(moved.exclude(rescheduled_from__rescheduled=True).exists())
            self.assertFalse(moved.filter(starts_at__lte=F("rescheduled_from__starts_at")).exists())

    def test_phone_numbers_belong_to_nobody_and_are_valid(self):
        with inside(self.riverside):
            for patient in Patient.objects.all():
                self.assertTrue(patient.phone.is_valid())
                self.assertRegex(str(patient.phone), r"^\+1\d{3}55501\d\d$")

    def test_patients_are_found_by_name_and_number(self):
        with inside(self.riverside):
            patient = Patient.objects.order_by("id").first()
            self.assertTrue(patient.search_last)
            self.assertEqual(patient.search_phone, str(patient.phone).removeprefix("+1"))

    def test_minors_have_a_guardian(self):
        with inside(self.riverside):
            for patient in Patient.objects.all():
                self.assertEqual(bool(patient.guardian), patient.is_minor_on(self.riverside.calendar.today))

    def test_some_conversations_wait_for_a_person(self):
        for built in (self.riverside, self.lakeside):
            with inside(built):
                waiting = Interaction.objects.filter(needs_attention=True, resolved_at=None)
                self.assertTrue(all(one.attention_reason for one in waiting))
                attended = Interaction.objects.filter(needs_attention=True).exclude(resolved_at=None)
                self.assertFalse(attended.filter(resolution_note="").exists())

    def test_progress_is_told_clinic_by_clinic(self):
        self.assertTrue(any(line.startswith("Riverside Clinic: ") and "patients" in line for line in self.said))
        self.assertTrue(any(line.startswith("Lakeside Clinic: ") and "visits" in line for line in self.said))


class TheSameDemo(TestCase):
    def picture(self, now):
        """All that is told of both clinics, as plain values."""
        point = transaction.savepoint()
        told = []
        for built in build(now=now, scale=Scale(share=0.05, days_back=2, days_ahead=3)):
            with inside(built):
                told += list(Patient.objects.order_by("pk").values_list("pk", "first_name", "last_name", "phone"))
                columns = ("pk", "patient", "doctor", "starts_at", "status", "arrived_at", "intake_status", "reason")
                told += list(Appointment.objects.order_by("pk").values_list(*columns))
                told += list(IntakeForm.objects.order_by("pk").values_list("pk", "raw_answers", "status"))
                told += list(Interaction.objects.order_by("pk").values_list("pk", "content", "status"))
        transaction.savepoint_rollback(point)
        return told

    def test_is_built_twice(self):
        self.assertEqual(self.picture(TUESDAY_NOON), self.picture(TUESDAY_NOON))

    def test_an_hour_later_the_same_visits_are_further_along(self):
        def bookings(picture):
            return {(row[1], row[2], row[3]) for row in picture if len(row) == 8}

        before, after = self.picture(TUESDAY_NOON), self.picture(TUESDAY_NOON + dt.timedelta(hours=1))
        self.assertNotEqual(before, after)
        self.assertEqual(bookings(before), bookings(after))


class TodayByTheClock(TestCase):
    """Riverside's day at several hours of its clock."""

    def statuses(self, time, day=dt.date(2026, 3, 17)):
        now = dt.datetime.combine(day, dt.time.fromisoformat(time), ZoneInfo(RIVERSIDE.zone))
        riverside, _ = build(now=now, scale=Scale(share=0.1, days_back=1, days_ahead=1))
        with inside(riverside):
            start, end = clock.day_bounds(day, RIVERSIDE.zone)
            return now, list(Appointment.objects.filter(starts_at__gte=start, starts_at__lt=end))

    def test_before_opening_nobody_has_come(self):
        _, visits = self.statuses("05:30")
        self.assertFalse([one for one in visits if one.arrived or one.status in {"completed", "no-show"}])
        self.assertTrue([one for one in visits if one.status == "confirmed"])
        self.assertTrue([one for one in visits if one.status == "unconfirmed"])

    def test_in_the_middle_of_the_day_some_are_done_some_are_here_and_some_are_to_come(self):
        now, visits = self.statuses("11:20")
        self.assertTrue([one for one in visits if one.status == "completed"])
        self.assertTrue([one for one in visits if one.arrived and one.is_open])
        self.assertTrue([one for one in visits if one.is_open and one.starts_at > now])
        self.assertFalse([one for one in visits if one.is_open and one.ends_at <= now])
        late = [one for one in visits if one.is_open and not one.arrived and one.starts_at <= now]
        self.assertTrue(
            all(now - one.starts_at < dt.timedelta(minutes=15) for one in late if one.visit_type != "virtual")
        )

    def test_in_the_evening_all_is_over(self):
        _, visits = self.statuses("22:00")
        self.assertFalse([one for one in visits if one.is_open])

    def test_a_sunday_is_worked_when_the_demo_starts_on_it(self):
        _, visits = self.statuses("11:20", day=dt.date(2026, 3, 15))
        self.assertGreater(len(visits), 10)


class DemoCalendar(TestCase):
    def test_a_doctor_is_not_booked_while_away(self):
        calendar = Calendar(RIVERSIDE, Scale(), TUESDAY_NOON)
        nair = RIVERSIDE.doctors[-1]
        today = list(calendar.free(nair, calendar.today))
        self.assertEqual(max(high for _, high in today), calendar.at(calendar.today, "14:30"))

    def test_holidays_are_closed_but_never_today(self):
        thanksgiving = dt.datetime(2026, 11, 26, 15, 0, tzinfo=dt.UTC)
        self.assertNotIn(dt.date(2026, 11, 26), Calendar(RIVERSIDE, Scale(), thanksgiving).closed)
        before = Calendar(RIVERSIDE, Scale(), thanksgiving - dt.timedelta(days=2))
        self.assertEqual(before.closed[dt.date(2026, 11, 26)], "Thanksgiving Day")
        self.assertNotIn(dt.date(2026, 11, 26), before.worked)

    def test_the_whole_demo_has_the_promised_size(self):
        self.assertEqual(sum(doctor.panel for doctor in RIVERSIDE.doctors), 2000)
        self.assertEqual(len(RIVERSIDE.doctors), 5)
        self.assertLess(sum(doctor.panel for doctor in LAKESIDE.doctors), 2000)
        calendar = Calendar(RIVERSIDE, Scale(), TUESDAY_NOON)
        self.assertEqual((calendar.today - calendar.first).days, 90)
        self.assertEqual((calendar.last - calendar.today).days, 30)


class DemoInProduction(TestCase):
    @override_settings(PRODUCTION=True)
    def test_the_command_refuses(self):
        with self.assertRaisesMessage(CommandError, "production"):
            call_command("demo")
        self.assertFalse(User.objects.exists())

    def test_a_deployment_on_a_demo_database_stops(self):
        build(now=TUESDAY_NOON, scale=Scale(share=0.01, days_back=0, days_ahead=0))
        with override_settings(PRODUCTION=True):
            self.assertEqual([one.id for one in no_demo_in_production(databases=["default"])], ["clinicflow.E001"])
        self.assertEqual(no_demo_in_production(databases=["default"]), [])

    @override_settings(PRODUCTION=True)
    def test_a_deployment_on_another_database_goes_on(self):
        self.assertEqual(no_demo_in_production(databases=["default"]), [])


class DemoCommand(TransactionTestCase):
    databases = {"default", "system"}

    def run_command(self, **options):
        with mock.patch("demo.management.commands.demo.build", partial(build, scale=TINY)):
            call_command("demo", stdout=(said := StringIO()), **options)
        return said.getvalue()

    def clinic_ids(self):
        return set(Clinic.objects.values_list("pk", flat=True))

    def test_builds_once_and_says_who_signs_in(self):
        said = self.run_command()
        self.assertIn("dual@riverside.test", said)
        self.assertIn(PASSWORD, said)
        self.assertEqual(self.clinic_ids(), {plan.clinic_id for plan in CLINICS})
        self.assertIn("there already", self.run_command())
        self.assertIn("owner@lakeside.test", self.run_command(if_empty=True))

    def test_reset_builds_anew_and_keeps_the_audit_log(self):
        self.run_command()
        with transaction.atomic(), tenant(RIVERSIDE.clinic_id):
            added = Patient.objects.create(
                clinic_id=RIVERSIDE.clinic_id,
                first_name="Ada",
                last_name="Extra",
                date_of_birth=dt.date(1990, 1, 1),
            )
            written = AuditLog.objects.count()
        self.run_command(reset=True)
        with transaction.atomic(), tenant(RIVERSIDE.clinic_id):
            self.assertFalse(Patient.objects.filter(pk=added.pk).exists())
            self.assertTrue(Appointment.objects.exists())
            self.assertGreater(AuditLog.objects.count(), written)

    def test_does_not_join_another_clinic(self):
        other = Clinic.objects.create(name="Harbor Practice")
        with self.assertRaisesMessage(CommandError, "not the demo's"):
            self.run_command(reset=True)
        self.assertEqual(self.run_command(if_empty=True), "")
        self.assertEqual(self.clinic_ids(), {other.pk})
