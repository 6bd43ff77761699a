"""Asking for confirmation: when, how, how often, and when it stops. Every setting that bears on it shows here."""

import datetime as dt
import threading

from django.db import connections
from django.test import TransactionTestCase

from aiassist.models import Interaction
from aiassist.operations import calls, interactions, outreach
from aiassist.tests.cases import NOON, ConversationCase
from clinicflow.clinics.models import Doctor, DoctorSettings
from clinicflow.core import clock
from clinicflow.core.errors import IllegalTransition
from clinicflow.jobs.models import Job
from clinicflow.jobs.queue import enqueue
from clinicflow.jobs.registry import periods
from clinicflow.staff.selectors.actor_resolution import clinic_actor
from clinicflow.testing.case import Cast
from clinicflow.testing.jobs import run_due_jobs
from scheduling.messaging import NoWayToReach
from scheduling.models import Appointment, Message
from scheduling.operations import appointments


class RequestTests(ConversationCase):
    def test_confirmation_of_a_visit_within_three_days_is_requested_by_text(self):
        self.assertEqual(self.run_outreach(), 1)
        [message] = self.messages()
        self.assertEqual((message.channel, message.kind, message.status), ("sms", "confirmation", "sent"))
        self.assertIn("Wednesday, March 3, 2027", message.body)
        self.assertIn("10:00 am", message.body)
        self.assertIn("Reply C to confirm, R to reschedule, X to cancel, STOP to end.", message.body)
        self.assertNotIn("Okafor", message.body)
        thread = self.conversation()
        self.assertEqual((thread.direction, thread.status, thread.step), ("outbound", "in-progress", "72h"))

    def test_the_request_is_in_the_patients_language(self):
        carmen = self.make_patient(self.riverside, "Carmen Ruiz", preferred_language="es")
        self.book(hours=50, patient=carmen)
        self.run_outreach()
        self.assertIn("Responda C para confirmar, R para cambiarla", self.messages(patient=carmen)[0].body)

    def test_once_for_each_visit_and_step(self):
        self.run_outreach()
        self.assertEqual(self.run_outreach(), 0)
        self.later(minutes=10)
        self.assertEqual(self.run_outreach(), 0)
        self.assertEqual(len(self.messages()), 1)

    def test_four_days_ahead_is_too_early_and_half_an_hour_too_late(self):
        self.book(hours=96)
        self.book(hours=0.5)
        self.assertEqual(self.run_outreach(), 1)
        self.assertIsNotNone(self.conversation())

    def test_confirmed_cancelled_and_past_visits_are_left_alone(self):
        for status in ("confirmed", "cancelled", "completed", "no-show"):
            self.book(status=status)
        self.book(hours=-3)
        self.assertEqual(self.run_outreach(), 1)

    def test_the_beat_does_it(self):
        self.assertEqual([period.seconds for period in periods() if period.kind == "aiassist.outreach"], [60])
        with self.inside(self.system):
            enqueue("aiassist.outreach", clinic_id=self.riverside.pk, key="slot:1")
        run_due_jobs(self.riverside.pk, kinds=["aiassist.outreach", "aiassist.send_message"])
        self.assertEqual(len(self.messages(status="sent")), 1)

    def test_no_request_is_sent_while_staff_handle_the_visit(self):
        self.receive("do I need to fast?")
        self.assertEqual(self.run_outreach(), 0)


