"""The demo, built small: its rows, that it is reproducible, and that it follows the rules of the apps."""

import datetime as dt
import re
from functools import partial
from io import StringIO
from unittest import mock
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from django.test import TestCase, TransactionTestCase, override_settings

from aiassist.models import DangerAlert, IntakeSummary, Interaction
from clinicflow.accounts.models import User
from clinicflow.audit.models import AuditLog
from clinicflow.clinics.checks import no_demo_in_production
from clinicflow.clinics.models import Clinic, ClinicSettings, Doctor, Membership
from clinicflow.core import clock
from clinicflow.db import tenant
from demo.build import build
from demo.calendar import Calendar
from demo.plan import CLINICS, LAKESIDE, PASSWORD, RIVERSIDE, Scale
from intake.models import IntakeForm, IntakeRevision, PatientLink
from intake.operations import patient_links
from intake.rules import answer_validation as rules
from patients.models import Patient
from scheduling.models import Appointment, Cancellation, DoctorNote, FollowUp, Message, WaitlistEntry

SMALL = Scale(share=0.08, days_back=7, days_ahead=9)
TINY = Scale(share=0.01, days_back=1, days_ahead=1)
TENANT_KINDS = [Patient, Appointment, Cancellation, IntakeForm, Interaction, Message, DoctorNote, FollowUp]
TUESDAY_NOON = dt.datetime(2026, 3, 17, 12, 10, tzinfo=ZoneInfo("America/New_York"))


def inside(built):
    return tenant(built.clinic.pk)


class SmallDemoTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.now = clock.now()
        cls.progress = []
        cls.riverside, cls.lakeside = build(now=cls.now, scale=SMALL, report=cls.progress.append)

    def visits_of_today(self, built):
        start, end = clock.day_bounds(built.calendar.today, built.calendar.zone)
        return Appointment.objects.filter(starts_at__gte=start, starts_at__lt=end)

    def test_both_clinics_have_rows_of_every_kind(self):
        for built in (self.riverside, self.lakeside):
            with inside(built):
                for kind in (*TENANT_KINDS, WaitlistEntry, IntakeSummary):
                    self.assertTrue(kind.objects.exists(), f"{kind.__name__} of {built.clinic}")
                self.assertEqual(Doctor.objects.count(), len(built.calendar.plan.doctors))
                self.assertEqual(Patient.objects.count(), built.patients)
                self.assertEqual(ClinicSettings.objects.count(), 1)

    def test_rows_belong_to_their_clinic(self):
        for kind in TENANT_KINDS:
            ids = []
            for built in (self.riverside, self.lakeside):
                with inside(built):
                    self.assertFalse(kind.objects.exclude(clinic=built.clinic).exists())
                    ids.append(set(kind.objects.values_list("pk", flat=True)))
            self.assertFalse(ids[0] & ids[1], kind.__name__)

    def test_every_user_signs_in_with_the_public_password_and_a_verified_address(self):
        for one in (one for plan in CLINICS for one in plan.staff):
            with self.subTest(one.email):
                credentials = {"email": one.email, "password": PASSWORD}
                answer = self.client.post("/api/auth/login", credentials, "application/json")
                self.assertEqual(answer.status_code, 200, answer.content)
                self.assertTrue(EmailAddress.objects.filter(email=one.email, verified=True, primary=True).exists())
                roles = Membership.objects.filter(user__email=one.email).order_by("role").values_list("role", flat=True)
                self.assertEqual(tuple(roles), one.roles)

    def test_today_has_visits_and_submitted_forms_have_summaries(self):
        for built in (self.riverside, self.lakeside):
            with inside(built):
                today = self.visits_of_today(built)
                self.assertGreater(today.count(), 3)
                submitted = IntakeForm.objects.filter(appointment__in=today, status__in=["submitted", "reviewed"])
                self.assertTrue(submitted.exists())
                for form in submitted:
                    summary = IntakeSummary.objects.get(intake_form=form)
                    self.assertEqual((summary.status, summary.engine), ("generated", "rules"))
                    self.assertTrue(summary.items["items"])

    def test_every_answer_is_valid_for_its_question(self):
        with inside(self.riverside):
            for revision in IntakeRevision.objects.select_related("form__questionnaire"):
                sections = revision.form.questionnaire.sections
                valid, errors = rules.validate(sections, revision.raw_answers)
                self.assertEqual((errors, rules.missing(sections, valid)), ({}, {}))

    def test_times_of_a_visit_are_in_order_and_not_in_the_future(self):
        with inside(self.riverside):
            for visit in Appointment.objects.all():
                times = [visit.created_at, visit.confirmed_at, visit.arrived_at, visit.completed_at]
                order = [instant for instant in times if instant]
                self.assertEqual(order, sorted(order), visit.pk)
                self.assertLessEqual(max(order), self.now)

    def test_cancelled_visits_and_no_shows_alone_have_a_cancellation(self):
        with inside(self.riverside):
            ended = Appointment.objects.filter(status__in=["cancelled", "no-show"], rescheduled=False)
            self.assertEqual(
                set(ended.values_list("pk", flat=True)), set(Cancellation.objects.values_list("appointment", flat=True))
            )
            moved = Appointment.objects.exclude(rescheduled_from=None)
            self.assertFalse(moved.exclude(rescheduled_from__rescheduled=True).exists())
            self.assertFalse(moved.filter(starts_at__lte=F("rescheduled_from__starts_at")).exists())

    def test_phone_numbers_are_fictional_and_valid(self):
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

    def test_escalated_conversations_have_a_reason_and_resolved_ones_a_note(self):
        for built in (self.riverside, self.lakeside):
            with inside(built):
                waiting = Interaction.objects.filter(needs_attention=True, resolved_at=None)
                self.assertTrue(all(one.attention_reason for one in waiting))
                attended = Interaction.objects.filter(needs_attention=True).exclude(resolved_at=None)
                self.assertFalse(attended.filter(resolution_note="").exists())

    def test_a_coming_visit_has_an_open_alert_of_danger(self):
        with inside(self.riverside):
            alerts = list(DangerAlert.objects.select_related("appointment", "form"))
            self.assertTrue(alerts)
            for alert in alerts:
                visit = alert.appointment
                self.assertIsNone(alert.resolved_at)
                self.assertGreater(visit.starts_at, self.now)
                self.assertEqual((visit.needs_attention, visit.attention_reason), (True, "danger"))
                self.assertIn(alert.quote, alert.form.raw_answers["reason"])
                self.assertIsNotNone(alert.form.danger_found_at)

    def test_progress_is_reported_by_clinic(self):
        self.assertTrue(any(line.startswith("Riverside Clinic: ") and "patients" in line for line in self.progress))
        self.assertTrue(any(line.startswith("Lakeside Clinic: ") and "visits" in line for line in self.progress))

    # ------------------------------------------------------------------ links to forms
    def intake_messages(self):
        """Intake messages of the scoped clinic: those whose link is still valid, and the others."""
        messages = Message.objects.filter(kind__in=["intake-link", "intake-reminder"]).select_related(
            "appointment", "patient"
        )
        valid = [one for one in messages if one.appointment.ends_at + patient_links.LIFETIME_AFTER_VISIT > self.now]
        return valid, [one for one in messages if one not in valid]

    def token_of(self, message):
        return re.search(rf"{re.escape(settings.SITE_URL)}/i/([\w-]{{43}})", message.console_body)[1]

    def test_every_message_whose_link_is_valid_ends_in_a_link_with_a_row(self):
        for built in (self.riverside, self.lakeside):
            with inside(built):
                valid, expired = self.intake_messages()
                self.assertTrue(valid)
                for message in valid:
                    link = patient_links.find(self.token_of(message))
                    self.assertEqual((link.purpose, link.clinic_id), ("intake", built.clinic.pk))
                    self.assertEqual(
                        (link.appointment_id, link.patient_id), (message.appointment_id, message.patient_id)
                    )
                    self.assertEqual(link.created_at, message.created_at)
                self.assertEqual(PatientLink.objects.filter(clinic=built.clinic).count(), len(valid))
                self.assertFalse([one for one in expired if "http" in one.console_body])

    def test_reminders_have_links_too(self):
        with inside(self.riverside):
            valid, _ = self.intake_messages()
            self.assertEqual({one.kind for one in valid}, {"intake-link", "intake-reminder"})

    def test_staff_do_not_see_the_links(self):
        for built in (self.riverside, self.lakeside):
            with inside(built):
                self.assertFalse(Message.objects.filter(body__contains="http").exists())

    def test_a_link_is_in_the_patients_language(self):
        with inside(self.riverside):
            for message in self.intake_messages()[0]:
                is_spanish = message.patient.preferred_language == "es"
                self.assertEqual(message.console_body.endswith("?lang=es"), is_spanish)

    def test_a_form_is_opened_from_the_simulator(self):
        with inside(self.riverside):
            message = next(
                one
                for one in self.intake_messages()[0]
                if one.appointment.intake_status == "sent"
                and one.appointment.is_open
                and one.appointment.starts_at > self.now
            )
            born = message.patient.date_of_birth
        staff = self.client
        login = {"login": RIVERSIDE.staff[0].email, "password": PASSWORD}
        self.assertEqual(staff.post("/account/login/", login).status_code, 302)
        phone_page = staff.get(f"/inbox/simulator/{message.appointment_id}")
        self.assertContains(phone_page, f'href="/i/{self.token_of(message)}')
        phone = self.client_class()
        path = f"/i/{self.token_of(message)}"
        self.assertContains(phone.get(path), "Riverside Clinic")
        opened = phone.post(path, {"month": born.month, "day": born.day, "year": born.year})
        self.assertEqual(opened.status_code, 302)
        self.assertIn(f"{path}/form/", opened["Location"])
        self.assertContains(phone.get(opened["Location"]), "<form")


