"""Security & users."""

import datetime as dt

import time_machine
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse

from clinicflow.accounts.models import AuthSession
from clinicflow.core import clock
from clinicflow.testing.case import ClinicCase
from tests.effects.cases import Decides


class Security(Decides, ClinicCase):
    def test_session_timeout(self):
        """It holds for sign-ins that are open, a doctor's too."""
        client = self.client_for(self.doctor)
        self.decide(session_timeout=15)
        AuthSession.objects.filter(pk=self.doctor.session_id).update(last_seen_at=clock.now())
        with time_machine.travel(clock.now() + dt.timedelta(minutes=14)):
            self.assertEqual(client.get("/my-day").status_code, 200)
        with time_machine.travel(clock.now() + dt.timedelta(minutes=31)):
            self.assertIn(reverse("account_login"), client.get("/my-day")["Location"])

    def test_require_mfa(self):
        """Who has a second factor stays, who has none is out at once and cannot come back without one."""
        TOTP.activate(self.herrera, generate_totp_secret())
        with_one, without = self.client_for(self.other_doctor), self.client_for(self.doctor)
        self.decide(require_mfa=True)
        self.assertEqual(with_one.get("/my-day").status_code, 200)
        self.assertEqual(without.get("/my-day").status_code, 302)
        body = {"email": self.okafor.email, "password": "correct horse battery"}
        answer = self.client.post("/api/auth/login", body, "application/json")
        self.assertEqual((answer.status_code, answer.json()["code"]), (403, "mfa_enrolment_required"))
