"""What an answer does: each rule of domain.md 7, in both languages; nothing unclear acts."""

import datetime as dt

from aiassist.models import Interaction
from aiassist.operations import interactions
from aiassist.tests.cases import NOON, ConversationCase
from clinicflow.audit.models import AuditLog
from clinicflow.core import clock
from clinicflow.testing.jobs import run_due_jobs
from patients.operations import patients
from scheduling.models import Cancellation
from scheduling.operations import appointments, change_notices


class ClearReplyTests(ConversationCase):
    def test_a_clear_yes_confirms_and_is_thanked(self):
        for text in ("C", "Yes", "yes I will be there", "sí", "ahí estaré"):
            with self.subTest(text):
                visit = self.book(patient=self.make_patient(self.riverside, "Grace Kim"))
                thread = self.receive(text, visit=visit)
                self.assertEqual(self.stored_visit(visit).status, "confirmed")
                self.assertEqual((thread.status, thread.needs_attention), ("completed", False))
                self.assertIn("is confirmed", self.answers()[-1])

    def test_the_patient_is_answered_in_their_language(self):
        carmen = self.make_patient(self.riverside, "Carmen Ruiz", preferred_language="es")
        visit = self.book(patient=carmen)
        self.receive("sí, confirmo", visit=visit)
        self.assertIn("está confirmada", self.answers()[-1])

    def test_the_confirmation_is_the_patients_own_in_the_audit(self):
        self.receive("C")
        with self.inside(self.desk):
            row = AuditLog.objects.filter(resource_type="appointments", resource_id=str(self.visit.pk)).latest("id")
        self.assertEqual((row.actor_kind, row.new_values["status"]), ("patient", "confirmed"))

    def test_a_second_yes_changes_nothing_and_is_thanked_again(self):
        self.receive("C")
        before = self.stored_visit().version
        self.receive("C")
        self.assertEqual(self.stored_visit().version, before)

    def test_a_clear_cancel_cancels_as_the_patients(self):
        for text in ("X", "please cancel my appointment", "no puedo ir"):
            with self.subTest(text):
                visit = self.book(patient=self.make_patient(self.riverside, "Grace Kim"))
                self.receive(text, visit=visit)
                self.assertEqual(self.stored_visit(visit).status, "cancelled")
                with self.inside(self.desk):
                    row = Cancellation.objects.get(appointment=visit)
                self.assertEqual(row.cancellation_type, "patient-cancelled")
                self.assertEqual(row.cancelled_by_name, "Grace Kim (by text)")
                self.assertIn("is cancelled", self.answers()[-1])

    def test_a_cancellation_within_the_notice_period_escalates(self):
        self.change_settings(self.riverside, minimum_cancellation_notice=48 * 60)
        thread = self.receive("X")
        self.assertEqual(self.stored_visit().status, "unconfirmed")
        self.assertEqual((thread.needs_attention, thread.attention_reason), (True, "requested-human"))
        self.assertIn("too close to your visit", self.answers()[-1])

    def test_a_visit_that_intake_locks_is_not_confirmed_but_passed_on(self):
        self.change_settings(self.riverside, intake_required=True, lock_appointment_if_missing=True)
        thread = self.receive("C")
        self.assertEqual(self.stored_visit().status, "unconfirmed")
        self.assertEqual(thread.attention_reason, "complex-question")
        self.assertEqual(thread.content[0]["did"], "passed-on")

    def test_a_yes_to_a_visit_that_is_over_acts_on_nothing(self):
        past = self.book(hours=-2, patient=self.make_patient(self.riverside, "Noah Goldberg"))
        thread = self.receive("yes", visit=past)
        self.assertEqual(self.stored_visit(past).status, "unconfirmed")
        self.assertTrue(thread.needs_attention)

    def test_a_yes_with_a_question_is_for_the_front_desk(self):
        thread = self.receive("yes, where do I park?")
        self.assertEqual(self.stored_visit().status, "unconfirmed")
        self.assertEqual((thread.status, thread.attention_reason), ("escalated", "complex-question"))
        self.assertTrue(self.stored_visit().needs_attention)

    def test_the_visits_own_day_doctor_and_clinic_may_be_named_and_no_others(self):
        for hours, text, status in (
            (48, "yes, see you Wednesday", "confirmed"),
            (49, "See you Dr. Okafor", "confirmed"),
            (50, "yes, see you Thursday", "unconfirmed"),
            (51, "See you Dr. Herrera", "unconfirmed"),
        ):
            with self.subTest(text):
                visit = self.book(hours=hours, patient=self.make_patient(self.riverside, "Grace Kim"))
                self.receive(text, visit=visit)
                self.assertEqual(self.stored_visit(visit).status, status)

    def test_an_e_mailed_answer_counts_without_the_original_below_it(self):
        original = (
            "On Mon, Mar 1, 2027 at 9:02 AM Riverside <a@clinic.example> wrote:\n> Reply C to confirm, X to cancel"
        )
        self.receive(f"Yes, I'll be there.\n\nSent from my iPhone\n\n{original}", channel="email")
        self.assertEqual(self.stored_visit().status, "confirmed")

    def test_the_machine_of_a_patient_is_kept_and_not_answered(self):
        thread = self.receive("I'm driving right now and will see your text later. Reply STOP to opt out. (Auto-reply)")
        self.assertEqual((thread.content[-1]["understood"], thread.content[-1]["did"]), ("auto_reply", "kept"))
        self.assertEqual((self.answers(), thread.needs_response), ([], True))
        self.assertEqual(self.stored_patient().contact_preferences.get("sms", True), True)


