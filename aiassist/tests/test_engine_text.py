"""Folding, quotes, numbers and spelling: what everything else of the engine rests on."""

import unittest

from hypothesis import given
from hypothesis import strategies as st

from aiassist.engine.frequencies import says
from aiassist.engine.lexicon import load
from aiassist.engine.spelling import close, resolve
from aiassist.engine.text import find_quote, fold, numbers_in, parse


class QuoteTest(unittest.TestCase):
    def test_case_marks_and_white_space_do_not_matter(self) -> None:
        raw = "Well, I  don’t take\nLISINOPRIL\u200b any more…"
        span = find_quote("i don't take lisinopril", raw)
        assert span is not None
        self.assertEqual(raw[slice(*span)], "I  don’t take\nLISINOPRIL")

    def test_words_are_whole_and_accents_count(self) -> None:
        self.assertIsNone(find_quote("lis", "lisinopril"))
        self.assertIsNone(find_quote("aspirin", "aspirina"))
        self.assertIsNone(find_quote("ano", "hace un año"))
        self.assertIsNone(find_quote(" ?! ", "what ?!"))
        self.assertIsNone(find_quote("", "anything"))

    def test_a_later_whole_word_is_found_behind_an_earlier_part(self) -> None:
        self.assertEqual(find_quote("iron", "environment and iron"), (16, 20))

    @given(st.text(max_size=80))
    def test_folding_has_a_way_back_for_every_character(self, raw: str) -> None:
        folded, back = fold(raw)
        self.assertEqual(len(folded), len(back))
        self.assertTrue(all(0 <= index < len(raw) for index in back))
        self.assertEqual(back, sorted(back))

    @given(
        st.lists(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=8), min_size=1, max_size=6)
    )
    def test_a_run_of_whole_words_is_always_found(self, words: list[str]) -> None:
        raw = " ".join(words)
        for first in range(len(words)):
            quote = " ".join(words[first:])
            if any(c.isalnum() for c in quote) and not any(c in quote for c in "\u00ad"):
                self.assertIsNotNone(find_quote(quote, raw), (quote, raw))

    @given(st.text(max_size=120))
    def test_tokens_and_sentences_cover_the_text_in_order(self, raw: str) -> None:
        text = parse(raw)
        covered = [i for sentence in text.sentences for i in range(sentence.first, sentence.last + 1)]
        self.assertEqual(covered, list(range(len(text.tokens))))
        for token in text.tokens:
            self.assertLess(token.start, token.end)


class NumbersTest(unittest.TestCase):
    def test_digits_and_words(self) -> None:
        for text, wanted in {
            "500 mg": {500},
            "1,000 units": {1000},
            "2.5": {2.5},
            "10/325": {10, 325},
            "five hundred": {500},
            "one hundred and twenty five": {125},
            "two point five": {2.5},
            "seven fifty": {7, 50, 750},
            "twenty-five": {25},
            "twice": {2},
            "once a day": {1},
            "treinta y cinco": {35},
            "dos veces": {2},
            "": set(),
            "none": set(),
        }.items():
            with self.subTest(text):
                self.assertEqual(numbers_in(text), wanted)

    def test_frequencies_that_say_the_same(self) -> None:
        for quote, frequency in (
            ("BID", "twice a day"),
            ("twice a day", "2 times daily"),
            ("daily", "once daily"),
            ("every 8 hours", "q8h"),
            ("at bedtime", "nightly"),
            ("as needed for pain", "PRN"),
            ("dos veces al día", "twice a day"),
            ("cada noche", "nightly"),
        ):
            with self.subTest(frequency):
                self.assertTrue(says(quote, frequency))
        for quote, frequency in (
            ("daily", "twice daily"),
            ("weekly", "daily"),
            ("every 8 hours", "every 6 hours"),
            ("at night", "in the morning"),
        ):
            with self.subTest(frequency):
                self.assertFalse(says(quote, frequency))


class SpellingTest(unittest.TestCase):
    def test_misspellings_are_resolved(self) -> None:
        for typed, meant in {
            "metforman": "metformin",
            "lisinipril": "lisinopril",
            "amoxicilin": "amoxicillin",
            "sertralene": "sertraline",
        }.items():
            with self.subTest(typed):
                self.assertTrue(load().same_medicine(resolve(typed) or "", meant))

    def test_ordinary_words_and_ambiguous_ones_are_not(self) -> None:
        for word in (
            "garden",
            "presion",
            "colesterol",
            "trouble",
            "nothing",
            "Martinez",
            "aspirin",
            "peanut",
            "abc",
            "12345",
        ):
            with self.subTest(word):
                self.assertIsNone(resolve(word, True))

    def test_look_alikes_are_told_apart(self) -> None:
        self.assertFalse(load().same_medicine("hydroxyzine", "hydralazine"))
        self.assertTrue(close("metforman", "metformin"))
        self.assertFalse(close("Lasix", "Losec"))

    def test_brand_and_generic_names_are_one_medicine(self) -> None:
        for one, other in (
            ("Tylenol", "paracetamol"),
            ("Ventolin", "albuterol"),
            ("Synthroid", "levotiroxina"),
            ("Advil", "ibuprofeno"),
            ("Glucophage", "metformin"),
        ):
            with self.subTest(one):
                self.assertTrue(load().same_medicine(one, other))