class ChannelTests(ConversationCase):
    def asked_by(self):
        self.run_outreach()
        with self.inside(self.desk):
            threads = list(Interaction.objects.visible_to(self.desk).filter(appointment=self.visit))
        return [thread.channel for thread in threads]

    def wishes(self, **wishes):
        with self.inside(self.desk):
            self.hannah.contact_preferences = {"sms": True, "email": True, "voice": True} | wishes
            self.hannah.save()

    def test_text_then_mail_then_call_three_days_before(self):
        self.assertEqual(self.asked_by(), ["sms"])

    def test_without_texts_it_is_mail(self):
        self.change_settings(self.riverside, sms_enabled=False)
        self.assertEqual(self.asked_by(), ["email"])
        self.assertEqual(self.messages()[0].address, "hannah@example.test")

    def test_without_texts_and_mail_it_is_a_call(self):
        self.change_settings(self.riverside, sms_enabled=False, email_enabled=False)
        self.assertEqual(self.asked_by(), ["voice"])

    def test_no_request_is_sent_with_every_channel_off(self):
        self.change_settings(self.riverside, sms_enabled=False, email_enabled=False, voice_enabled=False)
        self.assertEqual(self.asked_by(), [])

    def test_what_the_patient_does_not_want_is_not_used(self):
        self.wishes(sms=False)
        self.assertEqual(self.asked_by(), ["email"])

    def test_no_request_is_sent_to_a_patient_who_opted_out_of_every_channel(self):
        self.wishes(sms=False, email=False, voice=False)
        self.assertEqual(self.asked_by(), [])

    def test_a_doctor_without_voice_is_not_called_for(self):
        self.change_settings(self.riverside, sms_enabled=False, email_enabled=False)
        with self.inside(self.desk):
            Doctor.objects.filter(pk=self.dr_okafor.pk).update(voice_ai_enabled=False)
        self.assertEqual(self.asked_by(), [])

    def test_no_call_is_placed_when_the_doctor_has_turned_calls_off(self):
        self.change_settings(self.riverside, sms_enabled=False, email_enabled=False)
        with self.inside(self.desk):
            DoctorSettings.objects.filter(doctor=self.dr_okafor).update(voice_ai_enabled=False)
        self.assertEqual(self.asked_by(), [])

    def test_the_day_before_it_is_a_call_first(self):
        self.later(hours=24)
        self.assertEqual(self.asked_by(), ["voice"])

    def test_and_a_text_where_calls_are_off(self):
        self.change_settings(self.riverside, voice_enabled=False)
        self.later(hours=24)
        self.assertEqual(self.asked_by(), ["sms"])


class ContactWindowTests(ConversationCase):
    def test_nothing_leaves_outside_the_clinics_hours_for_it(self):
        for start, end, expected in (("13:00", "18:00", 0), ("09:00", "12:00", 0), ("12:00", "12:01", 1)):
            with self.subTest(f"{start}-{end}"):
                self.change_settings(self.riverside, call_window_start=start, call_window_end=end)
                self.assertEqual(self.run_outreach(), expected)

    def test_the_window_is_on_the_clinics_clock(self):
        self.change_settings(self.riverside, call_window_start="09:00", call_window_end="13:00")
        self.change_settings(self.lakeside, call_window_start="09:00", call_window_end="13:00")
        itself = clinic_actor(self.lakeside.pk)  # nine in the morning there
        with self.inside(itself):
            self.assertTrue(outreach.window_is_open(itself, NOON))
            self.assertFalse(outreach.window_is_open(itself, NOON - dt.timedelta(minutes=1)))


