"""Danger in what patients write: found wherever it stands, and not in what denies, dates or jokes."""

import unittest
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from aiassist.engine import danger
from aiassist.engine.danger import DangerKind, find_dangers
from aiassist.engine.phrases import Finder, Symbol

TABLE = Path(__file__).parent / "data" / "words" / "danger.tsv"
ORDINARY = ["yes", "see you Wednesday", "is there parking", "gracias", "lisinopril 10 mg daily", "what time is it"]


def rows() -> Iterator[tuple[str, str]]:
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            label, text = line.split("\t")
            yield label, text


DANGEROUS = [text for label, text in rows() if label == "danger"]


class TableTest(unittest.TestCase):
    def test_every_line_of_the_table(self) -> None:
        for label, text in rows():
            with self.subTest(text):
                self.assertEqual(bool(find_dangers(text)), label == "danger")


class AnywhereInTheText(unittest.TestCase):
    @given(st.sampled_from(DANGEROUS), st.sampled_from(ORDINARY), st.sampled_from(ORDINARY))
    def test_what_stands_before_and_after_in_sentences_of_its_own_hides_nothing(
        self, text: str, before: str, after: str
    ) -> None:
        self.assertTrue(find_dangers(f"{before}. {text}. {after}"))

    def test_it_is_found_at_the_end_of_a_long_form(self) -> None:
        text = "lisinopril 10 mg daily, metformin 500 mg with dinner\n" * 1000 + "my chest hurts"
        [found] = find_dangers(text)
        self.assertEqual((found.kind, found.quote), (DangerKind.CHEST, "chest hurts"))

    @given(st.text(max_size=300))
    def test_a_quote_is_the_text_between_its_ends(self, text: str) -> None:
        for found in find_dangers(text + " I can't breathe"):
            self.assertEqual((text + " I can't breathe")[found.start : found.end], found.quote)

    def test_the_quote_keeps_the_patients_spelling(self) -> None:
        for text, quote in (("I cant BRETHE", "cant BRETHE"), ("me DUELE el Pecho", "DUELE el Pecho")):
            with self.subTest(text):
                self.assertEqual(find_dangers(text)[0].quote, quote)

    def test_several_dangers_are_told_in_their_order(self) -> None:
        kinds = [found.kind for found in find_dangers("My chest hurts. I passed out. I want to die")]
        self.assertEqual(kinds, [DangerKind.CHEST, DangerKind.FAINTING, DangerKind.SELF_HARM])


class WhatTheWordsAroundSay(unittest.TestCase):
    def test_the_scope_of_a_negation_ends_where_a_clause_begins(self) -> None:
        for text in (
            "no, I have chest pain",
            "no fever but chest pain",
            "my inhaler isn't working I can't breathe",
            "I can't come my chest hurts",
            "not sure what it is, my chest hurts",
        ):
            with self.subTest(text):
                self.assertTrue(find_dangers(text))
        for text in (
            "no fever, chills or chest pain",
            "not having a stroke",
            "sin fiebre ni dolor de pecho",
        ):
            with self.subTest(text):
                self.assertFalse(find_dangers(text))

    def test_the_past_is_none_unless_the_present_is_nearer(self) -> None:
        self.assertFalse(find_dangers("had a stroke in 2015, here for a check up today"))
        self.assertTrue(find_dangers("stroke in 2015, now my face is drooping on one side"))
        self.assertFalse(find_dangers("tuve un ictus hace 8 años"))
        self.assertTrue(find_dangers("my son of 2 years drank bleach"))

    def test_an_older_relatives_illness_is_none_and_their_emergency_is(self) -> None:
        self.assertFalse(find_dangers("my father had a stroke"))
        self.assertTrue(find_dangers("my father is having a stroke"))
        self.assertTrue(find_dangers("my husband passed out"))

    def test_what_a_medicine_is_for_is_none(self) -> None:
        self.assertFalse(find_dangers("nitroglycerin 0.4 mg as needed for chest pain"))
        self.assertTrue(find_dangers("I am here for chest pain"))

    def test_an_allergys_known_reaction_is_none_and_one_going_on_is(self) -> None:
        self.assertFalse(find_dangers("shellfish: throat swelling"))
        self.assertTrue(find_dangers("my throat is swelling since the shellfish"))


class Counted(Sequence[Symbol]):
    """Symbols that count how often one is looked at."""

    def __init__(self, symbols: Sequence[Symbol]) -> None:
        self.symbols = symbols
        self.looks = 0

    def __len__(self) -> int:
        return len(self.symbols)

    def __getitem__(self, index: Any) -> Any:
        self.looks += 1
        return self.symbols[index]


class WorkIsLinear(unittest.TestCase):
    hostile = (
        "and ",
        "no chest pain ",
        "i want to ",
        "my chest my arm ",
        "i don't want to ",
        "the baby is not ",
        "took all of my ",
        "no puedo ",
        ". ",
    )

    def test_each_word_is_looked_at_a_bounded_number_of_times(self) -> None:
        finder = danger._finder()
        for piece in self.hostile:
            words = danger._cut(piece * (20_000 // len(piece))).words
            symbols = Counted([danger._symbol(word) for word in words])
            for _ in finder.find(symbols):
                pass
            with self.subTest(piece):
                self.assertLess(symbols.looks, 20 * len(words))

    def test_no_more_than_a_fixed_number_of_phrases_is_judged(self) -> None:
        with mock.patch.object(danger, "counts", return_value=False) as counts:
            self.assertTrue(find_dangers("no chest pain " * 4_000))
        self.assertEqual(counts.call_count, danger._MOST)

    def test_no_more_than_a_fixed_number_of_words_is_spelled_out(self) -> None:
        words = [f"{chr(97 + n % 26)}q{chr(97 + n // 26 % 26)}z{chr(97 + n // 676 % 26)}x" for n in range(9_000)]
        with mock.patch.object(danger, "_spelled", side_effect=lambda word: word) as spelled:
            find_dangers(" ".join(words))
        self.assertLessEqual(spelled.call_count, danger._MOST_WORDS)

    def test_no_phrase_is_without_end(self) -> None:
        finder = Finder({"a": ["one _9 two"]}, {}, {})
        far = [finder.symbol("one"), *[finder.symbol("x")] * 10, finder.symbol("two")]
        near = [finder.symbol("one"), *[finder.symbol("x")] * 9, finder.symbol("two")]
        self.assertEqual((list(finder.find(far)), len(list(finder.find(near)))), ([], 1))

    @settings(max_examples=20)
    @given(st.lists(st.sampled_from(hostile), min_size=1, max_size=4))
    def test_any_mix_of_such_texts_is_read(self, pieces: list[str]) -> None:
        self.assertIsInstance(find_dangers("".join(pieces) * 200), tuple)
