"""Validation of answers."""

from django.test import SimpleTestCase

from intake.operations.questionnaires import read_default
from intake.rules import answer_validation

SECTIONS = read_default("adult")["sections"]


def fault(name, value):
    return answer_validation.validate(SECTIONS, {name: value})[1].get(name)


def normalized(name, value):
    return answer_validation.validate(SECTIONS, {name: value})[0].get(name)


class Answers(SimpleTestCase):
    def test_every_type_is_normalized(self):
        for name, value in {
            "reason": "Checkup",
            "symptoms": {"yes": True, "detail": "Cough since Monday"},
            "medications": {"rows": [{"name": "Lisinopril", "dose": "10 mg", "frequency": "daily"}]},
            "allergies": {"none": True},
            "conditions": ["diabetes", "asthma_copd"],
            "tobacco": "never",
            "pharmacy": "Main Street",
        }.items():
            with self.subTest(name):
                self.assertEqual(normalized(name, value), value)

    def test_plain_text_is_stored_verbatim(self):
        for name in ("medications", "allergies", "tobacco", "symptoms", "conditions"):
            with self.subTest(name):
                self.assertEqual(normalized(name, "dont know, ask my wife"), "dont know, ask my wife")

    def test_plain_lists_are_accepted(self):
        self.assertEqual(
            normalized("medications", ["metformin"]), {"rows": [{"name": "metformin", "dose": "", "frequency": ""}]}
        )
        self.assertEqual(
            normalized("allergies", [{"substance": "nuts"}]), {"rows": [{"substance": "nuts", "reaction": ""}]}
        )

    def test_wrong_types_are_rejected(self):
        for name, value in [
            ("reason", 5),
            ("reason", {"a": 1}),
            ("reason", ["x"]),
            ("symptoms", 3),
            ("symptoms", {"yes": "sometimes"}),
            ("symptoms", {"yes": 1}),
            ("symptoms", {"yes": True, "more": ""}),
            ("medications", 7),
            ("medications", {"rows": "x"}),
            ("medications", {"rows": [3]}),
            ("medications", {"rows": [{"dose": "5 mg"}]}),
            ("medications", {"rows": [{"name": "x", "colour": "red"}]}),
            ("medications", {"none": "yes"}),
            ("medications", {"none": True, "rows": [{"name": "aspirin"}]}),
            ("medications", {"rows": [{"name": "x"}] * 61}),
            ("conditions", ["plague"]),
            ("conditions", ["none", "diabetes"]),
            ("conditions", [["diabetes"]]),
            ("consent", {"agreed": "on"}),
            ("consent", 4),
        ]:
            with self.subTest(name=name, value=value):
                self.assertTrue(fault(name, value))

    def test_text_that_cannot_be_stored_is_rejected(self):
        for text in ("a\x00b", "\ud800", "x" * 4001):
            with self.subTest(ascii(text[:5])):
                self.assertTrue(fault("reason", text))
        self.assertTrue(fault("pharmacy", "x" * 301))

    def test_unknown_questions_are_rejected(self):
        kept_answers, wrong = answer_validation.validate(SECTIONS, {"nonsense": "x", "reason": "y"})
        self.assertEqual(kept_answers, {"reason": "y"})
        self.assertEqual(list(wrong), ["nonsense"])

    def test_a_megabyte_is_rejected(self):
        self.assertEqual(
            answer_validation.validate(SECTIONS, {"reason": "x" * 1_000_000})[1],
            {"raw_answers": ["These answers are too long."]},
        )

    def test_other_values_than_an_object_are_rejected(self):
        for value in (None, [], "x", 4):
            with self.subTest(value):
                self.assertTrue(answer_validation.validate(SECTIONS, value)[1])

    def test_dates_and_numbers(self):
        date = {"id": "since", "type": "date"}
        number = {"id": "weight", "type": "number", "minimum": 1, "maximum": 400}
        self.assertEqual(answer_validation.clean(date, "2024-02-29"), "2024-02-29")
        self.assertEqual(answer_validation.clean(number, "72,5"), 72.5)
        self.assertEqual(answer_validation.clean(number, 72.0), 72)
        for question, value in [
            (date, "2023-02-29"),
            (date, "9999-99-99"),
            (date, "0001-01-01"),
            (number, "heavy"),
            (number, True),
            (number, float("inf")),
            (number, 500),
            (number, "1" * 30),
        ]:
            with self.subTest(value=value), self.assertRaises(answer_validation.InvalidAnswer):
                answer_validation.clean(question, value)

    def test_a_conditional_question_is_visible_only_if_its_condition_is_met(self):
        names = [
            question["id"] for question in answer_validation.visible_questions(SECTIONS, {"conditions": ["cancer"]})
        ]
        self.assertIn("conditions_more", names)
        self.assertNotIn(
            "conditions_more",
            [question["id"] for question in answer_validation.visible_questions(SECTIONS, {"conditions": ["none"]})],
        )
        self.assertEqual(
            answer_validation.prune(SECTIONS, {"conditions": ["none"], "conditions_more": "left over"}),
            {"conditions": ["none"]},
        )

    def test_missing_names_required_questions_only(self):
        absent = answer_validation.missing(SECTIONS, {"symptoms": {"yes": False}, "consent": {"agreed": True}})
        self.assertNotIn("symptoms", absent)
        self.assertNotIn("reason", absent)
        self.assertIn("consent", absent)  # no signature
        self.assertIn("medications", absent)

    def test_administrative_answers_are_separated(self):
        given = {"reason": "x", "pharmacy": "Main Street"}
        self.assertEqual(
            answer_validation.answers_of_kind(SECTIONS, given, "administrative"), {"pharmacy": "Main Street"}
        )
        self.assertEqual(answer_validation.answers_of_kind(SECTIONS, given, "clinical"), {"reason": "x"})
