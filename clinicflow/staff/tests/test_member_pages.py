"""Users: inviting, roles, access, and what nobody may do."""

import re
import time
from unittest import mock

from django.core import mail
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from clinicflow.accounts.models import AuthSession, User
from clinicflow.audit.models import AuditLog
from clinicflow.clinics.models import Membership
from clinicflow.jobs.models import Job
from clinicflow.staff.errors import LastManager
from clinicflow.staff.operations import invitations, members
from clinicflow.testing.case import PASSWORD, ClinicCase
from clinicflow.testing.jobs import run_due_jobs

LINK = re.compile(r"https?://\S+")
NEW = "a long new password"
GIVEN = "given by a manager"
METHODS = "account_authentication_methods"


class People(ClinicCase):
    def manager(self, actor=None):
        """A manager who has just given their password."""
        client = self.client_for(actor or self.desk)
        session = client.session
        session[METHODS] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
        session[f"{METHODS}_user"] = session["_auth_user_id"]
        session.save()
        return client

    def invite(self, client=None, **changes):
        body = {"email": "nia@example.test", "name": "Nia Cole", "roles": ["admin"], "doctor": ""} | changes
        return (client or self.manager()).post("/settings/users/new", body)

    def letter(self):
        """The e-mail that has been sent, and the path that it links to."""
        run_due_jobs(self.riverside.pk, kinds=["clinics.send_invitation", "clinics.send_password_reset"])
        [letter] = mail.outbox
        mail.outbox.clear()
        return letter, "/" + LINK.search(letter.body)[0].split("/", 3)[3]

    def choose_password(self, path, password=NEW):
        client = self.client_class()
        page = client.get(path, follow=True)
        [(address, _)] = page.redirect_chain or [(path, 0)]
        answer = client.post(address, {"password1": password, "password2": password}, follow=True)
        return page, answer


class Inviting(People):
    def test_from_the_letter_to_the_first_sign_in(self):
        answer = self.invite()
        self.assertEqual(answer.status_code, 302, answer.content)
        letter, path = self.letter()
        self.assertEqual(letter.to, ["nia@example.test"])
        self.assertIn("Riverside Clinic", letter.body)
        self.assertContains(self.manager().get("/settings/users"), "Invited")
        page, done = self.choose_password(path)
        self.assertContains(page, "Welcome, Nia Cole")
        self.assertContains(done, "Your password is set")
        client = self.client_class()
        client.post("/account/login/", {"login": "nia@example.test", "password": "a long new password"})
        self.assertEqual(client.get("/settings/users").status_code, 200)
        membership = Membership.objects.get(user__email="nia@example.test")
        self.assertIsNotNone(membership.joined_at)
        self.assertNotContains(self.manager().get("/settings/users"), "Invited")

    def test_the_link_works_once(self):
        self.invite()
        _, path = self.letter()
        self.choose_password(path)
        self.assertContains(self.client.get(path, follow=True), "no longer works")

    def test_the_link_ends_after_its_days(self):
        self.invite()
        _, path = self.letter()
        with override_settings(PASSWORD_RESET_TIMEOUT=-1):
            self.assertContains(self.client.get(path, follow=True), "no longer works")

    def test_a_weak_password_is_refused_and_the_link_goes_on(self):
        self.invite()
        _, path = self.letter()
        _, answer = self.choose_password(path, "password")
        self.assertContains(answer, "too")
        self.assertFalse(User.objects.get(email="nia@example.test").has_usable_password())

    def test_an_account_of_another_clinic_is_not_confessed(self):
        known = self.invite(email="desk@lakeside.test", name="Leni")
        pages = [self.manager().get(known["Location"]), self.manager().get("/settings/users")]
        for page in pages:
            self.assertContains(page, "Leni")
            self.assertContains(page, "Invited")
            self.assertNotContains(page, "Lena Park")
        letter, path = self.letter()
        self.assertEqual(path, "/account/login/")
        self.assertNotIn("Lena Park", letter.body)
        self.assertTrue(User.objects.get(email="desk@lakeside.test").check_password(PASSWORD))
        self.assertEqual(Membership.objects.filter(user=self.lake_admin, clinic=self.riverside).count(), 1)
        self.assertContains(self.manager().get("/settings/users?q=park"), "No users found")

    def test_several_roles_and_a_doctor(self):
        nora = self.make_doctor(self.riverside, "Nora Blum", "NB")
        self.invite(roles=["doctor", "owner"], doctor=str(nora.pk))
        held = Membership.objects.filter(user__email="nia@example.test").order_by("role")
        self.assertEqual([(row.role, row.doctor_id) for row in held], [("doctor", nora.pk), ("owner", None)])
        self.letter()

    def test_what_is_typed_stays_with_its_error(self):
        bad = self.invite(roles=["doctor"])
        self.assertContains(bad, "Choose the doctor.", status_code=422)
        self.assertContains(bad, "Nia Cole", status_code=422)
        taken = self.invite(roles=["doctor"], doctor=str(self.dr_okafor.pk))
        self.assertEqual(taken.status_code, 422)
        foreign = self.invite(roles=["doctor"], doctor=str(self.dr_lake.pk))
        self.assertContains(foreign, "Select a valid choice", status_code=422)
        twice = self.invite(email="marta@riverside.test", roles=["owner"])
        self.assertContains(twice, "has that role here already", status_code=422)
        self.assertFalse(Job.objects.filter(kind="clinics.send_invitation").exists())

    def test_again_and_back(self):
        self.invite()
        person = User.objects.get(email="nia@example.test")
        _, first = self.letter()
        self.manager().post(f"/settings/users/{person.pk}/resend")
        _, path = self.letter()
        self.manager().post(f"/settings/users/{person.pk}/cancel")
        self.assertFalse(Membership.objects.filter(user=person).exists())
        for link in (first, path):
            self.assertContains(self.client.get(link, follow=True), "no longer works")
        with self.inside(self.desk):
            self.assertTrue(AuditLog.objects.filter(action="invitation.cancelled").exists())

    def test_an_accepted_invitation_is_not_taken_back(self):
        answer = self.manager().post(f"/settings/users/{self.marta.pk}/cancel", follow=True)
        self.assertContains(answer, "has accepted the invitation already")
        self.assertTrue(Membership.objects.filter(user=self.marta).exists())


