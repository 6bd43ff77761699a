"""No identifier leaves, no clinical word is lost, and every quote finds its way back."""

import datetime as dt
import json
import unittest

from hypothesis import given
from hypothesis import strategies as st

from aiassist.engine.identity import Identity, age_band
from aiassist.engine.redactor import Redactor, leaked, redact_form
from aiassist.engine.schema import Answer, Evidence, Extraction, Line, Medication
from aiassist.engine.verifier import verify
from bench import redaction, redaction_texts

MARGARET = Identity(
    names=("Margaret", "Anne", "O'Neil-García"),
    date_of_birth=dt.date(1962, 3, 14),
    phones=("+12175550143",),
    emails=("peggy.oneil@example.com",),
    addresses=("1420 Maple Street, Apt 4, Springfield, IL 62704",),
    record_numbers=("MRN-884213",),
    clinics=("Lakeside Family Clinic",),
    doctors=("Dr. Helen Park",),
)


def redact(text: str, identity: Identity = MARGARET) -> str:
    return Redactor(identity).redact(text).text


class KnownIdentifiersTest(unittest.TestCase):
    def test_names_in_every_form(self) -> None:
        for said in (
            "Margaret O'Neil-García",
            "MARGARET",
            "margaret oneil garcia",
            "Peggy",
            "Maggie",
            "Margret",
            "my name is garcía",
            "Garcia's",
        ):
            with self.subTest(said):
                sent = redact(f"This is about {said}, thank you.")
                self.assertIn("[PATIENT]", sent)
                self.assertEqual(leaked(sent, MARGARET), [])

    def test_numbers_and_addresses_in_every_form(self) -> None:
        for said, placeholder in (
            ("(217) 555-0143", "[PHONE_1]"),
            ("217.555.0143", "[PHONE_1]"),
            ("2175550143", "[PHONE_1]"),
            ("555 0143", "[PHONE_1]"),
            ("+1 217 555 0143", "[PHONE_1]"),
            ("3/14/1962", "[BIRTH_DATE]"),
            ("03-14-62", "[BIRTH_DATE]"),
            ("March 14th, 1962", "[BIRTH_DATE]"),
            ("14 de marzo de 1962", "[BIRTH_DATE]"),
            ("1962-03-14", "[BIRTH_DATE]"),
            ("peggy.oneil@example.com", "[EMAIL_1]"),
            ("1420 Maple St", "[ADDRESS_1]"),
            ("Springfield", "[ADDRESS_1]"),
            ("62704", "[ADDRESS_1]"),
            ("mrn 884213", "[RECORD_1]"),
            ("Lakeside Family Clinic", "[CLINIC]"),
            ("Dr. Park", "Dr. [DOCTOR_1]"),
        ):
            with self.subTest(said):
                self.assertIn(placeholder, redact(f"Please note {said} for me."))

    def test_what_only_looks_like_an_identifier_goes_too(self) -> None:
        for said in (
            "312-555-0199",
            "someone@example.org",
            "www.example.com/me",
            "123-45-6789",
            "member id XJ99231",
            "77 Oak Lane",
            "my husband Carlos",
            "dr smithers",
        ):
            with self.subTest(said):
                self.assertRegex(redact(f"Well, {said} it is."), r"\[[A-Z]+_1\]")


