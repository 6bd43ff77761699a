"""What of an e-mail is the patient's own: not the quoted original, not a signature, not our request."""

import unittest

from hypothesis import assume, given
from hypothesis import strategies as st

from aiassist.engine.email_body import unquoted, written
from aiassist.engine.lexicon import load
from aiassist.engine.person_names import given_names
from aiassist.engine.replies import ReplyKind, classify
from aiassist.tests.test_engine_replies import VISIT

SENDER = "Riverside Clinic <hello@clinic.example>"
ORIGINAL = "Riverside Clinic: Maribel, you have a visit on Wednesday, December 2 at 3:00 PM."
KEYS = "Reply C to confirm, R to reschedule, X to cancel, STOP to end."
QUOTED = {
    "Gmail": f"On Mon, Nov 30, 2026 at 9:02 AM {SENDER} wrote:\n\n> {ORIGINAL}\n> {KEYS}",
    "Gmail on two lines": f"On Mon, Nov 30, 2026 at 9:02 AM Riverside Clinic <\nhello@clinic.example> wrote:\n> {KEYS}",
    "Gmail in Spanish": f"El lun, 30 nov 2026 a las 9:14, Clinic (<hello@clinic.example>) escribió:\n> {KEYS}",
    "Outlook": f"____________________\nFrom: {SENDER}\nSent: Monday\n\n{ORIGINAL} {KEYS}",
    "Outlook, without a line": f"From: Riverside Clinic\nSent: Monday\nTo: me\nSubject: Visit\n\n{KEYS}",
    "Outlook in Spanish": f"De: Riverside Clinic\nEnviado el: lunes\nPara: mí\nAsunto: Su cita\n\n{KEYS}",
    "old Outlook": f"-----Original Message-----\nFrom: Riverside Clinic\n\n{ORIGINAL}",
    "old Outlook in Spanish": f"-----Mensaje original-----\nDe: Riverside Clinic\n\n{ORIGINAL}",
    "Apple Mail": f"> On Nov 30, 2026, at 9:02 AM, {SENDER} wrote:\n> \n> {ORIGINAL}",
    "Apple Mail in Spanish": f"El 30 nov 2026, a las 9:02, {SENDER} escribió:\n\n> {KEYS}",
    "Yahoo": f"    On Monday, November 30, 2026 at 09:02 AM EST, Clinic <hello@clinic.example> wrote:  \n \n {KEYS}",
    "no mark": f"{ORIGINAL} {KEYS}",
}
SIGNED = {
    "dashes": "-- \nMaribel Anzures\nCall me at 555-0142",
    "phone": "Sent from my iPhone",
    "phone in Spanish": "Enviado desde mi iPhone",
    "Outlook for phones": "Get Outlook for iOS",
    "closing": "Kind regards,\nD. Whitcombe\nWhitcombe & Hale Surveyors | 555-0142",
    "closing in Spanish": "Saludos cordiales,\nRodolfo Espino",
    "notice": "CONFIDENTIALITY NOTICE: If you received it in error, please stop reading and delete it.",
    "notice in Spanish": "AVISO DE CONFIDENCIALIDAD: este mensaje es confidencial.",
}


class WhatWasWritten(unittest.TestCase):
    def test_the_quoted_original_is_cut_off(self) -> None:
        for client, quoted in QUOTED.items():
            with self.subTest(client):
                self.assertEqual(written(f"Yes, I'll be there.\n\n{quoted}"), "Yes, I'll be there.")

    def test_signatures_and_notices_are_cut_off(self) -> None:
        for kind, signature in SIGNED.items():
            with self.subTest(kind):
                self.assertEqual(written(f"Yes, I'll be there.\n\n{signature}"), "Yes, I'll be there.")

    def test_what_is_written_below_the_original_is_kept(self) -> None:
        self.assertEqual(written(f"> {ORIGINAL}\n> {KEYS}\n\nplease cancel"), "please cancel")
        self.assertEqual(written(f"On Monday Clinic wrote:\n> {KEYS}\nplease cancel"), "please cancel")

    def test_words_that_mean_something_are_no_name(self) -> None:
        self.assertEqual(written("Thanks,\nCancel", frozenset(["cancel"])), "Thanks,\nCancel")
        for text in ("Thanks,\nCancel", "Yes\n\nThanks,\nFriday", "Yes\n\nBest,\nNot Really"):
            with self.subTest(text):
                self.assertNotEqual(classify(text, VISIT, "email").kind, ReplyKind.CONFIRM)

    def test_words_of_doubt_below_a_yes_are_no_signature(self) -> None:
        doubts = ("Maybe", "Hopefully", "Tentatively", "Unless Raining", "Pending Approval", "Weather Permitting")
        for doubt in (*doubts, "Quizás", "Salvo Lluvia", "Maria\nMaybe Later"):
            for closing in ("", "Thanks,\n"):
                with self.subTest(doubt, closing=closing):
                    self.assertNotEqual(classify(f"Yes\n\n{closing}{doubt}", VISIT, "email").kind, ReplyKind.CONFIRM)

    def test_a_name_in_a_paragraph_of_its_own_signs_a_mail_and_no_text(self) -> None:
        for name in ("Brandon", "Edna Kowalczyk", "Mrs. Edna Kowalczyk"):
            with self.subTest(name):
                self.assertEqual(written(f"Confirmed.\n\n{name}", mailed=True), "Confirmed.")
                self.assertEqual(written(f"Confirmed.\n\n{name}"), f"Confirmed.\n\n{name}")

    @given(st.sampled_from(sorted(load().ordinary)))
    def test_an_ordinary_word_below_a_yes_says_what_it_says_beside_it(self, word: str) -> None:
        names, ambiguous = given_names()
        assume(word not in names or word in ambiguous)
        below = classify(f"Confirmed.\n\n{word.title()}", VISIT, "email").kind
        beside = classify(f"Confirmed. {word.title()}", VISIT, "email").kind
        self.assertEqual(below == ReplyKind.CONFIRM, beside == ReplyKind.CONFIRM)

    def test_nothing_is_put_in_the_place_of_nothing(self) -> None:
        for quoted in QUOTED.values():
            self.assertEqual(written(quoted), "")
            self.assertFalse(classify(quoted, VISIT, "email").automatic)

    def test_a_list_and_a_sentence_that_begins_like_a_header_are_kept(self) -> None:
        for text in ("- cancel please", "On Monday I can come", "From now on call me", "El lunes no puedo"):
            with self.subTest(text):
                self.assertEqual(written(text), text)

    def test_danger_below_a_closing_is_still_seen(self) -> None:
        self.assertIn("Chest Pain", unquoted("Yes\n\nRegards,\nChest Pain"))
        self.assertEqual(classify("Yes\n\n-- \nmy chest hurts", VISIT, "email").kind, ReplyKind.URGENT)


class Acting(unittest.TestCase):
    def test_an_act_is_heard_above_any_original_and_any_signature(self) -> None:
        for quoted in QUOTED.values():
            for signature in SIGNED.values():
                with self.subTest(quoted=quoted, signature=signature):
                    text = f"Hello,\n\nPlease cancel my appointment.\n\n{signature}\n\n{quoted}"
                    self.assertEqual(classify(text, VISIT, "email").kind, ReplyKind.CANCEL)

    def test_the_keys_of_the_original_never_act(self) -> None:
        for quoted in QUOTED.values():
            with self.subTest(quoted):
                reply = classify(f"Where do I park?\n\n{quoted}", VISIT, "email")
                self.assertEqual((reply.kind, reply.opt_out), (ReplyKind.QUESTION, False))
