"""What providers tell us: signed, once, to the right clinic and visit; and what we tell Twilio, against a stub."""

import datetime as dt
import hashlib
import hmac
import io
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode

from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from aiassist.operations import outreach
from aiassist.tests.cases import NOON, SEND, ConversationCase
from clinicflow.core import clock
from clinicflow.testing.jobs import run_due_jobs
from patients.operations import patients
from scheduling import messaging
from scheduling.messaging.inbound_message import MAX_LENGTH
from scheduling.messaging.twilio import signature
from scheduling.operations import change_notices, provider_numbers, waitlist

OURS = "+15125550100"
SECRET = "a secret that both sides know"


@override_settings(WEBHOOK_SECRET=SECRET, TWILIO_AUTH_TOKEN="twilio's", TWILIO_ACCOUNT_SID="AC1")
class WebhookCase(ConversationCase):
    def setUp(self):
        super().setUp()
        for channel, address in (("sms", OURS), ("voice", OURS), ("email", "desk@riverside.test")):
            provider_numbers.assign(self.riverside.pk, channel=channel, address=address)
        self.client = Client()

    def tell(self, channel="sms", *, secret=SECRET, at=None, **body):
        self.later(seconds=1)
        raw = json.dumps({"from": str(self.hannah.phone), "to": OURS, "id": "m1"} | body)
        stamp = str(int(at if at is not None else clock.now().timestamp()))
        mark = hmac.new(secret.encode(), f"{stamp}.{raw}".encode(), hashlib.sha256).hexdigest()
        answer = self.client.post(
            f"/api/webhooks/{channel}",
            raw,
            content_type="application/json",
            headers={"X-ClinicFlow-Signature": f"t={stamp},v1={mark}"},
        )
        run_due_jobs(self.riverside.pk, kinds=SEND)
        return answer

    def twilio(self, path="/api/webhooks/sms", *, mark=None, **fields):
        self.later(seconds=1)
        fields = {"From": str(self.hannah.phone), "To": OURS, "MessageSid": "SM1"} | fields
        mark = mark or signature(settings.SITE_URL + path, list(fields.items()))
        answer = self.client.post(
            path,
            urlencode(fields),
            content_type="application/x-www-form-urlencoded",
            headers={"X-Twilio-Signature": mark},
        )
        run_due_jobs(self.riverside.pk, kinds=SEND)
        return answer


class SignatureTests(WebhookCase):
    def test_unsigned_stale_and_forged_requests_are_403(self):
        for answer in (
            self.client.post("/api/webhooks/sms", "{}", content_type="application/json"),
            self.tell(text="C", secret="another"),
            self.tell(text="C", at=clock.now().timestamp() - 400),
            self.twilio(Body="C", mark="forged"),
        ):
            self.assertEqual((answer.status_code, answer["Content-Type"]), (403, "application/problem+json"))
        self.assertEqual(self.stored_visit().status, "unconfirmed")
        self.assertEqual(self.messages(), [])

    def test_without_a_secret_every_request_is_403(self):
        with self.settings(WEBHOOK_SECRET=""):
            self.assertEqual(self.tell(text="C", secret="").status_code, 403)
        with self.settings(TWILIO_AUTH_TOKEN=""):
            self.assertEqual(self.twilio(Body="C").status_code, 403)

    def test_a_number_that_no_clinic_has_is_404(self):
        self.assertEqual(self.tell(text="C", to="+15125559999").status_code, 404)

    def test_twilios_own_example_of_a_signature(self):
        fields = {
            "CallSid": "CA1234567890ABCDE",
            "Caller": "+14158675309",
            "Digits": "1234",
            "From": "+14158675309",
            "To": "+18005551212",
        }
        with self.settings(TWILIO_AUTH_TOKEN="12345"):
            made = signature("https://mycompany.com/myapp.php?foo=1&bar=2", fields.items())
        self.assertEqual(made, "RSOYDt4T1cUTdK1PDd93/VVr8B8=")

    def test_missing_and_malformed_fields_are_400(self):
        self.assertEqual(self.tell(text="C", id="").status_code, 400)
        self.assertEqual(self.tell(text="C", to="a b").status_code, 400)