class CallTests(ConversationCase):
    """The day before, by phone."""

    def setUp(self):
        super().setUp()
        self.change_settings(self.riverside, max_call_attempts=2, retry_delay=30)
        self.later(hours=24)
        self.run_outreach()

    def call(self):
        return self.conversation("voice").content[-1]

    def end(self, how, **more):
        call = next(entry for entry in self.conversation("voice").content if entry.get("outcome") == "ringing")
        with self.inside(self.system):
            thread = self.conversation("voice")
            return calls.end_call(self.system, thread.pk, call_id=call["id"], how=how, at=clock.now(), **more)

    def attempts(self):
        return [entry["outcome"] for entry in self.conversation("voice").content if entry["kind"] == "call"]

    def test_it_rings(self):
        self.assertEqual(self.attempts(), ["ringing"])
        self.assertEqual(self.conversation("voice").attempts, 1)

    def test_a_key_or_a_spoken_yes_confirms(self):
        thread = self.end("answered", key="1", seconds=83)
        self.assertEqual(self.stored_visit().status, "confirmed")
        self.assertEqual((thread.duration, thread.status), ("1m 23s", "completed"))
        call = self.call()
        self.assertEqual((call["outcome"], call["duration"]), ("confirmed", 83))
        self.assertEqual([line["speaker"] for line in call["transcript"]], ["clinic", "patient", "clinic"])

    def test_spoken_words_are_classified_like_texts(self):
        self.end("answered", words="no puedo ir", seconds=20)
        self.assertEqual(self.stored_visit().status, "cancelled")

    def test_each_key_means_what_was_said(self):
        for key, did in (("2", "passed-on"), ("0", "passed-on"), ("9", "opted-out")):
            with self.subTest(key):
                visit = self.book(hours=40 + int(key), patient=self.make_patient(self.riverside, "Grace Kim"))
                with self.inside(self.system):
                    thread = outreach.request_confirmation(self.system, visit.pk, channel="voice", at=clock.now())
                    call = thread.content[-1]
                    calls.end_call(self.system, thread.pk, call_id=call["id"], how="answered", key=key, at=clock.now())
                self.assertEqual(self.conversation("voice", visit).content[0]["outcome"], did)

    def test_an_unanswered_call_is_retried_after_the_delay_and_not_before(self):
        self.end("no-answer")
        self.later(minutes=29)
        self.run_outreach()
        self.assertEqual(self.attempts(), ["no-answer"])
        self.later(minutes=1)
        self.run_outreach()
        self.assertEqual(self.attempts(), ["no-answer", "ringing"])

    def test_no_answer_to_the_last_attempt_escalates(self):
        self.end("no-answer")
        self.later(minutes=30)
        self.run_outreach()
        thread = self.end("voicemail")
        self.assertEqual((thread.status, thread.attention_reason), ("escalated", "paused-interaction"))
        self.assertTrue(self.stored_visit().needs_attention)
        self.later(hours=2)
        self.run_outreach()
        self.assertEqual(len(self.attempts()), 2)

    def test_or_stays_unanswered_where_the_clinic_has_that_off(self):
        self.change_settings(self.riverside, escalate_on_no_response=False, max_call_attempts=1)
        thread = self.end("no-answer")
        self.assertEqual((thread.status, thread.needs_attention), ("no-answer", False))
        self.assertFalse(self.stored_visit().needs_attention)

    def test_a_call_without_a_reported_end_counts_as_not_answered(self):
        self.later(minutes=30)
        self.run_outreach()
        self.assertEqual(self.attempts(), ["no-answer", "ringing"])

    def test_hanging_up_escalates(self):
        self.assertEqual(self.end("hung-up", seconds=9).attention_reason, "paused-interaction")

    def test_outside_the_window_the_next_call_waits(self):
        self.end("no-answer")
        self.change_settings(self.riverside, call_window_end="12:15")
        self.later(minutes=30)
        self.run_outreach()
        self.assertEqual(self.attempts(), ["no-answer"])
        self.change_settings(self.riverside, call_window_end="18:00")
        self.later(minutes=30)
        self.run_outreach()
        self.assertEqual(self.attempts(), ["no-answer", "ringing"])

    def test_a_visit_confirmed_meanwhile_is_not_called_again(self):
        self.end("no-answer")
        with self.inside(self.desk):
            appointments.confirm(self.desk, self.visit.pk, at=clock.now())
        self.later(minutes=31)
        self.run_outreach()
        self.assertEqual(self.attempts(), ["no-answer"])
        self.assertEqual(self.conversation("voice").status, "completed")

    def test_the_end_of_a_call_counts_once(self):
        call = self.call()
        self.end("answered", key="1")
        with self.inside(self.system):
            thread = self.conversation("voice")
            calls.end_call(self.system, thread.pk, call_id=call["id"], how="no-answer", at=clock.now())
        self.assertEqual(self.attempts(), ["confirmed"])


