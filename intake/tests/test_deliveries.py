"""Delivery of links: on booking, by staff, again and as reminders; and when nothing is sent."""

import datetime as dt
from unittest import mock

import time_machine
from django.core import mail
from django.test import override_settings

from clinicflow.core.errors import NotFound
from clinicflow.core.events import publish
from clinicflow.jobs.models import Job
from intake.errors import AlreadyCompleted, FormClosed
from intake.models import IntakeForm, PatientLink
from intake.operations import deliveries, forms, links
from intake.tests.cases import DeliveryCase
from scheduling.events import AppointmentCancelled, AppointmentReplaces
from scheduling.messaging import NoWayToReach, Undeliverable
from scheduling.models import Appointment


class AtBooking(DeliveryCase):
    def test_the_link_is_sent_automatically_and_works(self):
        self.book()
        [message] = self.messages()
        self.assertEqual((message.status, message.channel, message.provider), ("sent", "sms", "console"))
        self.assertEqual(links.find(self.token_in(message)).appointment_id, self.visit.pk)
        self.assertEqual(self.intake_status(), "sent")

    def test_staff_read_the_message_without_a_working_link(self):
        self.book()
        [message] = self.messages()
        self.assertNotIn(self.token_in(message), message.body)
        self.assertIn("Riverside Clinic", message.body)
        self.assertNotIn("Okafor", message.body + message.console_body)

    def test_the_token_is_in_no_job(self):
        self.book()
        token = self.token_in(self.messages()[0])
        with self.inside(self.desk):
            self.assertFalse([job for job in Job.objects.all() if token in str(job.args)])

    def test_spanish_speakers_get_spanish(self):
        carmen = self.make_patient(self.riverside, "Carmen Ruiz", preferred_language="es")
        self.book(self.make_visit(carmen, hours=100))
        self.assertIn("llene un formulario corto", self.messages()[0].console_body)

    def test_manual_and_ask_create_the_form_without_a_message(self):
        for path in ("manual", "ask-every-time"):
            with self.subTest(path):
                self.change_settings(self.riverside, intake_delivery_path=path)
                visit = self.make_visit(hours=100 if path == "manual" else 110)
                self.book(visit)
                self.assertEqual(self.messages(), [])
                with self.inside(self.desk):
                    self.assertTrue(IntakeForm.objects.filter(appointment=visit).exists())

    def test_a_clinic_without_intake_gets_no_form(self):
        self.change_settings(self.riverside, intake_required=False)
        self.book()
        with self.inside(self.desk):
            self.assertFalse(IntakeForm.objects.exists())

    def test_a_walk_in_gets_no_message(self):
        self.book(self.make_visit(hours=1, walk_in=True))
        self.assertEqual(self.messages(), [])

    def test_a_repeated_event_sends_one_message(self):
        self.book()
        self.book()
        self.assertEqual(len(self.messages()), 1)

    @override_settings(MESSAGE_HOLD=dt.timedelta(minutes=3))
    def test_a_visit_cancelled_within_the_delay_gets_no_message(self):
        self.book()
        self.assertEqual([message.status for message in self.messages()], ["queued"])
        with self.inside(self.desk):
            Appointment.objects.filter(pk=self.visit.pk).update(status="cancelled")
            publish(
                AppointmentCancelled(
                    clinic_id=self.riverside.pk, subject_id=self.visit.pk, patient_id=self.grace.pk, late=False
                )
            )
        with time_machine.travel(self.messages()[0].send_after + dt.timedelta(seconds=1)):
            self.run_jobs()
        self.assertEqual([message.status for message in self.messages()], ["dropped"])
        self.assertFalse(PatientLink.objects.exists())


class Channels(DeliveryCase):
    def test_the_channel_follows_preferences_and_settings(self):
        for wishes, clinic, expected in [
            ({}, {}, "sms"),
            ({"sms": False}, {}, "email"),
            ({}, {"sms_enabled": False}, "email"),
            ({"sms": False, "email": False}, {}, None),
            ({"sms": False}, {"email_enabled": False}, None),
        ]:
            with self.subTest(wishes=wishes, clinic=clinic), self.inside(self.desk):
                self.grace.contact_preferences = wishes
                self.grace.save()
                self.change_settings(self.riverside, **({"sms_enabled": True, "email_enabled": True} | clinic))
                if expected is None:
                    with self.assertRaises(NoWayToReach):
                        deliveries.send_link(self.desk, self.visit.pk)
                else:
                    self.assertEqual(deliveries.send_link(self.desk, self.visit.pk).channel, expected)

    @override_settings(MESSAGE_PROVIDER="email")
    def test_emails_use_the_backend_and_store_no_link(self):
        with self.inside(self.desk):
            self.grace.contact_preferences = {"sms": False}
            self.grace.save()
        self.send()
        self.run_jobs()
        self.assertEqual(mail.outbox[0].to, ["grace@example.test"])
        self.assertIn("/i/", mail.outbox[0].body)
        [message] = self.messages()
        self.assertEqual((message.provider, message.console_body), ("email", ""))

    def test_a_rejected_message_is_failed_and_the_form_stays_missing(self):
        with mock.patch("scheduling.messaging.ConsoleProvider.send", side_effect=Undeliverable("opted out")):
            self.send()
            self.run_jobs()
        self.assertEqual([(m.status, m.error) for m in self.messages()], [("failed", "opted out")])
        self.assertEqual(self.intake_status(), "missing")

    def test_a_failing_provider_is_retried(self):
        with mock.patch("scheduling.messaging.ConsoleProvider.send", side_effect=ConnectionError):
            self.send()
            self.run_jobs()
        self.assertEqual(self.messages()[0].status, "queued")
        with self.inside(self.desk):
            Job.objects.filter(kind="intake.send_link").update(run_after=self.visit.created_at)
        self.run_jobs()
        self.assertEqual(self.messages()[0].status, "sent")


