"""Signing in by the page: one role, several, none; the second factor; lockout; ending."""

from urllib.parse import urlencode

from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.test import Client
from django.urls import reverse

from clinicflow.accounts.models import AuthSession, User
from clinicflow.audit.models import AuditLog
from clinicflow.testing.case import PASSWORD, ClinicCase


class SignInCase(ClinicCase):
    def sign_in(self, email, password=PASSWORD, client=None, **more):
        return (client or self.client).post("/account/login/", {"login": email, "password": password} | more)

    def session_of(self, client=None):
        return AuthSession.objects.get(pk=(client or self.client).session["auth_session"])

    def enrol(self, user):
        secret = totp.generate_totp_secret()
        totp.TOTP.activate(user, secret)
        return secret

    def code(self, secret):
        return totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time())) + 1))


class SignIn(SignInCase):
    def test_one_role_starts_at_once(self):
        answer = self.sign_in("dana@riverside.test")
        self.assertRedirects(answer, "/", fetch_redirect_response=False)
        session = self.session_of()
        self.assertEqual((session.kind, session.membership_id), ("web", self.desk.membership_id))
        self.assertEqual(session.idle_minutes, 480)
        self.assertEqual(self.client.get("/api/auth/me").json()["membership"]["role"], "admin")

    def test_the_way_back_is_kept_and_stays_on_this_site(self):
        self.assertEqual(self.sign_in("dana@riverside.test", next="/choose-role")["Location"], "/choose-role")
        elsewhere = self.sign_in("marta@riverside.test", client=Client(), next="https://evil.example/")
        self.assertEqual(elsewhere["Location"], "/")

    def test_wrong_password_says_nothing_about_the_account(self):
        wrong = self.sign_in("dana@riverside.test", "not the password")
        unknown = self.sign_in("nobody@riverside.test")
        for answer in (wrong, unknown):
            self.assertContains(answer, "email address and/or password", status_code=200)
            self.assertNotIn("_auth_user_id", self.client.session)

    def test_both_are_audited(self):
        self.sign_in("dana@riverside.test", "not the password")
        self.sign_in("dana@riverside.test")
        with self.inside(self.desk):
            rows = AuditLog.objects.filter(action="login").order_by("id").values_list("outcome", "ip_address")
            self.assertEqual(list(rows), [("refused", "127.0.0.1"), ("ok", "127.0.0.1")])

    def test_ten_failures_answer_429_as_a_page(self):
        for _ in range(9):
            self.assertEqual(self.sign_in("dana@riverside.test", "wrong one here").status_code, 200)
        answer = self.sign_in("dana@riverside.test", "wrong one here")
        self.assertContains(answer, "Too many failed sign-ins", status_code=429)
        self.assertEqual(answer["Retry-After"], "900")
        self.assertEqual(self.sign_in("dana@riverside.test").status_code, 429)

    def test_a_hundred_failures_from_many_addresses_lock_the_account(self):
        for number in range(99):
            self.sign_in("dana@riverside.test", "wrong one here", client=Client(REMOTE_ADDR=f"203.0.113.{number}"))
        answer = self.sign_in("dana@riverside.test", "wrong one here", client=Client(REMOTE_ADDR="198.51.100.7"))
        self.assertEqual(answer.status_code, 429)
        self.assertEqual(self.sign_in("dana@riverside.test", client=Client(REMOTE_ADDR="192.0.2.1")).status_code, 429)

    def test_signing_out_ends_the_row(self):
        self.sign_in("dana@riverside.test")
        session = self.session_of()
        self.client.post("/account/logout/")
        session.refresh_from_db()
        self.assertIsNotNone(session.revoked_at)
        self.assertEqual(self.client.get("/api/auth/me").status_code, 401)

    def test_nobody_signs_up_or_changes_their_address(self):
        self.assertEqual(self.client.get("/account/signup/").status_code, 404)
        self.sign_in("dana@riverside.test")
        self.assertEqual(self.client.get("/account/email/").status_code, 404)

    def test_demo_offers_its_people_only_in_the_demo(self):
        User.objects.create_user("okafor@riverside.test.invalid", PASSWORD, name="x")
        with self.settings(DEMO=True):
            self.assertContains(self.client.get("/account/login/"), "okafor@riverside.test")
        with self.settings(DEMO=False):
            self.assertNotContains(self.client.get("/account/login/"), "okafor@riverside.test")

    def test_changed_password_ends_every_sign_in(self):
        other = Client()
        self.sign_in("dana@riverside.test", client=other)
        self.sign_in("dana@riverside.test")
        body = {"oldpassword": PASSWORD, "password1": "a new long password", "password2": "a new long password"}
        self.assertEqual(self.client.post("/account/password/change/", body).status_code, 302)
        self.assertEqual(other.get("/api/auth/me").status_code, 401)
        self.assertEqual(self.sign_in("dana@riverside.test", "a new long password", client=Client()).status_code, 302)


