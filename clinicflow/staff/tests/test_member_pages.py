"""The members' pages: invitations, roles, access, and rejected changes."""

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
SET_BY_MANAGER = "set by a manager"
METHODS = "account_authentication_methods"


class MemberPageCase(ClinicCase):
    def manager(self, actor=None):
        """A client of a front desk member who has just entered their password."""
        client = self.client_for(actor or self.desk)
        session = client.session
        session[METHODS] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
        session[f"{METHODS}_user"] = session["_auth_user_id"]
        session.save()
        return client

    def invite(self, client=None, **changes):
        body = {"email": "nia@example.test", "name": "Nia Cole", "roles": ["admin"], "doctor": ""} | changes
        return (client or self.manager()).post("/settings/users/new", body)

    def sent_email(self):
        """The email that was sent, and the path of its link."""
        run_due_jobs(self.riverside.pk, kinds=["clinics.send_invitation", "clinics.send_password_reset"])
        [sent_email] = mail.outbox
        mail.outbox.clear()
        return sent_email, "/" + LINK.search(sent_email.body)[0].split("/", 3)[3]

    def choose_password(self, path, password=NEW):
        client = self.client_class()
        page = client.get(path, follow=True)
        [(address, _)] = page.redirect_chain or [(path, 0)]
        response = client.post(address, {"password1": password, "password2": password}, follow=True)
        return page, response


class InviteMember(MemberPageCase):
    def test_from_the_invitation_to_the_first_sign_in(self):
        response = self.invite()
        self.assertEqual(response.status_code, 302, response.content)
        sent_email, path = self.sent_email()
        self.assertEqual(sent_email.to, ["nia@example.test"])
        self.assertIn("Riverside Clinic", sent_email.body)
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
        _, path = self.sent_email()
        self.choose_password(path)
        self.assertContains(self.client.get(path, follow=True), "no longer works")

    def test_the_link_expires(self):
        self.invite()
        _, path = self.sent_email()
        with override_settings(PASSWORD_RESET_TIMEOUT=-1):
            self.assertContains(self.client.get(path, follow=True), "no longer works")

    def test_a_weak_password_is_rejected_and_the_link_still_works(self):
        self.invite()
        _, path = self.sent_email()
        _, response = self.choose_password(path, "password")
        self.assertContains(response, "too")
        self.assertFalse(User.objects.get(email="nia@example.test").has_usable_password())

    def test_an_account_of_another_clinic_is_not_revealed(self):
        known = self.invite(email="desk@lakeside.test", name="Leni")
        pages = [self.manager().get(known["Location"]), self.manager().get("/settings/users")]
        for page in pages:
            self.assertContains(page, "Leni")
            self.assertContains(page, "Invited")
            self.assertNotContains(page, "Lena Park")
        sent_email, path = self.sent_email()
        self.assertEqual(path, "/account/login/")
        self.assertNotIn("Lena Park", sent_email.body)
        self.assertTrue(User.objects.get(email="desk@lakeside.test").check_password(PASSWORD))
        self.assertEqual(Membership.objects.filter(user=self.lake_admin, clinic=self.riverside).count(), 1)
        self.assertContains(self.manager().get("/settings/users?q=park"), "No users found")

    def test_several_roles_and_a_doctor(self):
        nora = self.make_doctor(self.riverside, "Nora Blum", "NB")
        self.invite(roles=["doctor", "owner"], doctor=str(nora.pk))
        memberships = Membership.objects.filter(user__email="nia@example.test").order_by("role")
        self.assertEqual([(row.role, row.doctor_id) for row in memberships], [("doctor", nora.pk), ("owner", None)])
        self.sent_email()

    def test_submitted_values_are_shown_with_their_errors(self):
        bad = self.invite(roles=["doctor"])
        self.assertContains(bad, "Choose a doctor.", status_code=422)
        self.assertContains(bad, "Nia Cole", status_code=422)
        taken = self.invite(roles=["doctor"], doctor=str(self.dr_okafor.pk))
        self.assertEqual(taken.status_code, 422)
        foreign = self.invite(roles=["doctor"], doctor=str(self.dr_lake.pk))
        self.assertContains(foreign, "Select a valid choice", status_code=422)
        twice = self.invite(email="marta@riverside.test", roles=["owner"])
        self.assertContains(twice, "already has that role here", status_code=422)
        self.assertFalse(Job.objects.filter(kind="clinics.send_invitation").exists())

    def test_resend_and_cancel(self):
        self.invite()
        user = User.objects.get(email="nia@example.test")
        _, first = self.sent_email()
        self.manager().post(f"/settings/users/{user.pk}/resend")
        _, path = self.sent_email()
        self.manager().post(f"/settings/users/{user.pk}/cancel")
        self.assertFalse(Membership.objects.filter(user=user).exists())
        for link in (first, path):
            self.assertContains(self.client.get(link, follow=True), "no longer works")
        with self.inside(self.desk):
            self.assertTrue(AuditLog.objects.filter(action="invitation.cancelled").exists())

    def test_an_accepted_invitation_cannot_be_cancelled(self):
        response = self.manager().post(f"/settings/users/{self.marta.pk}/cancel", follow=True)
        self.assertContains(response, "has already accepted the invitation")
        self.assertTrue(Membership.objects.filter(user=self.marta).exists())


