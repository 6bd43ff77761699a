"""`/api/auth/`: sign-in, tokens, roles."""

import datetime as dt
from unittest import mock

import jwt
from django.conf import settings

from clinicflow.accounts.models import AuthSession, RefreshToken, User
from clinicflow.accounts.operations import sessions
from clinicflow.audit.models import AuditLog
from clinicflow.clinics.models import Membership
from clinicflow.core import clock
from clinicflow.testing.case import PASSWORD, ClinicCase


class SignInApiCase(ClinicCase):
    def post(self, path, body=None, token="", **headers):
        if token:
            headers["authorization"] = f"Bearer {token}"
        return self.client.post(path, body or {}, "application/json", headers=headers)

    def get(self, path, token=""):
        return self.client.get(path, headers={"authorization": f"Bearer {token}"} if token else {})

    def sign_in(self, user, password=PASSWORD, **more):
        return self.post("/api/auth/login", {"email": user.email, "password": password, **more})

    def pair_of(self, user):
        response = self.sign_in(user)
        self.assertEqual(response.status_code, 200, response.content)
        return response.json()

    def assert_problem(self, response, status, code):
        self.assertEqual((response.status_code, response.json()["code"]), (status, code), response.content)
        self.assertEqual(response["Content-Type"], "application/problem+json")


class Login(SignInApiCase):
    def test_the_right_password_returns_tokens_and_user(self):
        pair = self.pair_of(self.dana)
        self.assertEqual(set(pair), {"access", "refresh", "user"})
        self.assertEqual(pair["user"], {"id": str(self.dana.pk), "email": self.dana.email, "name": "Dana Kessler"})
        claims = jwt.decode(pair["access"], options={"verify_signature": False})
        self.assertEqual(claims["role"], "admin")
        self.assertEqual(claims["clinic"], str(self.riverside.pk))

    def test_the_email_address_is_case_insensitive(self):
        response = self.post("/api/auth/login", {"email": "DANA@Riverside.TEST", "password": PASSWORD})
        self.assertEqual(response.status_code, 200)

    def test_wrong_password_and_unknown_address_get_the_same_response(self):
        wrong = self.sign_in(self.dana, "not the password")
        unknown = self.post("/api/auth/login", {"email": "nobody@riverside.test", "password": PASSWORD})
        self.assert_problem(wrong, 401, "invalid_credentials")
        self.assertEqual(wrong.json(), unknown.json())

    def test_a_disabled_user_is_rejected_like_a_wrong_password(self):
        User.objects.filter(pk=self.dana.pk).update(status="disabled")
        self.assert_problem(self.sign_in(self.dana), 401, "invalid_credentials")

    def test_every_sign_in_is_audited(self):
        self.sign_in(self.dana, "wrong one here")
        self.sign_in(self.dana)
        with self.inside(self.desk):
            rows = AuditLog.objects.filter(action="login").order_by("id").values_list("outcome", "user_id")
            self.assertEqual(list(rows), [("refused", self.dana.pk), ("ok", self.dana.pk)])

    def test_ten_failures_lock_the_account_even_for_the_right_password(self):
        for _ in range(9):
            self.assertEqual(self.sign_in(self.dana, "wrong one here").status_code, 401)
        tenth = self.sign_in(self.dana, "wrong one here")
        self.assert_problem(tenth, 429, "locked_out")
        self.assertEqual(tenth["Retry-After"], "900")
        self.assert_problem(self.sign_in(self.dana), 429, "locked_out")
        self.assertEqual(self.sign_in(self.marta).status_code, 200)

    def test_an_unknown_account_locks_the_same_way(self):
        for _ in range(10):
            response = self.post("/api/auth/login", {"email": "nobody@riverside.test", "password": PASSWORD})
        self.assert_problem(response, 429, "locked_out")

    def test_unknown_fields_are_rejected(self):
        response = self.sign_in(self.dana, role="owner")
        self.assert_problem(response, 400, "invalid")
        self.assertEqual(list(response.json()["errors"]), ["role"])

    def test_sign_ins_are_throttled_by_ip_address(self):
        with self.settings(API_LIMITS={"sign_in": 1, "user": 100, "address": 100}):
            self.sign_in(self.dana)
            response = self.sign_in(self.dana)
        self.assert_problem(response, 429, "throttled")
        self.assertTrue(1 <= int(response["Retry-After"]) <= 60)


