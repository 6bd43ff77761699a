"""The lengths that forms offer, and the text form of a slot."""

import datetime as dt
from uuid import uuid4

from django.test import SimpleTestCase

from scheduling.rules.limits import OFFERED_LENGTHS, lengths_including
from scheduling.rules.slot_values import decode_slot, encode_slot


class LengthTests(SimpleTestCase):
    def test_a_permitted_length_is_offered_in_order(self):
        self.assertEqual(lengths_including("20"), [15, 20, 30, 45, 60, 90])
        self.assertEqual(lengths_including(480)[-1], 480)

    def test_other_values_are_ignored(self):
        for value in ("", "4", "481", "99999", "-30", "half an hour", "٣٠"):
            with self.subTest(value):
                self.assertEqual(lengths_including(value), list(OFFERED_LENGTHS))


class SlotValueTests(SimpleTestCase):
    def test_decoding_reverses_encoding(self):
        doctor_id, starts_at = uuid4(), dt.datetime(2027, 3, 1, 15, tzinfo=dt.UTC)
        self.assertEqual(decode_slot(encode_slot(doctor_id, starts_at)), (doctor_id, starts_at))

    def test_malformed_values_are_errors(self):
        for value in ("", "soon", f"{uuid4()}", f"{uuid4()} 2027-03-01T14:00:00", "x 2027-03-01T14:00:00-05:00"):
            with self.subTest(value), self.assertRaises(ValueError):
                decode_slot(value)
