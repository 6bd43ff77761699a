"""A form that takes too long to read still ends in a labelled summary."""

import threading
import unittest
from unittest import mock

from aiassist import jobs, summarize_with_model
from aiassist.engine.deadline import TooSlow, unread, within
from aiassist.engine.schema import Answer, Reason
from aiassist.tests.test_model import ModelCase
from aiassist.tests.test_summaries import SummaryCase
from clinicflow.testing.jobs import run_due_jobs


class WithinTest(unittest.TestCase):
    def test_a_call_gives_its_result_and_raises_its_error(self) -> None:
        self.assertEqual(within(30, sorted, [2, 1]), [1, 2])
        with self.assertRaises(ZeroDivisionError):
            within(30, divmod, 1, 0)

    def test_a_call_that_does_not_end_is_abandoned(self) -> None:
        released = threading.Event()
        with self.assertRaises(TooSlow):
            within(0.01, released.wait)
        released.set()


class UnreadTest(unittest.TestCase):
    def test_every_clinical_answer_is_shown_and_none_as_a_fact(self) -> None:
        answers = [
            Answer.of("meds", "lisinopril " * 100, topic="medications"),
            Answer.of("name", "Hannah", kind="administrative"),
            Answer.of("reason", "  cough ", topic="reason"),
            Answer.of("empty", "", topic="comment"),
        ]
        verified = unread(answers)
        self.assertEqual([item.reasons for item in verified.items], [[Reason.NOT_READ]] * 2)
        self.assertEqual(verified.items[1].item.evidence[0].quote, "cough")
        self.assertEqual((verified.needs_attention, verified.withheld), (True, 2))
        self.assertEqual((verified.medications_state.value, verified.allergies_state.value), ("unclear", "unclear"))
        self.assertFalse(any(verified.api_arrays().values()))


class SlowRedaction(ModelCase):
    def test_nothing_is_sent_and_the_rules_make_the_summary(self):
        released = threading.Event()
        with (
            mock.patch.object(summarize_with_model, "ENGINE_TIMEOUT", 0.01),
            mock.patch.object(summarize_with_model, "redact_form", side_effect=lambda *arguments: released.wait()),
        ):
            stub = self.play("ok")
        released.set()
        self.assertEqual(stub.requests, [])
        self.assertEqual((self.newest().engine, self.newest().failure), ("rules", "too_slow"))
        self.assertEqual(self.newest().medications[0]["name"], "lisinopril")


class SlowEngine(SummaryCase):
    def test_the_form_ends_in_a_summary_that_lists_the_answers_as_not_read(self):
        released = threading.Event()
        with (
            mock.patch.object(jobs, "RULES_TIMEOUT", 0.01),
            mock.patch.object(jobs, "extract", side_effect=lambda answers: released.wait()),
        ):
            run_due_jobs(self.riverside.pk, kinds=["aiassist.summarize"])
        released.set()
        summary = self.newest()
        self.assertEqual((summary.status, summary.engine, summary.failure), ("generated", "rules", "too_slow"))
        self.assertTrue(summary.needs_attention)
        self.assertEqual(summary.medications, [])
        self.assertIn("lisinopril", str(summary.items))
