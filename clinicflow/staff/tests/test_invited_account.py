"""An account that another clinic has invited: until it accepts, that clinic learns nothing of it."""

from django.test import Client

from clinicflow.audit.models import AuditLog
from clinicflow.clinics.models import Membership
from clinicflow.core import clock
from clinicflow.staff.operations import members
from clinicflow.testing.case import PASSWORD, ClinicCase

EMAIL, NAME, INVITED_AS = "okafor@riverside.test", "Amara Okafor", "Zed Inventedname"


class InvitedAccount(ClinicCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.okafor.password_changed_at = clock.now()
        cls.okafor.save(update_fields=["password_changed_at"])
        with cls.inside(cls.foreign_desk):
            members.invite(cls.foreign_desk, email=EMAIL, name=INVITED_AS, roles=["admin"], at=clock.now())

    def manager(self):
        client = self.client_for(self.foreign_desk)
        client.post("/account/reauthenticate/", {"password": PASSWORD})
        return client

    def sign_in(self, password=PASSWORD, client=None):
        return (client or Client()).post("/account/login/", {"login": EMAIL, "password": password})

    def test_no_page_of_the_inviting_manager_shows_the_name_of_the_account(self):
        self.sign_in()
        client = self.manager()
        for path in (
            "/audit",
            "/settings/users",
            "/settings/security",
            "/api/settings/users",
            "/api/audit",
            "/admin/clinics/membership/",
            "/admin/clinics/doctor/add/",
            "/admin/audit/auditlog/",
        ):
            with self.subTest(path):
                page = client.get(path)
                self.assertEqual(page.status_code, 200)
                self.assertNotContains(page, NAME)

    def test_lists_are_ordered_by_the_name_that_the_manager_entered(self):
        rows = self.manager().get("/api/settings/users").json()["results"]
        self.assertEqual(rows[-1]["name"], INVITED_AS)
        page = self.manager().get("/settings/users").content.decode()
        self.assertGreater(page.index(INVITED_AS), page.index(self.lake_admin.name))
        self.assertNotIn(INVITED_AS, self.manager().get("/settings/users?q=amara").content.decode())

    def test_sign_ins_are_audited_where_the_user_has_joined(self):
        self.sign_in("wrong one here")
        self.sign_in()
        with self.inside(self.foreign_desk):
            self.assertFalse(AuditLog.objects.filter(user=self.okafor).exists())
        with self.inside(self.desk):
            outcomes = AuditLog.objects.filter(user=self.okafor, action="login").values_list("outcome", flat=True)
            self.assertEqual(sorted(outcomes), ["ok", "refused"])

    def test_a_failure_is_audited_in_each_clinic_that_the_user_has_joined(self):
        with self.inside(self.foreign_desk):
            Membership.objects.filter(user=self.okafor, clinic=self.lakeside).update(joined_at=clock.now())
        self.sign_in("wrong one here")
        for actor in (self.desk, self.foreign_desk):
            with self.inside(actor):
                self.assertEqual(AuditLog.objects.filter(user=self.okafor, outcome="refused").count(), 1)

    def test_the_invitation_forces_no_choice_and_waits_in_the_menu(self):
        client = Client()
        self.sign_in(client=client)
        self.assertEqual(client.get("/api/auth/me").json()["membership"]["role"], "doctor")
        self.assertContains(client.get("/roles"), self.lakeside.name)
        pending = Membership.objects.get(user=self.okafor, clinic=self.lakeside)
        self.assertTrue(pending.is_pending)
        client.post("/switch-role", {"membership": str(pending.pk)})
        pending.refresh_from_db()
        self.assertFalse(pending.is_pending)
