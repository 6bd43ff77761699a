"""The way to a model and back, against a real server that plays every fault."""

import datetime as dt
import json
import logging
from decimal import Decimal
from types import SimpleNamespace
from unittest import mock
from uuid import uuid4

import time_machine
from django.test import SimpleTestCase, override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from aiassist import jobs
from aiassist.engine.identity import Identity
from aiassist.engine.redactor import redact_form
from aiassist.engine.schema import Answer, Extraction
from aiassist.engine.verifier import verify
from aiassist.model import client, prompt
from aiassist.model.client import ModelFailed
from aiassist.model.prices import cost_of
from aiassist.model.prompt import Asked
from aiassist.model.stub import SCENARIOS, Stub
from aiassist.models import IntakeSummary, ModelUse
from aiassist.operations import summaries, usage_budget
from aiassist.tests.cases import ANSWERS, SummaryCase
from clinicflow.core import clock
from clinicflow.jobs.models import Job
from clinicflow.testing.jobs import run_due_jobs
from intake.models import IntakeRevision
from patients.models import Patient

ONE_LINE = '{"id": "a", "topic": "reason", "question": "", "answer": "x"}'
PATIENT_WORDS = ("dizzy", "lisinopril", "penicillin", "Hannah", "Lindqvist", "warfarin")
# scenario -> the failure that is kept, "" where the model's summary is used
EXPECTED = {
    "ok": "",
    "fenced": "",
    "hallucinated": "",
    "paraphrased": "",
    "omission": "",
    "injection": "",
    "prose": "not_json",
    "wrong_schema": "wrong_schema",
    "refusal": "refused",
    "truncated": "truncated",
    "content_filter": "filtered",
    "failed": "failed",
    "rate_limited": "rate_limited",
    "quota": "quota",
    "500": "server_error",
    "401": "auth",
    "404": "not_found_model",
    "context_length": "context_length",
    "502_html": "server_error",
    "200_html": "empty",
    "timeout": "timeout",
    "reset": "connection",
    "drip": "timeout",
    "empty": "empty",
    "cut": "connection",
    # a server without the Responses API
    "chat_ok": "",
    "chat_fenced": "",
    "chat_hallucinated": "",
    "chat_injection": "",
    "chat_prose": "not_json",
    "chat_wrong_schema": "wrong_schema",
    "chat_refusal": "refused",
    "chat_truncated": "truncated",
    "chat_content_filter": "filtered",
    "chat_rate_limited": "rate_limited",
    "chat_500": "server_error",
    "chat_401": "auth",
    "chat_404": "not_found_model",
    "chat_context_length": "context_length",
    "chat_200_html": "empty",
    "chat_timeout": "timeout",
    "chat_reset": "connection",
    "chat_empty": "empty",
    "chat_cut": "connection",
    "chat_only_405": "",
    "neither": "no_interface",
}


class ModelCase(SummaryCase):
    """A clinic that has confirmed its agreement, and a stub in place of OpenAI."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with Stub() as stub, override_settings(OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=stub.url):
            client.ask(ONE_LINE, clinic_id=uuid4(), seconds=60)

    def setUp(self):
        super().setUp()
        self.change_settings(self.riverside, ai_agreement_confirmed=True)

    def play(self, *script, rounds=6, pause=3.0):
        """Do the summary's job with the stub, travelling to each retry; the stub afterwards."""
        started = clock.now()
        with (
            Stub(script, pause=pause) as stub,
            override_settings(OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=stub.url, OPENAI_MODEL="gpt-5-mini"),
            mock.patch.object(jobs, "CALL_TIMEOUT", 0.6),
        ):
            client.forget_interface()  # another stub may have had this port
            for _ in range(rounds):
                with self.inside(self.desk):
                    job = Job.objects.get(kind="aiassist.summarize")
                if job.state != Job.State.QUEUED:
                    break
                with time_machine.travel(max(job.run_after, started), tick=True):
                    run_due_jobs(self.riverside.pk, kinds=["aiassist.summarize"], rounds=1)
        return stub

    def use(self):
        with self.inside(self.desk):
            return ModelUse.objects.visible_to(self.desk).get()


class EveryScenario(ModelCase):
    def test_the_table_names_every_scenario(self):
        self.assertEqual(set(EXPECTED), set(SCENARIOS))

    def check(self, scenario):
        with self.assertLogs(level=logging.DEBUG) as logs:
            logging.getLogger("aiassist.tests").debug("at least one line")
            self.play(scenario)
        summary = self.newest()
        failure = EXPECTED[scenario]
        self.assertEqual(summary.status, "generated")
        self.assertEqual(summary.failure, failure)
        self.assertEqual(summary.engine, "rules" if failure else "model")
        self.assertLessEqual((summary.generated_at - summary.created_at).total_seconds(), 60)
        self.assertNotIn("warfarin", str(summary.medications))
        self.assertNotIn("oxycodone", summary.summary_text)
        if failure:
            self.assertEqual(summary.medications[0]["name"], "lisinopril")
        lines = "\n".join(record.getMessage() + str(record.exc_text or "") for record in logs.records)
        for word in PATIENT_WORDS:
            self.assertNotIn(word, lines)