class SeveralRoles(SignInCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        _, cls.okafor_as_owner = cls.make_member(cls.riverside, "okafor@riverside.test", "Amara Okafor", "owner")

    def test_the_choice_comes_first(self):
        self.sign_in("okafor@riverside.test")
        self.assertRedirects(self.client.get("/"), "/choose-role")
        self.assertEqual(self.client.get("/api/auth/me").status_code, 401)
        page = self.client.get("/choose-role")
        self.assertContains(page, "Doctor, Riverside Clinic")
        self.assertContains(page, "Owner, Riverside Clinic")

    def test_any_other_page_leads_to_the_choice_and_back(self):
        self.sign_in("okafor@riverside.test")
        for path in ("/overview?period=4w", "/my-day", "/admin/"):
            with self.subTest(path):
                choice = self.client.get(path)["Location"]
                self.assertEqual(choice, f"/choose-role?{urlencode({'next': path}, safe='/')}")
                self.assertContains(self.client.get(choice), f'name="next" value="{path}"')
        answer = self.client.get("/account/login/?next=/my-day", follow=True)
        self.assertEqual(answer.redirect_chain[-1][0], "/choose-role?next=/my-day")

    def test_choosing_starts_a_new_row_and_ends_the_old(self):
        self.sign_in("okafor@riverside.test")
        first = self.session_of()
        self.client.post("/switch-role", {"membership": str(self.okafor_as_owner.membership_id)})
        second = self.session_of()
        first.refresh_from_db()
        self.assertNotEqual(first.pk, second.pk)
        self.assertIsNotNone(first.revoked_at)
        self.assertEqual(self.client.get("/api/auth/me").json()["membership"]["role"], "owner")

    def test_a_request_with_the_old_cookie_leaves_the_new_one(self):
        self.sign_in("okafor@riverside.test")
        late = Client()
        late.cookies[settings.SESSION_COOKIE_NAME] = self.client.cookies[settings.SESSION_COOKIE_NAME].value
        self.client.post("/switch-role", {"membership": str(self.okafor_as_owner.membership_id)})
        answer = late.get("/my-day")
        self.assertRedirects(answer, "/account/login/?next=/my-day", fetch_redirect_response=False)
        self.assertNotIn(settings.SESSION_COOKIE_NAME, answer.cookies)

    def test_no_page_of_a_member_is_kept_by_the_browser(self):
        client = self.client_for(self.desk)
        for path in ("/schedule", "/patients", "/inbox", "/audit", "/settings/clinic", "/schedule/week", "/roles"):
            with self.subTest(path):
                self.assertIn("no-store", client.get(path)["Cache-Control"])

    def test_signing_out_deletes_the_cookie(self):
        self.sign_in("okafor@riverside.test")
        self.assertEqual(self.client.post("/account/logout/").cookies[settings.SESSION_COOKIE_NAME]["max-age"], 0)

    def test_a_membership_of_somebody_else_or_nonsense_is_403(self):
        self.sign_in("okafor@riverside.test")
        for value in (str(self.desk.membership_id), "nonsense", ""):
            with self.subTest(value):
                self.assertEqual(self.client.post("/switch-role", {"membership": value}).status_code, 403)
        self.assertIsNone(self.session_of().membership_id)

    def test_without_a_sign_in_to_the_sign_in_page(self):
        for call in (self.client.get("/"), self.client.get("/choose-role"), self.client.post("/switch-role")):
            self.assertEqual((call.status_code, call["Location"].split("?")[0]), (302, "/account/login/"))


class SecondFactor(SignInCase):
    def test_code_is_asked_for_before_anything_opens(self):
        secret = self.enrol(self.dana)
        answer = self.sign_in("dana@riverside.test")
        self.assertRedirects(answer, "/account/2fa/authenticate/")
        self.assertEqual(self.client.get("/api/auth/me").status_code, 401)
        self.client.post("/account/2fa/authenticate/", {"code": self.code(secret)})
        self.assertEqual(self.client.get("/api/auth/me").status_code, 200)

    def test_api_asks_for_it_too(self):
        secret = self.enrol(self.dana)
        body = {"email": "dana@riverside.test", "password": PASSWORD}

        def login(**more):
            answer = self.client.post("/api/auth/login", body | more, "application/json")
            return answer.status_code, answer.json().get("code")

        self.assertEqual(login(), (401, "mfa_required"))
        self.assertEqual(login(otp="000000"), (401, "invalid_credentials"))
        code = self.code(secret)
        self.assertEqual(login(otp=code), (200, None))
        self.assertEqual(login(otp=code), (401, "invalid_credentials"), "a code works once")

    def test_wrong_codes_lock_like_wrong_passwords(self):
        self.enrol(self.dana)
        body = {"email": "dana@riverside.test", "password": PASSWORD, "otp": "000000"}
        statuses = [self.client.post("/api/auth/login", body, "application/json").status_code for _ in range(10)]
        self.assertEqual(statuses, [401] * 9 + [429])

    def test_ten_wrong_codes_on_the_web_lock_codes_from_every_address(self):
        secret = self.enrol(self.dana)
        self.sign_in("dana@riverside.test")
        page = "/account/2fa/authenticate/"
        statuses = [
            self.client.post(page, {"code": "000000"}, REMOTE_ADDR=f"203.0.113.{n}").status_code for n in range(10)
        ]
        self.assertEqual(statuses, [200] * 9 + [429])
        other = Client(REMOTE_ADDR="198.51.100.7")
        self.sign_in("dana@riverside.test", client=other)
        for client in (self.client, other):
            self.assertEqual(client.post(page, {"code": self.code(secret)}).status_code, 429)
        body = {"email": "dana@riverside.test", "password": PASSWORD, "otp": self.code(secret)}
        self.assertEqual(self.client.post("/api/auth/login", body, "application/json").status_code, 429)
        with self.inside(self.desk):
            rows = AuditLog.objects.filter(action="login", outcome="refused", reason="wrong second factor")
            self.assertEqual(rows.count(), 10)

    def test_a_right_code_forgets_the_wrong_ones(self):
        secret = self.enrol(self.dana)
        body = {"email": "dana@riverside.test", "password": PASSWORD}

        def login(code):
            return self.client.post("/api/auth/login", body | {"otp": code}, "application/json").status_code

        self.assertEqual([login("000000") for _ in range(9)], [401] * 9)
        self.assertEqual(login(self.code(secret)), 200)
        self.assertEqual([login("000000") for _ in range(9)], [401] * 9)

    def test_codes_before_a_sensitive_step_lock_too(self):
        secret = self.enrol(self.dana)
        self.sign_in("dana@riverside.test")
        self.client.post("/account/2fa/authenticate/", {"code": self.code(secret)})
        page = reverse("mfa_reauthenticate")
        statuses = [self.client.post(page, {"code": "000000"}).status_code for _ in range(10)]
        self.assertEqual(statuses, [200] * 9 + [429])

    def test_a_right_password_without_a_code_is_audited(self):
        self.enrol(self.dana)
        self.sign_in("dana@riverside.test")
        body = {"email": "dana@riverside.test", "password": PASSWORD}
        self.client.post("/api/auth/login", body, "application/json")
        with self.inside(self.desk):
            rows = AuditLog.objects.filter(action="login").values_list("outcome", "reason")
            self.assertEqual(list(rows), [("refused", "second factor asked")] * 2)

    def test_seeds_are_encrypted_at_rest(self):
        secret = self.enrol(self.dana)
        self.assertNotIn(secret, str(self.dana.authenticator_set.get().data))

    def test_a_clinic_that_requires_it_opens_only_with_it(self):
        self.change_settings(self.riverside, require_mfa=True)
        self.sign_in("dana@riverside.test")
        self.assertEqual(self.client.get("/api/auth/me").status_code, 401)
        self.assertContains(self.client.get("/choose-role"), reverse("mfa_index"))
        chosen = self.client.post("/switch-role", {"membership": str(self.desk.membership_id)})
        self.assertEqual(chosen.status_code, 403)
        body = {"email": "dana@riverside.test", "password": PASSWORD}
        answer = self.client.post("/api/auth/login", body, "application/json")
        self.assertEqual((answer.status_code, answer.json()["code"]), (403, "mfa_enrolment_required"))
        self.enrol(self.dana)
        self.client.post("/switch-role", {"membership": str(self.desk.membership_id)})
        self.assertEqual(self.client.get("/api/auth/me").status_code, 200)

    def test_removing_a_required_factor_ends_the_sessions(self):
        self.enrol(self.dana)
        self.change_settings(self.riverside, require_mfa=True)
        bearer = self.bearer_for(self.desk)
        client = self.client_for(self.desk)
        self.assertEqual(client.get("/api/auth/me").status_code, 200)
        client.post("/account/reauthenticate/", {"password": PASSWORD})
        client.post(reverse("mfa_deactivate_totp"))
        self.assertEqual(client.get("/api/auth/me").status_code, 401)
        self.assertEqual(Client().get("/api/auth/me", headers=bearer).status_code, 401)

    def test_pages_of_the_second_factor_open_after_the_password_again(self):
        self.sign_in("dana@riverside.test")
        asked = self.client.get(reverse("mfa_activate_totp"))
        self.assertEqual(asked["Location"].split("?")[0], "/account/reauthenticate/")
        wrong = self.client.post("/account/reauthenticate/", {"password": "not the password"})
        self.assertEqual(wrong.status_code, 200)
        self.client.post("/account/reauthenticate/", {"password": PASSWORD})
        for name in ("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_change_password"):
            with self.subTest(name):
                answer = self.client.get(reverse(name))
                self.assertEqual(answer.status_code, 200, answer.headers)
        self.assertEqual(Client().get(reverse("passkey")).status_code, 200)
