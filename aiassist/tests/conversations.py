"""Patients in conversation: a visit in two days, texts that arrive, what was written back."""

import datetime as dt
import itertools

import time_machine

from aiassist.models import Interaction
from aiassist.operations import outreach, replies
from clinicflow.core import clock
from clinicflow.staff.selectors.actor_resolution import clinic_actor
from clinicflow.testing.case import ClinicCase
from clinicflow.testing.jobs import run_due_jobs
from patients.models import Patient
from scheduling.messaging import InboundMessage
from scheduling.models import Appointment, Message

NOON = dt.datetime(2027, 3, 1, 17, 0, tzinfo=dt.UTC)  # a Monday, 12:00 in New York
SEND = ["aiassist.send_message"]
_slots = itertools.count()


class ConversationCase(ClinicCase):
    """It is Monday noon; Hannah has an unconfirmed visit on Wednesday at 10:00."""

    @classmethod
    def setUpTestData(cls):
        with time_machine.travel(NOON, tick=False):
            super().setUpTestData()
            cls.hannah = cls.make_patient(cls.riverside, "Hannah Lindqvist", email="hannah@example.test")
            cls.visit = cls.book(hours=46)

    def setUp(self):
        self.clock = time_machine.travel(NOON, tick=False)
        self.clock.start()
        self.addCleanup(self.stop_clock)
        self.itself = clinic_actor(self.riverside.pk)

    def stop_clock(self):
        self.clock.stop()

    def later(self, **delta):
        """Move the clock on."""
        then = clock.now() + dt.timedelta(**delta)
        self.clock.stop()
        self.clock = time_machine.travel(then, tick=False)
        self.clock.start()

    @classmethod
    def book(cls, *, hours=None, patient=None, **fields):
        """An unconfirmed visit so many hours after NOON; without a number, at a time that nobody has yet."""
        hours = hours or 48 + next(_slots) / 2
        fields = {"status": "unconfirmed"} | fields
        doctor = fields.pop("doctor", cls.dr_okafor)
        return cls.make_appointment(doctor, patient or cls.hannah, NOON + dt.timedelta(hours=hours), **fields)

    def run_outreach(self):
        with self.inside(self.itself):
            done = outreach.run_due_steps(self.itself, at=clock.now())
        run_due_jobs(self.riverside.pk, kinds=SEND)
        return done

    def hear(self, text, *, visit=None, channel="sms", **fields):
        """Receive a message about a visit, one second later than the previous one; returns its conversation."""
        self.later(seconds=1)
        visit = visit or self.visit
        address = fields.pop("address", "hannah@example.test" if channel == "email" else str(visit.patient.phone))
        message = InboundMessage(
            clinic_id=self.riverside.pk,
            channel=channel,
            address=address,
            text=text,
            received_at=clock.now(),
            **fields,
        )
        with self.inside(self.itself):
            conversation = replies.interpret_and_apply(self.itself, visit.pk, message)
        run_due_jobs(self.riverside.pk, kinds=SEND)
        return conversation

    def now(self, visit=None):
        with self.inside(self.desk):
            return Appointment.objects.get(pk=(visit or self.visit).pk)

    def patient(self, patient=None):
        with self.inside(self.desk):
            return Patient.objects.get(pk=(patient or self.hannah).pk)

    def thread(self, channel="sms", visit=None):
        with self.inside(self.desk):
            return Interaction.objects.filter(appointment=visit or self.visit, channel=channel).first()

    def messages(self, **filters):
        with self.inside(self.desk):
            return list(Message.objects.visible_to(self.desk).filter(**filters).order_by("created_at", "id"))

    def answers(self):
        """What was written to the patient, oldest first."""
        return [message.body for message in self.messages(direction="outbound")]
