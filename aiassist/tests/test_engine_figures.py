"""The figures of the engine on the excerpts that come with the project.

The whole sets are measured by `python -m bench.extraction`."""

import json
import unittest
from pathlib import Path

from aiassist.engine.lexicon import load
from bench import extraction, fault_injection

DATA = Path(__file__).parent / "data"


def rows(name: str) -> list[dict]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


class FiguresTest(unittest.TestCase):
    def check(self, name: str, *, precision: float, recall: float, nones: float = 0.97) -> None:
        for field in ("medications", "allergies"):
            with self.subTest(f"{name} {field}"):
                c = extraction.score(rows(name), field)
                self.assertGreaterEqual(c["tp"] / (c["tp"] + c["fp"]), precision)
                self.assertGreaterEqual(c["found"] / c["said"], recall)
                self.assertGreaterEqual(c["none_ok"], nones * c["none"])
                self.assertEqual((c["false_none"], c["allergen_as_medicine"]), (0, 0))

    def test_english_rows(self) -> None:
        self.check("mts_excerpt.jsonl", precision=0.90, recall=0.95)

    def test_spanish_rows(self) -> None:
        self.assertGreaterEqual(len(rows("spanish_rows.jsonl")), 60)
        self.check("spanish_rows.jsonl", precision=0.90, recall=0.95)
        self.check("spanish_more_rows.jsonl", precision=0.90, recall=0.95)

    def test_answers_as_they_are_typed_into_the_form(self) -> None:
        self.check("typed_english_rows.jsonl", precision=0.90, recall=0.95)
        self.check("typed_spanish_rows.jsonl", precision=0.90, recall=0.95, nones=0.8)

    def test_misspellings(self) -> None:
        right, wrong, total = extraction.misspellings(DATA / "misspellings_excerpt.tsv")
        self.assertGreaterEqual(right / total, 0.93)
        self.assertLessEqual(wrong / total, 0.005)

    def test_the_verifier_catches_every_kind_of_fault(self) -> None:
        results, (alarms, correct) = fault_injection.run([fault_injection.EXCERPT], rounds=1)
        for name, (caught, tried) in results.items():
            with self.subTest(name):
                self.assertGreater(tried, 0)
                self.assertGreaterEqual(caught / tried, 0.99)
        self.assertLessEqual(alarms / correct, 0.02)

    def test_the_lexicon_is_of_the_documented_size_and_its_sources_are_named(self) -> None:
        self.assertGreater(len(load().medicines), 14_000)
        self.assertIn("MIT", (DATA.parents[1] / "engine" / "data" / "drugs.tsv").read_text(encoding="utf-8")[:300])
