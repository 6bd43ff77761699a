"""Base classes of the tests of conversations and summaries."""

import datetime as dt
import itertools

import time_machine

from aiassist.models import IntakeSummary, Interaction
from aiassist.operations import outreach, replies
from clinicflow.access.actor import system_actor
from clinicflow.core import clock, events
from clinicflow.staff.selectors.actor_resolution import clinic_actor
from clinicflow.testing.case import ClinicCase
from clinicflow.testing.jobs import run_due_jobs
from intake.models import IntakeForm, IntakeRevision, Questionnaire
from intake.operations import forms, questionnaires
from patients.models import Patient
from scheduling.messaging import InboundMessage
from scheduling.models import Appointment, Message

NOON = dt.datetime(2027, 3, 1, 17, 0, tzinfo=dt.UTC)  # a Monday, 12:00 in New York
SEND = ["aiassist.send_message"]
ANSWERS = {
    "reason": "dizzy when I stand up, about two weeks now",
    "medications": {"rows": [{"name": "lisinopril", "dose": "10 mg", "frequency": "every morning"}]},
    "allergies": {"rows": [{"substance": "penicillin", "reaction": "rash"}]},
}


class ConversationCase(ClinicCase):
    """Monday noon; Hannah has an unconfirmed visit on Wednesday at 10:00."""

    free_slots = itertools.count()

    @classmethod
    def setUpTestData(cls):
        with time_machine.travel(NOON, tick=False):
            super().setUpTestData()
            cls.hannah = cls.make_patient(cls.riverside, "Hannah Lindqvist", email="hannah@example.test")
            cls.visit = cls.book(hours=46)

    def setUp(self):
        # Anew for each test: the day of a booking may not depend on the tests before it.
        type(self).free_slots = itertools.count()
        self.clock = time_machine.travel(NOON, tick=False)
        self.clock.start()
        self.addCleanup(self.stop_clock)
        self.system = clinic_actor(self.riverside.pk)

    def stop_clock(self):
        self.clock.stop()

    def later(self, **delta):
        """Advance the clock."""
        then = clock.now() + dt.timedelta(**delta)
        self.clock.stop()
        self.clock = time_machine.travel(then, tick=False)
        self.clock.start()

    @classmethod
    def book(cls, *, hours=None, patient=None, **fields):
        """Book an unconfirmed visit `hours` after NOON, by default in a free slot."""
        hours = hours or 48 + next(cls.free_slots) / 2
        fields = {"status": "unconfirmed"} | fields
        doctor = fields.pop("doctor", cls.dr_okafor)
        return cls.make_appointment(doctor, patient or cls.hannah, NOON + dt.timedelta(hours=hours), **fields)

    def run_outreach(self):
        """Run the due steps and their messages; returns the number of steps."""
        with self.inside(self.system):
            done = outreach.run_due_steps(self.system, at=clock.now())
        run_due_jobs(self.riverside.pk, kinds=SEND)
        return done

    def receive(self, text, *, visit=None, channel="sms", **fields):
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
        with self.inside(self.system):
            conversation = replies.interpret_and_apply(self.system, visit.pk, message)
        run_due_jobs(self.riverside.pk, kinds=SEND)
        return conversation

    def stored_visit(self, visit=None):
        """The visit as stored, by default Hannah's."""
        with self.inside(self.desk):
            return Appointment.objects.get(pk=(visit or self.visit).pk)

    def stored_patient(self, patient=None):
        """The patient as stored, by default Hannah."""
        with self.inside(self.desk):
            return Patient.objects.get(pk=(patient or self.hannah).pk)

    def conversation(self, channel="sms", visit=None):
        """The conversation about a visit on a channel, or None."""
        with self.inside(self.desk):
            return Interaction.objects.filter(appointment=visit or self.visit, channel=channel).first()

    def messages(self, **filters):
        with self.inside(self.desk):
            return list(Message.objects.visible_to(self.desk).filter(**filters).order_by("created_at", "id"))

    def answers(self):
        """Bodies of the messages sent to the patient, oldest first."""
        return [message.body for message in self.messages(direction="outbound")]


class SummaryCase(ClinicCase):
    """A visit in two days whose form has been submitted with ANSWERS."""

    def setUp(self):
        with self.inside(self.desk):
            questionnaires.create_defaults(system_actor(self.riverside.pk))
            self.questionnaire = Questionnaire.objects.filter(audience="adult").first()
        self.patient = self.make_patient(self.riverside, "Hannah Lindqvist")
        self.visit = self.make_appointment(self.dr_okafor, self.patient, clock.now() + dt.timedelta(days=2))
        self.form = self.submit(ANSWERS)

    def submit(self, answers, revision=1):
        """Submit the visit's form and publish its event, as intake does."""
        now = clock.now()
        with self.inside(self.desk):
            form, _ = IntakeForm.objects.update_or_create(
                clinic=self.riverside,
                appointment=self.visit,
                defaults={
                    "patient": self.patient,
                    "questionnaire": self.questionnaire,
                    "raw_answers": answers,
                    "status": "submitted",
                    "submitted_at": now,
                    "revision": revision,
                },
            )
            IntakeRevision.objects.create(
                clinic=self.riverside,
                form=form,
                patient=self.patient,
                number=revision,
                raw_answers=answers,
                answers_hash="0" * 64,
                submitted_at=now,
            )
            events.publish(
                forms.IntakeSubmitted(
                    clinic_id=self.riverside.pk,
                    subject_id=form.pk,
                    appointment_id=self.visit.pk,
                    patient_id=self.patient.pk,
                    revision=revision,
                )
            )
        return form

    def newest(self):
        """The newest version of the summary."""
        with self.inside(self.doctor):
            return IntakeSummary.objects.visible_to(self.doctor).newest().get()

    def generated(self):
        """Run the summary job; returns the newest version."""
        run_due_jobs(self.riverside.pk, kinds=["aiassist.summarize"])
        return self.newest()
