"""The engine's time is linear in the length of a form: no pattern repeats without a bound inside another repetition,
and what is costly for each name or word is done for a bounded number of them.
"""

import importlib
import re
import unittest
from typing import Any
from unittest import mock

from aiassist.engine import accounting, mentions, rules, spelling, standing
from aiassist.engine.schema import Answer
from aiassist.engine.summarize import extract

MODULES = (
    *("accounting", "clauses", "cues", "denials", "details", "lists", "mentions", "owners", "reactions", "relations"),
    *("rows", "rules", "segments", "standing", "summarize", "text", "unlisted", "windows"),
)
FORM = 64 * 1024
# The standard library's own parser of patterns, which has no public name.
_constants = importlib.import_module("re._constants")
_parser = importlib.import_module("re._parser")
REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT)


def unbounded_inside(tree: Any, *, within: bool = False) -> bool:
    """Whether a repetition without a bound holds another repetition, or more than a set of characters."""
    for operation, argument in tree:
        if operation in REPEATS:
            _, most, inner = argument
            endless = most is _constants.MAXREPEAT
            if endless and (
                within or len(inner) != 1 or inner[0][0] in (*REPEATS, _constants.SUBPATTERN, _constants.BRANCH)
            ):
                return True
            if unbounded_inside(inner, within=within or endless):
                return True
        elif any(unbounded_inside(branch, within=within) for branch in _branches(operation, argument)):
            return True
    return False


def _branches(operation: Any, argument: Any) -> list[Any]:
    """The parts of a group, an alternation or a look-around."""
    if operation is _constants.SUBPATTERN:
        return [argument[3]]
    if operation is _constants.BRANCH:
        return list(argument[1])
    return [argument[1]] if operation in (_constants.ASSERT, _constants.ASSERT_NOT) else []


class PatternTest(unittest.TestCase):
    def test_no_pattern_of_the_rules_repeats_a_group_without_a_bound(self) -> None:
        for module in MODULES:
            for name, value in vars(importlib.import_module(f"aiassist.engine.{module}")).items():
                if isinstance(value, re.Pattern):
                    with self.subTest(f"{module}.{name}"):
                        self.assertFalse(unbounded_inside(_parser.parse(value.pattern, value.flags & ~re.UNICODE)))

    def test_the_check_itself_finds_what_it_looks_for(self) -> None:
        for pattern in (r"(?:a b)*c", r"(?:a+)+", r"(?:\w+ )*x"):
            self.assertTrue(unbounded_inside(_parser.parse(pattern)))
        for pattern in (r"(?:a b){0,9}c", r"\w+ x", r"[\s,]*$"):
            self.assertFalse(unbounded_inside(_parser.parse(pattern)))


class WorkTest(unittest.TestCase):
    def answer(self, text: str, topic: str = "medications") -> Answer:
        return Answer.of("q", text[:FORM], topic=topic)

    def test_names_are_judged_up_to_a_number_and_the_rest_is_shown_as_not_read(self) -> None:
        answer = self.answer("aspirin, " * (FORM // 9))
        with mock.patch.object(standing, "status_of", wraps=standing.status_of) as judged:
            rules.read_answer.__wrapped__(answer)
        self.assertEqual(judged.call_count, rules.MOST_NAMES)
        many = ", ".join(f"{name} {n}" for n in range(80) for name in ("lisinopril", "metformin", "zoloft"))
        extraction = extract([self.answer(many)])
        self.assertLessEqual(len(extraction.unread), accounting.MOST)
        self.assertTrue(extraction.unread)

    def test_misspellings_are_looked_up_for_a_bounded_number_of_words(self) -> None:
        words = " ".join("zorb" + "".join(chr(97 + (i // 26**k) % 26) for k in range(4)) for i in range(5000))
        with mock.patch.object(spelling, "resolve", wraps=spelling.resolve) as resolved:
            mentions._find.__wrapped__(words, True)
        self.assertLessEqual(resolved.call_count, mentions.MOST_GUESSED)

    def test_hostile_forms_are_read_to_the_end(self) -> None:
        for text in (
            "and " * (FORM // 4),
            "a" * FORM,
            "," * FORM,
            "a," * (FORM // 2),
            "(" * (FORM // 2) + ")" * (FORM // 2),
            "one " * (FORM // 4),
            "1/2 " * (FORM // 4),
            "no " * (FORM // 3),
            "twice a day " * (FORM // 12),
            "not allergic to " * (FORM // 16),
        ):
            for topic in ("medications", "allergies"):
                with self.subTest(text[:12]):
                    self.assertNotEqual(extract([self.answer(text + "lisinopril", topic)]), None)