class EditMember(MemberPageCase):
    def save(self, user, **changes):
        body = {"name": user.name, "roles": [], "doctor": ""} | changes
        return self.manager().post(f"/settings/users/{user.pk}", body, follow=True)

    def test_roles_are_granted_and_revoked_with_their_sessions(self):
        doctor = str(self.dr_okafor.pk)
        self.assertContains(self.save(self.okafor, roles=["doctor", "owner"], doctor=doctor), "Saved.")
        self.assertEqual(self.client_for(self.doctor).get("/my-day").status_code, 200)
        self.save(self.okafor, roles=["owner"])
        self.assertEqual(list(Membership.objects.filter(user=self.okafor).values_list("role", flat=True)), ["owner"])
        self.assertEqual(self.client_for(self.doctor).get("/my-day").status_code, 302)
        with self.inside(self.desk):
            self.assertEqual(AuditLog.objects.filter(action="privilege").count(), 2)

    def test_deactivation_applies_to_the_next_request_and_can_be_reversed(self):
        self.manager().post(f"/settings/users/{self.marta.pk}/disable")
        self.assertEqual(self.client_for(self.owner).get("/overview").status_code, 302)
        self.assertIsNotNone(AuthSession.objects.get(pk=self.owner.session_id).revoked_at)
        self.assertContains(self.manager().get("/settings/users"), "Deactivated")
        self.manager().post(f"/settings/users/{self.marta.pk}/enable")
        self.assertEqual(Membership.objects.get(user=self.marta).status, "active")

    def test_members_cannot_revoke_their_own_role(self):
        self.assertContains(self.save(self.dana, roles=["owner"]), "cannot change your own", status_code=422)
        page = self.manager().post(f"/settings/users/{self.dana.pk}/disable", follow=True)
        self.assertContains(page, "cannot change your own role")
        self.assertEqual(Membership.objects.get(user=self.dana).status, "active")

    def test_the_last_manager_cannot_be_deactivated(self):
        second, other = self.make_member(self.riverside, "ines@riverside.test", "Ines Roth", "admin")
        with self.inside(self.desk):
            members.set_access(self.desk, second.pk, status="disabled")
        with self.assertRaises(LastManager), self.inside(other):  # their session is still open
            members.set_access(other, self.dana.pk, status="disabled")

    def test_a_password_reset_is_emailed_and_audited(self):
        self.manager().post(f"/settings/users/{self.marta.pk}/reset")
        sent_email, path = self.sent_email()
        self.assertEqual(sent_email.to, ["marta@riverside.test"])
        self.assertTrue(path.startswith("/account/password/reset/key/"))
        self.choose_password(path)
        self.assertTrue(User.objects.get(pk=self.marta.pk).check_password("a long new password"))
        with self.inside(self.desk):
            self.assertTrue(AuditLog.objects.filter(action="password_reset.sent").exists())

    def test_another_clinics_member_is_404(self):
        for path in ("", "/disable", "/reset", "/resend", "/cancel"):
            with self.subTest(path):
                response = self.manager().post(f"/settings/users/{self.lake_admin.pk}{path}", {"name": "x"})
                self.assertEqual(response.status_code, 404)
        self.assertEqual(self.manager().get(f"/settings/users/{self.lake_admin.pk}").status_code, 404)


