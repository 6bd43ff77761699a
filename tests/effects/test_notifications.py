"""Notifications: what the clinic's people are told of, and how."""

import time_machine
from django.core import mail as outbox

from aiassist.events import AttentionNeeded
from aiassist.models import Interaction
from clinicflow.access.actor import system_actor
from clinicflow.core import clock
from clinicflow.core.events import publish
from clinicflow.notifications.models import Notification
from clinicflow.testing.monday import TEN
from dashboards.notification_center.jobs import notify_upcoming
from dashboards.tests.cases import MINUTE, NotificationCase
from scheduling.operations import appointments
from tests.effects.cases import Decides

Kind = Notification.Kind


class What(Decides, NotificationCase):
    def kinds(self):
        self.run_jobs()
        return {row.kind for row in self.rows(self.desk)}

    def near(self):
        with self.inside(system_actor(self.riverside.pk)):
            notify_upcoming(clinic_id=self.riverside.pk)
        return self.kinds()

    def test_notify_unconfirmed(self):
        self.visit_at("16:00", "Diego Flores", intake_status="completed")
        self.decide(notify_unconfirmed=False)
        self.assertEqual(self.near(), set())
        self.decide(notify_unconfirmed=True)
        self.assertEqual(self.near(), {Kind.UNCONFIRMED})

    def test_notify_missing_intake(self):
        self.visit_at("16:00", "Diego Flores", status="confirmed", intake_status="sent")
        self.decide(notify_missing_intake=False)
        self.assertEqual(self.near(), set())
        self.decide(notify_missing_intake=True)
        self.assertEqual(self.near(), {Kind.MISSING_INTAKE})

    def escalate(self, channel):
        with self.inside(self.desk):
            talk = Interaction.objects.create(
                clinic=self.riverside,
                appointment=self.visit,
                patient=self.visit.patient,
                doctor=self.dr_okafor,
                channel=channel,
                needs_attention=True,
                attention_reason="requested-human",
            )
            publish(
                AttentionNeeded(
                    clinic_id=self.riverside.pk,
                    subject_id=talk.pk,
                    appointment_id=self.visit.pk,
                    reason="requested-human",
                )
            )
        return self.kinds()

    def test_notify_ai_attention(self):
        self.decide(notify_ai_attention=False)
        self.assertEqual(self.escalate("sms"), set())
        self.decide(notify_ai_attention=True)
        self.assertEqual(self.escalate("email"), {Kind.AI_ATTENTION})

    def test_notify_cancellations(self):
        other = self.visit_at("16:00", "Diego Flores", status="confirmed")
        self.decide(notify_cancellations=False)
        self.cancel()
        self.assertEqual(self.kinds(), set())
        self.decide(notify_cancellations=True)
        self.cancel(visit=other)
        self.assertEqual(self.kinds(), {Kind.CANCELLATION})

    def miss(self, time):
        late = self.visit_at(time, "Diego Flores", status="confirmed", doctor=self.dr_herrera)
        with self.inside(self.desk):
            appointments.mark_no_show(system_actor(self.riverside.pk), late.pk, at=clock.now())
        return self.kinds()

    def test_notify_no_shows(self):
        self.decide(notify_no_shows=False)
        self.assertEqual(self.miss("09:00"), set())
        self.decide(notify_no_shows=True)
        self.assertEqual(self.miss("09:30"), {Kind.NO_SHOW})


class How(Decides, NotificationCase):
    def bell(self):
        return self.client_for(self.desk).get("/notifications/bell").content.decode()

    def test_notify_via_app(self):
        self.decide(notify_via_app=False, notify_via_email=True)
        self.notify(Kind.NO_SHOW, occasion="off")
        self.assertNotIn("<b>", self.bell())
        self.decide(notify_via_app=True)
        self.notify(Kind.NO_SHOW, occasion="on")
        self.assertIn("<b>", self.bell())

    def mails(self):
        """To whom mail is sent within two minutes."""
        with time_machine.travel(TEN + 2 * MINUTE, tick=False):
            self.run_jobs()
        return sorted(message.to[0] for message in outbox.outbox)

    def test_notify_via_email(self):
        self.decide(notify_via_email=False)
        self.notify(Kind.NO_SHOW, occasion="off")
        self.assertEqual(self.mails(), [])
        self.decide(notify_via_email=True)
        self.notify(Kind.NO_SHOW, occasion="on")
        self.assertEqual(self.mails(), ["dana@riverside.test", "lea@riverside.test", "okafor@riverside.test"])