class InboundTests(WebhookCase):
    def test_a_repeated_delivery_is_processed_once(self):
        for _ in range(2):
            self.assertEqual(self.tell(text="C").json(), {"status": "ok"})
        self.assertEqual(self.stored_visit().status, "confirmed")
        self.assertEqual(len(self.messages(direction="inbound")), 1)
        self.assertEqual(len(self.answers()), 1)

    def test_an_email_finds_its_visit_by_the_address(self):
        self.tell("email", text="please call me", to="Desk@Riverside.test", **{"from": "HANNAH@example.test"})
        self.assertEqual(self.conversation("email").attention_reason, "requested-human")

    def test_twilio_gets_a_twiml_response(self):
        answer = self.twilio(Body="C")
        self.assertEqual((answer.status_code, answer["Content-Type"]), (200, "text/xml; charset=utf-8"))
        self.assertEqual(self.stored_visit().status, "confirmed")

    def test_a_reply_is_about_the_visit_with_a_request(self):
        other = self.book(hours=20)
        with self.inside(self.system):
            outreach.request_confirmation(self.system, self.visit.pk, channel="sms", at=clock.now())
        self.tell(text="C")
        self.assertEqual((self.stored_visit().status, self.stored_visit(other).status), ("confirmed", "unconfirmed"))

    def test_a_reply_escalates_when_two_visits_have_requests(self):
        other = self.book(hours=20)
        with self.inside(self.system):
            for visit in (self.visit, other):
                outreach.request_confirmation(self.system, visit.pk, channel="sms", at=clock.now())
        self.tell(text="C")
        self.assertEqual((self.stored_visit().status, self.stored_visit(other).status), ("unconfirmed", "unconfirmed"))
        self.assertTrue(self.stored_visit().needs_attention or self.stored_visit(other).needs_attention)

    def test_a_reply_escalates_when_none_of_several_upcoming_visits_has_a_request(self):
        other = self.book(hours=20)
        self.tell(text="cancel my appointment")
        self.assertEqual((self.stored_visit().status, self.stored_visit(other).status), ("unconfirmed", "unconfirmed"))
        self.assertTrue(self.stored_visit(other).needs_attention)

    def test_a_reply_that_may_answer_an_offer_does_not_act(self):
        for number, text in enumerate(("yes please, I'll take it", "no, I can't come then")):
            with self.subTest(text):
                who = self.make_patient(self.riverside, "Grace Kim")
                visit = self.book(patient=who)
                with self.inside(self.system):
                    outreach.request_confirmation(self.system, visit.pk, channel="sms", at=clock.now())
                with self.inside(self.desk):
                    entry = waitlist.add(
                        self.desk, patient_id=who.pk, date_from=clock.now().date(), date_to=visit.starts_at.date()
                    )
                    free = NOON + dt.timedelta(hours=2 + number)
                    offer = {"doctor_id": self.dr_okafor.pk, "starts_at": free, "at": clock.now()}
                    waitlist.offer(self.desk, entry.pk, **offer)
                self.later(minutes=1)
                run_due_jobs(self.riverside.pk)
                self.tell(text=text, id=f"m{number}", **{"from": str(who.phone)})
                self.assertEqual(self.stored_visit(visit).status, "unconfirmed")
                self.assertTrue(self.stored_visit(visit).needs_attention)

    def test_stop_applies_to_every_patient_with_the_number(self):
        child = self.make_patient(self.riverside, "Noah Lindqvist", phone=str(self.hannah.phone))
        self.book(patient=child)
        self.tell(text="STOP")
        self.assertFalse(self.stored_patient().contact_preferences["sms"])
        self.assertFalse(self.stored_patient(child).contact_preferences["sms"])
        self.assertEqual(len(self.answers()), 1)

    def test_a_repeated_stop_does_not_undo_a_later_opt_in(self):
        self.tell(text="STOP")
        with self.inside(self.desk):
            patients.set_contact_preferences(self.desk, self.hannah.pk, preferences={"sms": True})
        self.tell(text="STOP")
        self.assertTrue(self.stored_patient().contact_preferences["sms"])

    def test_an_unknown_sender_is_ignored(self):
        self.assertEqual(self.tell(text="C", **{"from": "+15125558888"}).status_code, 200)
        self.assertEqual(self.messages(), [])

    def test_a_message_of_a_patient_without_a_visit_is_stored_and_can_opt_out(self):
        grace = self.make_patient(self.riverside, "Grace Kim")
        self.tell(text="STOP", **{"from": str(grace.phone)})
        self.assertFalse(self.stored_patient(grace).contact_preferences["sms"])
        self.assertEqual(len(self.messages(patient=grace)), 1)

    def test_a_text_without_a_visit_is_stored_trimmed_and_cut(self):
        grace = self.make_patient(self.riverside, "Grace Kim")
        self.tell(text=f" {'call me ' * 300}", **{"from": str(grace.phone)})
        [message] = self.messages(patient=grace)
        self.assertEqual((len(message.body), message.body[:8]), (MAX_LENGTH, "call me "))

    def test_another_clinics_number_reaches_that_clinics_patients_alone(self):
        provider_numbers.assign(self.lakeside.pk, channel="sms", address="+15125550200")
        self.tell(text="C", to="+15125550200")
        self.assertEqual(self.stored_visit().status, "unconfirmed")

    def test_numbers_are_assigned_to_clinics_by_a_command(self):
        call_command("provider_number", "riverside clinic", "sms", "+1 512 555 0111", stdout=io.StringIO())
        self.assertEqual(provider_numbers.clinic_of("sms", "+15125550111"), self.riverside.pk)
        with self.assertRaises(CommandError):
            call_command("provider_number", "Lakeside Clinic", "sms", "+15125550111")
        with self.assertRaises(CommandError):
            call_command("provider_number", "Nowhere", "sms", "+15125550112")