class NoAnswerTests(ConversationCase):
    def test_an_unanswered_text_of_the_last_step_escalates_after_four_hours(self):
        self.change_settings(self.riverside, voice_enabled=False)
        self.run_outreach()
        self.later(hours=24)
        self.run_outreach()
        self.assertEqual(len(self.messages()), 2)
        self.assertIn("please confirm your visit", self.messages()[1].body)
        self.later(hours=3, minutes=59)
        self.run_outreach()
        self.assertFalse(self.conversation().needs_attention)
        self.later(minutes=1)
        self.run_outreach()
        self.assertEqual(self.conversation().attention_reason, "paused-interaction")

    def test_the_first_request_alone_is_no_silence(self):
        self.run_outreach()
        self.later(hours=20)
        self.run_outreach()
        self.assertFalse(self.conversation().needs_attention)

    def test_an_answer_ends_the_waiting(self):
        self.change_settings(self.riverside, voice_enabled=False)
        self.later(hours=24)
        self.run_outreach()
        self.receive("C")
        self.later(hours=5)
        self.run_outreach()
        self.assertFalse(self.conversation().needs_attention)

    def test_a_patient_without_a_channel_for_the_last_step_counts_as_not_answered(self):
        self.run_outreach()
        self.change_settings(self.riverside, voice_enabled=False, sms_enabled=False, email_enabled=False)
        self.later(hours=24)
        self.run_outreach()
        self.assertEqual(self.conversation().attention_reason, "paused-interaction")


class RescheduledVisitTests(ConversationCase):
    def test_a_rescheduled_visit_carries_the_conversation_over_and_is_confirmed_anew(self):
        self.run_outreach()
        with self.inside(self.desk):
            new = appointments.reschedule(
                self.desk, self.visit.pk, starts_at=NOON + dt.timedelta(hours=47), at=clock.now()
            ).appointment
        self.assertEqual(self.run_outreach(), 1)
        self.assertEqual(len(self.conversation(visit=new).content), 2)
        self.assertEqual(self.run_outreach(), 0)

    def test_an_undone_move_sends_no_second_request(self):
        self.run_outreach()
        with self.inside(self.desk):
            new = appointments.reschedule(
                self.desk, self.visit.pk, starts_at=NOON + dt.timedelta(hours=47), at=clock.now()
            ).appointment
            appointments.undo_move(self.desk, new.pk, at=clock.now())
        self.assertEqual(self.run_outreach(), 0)
        self.assertEqual(len(self.messages()), 1)


class ManualRequestTests(ConversationCase):
    def test_the_desk_may_ask_at_any_hour(self):
        self.change_settings(self.riverside, call_window_start="17:00")
        with self.inside(self.desk):
            thread = outreach.request_confirmation(self.desk, self.visit.pk, at=clock.now())
        self.assertEqual(thread.channel, "sms")
        self.assertEqual(self.run_outreach(), 0)  # that was the request of this step

    def test_not_over_a_channel_that_the_patient_does_not_want(self):
        self.receive("STOP")
        with self.inside(self.desk), self.assertRaises(NoWayToReach):
            outreach.request_confirmation(self.desk, self.visit.pk, channel="sms", at=clock.now())

    def test_not_about_a_confirmed_visit(self):
        self.receive("C")
        with self.inside(self.desk), self.assertRaises(IllegalTransition):
            outreach.request_confirmation(self.desk, self.visit.pk, at=clock.now())


class ConcurrencyTests(Cast, TransactionTestCase):
    def test_two_at_once_ask_once(self):
        self.build()
        now = clock.now()
        self.change_settings(self.riverside, call_window_start="00:00", call_window_end="23:59:59")
        for number in range(6):
            start = now + dt.timedelta(hours=48 + number)
            self.make_appointment(self.dr_okafor, self.make_patient(self.riverside), start)
        itself = clinic_actor(self.riverside.pk)
        barrier = threading.Barrier(2)

        def work():
            try:
                barrier.wait(10)
                for _ in range(2):
                    with self.inside(itself):
                        outreach.run_due_steps(itself, at=now)
            finally:
                connections.close_all()

        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
        with self.inside(self.desk):
            self.assertEqual(Message.objects.count(), 6)
            self.assertEqual(Interaction.objects.count(), 6)
            self.assertEqual(Job.objects.filter(kind=interactions.SEND).count(), 6)
            self.assertEqual(Appointment.objects.filter(status="unconfirmed").count(), 6)