class Tokens(SignInApiCase):
    def test_an_access_token_authenticates(self):
        response = self.get("/api/auth/me", self.pair_of(self.okafor)["access"])
        me = response.json()
        self.assertEqual(me["membership"]["role"], "doctor")
        self.assertEqual(me["membership"]["doctor_id"], str(self.dr_okafor.pk))
        self.assertEqual(me["membership"]["timezone"], "America/New_York")
        self.assertIn("notes.write_own", me["permissions"])

    def test_a_missing_token_is_401_with_a_challenge(self):
        response = self.get("/api/auth/me")
        self.assert_problem(response, 401, "not_authenticated")
        self.assertTrue(response["WWW-Authenticate"].startswith("Bearer"))

    def test_forged_tokens_are_rejected(self):
        good = jwt.decode(self.pair_of(self.dana)["access"], options={"verify_signature": False})
        key = settings.JWT_SECRET_KEY
        past = clock.now() - dt.timedelta(minutes=1)
        forged = {
            "no signature": jwt.encode(good, None, algorithm="none"),
            "another key": jwt.encode(good, "another key of at least 32 characters", algorithm="HS256"),
            "another algorithm": jwt.encode(good, key, algorithm="HS512"),
            "another audience": jwt.encode(good | {"aud": "elsewhere"}, key, algorithm="HS256"),
            "another issuer": jwt.encode(good | {"iss": "elsewhere"}, key, algorithm="HS256"),
            "another type": jwt.encode(good | {"typ": "refresh"}, key, algorithm="HS256"),
            "another user": jwt.encode(good | {"sub": str(self.marta.pk)}, key, algorithm="HS256"),
            "no session": jwt.encode({k: v for k, v in good.items() if k != "sid"}, key, algorithm="HS256"),
            "session no id": jwt.encode(good | {"sid": "x"}, key, algorithm="HS256"),
            "session a number": jwt.encode(good | {"sid": 7}, key, algorithm="HS256"),
            "expired": jwt.encode(good | {"exp": past}, key, algorithm="HS256"),
            "nonsense": "a.b.c",
        }
        for name, token in forged.items():
            with self.subTest(name):
                self.assert_problem(self.get("/api/auth/me", token), 401, "token_invalid")

    def test_refresh_returns_a_new_pair_and_stores_only_hashes(self):
        first = self.pair_of(self.dana)
        second = self.post("/api/auth/refresh", {"refresh": first["refresh"]}).json()
        self.assertNotEqual(first["refresh"], second["refresh"])
        self.assertEqual(self.get("/api/auth/me", second["access"]).status_code, 200)
        stored = b"".join(bytes(row.token_hash) for row in RefreshToken.objects.all())
        self.assertNotIn(first["refresh"].encode(), stored)

    def test_a_reused_refresh_token_ends_the_session(self):
        first = self.pair_of(self.dana)
        second = self.post("/api/auth/refresh", {"refresh": first["refresh"]}).json()
        self.assert_problem(self.post("/api/auth/refresh", {"refresh": first["refresh"]}), 401, "token_reused")
        self.assert_problem(self.post("/api/auth/refresh", {"refresh": second["refresh"]}), 401, "token_invalid")
        self.assert_problem(self.get("/api/auth/me", second["access"]), 401, "token_invalid")

    def test_reuse_ends_only_that_session(self):
        stolen, other = self.pair_of(self.dana), self.pair_of(self.dana)
        self.post("/api/auth/refresh", {"refresh": stolen["refresh"]})
        self.post("/api/auth/refresh", {"refresh": stolen["refresh"]})
        self.assertEqual(self.get("/api/auth/me", other["access"]).status_code, 200)

    def test_a_refresh_token_expires(self):
        pair = self.pair_of(self.dana)
        RefreshToken.objects.update(expires_at=clock.now())
        self.assert_problem(self.post("/api/auth/refresh", {"refresh": pair["refresh"]}), 401, "token_invalid")

    def test_an_unknown_refresh_token_is_rejected(self):
        self.assert_problem(self.post("/api/auth/refresh", {"refresh": "x" * 43}), 401, "token_invalid")

    def test_logout_ends_access_and_refresh(self):
        pair = self.pair_of(self.dana)
        self.assertEqual(self.post("/api/auth/logout", token=pair["access"]).status_code, 204)
        self.assert_problem(self.get("/api/auth/me", pair["access"]), 401, "token_invalid")
        self.assert_problem(self.post("/api/auth/refresh", {"refresh": pair["refresh"]}), 401, "token_invalid")

    def test_disabling_and_password_changes_apply_to_the_next_request(self):
        def disable():
            User.objects.filter(pk=self.dana.pk).update(status="disabled")

        def change_password():
            user = User.objects.get(pk=self.dana.pk)
            user.set_password("another long password")
            user.save()

        def end_membership():
            with self.inside(self.desk):
                Membership.objects.filter(user=self.dana).update(status="disabled")

        for act in (end_membership, change_password, disable):
            with self.subTest(act.__name__):
                password = PASSWORD if act is not disable else "another long password"
                with self.inside(self.desk):
                    Membership.objects.filter(user=self.dana).update(status="active")
                pair = self.sign_in(self.dana, password).json()
                self.assertEqual(self.get("/api/auth/me", pair["access"]).status_code, 200)
                act()
                self.assertEqual(self.get("/api/auth/me", pair["access"]).status_code, 401)