class CallWebhookTests(WebhookCase):
    def setUp(self):
        super().setUp()
        with self.inside(self.system):
            self.call = outreach.request_confirmation(self.system, self.visit.pk, channel="voice", at=clock.now())
        self.path = f"/api/webhooks/voice?interaction={self.call.pk}&call={self.call.content[-1]['id']}"

    def ring(self, **fields):
        return self.twilio(self.path, From=OURS, To=str(self.hannah.phone), **fields)

    def test_a_call_is_greeted_and_the_pressed_key_is_applied(self):
        asked = self.ring(CallStatus="in-progress").content.decode()
        self.assertIn("automatic assistant of Riverside Clinic", asked)
        self.assertIn('numDigits="1"', asked)
        self.assertNotIn("Okafor", asked)
        answered = self.ring(Digits="1").content.decode()
        self.assertIn("is confirmed", answered)
        self.assertEqual(self.stored_visit().status, "confirmed")
        self.ring(CallStatus="completed", CallDuration="41")
        self.assertEqual(self.conversation("voice").duration, "0m 41s")

    def test_an_unanswered_call(self):
        self.ring(CallStatus="no-answer")
        self.assertEqual(self.conversation("voice").content[-1]["outcome"], "no-answer")

    def test_other_providers_report_the_end_as_json(self):
        body = {"interaction_id": str(self.call.pk), "call_id": self.call.content[-1]["id"], "from": OURS}
        self.assertEqual(self.tell("voice", how="answered", words="yes", seconds=12, **body).status_code, 200)
        self.assertEqual(self.stored_visit().status, "confirmed")

    def test_another_clinics_call_is_404(self):
        provider_numbers.assign(self.lakeside.pk, channel="voice", address="+15125550200")
        answer = self.twilio(self.path, From="+15125550200", To=str(self.hannah.phone), Digits="1")
        self.assertEqual(answer.status_code, 404)


class TwilioStub(BaseHTTPRequestHandler):
    """Twilio, as its documentation has it; `answers` are given in turn."""

    answers: list = []
    asked: list = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked.append((self.path, self.headers["Authorization"], parse_qs(body)))
        status, told = self.answers.pop(0)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(told if isinstance(told, bytes) else json.dumps(told).encode())

    def log_message(self, *args):
        """Quiet."""


