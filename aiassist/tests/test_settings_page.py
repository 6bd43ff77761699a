from django.test import override_settings

from aiassist.model.client import forget_interface
from aiassist.model.stub import Stub
from aiassist.models import ModelUse
from clinicflow.audit.models import AuditLog
from clinicflow.testing.case import ClinicCase
from clinicflow.testing.jobs import run_due_jobs


class ModelSettingsPageTests(ClinicCase):
    def test_it_says_that_nothing_leaves_without_a_key(self):
        page = self.client_for(self.desk).get("/settings/ai")
        self.assertContains(page, "no answer leaves it")

    @override_settings(OPENAI_API_KEY="sk-test")
    def test_a_key_alone_turns_nothing_on(self):
        page = self.client_for(self.desk).get("/settings/ai")
        self.assertContains(page, "stays off until you confirm")
        self.assertNotContains(page, "sk-test")

    def test_the_agreement_is_stored_and_audited(self):
        answer = self.client_for(self.desk).post(
            "/settings/ai", {"ai_agreement_confirmed": "on", "ai_monthly_cap_usd": "20"}
        )
        self.assertEqual(answer.status_code, 302)
        self.assertTrue(self.settings_of(self.riverside).ai_agreement_confirmed)
        with self.inside(self.desk):
            self.assertTrue(AuditLog.objects.filter(action="ai.agreement_confirmed", user_id=self.dana.pk).exists())

    def test_a_cap_below_nothing_is_refused(self):
        answer = self.client_for(self.desk).post(
            "/settings/ai", {"ai_agreement_confirmed": "on", "ai_monthly_cap_usd": "-1"}
        )
        self.assertEqual(answer.status_code, 422)
        self.assertFalse(self.settings_of(self.riverside).ai_agreement_confirmed)

    def test_only_the_front_desk_opens_it(self):
        for actor in (self.doctor, self.owner):
            self.assertEqual(self.client_for(actor).get("/settings/ai").status_code, 403)

    def test_a_trial_shows_how_it_went(self):
        client = self.client_for(self.desk)
        with (
            Stub(["401"]) as stub,
            override_settings(OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=stub.url),
        ):
            waiting = client.post("/settings/ai/try")["Location"]
            self.assertContains(client.get(waiting), 'hx-trigger="every 2s"')
            run_due_jobs(self.riverside.pk, kinds=["aiassist.try_model"])
            page = client.get(waiting)
        self.assertNotContains(page, "every 2s")
        self.assertContains(page, "rejected the key")
        with self.inside(self.desk):
            self.assertEqual(ModelUse.objects.visible_to(self.desk).get().spent_usd, 0)

    def test_a_trial_shows_which_interface_the_server_has(self):
        client = self.client_for(self.desk)
        with (
            Stub(["chat_ok"]) as stub,
            override_settings(OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=stub.url),
        ):
            forget_interface()
            self.assertNotContains(client.get("/settings/ai"), "Chat Completions")
            client.post("/settings/ai/try")
            run_due_jobs(self.riverside.pk, kinds=["aiassist.try_model"])
            self.assertContains(client.get("/settings/ai"), "Chat Completions API")

    def test_a_trial_says_when_the_server_has_none(self):
        client = self.client_for(self.desk)
        with (
            Stub(["neither"]) as stub,
            override_settings(OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=stub.url),
        ):
            forget_interface()
            client.post("/settings/ai/try")
            run_due_jobs(self.riverside.pk, kinds=["aiassist.try_model"])
            self.assertContains(client.get("/settings/ai"), "neither the Responses API nor Chat Completions")