class ClinicalWordsTest(unittest.TestCase):
    def test_medicines_doses_and_values_stay(self) -> None:
        text = "Metformin 500 mg, Lantus 1000 units, BP 140/90 on 2024-03-01, pain 7/10, temp 101.5, since 2019."
        self.assertEqual(redact(text), text)

    def test_a_name_that_is_a_medicine_or_a_word_needs_a_sign(self) -> None:
        allegra = Identity(names=("Allegra", "Rose"))
        self.assertEqual(redact("I take Allegra 180 mg and will see.", allegra), "I take Allegra 180 mg and will see.")
        self.assertEqual(redact("my name is Allegra Rose", allegra), "my name is [PATIENT]")
        self.assertEqual(redact("I rose early and took rose hip tea", allegra), "I rose early and took rose hip tea")

    def test_the_table_on_excerpts_meets_the_goal(self) -> None:
        data = redaction.Path(__file__).parent / "data"
        self.assertEqual(redaction.main([str(data / "mts_excerpt.jsonl"), str(data / "spanish_rows.jsonl")]), 0)

    def test_an_eponym_is_no_name_unless_a_person_is_meant(self) -> None:
        crohn = Identity(names=("Robert Crohn",))
        for kept in ("Humira for Crohn's", "a flare of my crohn's disease", "Parkinson, Hashimoto and Graves disease"):
            with self.subTest(kept):
                self.assertEqual(redact(kept, crohn), kept)
        self.assertEqual(redact("Mr Crohn has called", crohn), "Mr [PATIENT] has called")
        self.assertEqual(redact("I am Robert Crohn", crohn), "I am [PATIENT]")

    def test_a_month_is_no_name_unless_a_person_is_meant(self) -> None:
        april = Identity(names=("April May Graves",))
        for kept in ("worse since May", "It began in April, in may it was gone.", "between May and June"):
            with self.subTest(kept):
                self.assertEqual(redact(kept, april), kept)
        self.assertEqual(redact("April Graves, cough since May", april), "[PATIENT], cough since May")

    def test_a_doctor_who_is_named_takes_no_word_of_the_next_sentence_along(self) -> None:
        self.assertEqual(redact("per Dr. Cole. Walking daily"), "per Dr. [DOCTOR_1]. Walking daily")


class HandWrittenTextsTest(unittest.TestCase):
    """Adversarial texts; the figures of all of them are printed by `python -m bench.redaction_texts`."""

    def test_none_leaks_and_no_clinical_word_is_lost(self) -> None:
        for row in redaction_texts.rows([redaction_texts.FIXTURES]):
            sent = Redactor(redaction_texts.identity(row)).redact(row["text"]).text
            with self.subTest(row["text"]):
                self.assertEqual((redaction_texts.remaining(row, sent), redaction_texts.lost(row, sent)), ([], []))

    def test_nothing_clinical_is_taken_out_of_consultations(self) -> None:
        stranger = Identity(names=("Zebulon Quackenbush",), date_of_birth=dt.date(1931, 2, 27))
        data = redaction.Path(__file__).parent / "data"
        for line in (data / "typed_english_rows.jsonl").read_text(encoding="utf-8").splitlines():
            for answer in json.loads(line)["answers"]:
                self.assertEqual(redact(answer["answer"], stranger), answer["answer"])


JOSE = Identity(
    names=("José Luis Ramírez Peña",),
    date_of_birth=dt.date(1961, 5, 3),
    phones=("+12105550182",),
    emails=("pepe.ramirez61@example.com",),
    address="2214 Guadalupe Street, Unit 3B, San Antonio, TX 78207",
    record_numbers=("MRN-440128",),
)


class SecondLookTest(unittest.TestCase):
    def test_it_sees_by_itself_what_the_first_pass_would_take_out(self) -> None:
        for sort, said in (
            ("name", "soy jose luis ramirez"),
            ("name", "R-A-M-I-R-E-Z"),
            ("name", "joseramirez is my login"),
            ("name", "pepito otra vez"),
            ("number", "two one oh five five five oh one eight two"),
            ("number", "21o 555 o182"),
            ("number", "chart 44-01-28"),
            ("email", "pepe dot ramirez61 at example dot com"),
            ("birth_date", "the third of May 1961"),
            ("birth_date", "3.5.61"),
            ("birth_date", "tres de mayo"),
            ("address", "2214 guadalupe"),
            ("address", "zip 78207"),
        ):
            with self.subTest(said):
                self.assertIn(sort, leaked(said, JOSE))

    def test_it_is_silent_about_what_is_no_identifier(self) -> None:
        for said in (
            "Metformin 500 mg, BP 140/90 on 2024-03-01, since May, 3 times a day",
            "[PATIENT] lives at [ADDRESS_1], call [PHONE_1]",
            "ANA positive, Parkinson in the family, rose hip tea",
        ):
            with self.subTest(said):
                self.assertEqual(leaked(said, JOSE), [])


