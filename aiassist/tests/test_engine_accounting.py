"""Nothing of a direct answer is unread in silence."""

import unittest
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from aiassist.engine import accounting, denials, rules
from aiassist.engine.schema import Answer, Extraction
from aiassist.engine.summarize import extract
from aiassist.engine.text import key, parse

NAMES = ["lisinopril", "metformin", "Advil", "water pill", "vitamin d", "penicillin", "losartán", "eliquis"]
DETAILS = ["", " 20", " 500 mg", " twice a day", " 10 mg qhs", " (rash)", " - hives", " since 2019", " as needed"]
SAYINGS = ["none", "no aspirin", "no vitamins", "same as before", "my wife takes plavix", "thanks", "no more", "not sure"]
JUNK = ["zolvepran", "the little yellow one", "folic", "something for nerves", "Xyzal-ish", "por la espalda", "bxx 7", "42"]
piece = st.one_of(
    st.builds(lambda name, detail: name + detail, st.sampled_from(NAMES), st.sampled_from(DETAILS)),
    st.sampled_from(SAYINGS),
    st.sampled_from(JUNK),
    st.text(alphabet="abcdefghijklmnñopqrstuvwxyz 0123456789", min_size=1, max_size=20),
)


def shown(extraction: Extraction) -> str:
    """Every word that a reader sees of an extraction, folded."""
    parts = [part for m in extraction.medications for part in (m.name, m.dose, m.frequency) if part]
    parts += [part for a in extraction.allergies for part in (a.substance, a.reaction) if part]
    parts += [line.text for line in extraction.key_notes] + [entry.text for entry in extraction.unread]
    return f" {' '.join(key(part) for part in parts)} "


class PropertyTest(unittest.TestCase):
    @given(st.sampled_from(["medications", "allergies"]), st.lists(piece, min_size=1, max_size=6), st.sampled_from([", ", "\n", "; "]))
    def test_every_word_of_every_piece_is_shown_or_names_nothing(self, topic: str, pieces: list[str], mark: str) -> None:
        """Independent of the accounting's own bookkeeping: it looks only at what a reader sees."""
        extraction = extract([Answer.of("q", mark.join(pieces), topic=topic)])
        state = extraction.medications_state if topic == "medications" else extraction.allergies_state
        if state in ("none_reported", "not_stated"):
            return
        seen = set(shown(extraction).split())
        for said in pieces:
            if denials.is_unchanged(key(said)):
                continue
            for word in parse(said).norms:
                known = word in seen or word in accounting.plain_words() or word in accounting.words_of("placeholders")
                time = word.isdigit() or not word[0].isalpha()
                reason = word in key(said) and any(w in accounting._INDICATION for w in parse(said).norms)
                self.assertTrue(known or time or reason, (word, said, shown(extraction)))

    @given(st.lists(st.sampled_from(JUNK[:5]), min_size=1, max_size=4))
    def test_a_piece_that_could_be_a_name_and_is_no_item_asks_for_attention(self, pieces: list[str]) -> None:
        text = "lisinopril 10, " + ", ".join(pieces)
        extraction = extract([Answer.of("q", text, topic="medications")])
        listed = {key(m.name) for m in extraction.medications}
        for said in pieces:
            entries = [e for e in extraction.unread if key(e.text) in key(said) or key(said) in key(e.text)]
            self.assertTrue(any(name in key(said) for name in listed) or any(e.may_be_name for e in entries), said)


class IndependenceTest(unittest.TestCase):
    def test_what_the_rules_miss_is_not_read(self) -> None:
        """The rules are switched off: everything that names something must come out as not read."""
        answers = [Answer.of("q", "lisinopril 10 mg, metformin, thank you", topic="medications")]
        with mock.patch.object(rules, "read_answer", return_value=()), mock.patch.object(rules, "read", return_value=[]):
            extraction = extract(answers)
            bare = extraction.model_copy(update={"key_notes": [], "medications": []})
            entries = accounting.unread(bare, answers)
        self.assertEqual([e.text for e in entries], ["lisinopril 10 mg", "metformin"])
        self.assertEqual(accounting.attention(entries), ["medications_unread"])

    def test_a_models_omission_is_not_read(self) -> None:
        answers = [Answer.of("q", "lisinopril 10 mg, metformin 500 mg twice a day", topic="medications")]
        extraction = extract(answers)
        model = extraction.model_copy(update={"medications": extraction.medications[:1]})
        self.assertEqual([e.text for e in accounting.unread(model, answers)], ["metformin 500 mg twice a day"])

    def test_a_lost_dose_is_not_read(self) -> None:
        answers = [Answer.of("q", "lisinopril 10 mg daily", topic="medications")]
        extraction = extract(answers)
        (item,) = extraction.medications
        model = extraction.model_copy(update={"medications": [item.model_copy(update={"dose": None})]})
        self.assertEqual([(e.text, e.may_be_name) for e in accounting.unread(model, answers)], [("10 mg", False)])


class EntryTest(unittest.TestCase):
    def unread(self, text: str, topic: str = "medications") -> list[tuple[str, bool]]:
        return [(e.text, e.may_be_name) for e in extract([Answer.of("q", text, topic=topic)]).unread]

    def test_unknown_words_between_known_ones(self) -> None:
        self.assertEqual(self.unread("lisinopril 10, the little yellow one, metformin"), [("the little yellow one", True)])

    def test_answers_that_are_read_whole_leave_nothing(self) -> None:
        for text in (
            "lisinopril 10 mg daily, metformin 500 twice a day with food",
            "None",
            "no change",
            "zoloft 100 (ran out 3 weeks ago)",
            "my wife's insulin is in our fridge; I take glipizide",
            "metformin for diabetes since 2019",
        ):
            with self.subTest(text):
                self.assertEqual(self.unread(text), [])

    def test_an_unclear_answer_is_quoted_whole_and_a_denied_part_is_noted(self) -> None:
        notes = [n.text for n in extract([Answer.of("q", "no food allergies", topic="allergies")]).key_notes]
        self.assertEqual(notes, ["Allergies: no food allergies"])
        notes = [n.text for n in extract([Answer.of("q", "cats. No medicine allergies", topic="allergies")]).key_notes]
        self.assertEqual(notes, ["Allergies: No medicine allergies"])

    def test_more_than_can_be_listed_ends_in_one_entry_for_the_rest(self) -> None:
        entries = extract([Answer.of("q", ", ".join(f"zorb{chr(97 + i % 26)}lax{i}" for i in range(300)), topic="medications")])
        self.assertLessEqual(len(entries.unread), accounting.MOST)
        self.assertTrue(entries.unread[-1].may_be_name)

    def test_comments_and_administrative_answers_are_not_accounted_for(self) -> None:
        self.assertEqual(self.unread("zolvepran is a word", "comment"), [])
        answer = Answer(question_id="q", topic="medications", kind="administrative", text="zolvepran")
        self.assertEqual(extract([answer]).unread, [])

    def test_a_model_is_never_asked_for_it(self) -> None:
        self.assertNotIn("unread", Extraction.model_json_schema()["properties"])
