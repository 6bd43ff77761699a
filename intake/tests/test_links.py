"""Links: creation, expiry, attempts and revocation."""

import datetime as dt

import time_machine

from clinicflow.core import clock
from clinicflow.core.errors import NotFound
from clinicflow.testing.case import ClinicCase
from intake.models import PatientLink
from intake.operations import links
from intake.tests.factories import IntakeCast


class Links(IntakeCast, ClinicCase):
    def setUp(self):
        with self.inside(self.desk):
            self.link, self.token = links.create(self.desk, self.visit, "intake")

    def test_only_a_hash_of_the_token_is_stored(self):
        self.assertEqual(len(self.token), 43)  # 256 bits
        stored = bytes(PatientLink.objects.get(pk=self.link.pk).token_hash)
        self.assertEqual(stored, links.digest(self.token))
        self.assertNotIn(self.token.encode(), stored)
        self.assertEqual(links.find(self.token), self.link)

    def test_unknown_tokens_are_not_found(self):
        for token in (
            "",
            "x",
            "x" * 43,
            self.token[:-1],
            self.token + "a",
            "\x00" * 43,
            "é" * 43,
            self.token.swapcase(),
        ):
            with self.subTest(token), self.assertRaises(NotFound):
                links.find(token)

    def test_a_link_expires_a_day_after_the_visit(self):
        with time_machine.travel(self.visit.ends_at + dt.timedelta(hours=23, minutes=59)):
            self.assertEqual(links.find(self.token), self.link)
        with time_machine.travel(self.visit.ends_at + dt.timedelta(hours=24)), self.assertRaises(NotFound):
            links.find(self.token)

    def test_a_kiosk_link_expires_after_an_hour(self):
        with self.inside(self.desk):
            _, token = links.create(self.desk, self.visit, "kiosk")
        with time_machine.travel(clock.now() + dt.timedelta(minutes=61)), self.assertRaises(NotFound):
            links.find(token)

    def test_five_wrong_birth_dates_lock_the_link(self):
        wrong, right = dt.date(1990, 1, 1), self.grace.date_of_birth
        for _ in range(4):
            self.assertFalse(links.try_birth_date(self.link.pk, wrong, right))
            links.find(self.token)
        self.assertFalse(links.try_birth_date(self.link.pk, wrong, right))
        with self.assertRaises(NotFound):
            links.find(self.token)
        self.assertFalse(links.try_birth_date(self.link.pk, right, right))

    def test_the_right_birth_date_resets_the_count(self):
        wrong, right = dt.date(1990, 1, 1), self.grace.date_of_birth
        for _ in range(4):
            links.try_birth_date(self.link.pk, wrong, right)
        self.assertTrue(links.try_birth_date(self.link.pk, right, right))
        self.assertFalse(links.try_birth_date(self.link.pk, wrong, right))
        links.find(self.token)

    def test_revoke_ends_all_links_of_the_visit(self):
        with self.inside(self.desk):
            _, second = links.create(self.desk, self.visit, "intake")
            other = self.make_visit(hours=100)
            _, others = links.create(self.desk, other, "intake")
            self.assertEqual(links.revoke(self.desk, self.visit.pk), 2)
        for token in (self.token, second):
            with self.assertRaises(NotFound):
                links.find(token)
        links.find(others)

    def test_another_clinic_cannot_revoke(self):
        with self.inside(self.foreign_desk), self.assertRaises(NotFound):
            links.revoke(self.foreign_desk, self.visit.pk)
        links.find(self.token)

    def test_links_move_with_a_rescheduled_visit(self):
        later = self.make_visit(hours=200)
        with self.inside(self.desk):
            links.carry_over(self.desk, self.visit.pk, later)
        link = links.find(self.token)
        self.assertEqual((link.appointment_id, link.expires_at), (later.pk, later.ends_at + dt.timedelta(hours=24)))