class BoundedWorkTest(unittest.TestCase):
    def test_a_long_hostile_text_is_read_to_its_end(self) -> None:
        for word in ("five ", "Ana Luis ", "the third of ", "my daughter Ana ", "- Bob\n", "o ", "(5", "a.b@c."):
            with self.subTest(word):
                raw = (word * 12_000)[:12_000]
                redacted = Redactor(JOSE).redact(raw)
                self.assertEqual(redacted.raw_span(0, len(redacted.text)), (0, len(raw)))


class WayBackTest(unittest.TestCase):
    def test_a_quote_from_the_redacted_text_is_restored(self) -> None:
        redacted = Redactor(MARGARET).redact("Hi, Peggy here. I take metformin; call 217-555-0143.")
        self.assertEqual(redacted.restore("[PATIENT] here. i take  metformin"), "Peggy here. I take metformin")
        self.assertEqual(redacted.restore("call [PHONE_1]"), "call 217-555-0143")
        self.assertIsNone(redacted.restore("takes insulin"))

    def test_a_form_goes_out_without_identity_and_comes_back_with_it(self) -> None:
        answers = [
            Answer.of("name", "Margaret", kind="administrative"),
            Answer.of(
                "meds",
                {"rows": [{"name": "metformin", "dose": "500 mg"}], "text": "Peggy, 217-555-0143"},
                topic="medications",
                label="Which medicines, for Lakeside Family Clinic?",
            ),
        ]
        form = redact_form(answers, MARGARET)
        self.assertEqual([a.question_id for a in form.answers], ["meds"])
        outbound = form.answers[0].model_dump_json()
        self.assertEqual(leaked(outbound, MARGARET), [])
        for word in ("Peggy", "Lakeside", "0143"):
            self.assertNotIn(word, outbound)
        evidence = [Evidence(question_id="meds", quote="metformin, 500 mg")]
        returned = Extraction(
            summary=[
                Line(
                    text="[PATIENT] can be reached at [PHONE_1].",
                    evidence=[Evidence(question_id="meds", quote="[PATIENT], [PHONE_1]")],
                )
            ],
            patient_concerns=[],
            key_notes=[],
            allergies=[],
            medications_state="listed",
            medications_state_evidence=[],
            allergies_state="not_stated",
            allergies_state_evidence=[],
            medications=[
                Medication(name="metformin", dose="500 mg", frequency=None, status="current", evidence=evidence)
            ],
        )
        restored = form.restore(returned)
        self.assertEqual(restored.summary[0].evidence[0].quote, "Peggy, 217-555-0143")
        self.assertIn("Peggy", restored.summary[0].text)
        self.assertTrue(verify(restored, answers).of("medications")[0].plain)

    @given(
        st.lists(
            st.sampled_from(
                ["Peggy", "217-555-0143", "metformin", "take", "½", "  ", "\n", "Springfield", "é", "1962-03-14"]
            ),
            max_size=12,
        ).map(" ".join)
    )
    def test_the_span_map_covers_all_of_both_texts(self, raw: str) -> None:
        redacted = Redactor(MARGARET).redact(raw)
        self.assertEqual(redacted.raw_span(0, len(redacted.text)), (0, len(raw)))
        self.assertEqual(leaked(redacted.text, MARGARET), [])
        for piece in redacted.pieces:
            if not piece.hidden:
                self.assertEqual(redacted.text[piece.start : piece.end], raw[piece.raw_start : piece.raw_end])


class AgeBandTest(unittest.TestCase):
    def test_bands(self) -> None:
        today = dt.date(2026, 11, 24)
        for born, band in (
            (dt.date(1962, 3, 14), "60-69"),
            (dt.date(1986, 11, 25), "30-39"),
            (dt.date(1986, 11, 24), "40-49"),
            (dt.date(1930, 1, 1), "90+"),
            (dt.date(2026, 1, 1), "0-9"),
            (None, "unknown"),
        ):
            with self.subTest(born):
                self.assertEqual(age_band(born, today), band)
