"""Nothing is shown as sent that this installation cannot send."""

from unittest import mock

from django.core import mail
from django.test import SimpleTestCase

from clinicflow import env
from clinicflow.testing.case import ClinicCase
from scheduling import messaging
from scheduling.models import Message
from scheduling.operations import messages

CHANNELS = ("sms", "email", "voice")


class CarriedChannels(ClinicCase):
    def carried(self, **settings):
        with self.settings(**settings):
            return [channel for channel in CHANNELS if messaging.is_carried(channel)]

    def test_by_provider(self):
        self.assertEqual(self.carried(MESSAGE_PROVIDER="console"), list(CHANNELS))
        self.assertEqual(self.carried(MESSAGE_PROVIDER="console", PRODUCTION=True), [])
        self.assertEqual(self.carried(MESSAGE_PROVIDER="email"), ["email"])
        self.assertEqual(self.carried(MESSAGE_PROVIDER="twilio"), list(CHANNELS))
        self.assertEqual(self.carried(MESSAGE_PROVIDER="twilio", EMAIL_BACKEND=messaging.NO_MAIL), ["sms", "voice"])

    def test_a_patient_with_a_phone_gets_the_email_that_can_be_sent(self):
        patient = self.make_patient(self.riverside, phone="+12125550133", email="hannah@example.test")
        with self.settings(MESSAGE_PROVIDER="email"), self.inside(self.desk):
            self.assertEqual(messages.channel_for(self.desk, patient), ("email", "hannah@example.test"))
        with self.settings(MESSAGE_PROVIDER="console", PRODUCTION=True), self.inside(self.desk):
            self.assertIsNone(messages.channel_for(self.desk, patient))

    def test_a_message_over_a_channel_without_provider_has_failed(self):
        patient = self.make_patient(self.riverside, phone="+12125550133")
        with self.settings(MESSAGE_PROVIDER="email"), self.inside(self.desk):
            message = messages.compose_to(self.desk, patient, kind="reply", body="Yes.", way=("sms", "+12125550133"))
            messages.deliver(self.desk, message, subject="", text="Yes.")
            message = Message.objects.get(pk=message.pk)
        self.assertEqual((message.status, message.error, message.sent_at), ("failed", "no-provider", None))


class MailServers(SimpleTestCase):
    def read(self, url):
        with mock.patch.dict("os.environ", {"EMAIL_URL": url}):
            return env.mail_server("EMAIL_URL", "console:")

    def test_the_url_names_server_encryption_and_account(self):
        server = self.read("smtp+tls://clinic%40example.org:p%3Ass%2Fword@mail.example.org")
        self.assertEqual((server.host, server.port, server.tls, server.ssl), ("mail.example.org", 587, True, False))
        self.assertEqual((server.user, server.password), ("clinic@example.org", "p:ss/word"))
        server = self.read("smtps://mail.example.org")
        self.assertEqual((server.port, server.tls, server.ssl), (465, False, True))
        self.assertEqual(self.read("smtp://mail.example.org:2525").port, 2525)

    def test_without_a_mail_server_sending_fails(self):
        with self.settings(EMAIL_BACKEND=self.read("none:").backend), self.assertRaises(OSError):
            mail.send_mail("Subject", "Text", None, ["hannah@example.test"])