class SendLink(DeliveryCase):
    def test_sending_again_creates_another_link_and_keeps_the_first(self):
        self.send()
        self.send()
        self.run_jobs()
        tokens = {self.token_in(message) for message in self.messages()}
        self.assertEqual(len(tokens), 2)
        for token in tokens:
            links.find(token)

    def test_nothing_is_sent_for_a_completed_form(self):
        self.submitted_form()
        with self.assertRaises(AlreadyCompleted):
            self.send()

    def test_nothing_is_sent_for_a_cancelled_visit(self):
        with self.assertRaises(FormClosed):
            self.send(self.make_visit(hours=100, status="cancelled"))

    def test_a_form_completed_before_sending_cancels_the_message(self):
        form = self.make_form()
        self.send()
        with self.inside(self.desk):
            forms.mark_completed(self.desk, form.pk, reason="Done by phone")
        self.run_jobs()
        self.assertEqual([message.status for message in self.messages()], ["dropped"])

    def test_another_clinic_cannot_send(self):
        with self.inside(self.foreign_desk), self.assertRaises(NotFound):
            deliveries.send_link(self.foreign_desk, self.visit.pk)
        self.assertEqual(self.messages(), [])

    def test_staff_can_get_a_link(self):
        with self.inside(self.desk):
            address = deliveries.create_staff_link(self.desk, self.visit.pk)
            kiosk = deliveries.create_staff_link(self.desk, self.visit.pk, kiosk=True)
        self.assertEqual(links.find(address.rpartition("/")[2]).purpose, "intake")
        self.assertEqual(links.find(kiosk.rpartition("/")[2]).purpose, "kiosk")
        self.assertEqual(self.intake_status(), "sent")


class Rescheduled(DeliveryCase):
    def test_form_link_and_queued_message_move_along(self):
        with override_settings(MESSAGE_HOLD=dt.timedelta(minutes=3)):
            self.book()
        later = self.make_visit(hours=200)
        with self.inside(self.desk):
            token = links.create(self.desk, self.visit, "intake")[1]
            Appointment.objects.filter(pk=self.visit.pk).update(status="cancelled", rescheduled=True)
            publish(
                AppointmentReplaces(
                    clinic_id=self.riverside.pk, subject_id=later.pk, patient_id=self.grace.pk, replaces=self.visit.pk
                )
            )
            self.assertEqual(IntakeForm.objects.get().appointment_id, later.pk)
        self.assertEqual(links.find(token).appointment_id, later.pk)
        with time_machine.travel(self.messages()[0].send_after + dt.timedelta(seconds=1)):
            self.run_jobs()
        self.assertEqual(self.intake_status(later), "sent")


class Reminders(DeliveryCase):
    """The visit is on a Wednesday at 15:00 in New York."""

    def setUp(self):
        self.start = self.at(self.riverside, self.next_weekday(self.riverside, 2), "15:00")
        self.visit = self.make_appointment(self.dr_okafor, self.grace, self.start, visit_category="new-patient")
        with time_machine.travel(self.start - dt.timedelta(days=6), tick=False):
            self.book()

    def remind(self, before):
        at = self.start - before
        with time_machine.travel(at, tick=False), self.inside(self.desk):
            return deliveries.remind(self.desk, at)

    def test_one_reminder_72_and_one_24_hours_before(self):
        written = [self.remind(dt.timedelta(hours=hours)) for hours in (73, 72, 71, 47, 24, 23, 1)]
        self.assertEqual(written, [0, 1, 0, 0, 1, 0, 0])

    def test_only_within_the_contact_window(self):
        self.change_settings(self.riverside, call_window_start=dt.time(9), call_window_end=dt.time(12))
        self.assertEqual(self.remind(dt.timedelta(hours=70)), 0)  # 17:00
        self.assertEqual(self.remind(dt.timedelta(hours=53)), 1)  # 10:00

    def test_not_for_completed_unsent_or_cancelled(self):
        for change in ({"intake_status": "completed"}, {"intake_status": "missing"}, {"status": "cancelled"}):
            with self.subTest(change):
                with self.inside(self.desk):
                    Appointment.objects.filter(pk=self.visit.pk).update(
                        **({"status": "unconfirmed", "intake_status": "sent"} | change)
                    )
                self.assertEqual(self.remind(dt.timedelta(hours=71)), 0)

    def test_not_right_after_the_link(self):
        with time_machine.travel(self.start - dt.timedelta(hours=72), tick=False):
            self.send()
        self.assertEqual(self.remind(dt.timedelta(hours=71)), 0)

    def test_not_where_intake_is_not_required(self):
        self.change_settings(self.riverside, intake_required=False)
        self.assertEqual(self.remind(dt.timedelta(hours=71)), 0)
