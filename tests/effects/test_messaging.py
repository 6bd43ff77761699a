"""Voice AI & messaging."""

from decimal import Decimal

from aiassist.models import Interaction
from aiassist.operations import calls
from aiassist.tests.cases import ConversationCase
from aiassist.tests.test_model import ModelCase
from clinicflow.core import clock
from tests.effects.cases import Decides


class Channels(Decides, ConversationCase):
    def asked_by(self):
        self.run_outreach()
        with self.inside(self.desk):
            return [row.channel for row in Interaction.objects.visible_to(self.desk).filter(appointment=self.visit)]

    def test_sms_enabled(self):
        self.decide(sms_enabled=False)
        self.assertEqual(self.asked_by(), ["email"])

    def test_email_enabled(self):
        self.decide(sms_enabled=False, email_enabled=False)
        self.assertEqual(self.asked_by(), ["voice"])

    def test_voice_enabled(self):
        self.decide(voice_enabled=False)
        self.later(hours=24)
        self.assertEqual(self.asked_by(), ["sms"])

    def test_with_the_defaults_it_is_a_text_first(self):
        self.assertEqual(self.asked_by(), ["sms"])


class Window(Decides, ConversationCase):
    """It is noon."""

    def test_call_window_start(self):
        self.decide(call_window_start="12:30")
        self.assertEqual(self.run_outreach(), 0)
        self.later(minutes=30)
        self.assertEqual(self.run_outreach(), 1)

    def test_call_window_end(self):
        self.decide(call_window_end="12:00")
        self.assertEqual(self.run_outreach(), 0)
        self.later(hours=21)  # nine the next morning
        self.assertEqual(self.run_outreach(), 1)


class Calls(Decides, ConversationCase):
    """The day before the visit, by phone; nobody answers."""

    def setUp(self):
        super().setUp()
        self.later(hours=24)

    def ring_out(self):
        """Let the call that rings go unanswered; the thread."""
        self.run_outreach()
        thread = self.conversation("voice")
        call = next(entry for entry in thread.content if entry.get("outcome") == "ringing")
        with self.inside(self.system):
            return calls.end_call(self.system, thread.pk, call_id=call["id"], how="no-answer", at=clock.now())

    def test_max_call_attempts(self):
        self.decide(max_call_attempts=2, retry_delay=30)
        self.assertFalse(self.ring_out().needs_attention)
        self.later(minutes=30)
        self.assertTrue(self.ring_out().needs_attention)
        self.later(minutes=30)
        self.run_outreach()
        self.assertEqual(self.conversation("voice").attempts, 2)

    def test_retry_delay(self):
        self.decide(retry_delay=45)
        self.ring_out()
        self.later(minutes=44)
        self.run_outreach()
        self.assertEqual(self.conversation("voice").attempts, 1)
        self.later(minutes=1)
        self.run_outreach()
        self.assertEqual(self.conversation("voice").attempts, 2)


class Model(Decides, ModelCase):
    def test_ai_agreement_confirmed(self):
        self.decide(ai_agreement_confirmed=False)
        self.assertEqual((self.play("ok").requests, self.newest().engine), ([], "rules"))

    def test_ai_monthly_cap_usd(self):
        self.decide(ai_monthly_cap_usd=Decimal("0.001"))
        self.assertEqual((self.play("ok").requests, self.newest().engine), ([], "rules"))

    def test_with_agreement_and_money_left_it_writes(self):
        self.decide(ai_agreement_confirmed=True, ai_monthly_cap_usd=Decimal(50))
        self.assertEqual((len(self.play("ok").requests), self.newest().engine), (1, "model"))
