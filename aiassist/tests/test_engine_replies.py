"""What replies mean, and that nothing acts on a reply that is not explained to its last word."""

import datetime as dt
import unittest
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from aiassist.engine import reply_calendar
from aiassist.engine.lexicon import load
from aiassist.engine.replies import AUTOMATIC, ReplyKind, VisitFacts, classify
from aiassist.engine.reply_grammar import cancelling, confirming

DATA = Path(__file__).parent / "data"
# Wednesday 2 December at 15:00, heard on the Tuesday before.
VISIT = VisitFacts(
    date=dt.date(2026, 12, 2),
    time=dt.time(15),
    doctor="Dr. Okafor",
    clinic="Riverside Clinic",
    patient="Maribel Anzures",
    today=dt.date(2026, 12, 1),
)
# What may stand for a meaning without harm: a person reads all of these.
PERSON = {ReplyKind.HUMAN, ReplyKind.QUESTION, ReplyKind.WRONG_NUMBER, ReplyKind.URGENT}
ALSO = {
    "person": {ReplyKind.HUMAN, ReplyKind.QUESTION, ReplyKind.AMBIGUOUS, ReplyKind.RESCHEDULE, ReplyKind.WRONG_NUMBER},
    "question": PERSON | {ReplyKind.AMBIGUOUS},
    "ambiguous": PERSON | {ReplyKind.AMBIGUOUS, ReplyKind.RESCHEDULE},
    "wrong_number": {ReplyKind.HUMAN},
    "unclear_to_rules": PERSON,
}
CONFIRMING = ["yes", "ok thanks", "I'll be there", "see you then", "yes, see you Wednesday at 3", "sí, ahí estaré", "C"]
CANCELLING = ["please cancel", "I can't make it", "I need to cancel my appointment", "no puedo ir", "cancele por favor"]


