"""Escalation: what waits for a person."""

from aiassist.operations import calls
from aiassist.tests.cases import ConversationCase
from clinicflow.core import clock
from tests.effects.cases import Decides


class Escalation(Decides, ConversationCase):
    def reason(self, text):
        """Why a conversation waits for a person after this reply; empty if it does not."""
        visit = self.book(patient=self.make_patient(self.riverside, "Aisha Rahman"))
        return self.receive(text, visit=visit).attention_reason

    def test_escalate_on_human_request(self):
        self.assertEqual(self.reason("please call me"), "requested-human")
        self.decide(escalate_on_human_request=False)
        self.assertEqual(self.reason("please call me"), "")

    def test_escalate_on_unrecognized(self):
        self.assertEqual(self.reason("do I need to fast?"), "complex-question")
        self.decide(escalate_on_unrecognized=False)
        self.assertEqual(self.reason("do I need to fast?"), "")

    def test_escalate_on_ambiguous(self):
        self.assertEqual(self.reason("maybe"), "")
        self.decide(escalate_on_ambiguous=True)
        self.assertEqual(self.reason("maybe"), "ambiguous-reply")

    def unanswered(self):
        self.run_outreach()
        thread = self.conversation("voice")
        with self.inside(self.system):
            return calls.end_call(
                self.system, thread.pk, call_id=thread.content[-1]["id"], how="no-answer", at=clock.now()
            )

    def test_escalate_on_no_response(self):
        self.decide(max_call_attempts=1, escalate_on_no_response=False)
        self.later(hours=24)
        thread = self.unanswered()
        self.assertEqual((thread.status, thread.needs_attention), ("no-answer", False))

    def test_and_by_default_silence_does(self):
        self.decide(max_call_attempts=1)
        self.later(hours=24)
        thread = self.unanswered()
        self.assertEqual((thread.status, thread.needs_attention), ("escalated", True))