class RecentPassword(MemberPageCase):
    def test_changes_require_a_recent_password(self):
        client = self.client_for(self.desk)
        path = f"/settings/users/{self.marta.pk}/disable"
        challenge = client.post(path)
        self.assertEqual(challenge["Location"].split("?")[0], "/account/reauthenticate/")
        self.assertEqual(Membership.objects.get(user=self.marta).status, "active")
        with mock.patch("clinicflow.staff.adapters.AccountAdapter.reauthenticate", return_value=True):
            client.post(challenge["Location"], {"password": PASSWORD})
        self.assertEqual(Membership.objects.get(user=self.marta).status, "disabled")

    def test_the_list_does_not_require_it(self):
        self.assertEqual(self.client_for(self.desk).get("/settings/users").status_code, 200)


class MemberList(MemberPageCase):
    def test_query_count_does_not_depend_on_the_number_of_members(self):
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

    def test_doctors_and_owners_are_forbidden(self):
        for actor in (self.doctor, self.owner):
            self.assertEqual(self.client_for(actor).get("/settings/users").status_code, 403)


class PasswordsSetByManagers(MemberPageCase):
    """A manager can set a password with the API, and knows it: it must not accept another clinic's invitation."""

    def setUp(self):
        body = {"email": "nia@example.test", "name": "Nia Cole", "role": "admin", "password": SET_BY_MANAGER}
        response = self.client_class(headers=self.bearer_for(self.foreign_desk)).post(
            "/api/settings/users", body, content_type="application/json"
        )
        self.assertEqual(response.status_code, 201, response.content)
        self.elsewhere = Membership.objects.get(user__email="nia@example.test")

    def sign_in(self, password):
        client = self.client_class()
        client.post("/account/login/", {"login": "nia@example.test", "password": password})
        return client

    def joined(self):
        return Membership.objects.get(user__email="nia@example.test", clinic=self.riverside).joined_at

    def test_it_signs_in_to_the_clinic_that_set_it(self):
        self.sign_in(SET_BY_MANAGER)
        self.elsewhere.refresh_from_db()
        self.assertIsNotNone(self.elsewhere.joined_at)

    def test_it_accepts_no_invitation_of_another_clinic(self):
        self.invite()
        client = self.sign_in(SET_BY_MANAGER)
        offered = Membership.objects.get(clinic=self.riverside, user=self.elsewhere.user)
        client.post("/switch-role", {"membership": offered.pk})
        self.assertNotEqual(client.get("/schedule").status_code, 200)
        self.assertIsNone(self.joined())

    def test_nor_after_the_first_clinic_cancelled_its_own(self):
        with self.inside(self.foreign_desk) as manager:
            invitations.cancel(manager, self.elsewhere.user_id)
        self.invite()
        self.assertNotEqual(self.sign_in(SET_BY_MANAGER).get("/schedule").status_code, 200)
        self.assertIsNone(self.joined())

    def test_the_emailed_link_accepts_it(self):
        self.invite()
        _, path = self.sent_email()
        self.choose_password(path)
        client = self.sign_in(NEW)
        response = client.get("/choose-role")
        self.assertContains(response, "Riverside Clinic")
        self.assertContains(response, "Lakeside Clinic")
