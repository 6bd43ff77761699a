"""A none is a closed vocabulary, and "nothing has changed" is a state of its own."""

import unittest

from hypothesis import given
from hypothesis import strategies as st

from aiassist.engine import denials
from aiassist.engine.schema import Answer
from aiassist.engine.summarize import extract
from aiassist.engine.text import parse

NONES = {
    "medications": ("No", "none", "n/a", "Nope, nothing right now.", "don't take any meds", "no tomo nada", "Nada")
    + ("I am not currently taking any medications", "no medications or supplements", "None. No vitamins either")
    + ("de momento ninguna, gracias", "nada de nada", "I have none", "No gracias a Dios no tomo nada"),
    "allergies": ("NKDA", "no known drug allergies", "none that I know of", "No soy alérgica", "ninguna conocida")
    + ("no que yo sepa", "I don't know of any", "no food or drug allergies", "No, thankfully.", "no alergias"),
}
PARTS = {
    "medications": ("no vitamins", "no insulin", "no refills needed", "no time to list them all", "no prescription meds")
    + ("no daily meds", "None except tylenol", "No, I take medications", "no i take", "No?", "I don't know", "not yet"),
    "allergies": ("no food allergies", "never been tested", "no latex allergy", "no reaction to penicillin", "not yet")
    + ("no allergies except cats", "I don't know"),
}
SAME = ("no change", "same ones", "same as last time", "still the same ones", "unchanged", "igual que antes", "como siempre")
NEW = ("no new ones", "nada nuevo", "nothing new since last visit", "no new medications", "ninguna nueva", "none new")

any_topic = st.sampled_from(["medications", "allergies"])


def state(text: str, topic: str) -> str:
    extraction = extract([Answer.of("q", text, topic=topic)])
    return extraction.medications_state if topic == "medications" else extraction.allergies_state


class NoneTest(unittest.TestCase):
    def test_denials_of_the_whole_are_nones(self) -> None:
        for topic, texts in NONES.items():
            for text in texts:
                with self.subTest(text):
                    self.assertEqual(state(text, topic), "none_reported")

    def test_denials_of_a_part_are_none(self) -> None:
        for topic, texts in PARTS.items():
            for text in texts:
                with self.subTest(text):
                    self.assertNotEqual(state(text, topic), "none_reported")

    @given(any_topic, st.data())
    def test_no_answer_with_a_word_outside_the_vocabulary_is_a_none(self, topic: str, data: st.DataObject) -> None:
        vocabulary = sorted(denials.vocabulary(topic))
        words = data.draw(st.lists(st.sampled_from(vocabulary), max_size=8))
        alien = data.draw(st.text(min_size=1, max_size=12).filter(lambda w: any(c.isalnum() for c in w)))
        words.insert(data.draw(st.integers(0, len(words))), alien)
        text = " ".join(words)
        if any(norm not in vocabulary for norm in parse(text).norms):
            self.assertFalse(denials.denies_all(text, topic))
            self.assertNotEqual(state(text, topic), "none_reported")

    @given(any_topic, st.text(max_size=60))
    def test_arbitrary_text_is_a_none_only_in_words_of_the_vocabulary(self, topic: str, text: str) -> None:
        if state(text, topic) == "none_reported":
            self.assertLessEqual(set(parse(text).norms), denials.vocabulary(topic))


class NoChangeTest(unittest.TestCase):
    def test_nothing_changed_is_a_state_of_its_own(self) -> None:
        for text in (*SAME, *NEW):
            for topic in ("medications", "allergies"):
                with self.subTest(text):
                    self.assertEqual(state(text, topic), "no_change")

    def test_the_same_list_with_more_stays_no_change_and_the_more_is_listed(self) -> None:
        extraction = extract([Answer.of("q", "same as last time plus vitamin d", topic="medications")])
        self.assertEqual(extraction.medications_state, "no_change")
        self.assertEqual([m.name for m in extraction.medications], ["vitamin d"])

    def test_nothing_new_beside_a_list_is_a_list(self) -> None:
        self.assertEqual(state("still on eliquis 5 bid. No new meds.", "medications"), "listed")

    def test_words_that_only_look_like_it_are_not(self) -> None:
        for text in ("not the same", "metformin, same dose", "changed pharmacies", "something new"):
            with self.subTest(text):
                self.assertNotEqual(state(text, "medications"), "no_change")