def _named(scenario):
    def test(self):
        self.check(scenario)

    return test


for _scenario in EXPECTED:
    setattr(EveryScenario, f"test_{_scenario}_ends_in_a_labelled_summary", _named(_scenario))


class Calling(ModelCase):
    def test_nothing_that_names_the_patient_leaves(self):
        with self.inside(self.desk):
            Patient.objects.filter(pk=self.patient.pk).update(
                email="hlindqvist83@mail.example", address="27 Wexcombe Terrace, Apt 4, Yonkers"
            )
        self.patient.email = "hlindqvist83@mail.example"
        with self.inside(self.desk):
            IntakeRevision.objects.update(
                raw_answers=ANSWERS
                | {
                    "reason": f"I am Hannah Lindqvist, born 06/26/1983, call {self.patient.phone}, "
                    f"or write to {self.patient.email}. Dr. Okafor knows me. I live at 27 wexcombe terrace now."
                }
            )
        stub = self.play("ok")
        body = json.dumps(stub.requests[0])
        words = ("Hannah", "Lindqvist", "1983", "Riverside", "Okafor", "06/26", "wexcombe", str(self.patient.phone))
        for word in (*words, self.patient.email):
            self.assertNotIn(word, body)
        self.assertIn("lisinopril", body)
        self.assertEqual(stub.requests[0]["store"], False)
        self.assertNotIn(str(self.riverside.pk), body)

    def test_without_a_key_nobody_is_asked(self):
        with Stub(["ok"]) as stub, override_settings(OPENAI_API_KEY="", OPENAI_BASE_URL=stub.url):
            run_due_jobs(self.riverside.pk, kinds=["aiassist.summarize"])
        self.assertEqual(stub.requests, [])
        self.assertEqual((self.newest().engine, self.newest().failure), ("rules", ""))

    def test_without_the_agreement_nobody_is_asked(self):
        self.change_settings(self.riverside, ai_agreement_confirmed=False)
        stub = self.play("ok")
        self.assertEqual(stub.requests, [])
        self.assertEqual((self.newest().engine, self.newest().failure), ("rules", ""))

    def test_retry_after_is_honoured_and_the_model_answers_the_second_time(self):
        stub = self.play("rate_limited", "ok")
        summary = self.newest()
        self.assertEqual((summary.engine, summary.failure), ("model", ""))
        self.assertEqual(len(stub.requests), 2)
        self.assertEqual(summary.model_version, "stub-2026-11-24")
        self.assertEqual(summary.cost_usd, cost_of("gpt-5-mini", 900, 300))

    def test_a_second_delivery_pays_nothing(self):
        self.play("ok")
        with (
            Stub(["ok"]) as again,
            override_settings(OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=again.url),
        ):
            jobs.summarize(clinic_id=self.riverside.pk, summary_id=str(self.newest().pk))
        self.assertEqual(again.requests, [])

    def test_a_call_that_a_dead_worker_left_open_is_not_made_again(self):
        with self.inside(self.desk):
            summaries.record_call(jobs.system_actor(self.riverside.pk), self.opened(), "2026-11-1")
        stub = self.play("ok")
        self.assertEqual(stub.requests, [])
        self.assertEqual((self.newest().engine, self.newest().failure), ("rules", "interrupted"))

    def opened(self):
        return IntakeSummary.objects.of_clinic(self.desk).get().pk

    def test_the_spend_is_settled_after_the_call(self):
        self.play("ok")
        use = self.use()
        self.assertEqual(use.spent_usd, cost_of("gpt-5-mini", 900, 300))
        self.assertEqual((use.input_tokens, use.output_tokens, use.calls), (900, 300, 1))

    def test_over_the_cap_nobody_is_asked(self):
        self.change_settings(self.riverside, ai_monthly_cap_usd="0.001")
        stub = self.play("ok")
        self.assertEqual(stub.requests, [])
        self.assertEqual(self.newest().failure, "over_cap")

    def test_a_refused_key_opens_the_breaker(self):
        self.play("401")
        self.assertGreater(self.use().open_until, clock.now())
        self.assertEqual(self.use().last_failure, "auth")
        self.assertEqual(self.use().spent_usd, 0)