class ReproducibilityTests(TestCase):
    def snapshot(self, now):
        """The rows of both clinics as plain values."""
        point = transaction.savepoint()
        rows = []
        for built in build(now=now, scale=Scale(share=0.05, days_back=2, days_ahead=3)):
            with inside(built):
                rows += list(Patient.objects.order_by("pk").values_list("pk", "first_name", "last_name", "phone"))
                columns = ("pk", "patient", "doctor", "starts_at", "status", "arrived_at", "intake_status", "reason")
                rows += list(Appointment.objects.order_by("pk").values_list(*columns))
                rows += list(IntakeForm.objects.order_by("pk").values_list("pk", "raw_answers", "status"))
                rows += list(Interaction.objects.order_by("pk").values_list("pk", "content", "status"))
        transaction.savepoint_rollback(point)
        return rows

    def test_two_builds_are_equal(self):
        self.assertEqual(self.snapshot(TUESDAY_NOON), self.snapshot(TUESDAY_NOON))

    def test_an_hour_later_the_same_visits_have_progressed(self):
        def bookings(snapshot):
            return {(row[1], row[2], row[3]) for row in snapshot if len(row) == 8}

        before, after = self.snapshot(TUESDAY_NOON), self.snapshot(TUESDAY_NOON + dt.timedelta(hours=1))
        self.assertNotEqual(before, after)
        self.assertEqual(bookings(before), bookings(after))


class TodayTests(TestCase):
    """Riverside's day at several local times."""

    def statuses(self, time, day=dt.date(2026, 3, 17)):
        now = dt.datetime.combine(day, dt.time.fromisoformat(time), ZoneInfo(RIVERSIDE.zone))
        riverside, _ = build(now=now, scale=Scale(share=0.1, days_back=1, days_ahead=1))
        with inside(riverside):
            start, end = clock.day_bounds(day, RIVERSIDE.zone)
            return now, list(Appointment.objects.filter(starts_at__gte=start, starts_at__lt=end))

    def test_before_opening_no_patient_has_arrived(self):
        _, visits = self.statuses("05:30")
        self.assertFalse([one for one in visits if one.arrived or one.status in {"completed", "no-show"}])
        self.assertTrue([one for one in visits if one.status == "confirmed"])
        self.assertTrue([one for one in visits if one.status == "unconfirmed"])

    def test_at_midday_visits_are_completed_in_progress_and_upcoming(self):
        now, visits = self.statuses("11:20")
        self.assertTrue([one for one in visits if one.status == "completed"])
        self.assertTrue([one for one in visits if one.arrived and one.is_open])
        self.assertTrue([one for one in visits if one.is_open and one.starts_at > now])
        self.assertFalse([one for one in visits if one.is_open and one.ends_at <= now])
        late = [one for one in visits if one.is_open and not one.arrived and one.starts_at <= now]
        self.assertTrue(
            all(now - one.starts_at < dt.timedelta(minutes=15) for one in late if one.visit_type != "virtual")
        )

    def test_in_the_evening_no_visit_is_open(self):
        _, visits = self.statuses("22:00")
        self.assertFalse([one for one in visits if one.is_open])

    def test_a_sunday_is_a_working_day_when_the_demo_is_built_on_it(self):
        _, visits = self.statuses("11:20", day=dt.date(2026, 3, 15))
        self.assertGreater(len(visits), 10)