class TwilioTests(WebhookCase):
    def setUp(self):
        super().setUp()
        server = ThreadingHTTPServer(("127.0.0.1", 0), TwilioStub)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        TwilioStub.asked, TwilioStub.answers = [], []
        override = override_settings(
            MESSAGE_PROVIDER="twilio", TWILIO_API_URL=f"http://127.0.0.1:{server.server_address[1]}"
        )
        override.enable()
        self.addCleanup(override.disable)

    def send(self, *answers):
        TwilioStub.answers = list(answers)
        with self.inside(self.system):
            outreach.request_confirmation(self.system, self.visit.pk, channel="sms", at=clock.now())
        run_due_jobs(self.riverside.pk, kinds=SEND, rounds=1)
        return self.messages()[0]

    def test_a_text_leaves_from_the_clinics_own_number(self):
        message = self.send((201, {"sid": "SM77", "status": "queued"}))
        self.assertEqual((message.status, message.provider, message.provider_id), ("sent", "twilio", "SM77"))
        self.assertEqual(message.console_body, "")
        path, credentials, form = TwilioStub.asked[0]
        self.assertEqual(path, "/2010-04-01/Accounts/AC1/Messages.json")
        self.assertTrue(credentials.startswith("Basic "))
        self.assertEqual((form["From"], form["To"]), ([OURS], [str(self.hannah.phone)]))

    def test_error_21610_is_an_opt_out(self):
        message = self.send((400, {"code": 21610, "message": "unsubscribed"}))
        self.assertEqual((message.status, message.error), ("failed", "opted-out"))
        self.assertFalse(self.stored_patient().contact_preferences["sms"])
        self.assertEqual(self.conversation().status, "failed")

    def test_other_refusals_are_final_and_store_the_code(self):
        self.assertEqual(self.send((400, {"code": 21211})).error, "twilio-21211")
        self.assertEqual(self.conversation().status, "failed")

    def test_temporary_failures_are_retried(self):
        for trouble in ((500, b"<html>"), (429, {"code": 20429})):
            with self.subTest(trouble):
                message = self.send(trouble)
                self.assertEqual(message.status, "queued")
                with self.inside(self.desk):
                    message.delete()

    def test_a_message_with_unknown_outcome_is_not_sent_again(self):
        self.assertEqual(self.send((201, b"not json")).error, "outcome-unknown")
        self.assertEqual(self.conversation().status, "failed")

    def test_a_change_that_twilio_refuses_to_text_is_an_opt_out_too(self):
        TwilioStub.answers = [(400, {"code": 21610})]
        with self.inside(self.system):
            change_notices.queue_notice(self.system, self.visit)
        self.later(minutes=1)
        run_due_jobs(self.riverside.pk, kinds=[change_notices.JOB], rounds=1)
        self.assertEqual(self.messages()[0].error, "opted-out")
        self.assertFalse(self.stored_patient().contact_preferences["sms"])
        self.assertEqual(self.conversation().attention_reason, "paused-interaction")
        self.assertTrue(self.stored_visit().needs_attention)

    def test_a_call_is_placed_with_the_webhook_url(self):
        TwilioStub.answers = [(201, {"sid": "CA1"})]
        with self.inside(self.system):
            thread = outreach.request_confirmation(self.system, self.visit.pk, channel="voice", at=clock.now())
        run_due_jobs(self.riverside.pk, kinds=["aiassist.place_call"])
        path, _credentials, form = TwilioStub.asked[0]
        self.assertEqual(path, "/2010-04-01/Accounts/AC1/Calls.json")
        self.assertIn(str(thread.pk), form["Url"][0])

    def test_a_call_that_twilio_refuses_has_failed(self):
        TwilioStub.answers = [(400, {"code": 21211})]
        with self.inside(self.system):
            outreach.request_confirmation(self.system, self.visit.pk, channel="voice", at=clock.now())
        run_due_jobs(self.riverside.pk, kinds=["aiassist.place_call"])
        self.assertEqual(self.conversation("voice").content[-1]["outcome"], "failed")

    def test_there_is_no_simulator_then(self):
        self.assertFalse(messaging.is_simulated())