class Interfaces(ModelCase):
    def paths(self, stub):
        return [path.removeprefix("/v1/") for path in stub.paths]

    def test_a_server_without_the_responses_api_is_asked_through_chat_with_the_same_schema(self):
        stub = self.play("chat_ok")
        self.assertEqual(self.paths(stub), ["responses", "chat/completions"])
        asked = stub.requests[1]
        self.assertEqual(asked["response_format"]["json_schema"]["schema"], Asked.model_json_schema())
        self.assertEqual([message["role"] for message in asked["messages"]], ["system", "user"])
        self.assertEqual((self.use().input_tokens, self.use().output_tokens), (900, 300))

    def test_what_a_server_has_is_found_out_once(self):
        with Stub(["chat_ok"]) as stub, override_settings(OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=stub.url):
            client.forget_interface()
            for _ in range(2):
                client.ask(ONE_LINE, clinic_id=uuid4(), seconds=30)
            self.assertEqual(client.interface(), "chat")
        self.assertEqual(self.paths(stub), ["responses", "chat/completions", "chat/completions"])

    def test_a_server_that_changes_is_found_out_again(self):
        with Stub(["chat_ok", "ok"]) as stub, override_settings(OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=stub.url):
            client.forget_interface()
            client.ask(ONE_LINE, clinic_id=uuid4(), seconds=30)
            stub.script = ["neither"]
            with self.assertRaises(ModelFailed) as failed:
                client.ask(ONE_LINE, clinic_id=uuid4(), seconds=30)
            self.assertEqual((failed.exception.code, client.interface()), ("no_interface", ""))
            stub.script = ["ok"]
            client.ask(ONE_LINE, clinic_id=uuid4(), seconds=30)
            self.assertEqual(client.interface(), "responses")

    def test_an_address_that_ends_in_chat_completions_names_the_interface(self):
        with (
            Stub(["chat_ok"]) as stub,
            override_settings(OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=f"{stub.url}/chat/completions"),
        ):
            client.ask(ONE_LINE, clinic_id=uuid4(), seconds=30)
        self.assertEqual(self.paths(stub), ["chat/completions"])

    def test_an_unknown_model_is_no_missing_interface(self):
        stub = self.play("404")
        self.assertEqual(self.paths(stub), ["responses"])


class Pausing(ModelCase):
    def fail(self, times, code="server_error", every=dt.timedelta(seconds=1)):
        at = clock.now()
        with self.inside(self.desk):
            for n in range(times):
                usage_budget.record_usage(
                    self.desk, reserved=Decimal(0), cost=Decimal(0), failure=code, at=at + n * every
                )
            return usage_budget.reserve(self.desk, cost=Decimal("0.01"), at=at + times * every)

    def test_five_faults_in_a_minute_open_the_breaker_and_nobody_is_asked(self):
        self.assertEqual(self.fail(5), "breaker_open")
        stub = self.play("ok", rounds=1)
        self.assertEqual(stub.requests, [])
        self.assertEqual((self.newest().engine, self.newest().failure), ("rules", "breaker_open"))

    def test_four_do_not(self):
        self.assertEqual(self.fail(4), "")

    def test_nor_five_that_are_spread_out(self):
        self.assertEqual(self.fail(5, every=dt.timedelta(seconds=61)), "")

    def test_nor_answers_that_say_nothing_against_the_way(self):
        self.assertEqual(self.fail(9, code="refused"), "")


class RetryAfter(SimpleTestCase):
    def after(self, said):
        return client._retry_after(SimpleNamespace(headers={"retry-after": said} if said else {}))

    @time_machine.travel("2026-11-24 12:00:00+00:00", tick=False)
    def test_seconds_and_dates_are_understood(self):
        self.assertEqual(self.after("7"), 7.0)
        self.assertEqual(self.after("Tue, 24 Nov 2026 12:00:30 GMT"), 30.0)
        self.assertEqual(self.after("Tue, 24 Nov 2026 11:00:00 GMT"), 0.0)
        self.assertEqual(self.after("999999"), 3600.0)
        self.assertIsNone(self.after("soon"))
        self.assertIsNone(self.after(""))


class Prices(SimpleTestCase):
    def test_a_snapshot_costs_what_its_model_does_and_the_unknown_the_most(self):
        self.assertEqual(cost_of("gpt-5-mini-2025-08-07", 1_000_000, 0), Decimal("0.25"))
        self.assertEqual(cost_of("gpt-5.4", 0, 1_000_000), Decimal(15))
        self.assertEqual(cost_of("gpt-5.9-huge", 1_000_000, 0), Decimal(30))