class OptOutTests(ConversationCase):
    def test_stop_opts_out_at_once_and_gets_one_confirmation(self):
        for text in ("STOP", "please take me off your list", "alto", "ya no quiero recibir mensajes"):
            with self.subTest(text):
                who = self.make_patient(self.riverside, "Grace Kim")
                visit = self.book(patient=who)
                before = len(self.answers())
                thread = self.receive(text, visit=visit)
                self.assertEqual(
                    self.stored_patient(who).contact_preferences, {"sms": False, "email": True, "voice": True}
                )
                self.assertEqual(len(self.answers()), before + 1)
                self.assertIn("no more texts", self.answers()[-1])
                self.assertEqual(self.messages(appointment=visit, direction="outbound")[0].status, "sent")
                self.assertFalse(thread.needs_attention)

    def test_what_waited_to_be_sent_is_dropped(self):
        with self.inside(self.system):
            waiting = interactions.send_message(self.system, self.visit, "Hello", way=("sms", str(self.hannah.phone)))
        self.receive("STOP")
        statuses = {message.pk: message.status for message in self.messages()}
        self.assertEqual(statuses[waiting.pk], "dropped")

    def test_a_queued_message_is_dropped_after_an_opt_out(self):
        with self.inside(self.system):
            waiting = interactions.send_message(self.system, self.visit, "Hello", way=("sms", str(self.hannah.phone)))
            self.hannah.contact_preferences = {"sms": False, "email": True, "voice": True}
            self.hannah.save()
        run_due_jobs(self.riverside.pk, kinds=["aiassist.send_message"])
        self.assertEqual([(m.pk, m.status) for m in self.messages()], [(waiting.pk, "dropped")])

    def test_a_change_notice_is_dropped_after_an_opt_out(self):
        with self.inside(self.system):
            waiting = change_notices.queue_notice(self.system, self.visit)
            patients.set_contact_preferences(self.system, self.hannah.pk, preferences={"sms": False})
        self.later(minutes=1)
        run_due_jobs(self.riverside.pk, kinds=[change_notices.JOB])
        self.assertEqual([(m.pk, m.status, m.error) for m in self.messages()], [(waiting.pk, "dropped", "opted-out")])
        self.assertTrue(self.stored_visit().needs_attention)  # a person has to call instead


class EscalationTests(ConversationCase):
    def reason(self, text):
        visit = self.book(patient=self.make_patient(self.riverside, "Aisha Rahman"))
        thread = self.receive(text, visit=visit)
        shown = self.stored_visit(visit)
        self.assertEqual(shown.needs_attention, thread.needs_attention)
        said = [entry["text"] for entry in thread.content if entry.get("direction") == "outbound"]
        return thread.attention_reason, said[-1]

    def test_urgent_words_escalate_whatever_the_settings(self):
        self.change_settings(
            self.riverside,
            escalate_on_unrecognized=False,
            escalate_on_human_request=False,
            escalate_on_ambiguous=False,
            escalate_on_no_response=False,
        )
        for text in ("I have chest pain", "me duele mucho el pecho"):
            reason, answer = self.reason(text)
            self.assertEqual(reason, "complex-question")
            self.assertIn("911", answer)

    def test_a_request_to_talk_to_someone(self):
        for text in ("please call me", "¿puedo hablar con alguien?"):
            self.assertEqual(self.reason(text)[0], "requested-human")
        self.change_settings(self.riverside, escalate_on_human_request=False)
        self.assertEqual(self.reason("please call me")[0], "")

    def test_a_question(self):
        for text in ("do I need to fast?", "¿tengo que venir en ayunas?"):
            self.assertEqual(self.reason(text)[0], "complex-question")
        self.change_settings(self.riverside, escalate_on_unrecognized=False)
        reason, answer = self.reason("do I need to fast?")
        self.assertEqual(reason, "")
        self.assertIn("Please call us", answer)

    def test_an_ambiguous_reply_is_asked_again_unless_the_clinic_escalates_it(self):
        reason, answer = self.reason("maybe")
        self.assertEqual(reason, "")
        self.assertIn("did not understand", answer)
        self.change_settings(self.riverside, escalate_on_ambiguous=True)
        self.assertEqual(self.reason("maybe")[0], "ambiguous-reply")
        self.assertEqual(self.reason("quizás")[0], "ambiguous-reply")

    def test_unclear_twice_is_unrecognized(self):
        self.receive("maybe")
        thread = self.receive("well, perhaps")
        self.assertEqual(thread.attention_reason, "ambiguous-reply")
        self.assertEqual(len([text for text in self.answers() if "did not understand" in text]), 1)

    def test_unclear_twice_with_that_trigger_off_stays_to_be_answered(self):
        self.change_settings(self.riverside, escalate_on_unrecognized=False)
        self.receive("maybe")
        thread = self.receive("well, perhaps")
        self.assertEqual((thread.needs_attention, thread.needs_response), (False, True))
        self.assertEqual(len(self.answers()), 1)

    def test_a_request_to_reschedule_escalates(self):
        for text in ("R", "I need another day", "otro día por favor"):
            self.assertEqual(self.reason(text)[0], "requested-human")
        self.assertEqual(self.reason("can I come later and is my test ok?")[0], "complex-question")

    def test_a_wrong_number_escalates_whatever_the_settings(self):
        self.change_settings(self.riverside, escalate_on_unrecognized=False)
        self.assertEqual(self.reason("wrong number")[0], "complex-question")

    def test_no_answer_names_the_doctor_or_the_reason(self):
        for text in ("do I need to fast?", "C", "X", "STOP", "maybe"):
            self.receive(text)
        self.assertNotIn("Okafor", " ".join(self.answers()))