class CalendarTests(TestCase):
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

    def test_the_full_demo_has_the_documented_size(self):
        self.assertEqual(sum(doctor.panel for doctor in RIVERSIDE.doctors), 2000)
        self.assertEqual(len(RIVERSIDE.doctors), 5)
        self.assertLess(sum(doctor.panel for doctor in LAKESIDE.doctors), 2000)
        calendar = Calendar(RIVERSIDE, Scale(), TUESDAY_NOON)
        self.assertEqual((calendar.today - calendar.first).days, 90)
        self.assertEqual((calendar.last - calendar.today).days, 30)


class ProductionTests(TestCase):
    @override_settings(PRODUCTION=True)
    def test_the_command_refuses(self):
        with self.assertRaisesMessage(CommandError, "production"):
            call_command("demo")
        self.assertFalse(User.objects.exists())

    def test_the_check_fails_on_a_demo_database(self):
        build(now=TUESDAY_NOON, scale=Scale(share=0.01, days_back=0, days_ahead=0))
        with override_settings(PRODUCTION=True):
            self.assertEqual([one.id for one in no_demo_in_production(databases=["default"])], ["clinicflow.E001"])
        self.assertEqual(no_demo_in_production(databases=["default"]), [])

    @override_settings(PRODUCTION=True)
    def test_the_check_passes_on_another_database(self):
        self.assertEqual(no_demo_in_production(databases=["default"]), [])


class CommandTests(TransactionTestCase):
    databases = {"default", "system"}

    def run_command(self, **options):
        with mock.patch("demo.management.commands.demo.build", partial(build, scale=TINY)):
            call_command("demo", stdout=(output := StringIO()), **options)
        return output.getvalue()

    def clinic_ids(self):
        return set(Clinic.objects.values_list("pk", flat=True))

    def test_builds_once_and_lists_the_sign_ins(self):
        output = self.run_command()
        self.assertIn("dual@riverside.test", output)
        self.assertIn(PASSWORD, output)
        self.assertEqual(self.clinic_ids(), {plan.clinic_id for plan in CLINICS})
        self.assertIn("already exists", self.run_command())
        self.assertIn("owner@lakeside.test", self.run_command(if_empty=True))

    def test_reset_rebuilds_and_keeps_the_audit_log(self):
        self.run_command()
        with transaction.atomic(), tenant(RIVERSIDE.clinic_id):
            added = Patient.objects.create(
                clinic_id=RIVERSIDE.clinic_id,
                first_name="Ada",
                last_name="Extra",
                date_of_birth=dt.date(1990, 1, 1),
            )
            entries = AuditLog.objects.count()
        self.run_command(reset=True)
        with transaction.atomic(), tenant(RIVERSIDE.clinic_id):
            self.assertFalse(Patient.objects.filter(pk=added.pk).exists())
            self.assertTrue(Appointment.objects.exists())
            self.assertGreater(AuditLog.objects.count(), entries)

    def test_refuses_a_database_with_another_clinic(self):
        other = Clinic.objects.create(name="Harbor Practice")
        with self.assertRaisesMessage(CommandError, "not the demo's"):
            self.run_command(reset=True)
        self.assertEqual(self.run_command(if_empty=True), "")
        self.assertEqual(self.clinic_ids(), {other.pk})