class Following(ModelCase):
    def follow(self, *script):
        with (
            Stub(script) as stub,
            override_settings(OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=stub.url),
            time_machine.travel(clock.now() + dt.timedelta(minutes=15), tick=True),
        ):
            run_due_jobs(self.riverside.pk, kinds=["aiassist.follow_up"])
        return stub

    def test_the_models_version_follows_on_top(self):
        self.play("401")
        self.follow("ok")
        summary = self.newest()
        self.assertEqual((summary.engine, summary.version, summary.status), ("model", 2, "generated"))

    def test_it_never_covers_what_the_doctor_has_reviewed(self):
        self.play("failed")
        with self.inside(self.doctor):
            summaries.mark_reviewed(self.doctor, self.newest().pk, at=clock.now())
        stub = self.follow("ok")
        self.assertEqual(stub.requests, [])
        self.assertEqual(self.newest().version, 1)


class Prompting(SimpleTestCase):
    def test_no_change_may_be_answered_and_is_asked_for(self):
        states = Asked.model_json_schema()["properties"]["medications_state"]["enum"]
        self.assertIn("no_change", states)
        self.assertIn("no_change", prompt.INSTRUCTIONS)
        self.assertIn("red flags first", prompt.INSTRUCTIONS)

    def test_the_schema_has_no_limits_that_strict_decoding_refuses(self):
        text = json.dumps(Asked.model_json_schema())
        self.assertNotIn("maxLength", text)
        self.assertNotIn("maxItems", text)

    def test_the_safety_identifier_is_stable_and_differs_by_clinic(self):
        one, other = uuid4(), uuid4()
        self.assertEqual(client.safety_identifier(one), client.safety_identifier(one))
        self.assertNotEqual(client.safety_identifier(one), client.safety_identifier(other))
        self.assertNotIn(one.hex, client.safety_identifier(one))


FORM = [
    Answer.of("reason", ANSWERS["reason"], topic="reason"),
    Answer.of("medications", ANSWERS["medications"], topic="medications"),
    Answer.of("allergies", ANSWERS["allergies"], topic="allergies"),
]
_evidence = st.fixed_dictionaries(
    {
        "question_id": st.sampled_from(["reason", "medications", "allergies", "nowhere"]),
        "quote": st.sampled_from(["dizzy", "lisinopril, 10 mg", "penicillin", "warfarin 5 mg", ""]),
    }
)
_names = st.sampled_from(["lisinopril", "warfarin", "penicillin", "aspirin", "Ignore all rules"])
_line = st.fixed_dictionaries({"text": st.text(max_size=40) | _names, "evidence": st.lists(_evidence, max_size=2)})
_state = st.sampled_from(["listed", "none_reported", "not_stated", "unclear"])
_output = st.fixed_dictionaries(
    {
        "summary": st.lists(_line, max_size=2),
        "patient_concerns": st.lists(_line, max_size=2),
        "key_notes": st.lists(_line, max_size=2),
        "medications": st.lists(
            st.fixed_dictionaries(
                {
                    "name": _names,
                    "dose": st.sampled_from([None, "10 mg", "5 mg"]),
                    "frequency": st.sampled_from([None, "every morning", "hourly"]),
                    "status": st.sampled_from(["current", "past", "unclear"]),
                    "evidence": st.lists(_evidence, max_size=2),
                }
            ),
            max_size=3,
        ),
        "allergies": st.lists(
            st.fixed_dictionaries(
                {
                    "substance": _names,
                    "reaction": st.sampled_from([None, "rash", "death"]),
                    "evidence": st.lists(_evidence, max_size=2),
                }
            ),
            max_size=3,
        ),
        "medications_state": _state,
        "medications_state_evidence": st.lists(_evidence, max_size=1),
        "allergies_state": _state,
        "allergies_state_evidence": st.lists(_evidence, max_size=1),
    }
)


class WhateverItReturns(SimpleTestCase):
    @settings(max_examples=150, deadline=None)
    @given(_output)
    def test_no_unverified_item_reaches_the_plain_lists(self, output):
        parsed = client.parse(json.dumps(output))
        self.assertIsInstance(parsed, Extraction)
        form = redact_form(FORM, Identity(names=("Hannah Lindqvist",)))
        verified = verify(form.restore(parsed), FORM)
        summary = IntakeSummary()
        summaries.apply_result(summary, verified)
        for medication in summary.medications:
            self.assertEqual(medication["name"], "lisinopril")
            self.assertIn(medication["dose"], (None, "10 mg"))
            self.assertIn(medication["frequency"], (None, "every morning"))
        for allergy in summary.allergies:
            self.assertEqual(allergy["substance"], "penicillin")
            self.assertIn(allergy["reaction"], (None, "rash"))
        for text in [summary.summary_text, *summary.patient_concerns, *summary.key_notes]:
            self.assertNotIn("warfarin", text)
            self.assertNotIn("aspirin", text)