class StaffHandledTests(ConversationCase):
    def setUp(self):
        super().setUp()
        self.receive("do I need to fast?")

    def resolve(self, note="Called, all settled."):
        with self.inside(self.desk):
            return interactions.resolve(self.desk, self.conversation().pk, note=note, at=clock.now())

    def test_a_yes_during_an_escalation_does_not_confirm(self):
        thread = self.receive("yes")
        self.assertEqual(self.stored_visit().status, "unconfirmed")
        self.assertEqual((thread.content[-1]["did"], thread.needs_response), ("passed-on", True))
        self.assertEqual(len(self.answers()), 1)

    def test_stop_and_urgent_words_act_during_an_escalation(self):
        self.receive("my throat is closing")
        self.assertIn("911", self.answers()[-1])
        self.receive("STOP")
        self.assertFalse(self.stored_patient().contact_preferences["sms"])

    def test_resolving_clears_the_visit_and_replies_act_again(self):
        thread = self.resolve()
        self.assertEqual(
            (thread.status, thread.needs_attention, thread.resolved_by_id), ("completed", False, self.dana.pk)
        )
        self.assertFalse(self.stored_visit().needs_attention)
        self.receive("yes")
        self.assertEqual(self.stored_visit().status, "confirmed")

    def test_resolving_twice_is_one_resolution(self):
        first = self.resolve()
        again = self.resolve("Something else")
        self.assertEqual(again.resolution_note, first.resolution_note)
        self.assertEqual(len(again.content), len(first.content))

    def test_a_new_question_after_that_waits_again(self):
        self.resolve()
        thread = self.receive("and is my test ok?")
        self.assertEqual((thread.needs_attention, thread.resolved_at, thread.resolution_note), (True, None, ""))

    def test_a_staff_reply_is_sent_and_stored_in_the_conversation(self):
        with self.inside(self.desk):
            thread = interactions.reply(self.desk, self.conversation().pk, body="No, you may eat.", at=clock.now())
        run_due_jobs(self.riverside.pk, kinds=["aiassist.send_message"])
        self.assertEqual((thread.content[-1]["by"], thread.needs_response), ("Dana Kessler", False))
        self.assertTrue(thread.needs_attention)
        [message] = self.messages(kind="reply", direction="outbound")
        self.assertEqual((message.status, message.body), ("sent", "No, you may eat."))

    def test_two_conversations_keep_the_visit_marked_until_both_are_done(self):
        self.receive("please call me", channel="email")
        with self.inside(self.desk):
            mail = Interaction.objects.get(appointment=self.visit, channel="email")
            self.assertFalse(mail.needs_attention)  # the first one has the visit already
        self.assertTrue(mail.needs_response)
        self.resolve()
        self.assertFalse(self.stored_visit().needs_attention)


class ReplayTests(ConversationCase):
    def test_a_repeated_delivery_is_processed_once(self):
        self.assertIsNotNone(self.receive("do I need to fast?", provider="twilio", provider_id="SM1"))
        self.assertIsNone(self.receive("do I need to fast?", provider="twilio", provider_id="SM1"))
        self.assertEqual(len(self.messages(direction="inbound")), 1)
        self.assertEqual(len(self.answers()), 1)


class CarriedOverTests(ConversationCase):
    def test_the_conversation_is_carried_over_with_its_escalation(self):
        self.receive("do I need to fast?")
        with self.inside(self.desk):
            new = appointments.reschedule(
                self.desk, self.visit.pk, starts_at=NOON + dt.timedelta(days=7, hours=-1), at=clock.now()
            ).appointment
        self.assertTrue(self.stored_visit(new).needs_attention)
        self.assertEqual(self.conversation(visit=new).attention_reason, "complex-question")
        self.assertIsNone(self.conversation())