class Changing(People):
    def save(self, user, **changes):
        body = {"name": user.name, "roles": [], "doctor": ""} | changes
        return self.manager().post(f"/settings/users/{user.pk}", body, follow=True)

    def test_roles_are_given_and_taken_and_what_they_opened_ends(self):
        doctor = str(self.dr_okafor.pk)
        self.assertContains(self.save(self.okafor, roles=["doctor", "owner"], doctor=doctor), "Saved.")
        self.assertEqual(self.client_for(self.doctor).get("/my-day").status_code, 200)
        self.save(self.okafor, roles=["owner"])
        self.assertEqual(list(Membership.objects.filter(user=self.okafor).values_list("role", flat=True)), ["owner"])
        self.assertEqual(self.client_for(self.doctor).get("/my-day").status_code, 302)
        with self.inside(self.desk):
            self.assertEqual(AuditLog.objects.filter(action="privilege").count(), 2)

    def test_access_ends_on_the_next_request_and_comes_back(self):
        self.manager().post(f"/settings/users/{self.marta.pk}/disable")
        self.assertEqual(self.client_for(self.owner).get("/overview").status_code, 302)
        self.assertIsNotNone(AuthSession.objects.get(pk=self.owner.session_id).revoked_at)
        self.assertContains(self.manager().get("/settings/users"), "Switched off")
        self.manager().post(f"/settings/users/{self.marta.pk}/enable")
        self.assertEqual(Membership.objects.get(user=self.marta).status, "active")

    def test_nobody_takes_their_own_role(self):
        self.assertContains(self.save(self.dana, roles=["owner"]), "cannot change your own", status_code=422)
        page = self.manager().post(f"/settings/users/{self.dana.pk}/disable", follow=True)
        self.assertContains(page, "cannot change your own role")
        self.assertEqual(Membership.objects.get(user=self.dana).status, "active")

    def test_a_manager_stays(self):
        second, other = self.make_member(self.riverside, "ines@riverside.test", "Ines Roth", "admin")
        with self.inside(self.desk):
            members.set_access(self.desk, second.pk, status="disabled")
        with self.assertRaises(LastManager), self.inside(other):  # their own tab was open all the while
            members.set_access(other, self.dana.pk, status="disabled")

    def test_a_reset_is_mailed_and_audited(self):
        self.manager().post(f"/settings/users/{self.marta.pk}/reset")
        letter, path = self.letter()
        self.assertEqual(letter.to, ["marta@riverside.test"])
        self.assertTrue(path.startswith("/account/password/reset/key/"))
        self.choose_password(path)
        self.assertTrue(User.objects.get(pk=self.marta.pk).check_password("a long new password"))
        with self.inside(self.desk):
            self.assertTrue(AuditLog.objects.filter(action="password_reset.sent").exists())

    def test_another_clinics_person_is_404(self):
        for path in ("", "/disable", "/reset", "/resend", "/cancel"):
            with self.subTest(path):
                answer = self.manager().post(f"/settings/users/{self.lake_admin.pk}{path}", {"name": "x"})
                self.assertEqual(answer.status_code, 404)
        self.assertEqual(self.manager().get(f"/settings/users/{self.lake_admin.pk}").status_code, 404)


