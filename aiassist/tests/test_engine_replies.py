"""What replies mean, and that nothing acts on an unclear one."""

import datetime as dt
import unittest
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from aiassist.engine.replies import AUTOMATIC, Kind, classify

TABLE = Path(__file__).parent / "data" / "replies.tsv"
# What may stand for a meaning without harm: a person reads all of these.
PERSON = {Kind.HUMAN, Kind.QUESTION, Kind.WRONG_NUMBER, Kind.URGENT}
ALSO = {
    "question": PERSON | {Kind.AMBIGUOUS},
    "ambiguous": PERSON | {Kind.AMBIGUOUS, Kind.RESCHEDULE},
    "wrong_number": {Kind.HUMAN},
    "unclear_to_rules": PERSON,
}


class TableTest(unittest.TestCase):
    def test_every_reply_of_the_table(self) -> None:
        opt_outs = 0
        for line in TABLE.read_text(encoding="utf-8").splitlines():
            if line.startswith("#"):
                continue
            meaning, text = line.split("\t")
            kind = classify(text).kind
            opt_outs += meaning == "opt_out"
            with self.subTest(text):
                self.assertIn(
                    kind, {*ALSO.get(meaning, set()), *([] if meaning == "unclear_to_rules" else [Kind(meaning)])}
                )
        self.assertGreater(opt_outs, 60)


class OrderTest(unittest.TestCase):
    def test_urgent_words_come_before_everything(self) -> None:
        reply = classify("STOP texting, I have chest pain")
        self.assertEqual((reply.kind, reply.opt_out, reply.automatic), (Kind.URGENT, True, False))

    def test_only_clear_messages_act(self) -> None:
        self.assertEqual({kind for kind in Kind if kind in AUTOMATIC}, {Kind.CONFIRM, Kind.CANCEL, Kind.OPT_OUT})
        for text in (
            "yes, but I may be late",
            "no",
            "thanks",
            "10:30",
            "yes if it does not rain",
            "don't cancel?",
            "cancel my uber",
        ):
            with self.subTest(text):
                self.assertFalse(classify(text).automatic)

    def test_a_yes_with_a_question_confirms_and_is_passed_on(self) -> None:
        reply = classify("Yes. Should I come fasting?")
        self.assertEqual((reply.kind, reply.question), (Kind.CONFIRM, True))

    def test_a_time_is_compared_with_the_appointment(self) -> None:
        nine = dt.time(9)
        self.assertEqual(classify("Yes, see you at 9", nine).kind, Kind.CONFIRM)
        self.assertEqual(classify("yes 9am", nine).kind, Kind.CONFIRM)
        self.assertFalse(classify("Yes at 10", nine).automatic)

    def test_stop_in_another_sense_is_no_opting_out(self) -> None:
        for text in (
            "I'll stop by at 9",
            "should I stop taking my warfarin?",
            "the bleeding won't stop",
            "don't stop texting me",
            "I never got the text",
        ):
            with self.subTest(text):
                self.assertFalse(classify(text).opt_out)

    @given(st.text(max_size=200))
    def test_any_text_has_a_meaning(self, text: str) -> None:
        self.assertIsInstance(classify(text).kind, Kind)

    @given(
        st.sampled_from(["stop", "STOP", "unsubscribe", "no me escriban más", "don't text me"]),
        st.sampled_from(["", "!", " please", ".", "!!", " thanks"]),
    )
    def test_opting_out_is_heard_with_any_ending(self, words: str, ending: str) -> None:
        self.assertTrue(classify(words + ending).opt_out)