def rows(path: Path) -> Iterator[tuple[str, str]]:
    """(label, text) of each row of a table; a line break in a text is written \\n."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            label, text = line.split("\t")[:2]
            yield label, text.replace("\\n", "\n")


def allowed(label: str) -> set[ReplyKind]:
    known = {ReplyKind(label)} if label in set(ReplyKind) else set()
    return known | ALSO.get(label, set())


class TableTest(unittest.TestCase):
    def test_every_reply_of_the_first_table(self) -> None:
        visit = VisitFacts(date=VISIT.date, time=dt.time(9), today=VISIT.today)
        for label, text in rows(DATA / "replies.tsv"):
            with self.subTest(text):
                self.assertIn(classify(text, visit).kind, allowed(label))

    def test_every_reply_of_the_tables_about_one_visit(self) -> None:
        for name in ("replies.tsv", "more_replies.tsv"):
            for label, text in rows(DATA / "words" / name):
                with self.subTest(text):
                    reply = classify(text, VISIT)
                    self.assertIn(reply.kind, allowed(label))
                    self.assertEqual(reply.opt_out, label == "opt_out")


class ActingNeedsTheWholeMessage(unittest.TestCase):
    unknown = st.sampled_from(
        sorted(
            word
            for word in load().ordinary - confirming().words - cancelling().words - reply_calendar.CALENDAR_WORDS
            if len(word) > 2
        )
    )

    @given(st.sampled_from(CONFIRMING + CANCELLING), unknown, st.integers(0, 8))
    def test_a_word_that_the_grammar_does_not_know_stops_the_act_wherever_it_stands(
        self, reply: str, word: str, place: int
    ) -> None:
        words = reply.split()
        words.insert(min(place, len(words)), word)
        kind = classify(" ".join(words), VISIT).kind
        self.assertNotIn(kind, {ReplyKind.CONFIRM, ReplyKind.CANCEL})

    def test_a_question_mark_stops_the_act(self) -> None:
        for text in [*CONFIRMING, *CANCELLING]:
            with self.subTest(text):
                self.assertFalse(classify(text + "?", VISIT).automatic)

    def test_a_condition_a_contrast_or_another_person_stops_the_act(self) -> None:
        for text in [*CONFIRMING, *CANCELLING]:
            for more in (
                "if it stops raining",
                "but later",
                "pero más tarde",
                "my wife says",
                "and call me",
                "si puedo",
            ):
                with self.subTest(f"{text} {more}"):
                    self.assertFalse(classify(f"{text} {more}", VISIT).automatic)

    def test_only_three_meanings_act(self) -> None:
        self.assertEqual(AUTOMATIC, {ReplyKind.CONFIRM, ReplyKind.CANCEL, ReplyKind.OPT_OUT})

    def test_a_yes_beside_a_cancellation_in_the_same_reply_is_for_a_person(self) -> None:
        for text in ("I'll be there. Cancel", "C X", "confirm, no cancel", "sí, no puedo ir, ahí estaré"):
            with self.subTest(text):
                self.assertFalse(classify(text, VISIT).automatic)

    @given(st.text(max_size=200))
    def test_any_text_has_a_meaning(self, text: str) -> None:
        self.assertIsInstance(classify(text, VISIT).kind, ReplyKind)

    def test_nothing_written_is_no_act(self) -> None:
        for text in ("", " ", "\n", ".", "> yes", "On Mon, Nov 30, 2026 at 9:02 AM Clinic <a@b.example> wrote:\n> C"):
            with self.subTest(text):
                self.assertEqual(classify(text, VISIT, "email").kind, ReplyKind.AMBIGUOUS)

    def test_a_long_text_of_blanks_hides_no_word(self) -> None:
        self.assertFalse(classify("yes" + " " * 5000 + "no", VISIT, "voice").automatic)


class TheVisitsOwnFacts(unittest.TestCase):
    def test_its_day_and_time_are_explained_in_any_usual_form(self) -> None:
        for when in (
            "Wednesday",
            "wed at 3",
            "tomorrow",
            "December 2",
            "Dec 2nd at 3pm",
            "the 2nd",
            "12/2",
            "2026-12-02",
            "3 pm",
            "3:00",
            "three o'clock",
            "15:00",
            "tomorrow afternoon",
            "Wednesday, December 2, 2026 at 3:00 p.m.",
        ):
            with self.subTest(when):
                self.assertEqual(classify(f"Yes, {when}", VISIT).kind, ReplyKind.CONFIRM)
        for when in ("el miércoles", "mañana a las 3", "el 2 de diciembre", "a las tres de la tarde", "a las 15 horas"):
            with self.subTest(when):
                self.assertEqual(classify(f"sí, {when}", VISIT).kind, ReplyKind.CONFIRM)

    def test_another_day_or_time_is_for_a_person(self) -> None:
        for when in (
            "Thursday",
            "next Wednesday",
            "today",
            "December 9",
            "the 3rd",
            "12/3",
            "2 pm",
            "3 am",
            "3:30",
            "noon",
            "tomorrow morning",
            "Wednesday, December 3",
            "December 2, 2027",
            "el jueves",
            "a las 4",
            "el 2 de enero",
            "a las 3 de la mañana",
            "pasado mañana",
        ):
            with self.subTest(when):
                self.assertFalse(classify(f"Yes, {when}", VISIT).automatic)

    def test_a_weekday_means_the_next_one(self) -> None:
        in_three_weeks = VisitFacts(date=VISIT.date, time=VISIT.time, today=dt.date(2026, 11, 10))
        self.assertFalse(classify("see you Wednesday", in_three_weeks).automatic)
        self.assertTrue(classify("see you Wednesday the 2nd", in_three_weeks).automatic)

    def test_its_doctor_clinic_and_patient_are_explained_and_others_are_not(self) -> None:
        for text in ("Yes, see you Dr. Okafor", "I confirm my appointment at Riverside Clinic", "Yes. Maribel Anzures"):
            with self.subTest(text):
                self.assertEqual(classify(text, VISIT).kind, ReplyKind.CONFIRM)
        for text in ("Yes, see you Dr. Lee", "I confirm my appointment at Lakeside Clinic", "Yes. Héctor"):
            with self.subTest(text):
                self.assertFalse(classify(text, VISIT).automatic)

    def test_without_facts_nothing_that_names_them_acts(self) -> None:
        self.assertTrue(classify("yes").automatic)
        for text in ("Yes, see you tomorrow", "yes at 3", "see you Wednesday"):
            with self.subTest(text):
                self.assertFalse(classify(text).automatic)

    def test_a_promise_to_confirm_tomorrow_confirms_nothing_today(self) -> None:
        for text in ("confirmo mañana", "I confirm tomorrow"):
            with self.subTest(text):
                self.assertFalse(classify(text, VISIT).automatic)


class Misspellings(unittest.TestCase):
    def test_a_misspelt_word_of_the_grammar_is_read_where_no_other_word_is_near(self) -> None:
        for text in ("confrim", "yesss", "kanselen mi cita", "si grasias", "defintely", "thankss see you then"):
            with self.subTest(text):
                self.assertNotEqual(classify(text, VISIT).kind, ReplyKind.OPT_OUT)
        self.assertEqual(classify("confrim", VISIT).kind, ReplyKind.CONFIRM)
        self.assertEqual(classify("kanselen mi cita", VISIT).kind, ReplyKind.CANCEL)

    def test_another_ending_is_another_word(self) -> None:
        for text in (
            "ahí estará",
            "asistirá",
            "confirmas mi cita",
            "confirman",
            "cancelaron",
            "confirms",
            "cancels it",
        ):
            with self.subTest(text):
                self.assertFalse(classify(text, VISIT).automatic)


class OptingOut(unittest.TestCase):
    def test_angry_words_around_it_leave_it_one(self) -> None:
        for text in (
            "STOP FUCKING TEXTING ME",
            "leave me the hell alone",
            "omg stop already",
            "you idiots, stop texting me",
            "if you don't stop texting me I'll report you",
            "ya basta de mensajes, idiotas",
            "Why won't you stop texting me",
        ):
            with self.subTest(text):
                self.assertTrue(classify(text, VISIT).opt_out)

    def test_a_question_or_another_wish_beside_it_is_told(self) -> None:
        reply = classify("Stop texting me. Can someone call me about my bill?", VISIT)
        self.assertEqual((reply.kind, reply.question, reply.opt_out), (ReplyKind.OPT_OUT, True, True))

    def test_stop_in_another_sense_is_none(self) -> None:
        for text in (
            "I'll stop by at 9",
            "should I stop taking my warfarin?",
            "the bleeding won't stop",
            "don't stop texting me",
            "I never got the text",
            "what happens if I reply STOP?",
            "don't call me at work",
            "no me llamen al trabajo",
            "take me off the waiting list",
            "no, don't stop",
            "I accidentally unsubscribed",
            "I don't want to unsubscribe",
        ):
            with self.subTest(text):
                self.assertFalse(classify(text, VISIT).opt_out)

    @given(
        st.sampled_from(["stop", "STOP", "unsubscribe", "no me escriban más", "don't text me", "baja"]),
        st.sampled_from(["", "!", " please", ".", "!!", " thanks", "\n\nSent from my iPhone"]),
    )
    def test_opting_out_is_heard_with_any_ending(self, words: str, ending: str) -> None:
        self.assertTrue(classify(words + ending).opt_out)


class Order(unittest.TestCase):
    def test_urgent_words_come_before_everything(self) -> None:
        reply = classify("STOP texting, I have chest pain")
        self.assertEqual((reply.kind, reply.opt_out, reply.automatic), (ReplyKind.URGENT, True, False))
        self.assertEqual([danger.quote for danger in reply.dangers], ["chest pain"])

    def test_danger_is_heard_under_any_act(self) -> None:
        for label, text in rows(DATA / "words" / "replies.tsv"):
            if label != "urgent":
                continue
            for act in ("Yes. ", "C ", "X ", "please cancel, ", "STOP. ", "ok thanks, ", "sí, "):
                with self.subTest(act + text):
                    self.assertEqual(classify(act + text, VISIT).kind, ReplyKind.URGENT)

    def test_a_machine_neither_acts_nor_opts_out(self) -> None:
        for text in (
            "Thank you for your message. Our office is closed. Text HELP for help, STOP to opt out.",
            "I'm driving right now and will see your text later. (Auto-reply)",
            "Respuesta automática: estoy fuera de la oficina hasta el 9.",
            'Liked "Reply C to confirm, R to reschedule, X to cancel, STOP to end."',
            "Reacted 👍 to “Reply C to confirm”",
            "Le gustó “Responda C para confirmar”",
        ):
            with self.subTest(text):
                reply = classify(text, VISIT)
                self.assertEqual((reply.kind, reply.opt_out), (ReplyKind.AUTO_REPLY, False))

    def test_a_reply_says_whether_it_is_long(self) -> None:
        self.assertFalse(classify("maybe later").long)
        self.assertTrue(classify("maybe, if my mother can drive me over").long)

    def test_fillers_of_speech_are_explained_and_a_bare_no_is_not(self) -> None:
        for text in (
            "um yeah uh i'll be there",
            "eh sí sí buenas confirmo la cita gracias",
            "well yes this is confirmed",
        ):
            with self.subTest(text):
                self.assertEqual(classify(text, VISIT, "voice").kind, ReplyKind.CONFIRM)
        self.assertFalse(classify("no", VISIT, "voice").automatic)