class Sudo(People):
    def test_changes_want_the_password_again_and_then_go_on(self):
        client = self.client_for(self.desk)
        path = f"/settings/users/{self.marta.pk}/disable"
        asked = client.post(path)
        self.assertEqual(asked["Location"].split("?")[0], "/account/reauthenticate/")
        self.assertEqual(Membership.objects.get(user=self.marta).status, "active")
        with mock.patch("clinicflow.staff.adapters.AccountAdapter.reauthenticate", return_value=True):
            client.post(asked["Location"], {"password": PASSWORD})
        self.assertEqual(Membership.objects.get(user=self.marta).status, "disabled")

    def test_the_list_is_read_without(self):
        self.assertEqual(self.client_for(self.desk).get("/settings/users").status_code, 200)


class Reading(People):
    def test_as_many_queries_for_many_as_for_few(self):
        client = self.manager()
        client.get("/settings/users")
        few = self.count(client)
        for number in range(20):
            self.make_member(self.riverside, f"p{number}@riverside.test", f"Person {number}", "owner")
        self.assertEqual(self.count(client), few)
        self.assertLessEqual(few, 12)

    def count(self, client):
        with CaptureQueriesContext(connection) as queries:
            client.get("/settings/users")
        return len(queries)

    def test_doctors_and_owners_may_not(self):
        for actor in (self.doctor, self.owner):
            self.assertEqual(self.client_for(actor).get("/settings/users").status_code, 403)


class PasswordsThatManagersGive(People):
    """The API takes one; whoever gave it knows it, so it must not open what another clinic offers."""

    def setUp(self):
        body = {"email": "nia@example.test", "name": "Nia Cole", "role": "admin", "password": GIVEN}
        answer = self.client_class(headers=self.bearer_for(self.foreign_desk)).post(
            "/api/settings/users", body, content_type="application/json"
        )
        self.assertEqual(answer.status_code, 201, answer.content)
        self.elsewhere = Membership.objects.get(user__email="nia@example.test")

    def sign_in(self, password):
        client = self.client_class()
        client.post("/account/login/", {"login": "nia@example.test", "password": password})
        return client

    def joined(self):
        return Membership.objects.get(user__email="nia@example.test", clinic=self.riverside).joined_at

    def test_it_opens_the_clinic_that_gave_it(self):
        self.sign_in(GIVEN)
        self.elsewhere.refresh_from_db()
        self.assertIsNotNone(self.elsewhere.joined_at)

    def test_it_opens_no_invitation_of_another(self):
        self.invite()
        client = self.sign_in(GIVEN)
        offered = Membership.objects.get(clinic=self.riverside, user=self.elsewhere.user)
        client.post("/switch-role", {"membership": offered.pk})
        self.assertNotEqual(client.get("/schedule").status_code, 200)
        self.assertIsNone(self.joined())

    def test_nor_after_the_first_clinic_took_its_own_back(self):
        with self.inside(self.foreign_desk) as manager:
            invitations.cancel(manager, self.elsewhere.user_id)
        self.invite()
        self.assertNotEqual(self.sign_in(GIVEN).get("/schedule").status_code, 200)
        self.assertIsNone(self.joined())

    def test_the_link_in_the_mailbox_does(self):
        self.invite()
        _, path = self.letter()
        self.choose_password(path)
        client = self.sign_in(NEW)
        answer = client.get("/choose-role")
        self.assertContains(answer, "Riverside Clinic")
        self.assertContains(answer, "Lakeside Clinic")