class SwitchRole(SignInApiCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.make_member(cls.riverside, "okafor@riverside.test", "Amara Okafor", "owner")
        cls.make_member(cls.lakeside, "okafor@riverside.test", "Amara Okafor", "admin")

    def test_the_new_pair_has_the_new_role_and_the_old_one_is_revoked(self):
        old = self.pair_of(self.okafor)
        response = self.post(
            "/api/auth/switch-role", {"role": "owner", "clinic_id": str(self.riverside.pk)}, old["access"]
        )
        self.assertEqual(response.status_code, 200, response.content)
        me = self.get("/api/auth/me", response.json()["access"]).json()
        self.assertEqual((me["membership"]["role"], me["membership"]["clinic_name"]), ("owner", "Riverside Clinic"))
        self.assertEqual(len(me["memberships"]), 3)
        self.assert_problem(self.get("/api/auth/me", old["access"]), 401, "token_invalid")
        self.assert_problem(self.post("/api/auth/refresh", {"refresh": old["refresh"]}), 401, "token_invalid")

    def test_the_next_sign_in_selects_the_last_used_role(self):
        old = self.pair_of(self.okafor)
        self.post("/api/auth/switch-role", {"role": "admin", "clinic_id": str(self.lakeside.pk)}, old["access"])
        me = self.get("/api/auth/me", self.pair_of(self.okafor)["access"]).json()
        self.assertEqual(me["membership"]["clinic_name"], "Lakeside Clinic")

    def test_a_role_that_the_user_lacks_is_rejected_and_the_session_stays(self):
        pair = self.pair_of(self.dana)
        response = self.post("/api/auth/switch-role", {"role": "owner"}, pair["access"])
        self.assert_problem(response, 403, "role_not_held")
        self.assertEqual(self.get("/api/auth/me", pair["access"]).status_code, 200)

    def test_it_is_audited(self):
        pair = self.pair_of(self.okafor)
        self.post("/api/auth/switch-role", {"role": "owner", "clinic_id": str(self.riverside.pk)}, pair["access"])
        with self.inside(self.desk):
            row = AuditLog.objects.get(action="switch_role")
        self.assertEqual((row.role, row.user_id), ("owner", self.okafor.pk))


class WebSessions(SignInApiCase):
    def test_a_cookie_session_needs_the_csrf_token_to_write(self):
        client = self.client_for(self.desk, enforce_csrf_checks=True)
        self.assertEqual(client.get("/api/auth/me").status_code, 200)
        response = client.post("/api/auth/logout", {}, "application/json")
        self.assert_problem(response, 403, "csrf")

    def test_an_idle_session_ends_despite_background_requests(self):
        AuthSession.objects.filter(pk=self.desk.session_id).update(idle_minutes=30)
        client = self.client_for(self.desk)
        start = clock.now()
        for minutes, headers, status in ((20, {"X-Background": "1"}, 200), (31, {}, 401)):
            with mock.patch.object(clock, "now", return_value=start + dt.timedelta(minutes=minutes)):
                self.assertEqual(client.get("/api/auth/me", headers=headers).status_code, status)

    def test_a_request_extends_the_session(self):
        AuthSession.objects.filter(pk=self.desk.session_id).update(idle_minutes=30)
        client = self.client_for(self.desk)
        start = clock.now()
        for minutes in (20, 40, 60):
            with mock.patch.object(clock, "now", return_value=start + dt.timedelta(minutes=minutes)):
                self.assertEqual(client.get("/api/auth/me").status_code, 200)

    def test_revoked_sign_in_signs_the_browser_out_of_django_too(self):
        client = self.client_for(self.desk)
        sessions.revoke_of_membership(self.desk.membership_id)
        self.assertEqual(client.get("/api/auth/me").status_code, 401)
        self.assertNotIn("_auth_user_id", client.session)
