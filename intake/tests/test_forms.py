"""Forms: create, fill in, submit, change and review."""

import datetime as dt
from unittest import mock

from clinicflow.audit.models import AuditLog
from clinicflow.core.errors import Forbidden, Invalid, NotFound
from clinicflow.testing.case import ClinicCase
from intake.errors import AlreadyCompleted, FormClosed, FormExists, FormIncomplete, ManualCompletionOff
from intake.events import IntakeSubmitted
from intake.models import IntakeForm, IntakeRevision
from intake.operations import forms, questionnaires
from intake.tests.factories import NOTHING_TO_REPORT, IntakeCast
from scheduling.models import Appointment


class Create(IntakeCast, ClinicCase):
    def test_the_questionnaire_depends_on_patient_and_visit(self):
        child = self.make_patient(self.riverside, "Leo Kim", date_of_birth=dt.date(2019, 5, 5))
        for visit, audience in [
            (self.visit, "adult"),
            (self.make_visit(child, hours=80), "child"),
            (self.make_visit(hours=90, visit_category="follow-up"), "follow-up"),
        ]:
            with self.subTest(audience):
                self.assertEqual(self.make_form(visit).questionnaire.audience, audience)

    def test_a_visit_has_one_form(self):
        self.make_form()
        with self.assertRaises(FormExists):
            self.make_form()

    def test_the_form_has_the_patients_language(self):
        carmen = self.make_patient(self.riverside, "Carmen Ruiz", preferred_language="es")
        self.assertEqual(self.make_form(self.make_visit(carmen, hours=100)).language, "es")

    def test_a_cancelled_visit_gets_no_form(self):
        with self.assertRaises(FormClosed):
            self.make_form(self.make_visit(hours=120, status="cancelled"))

    def test_other_clinics_and_owners_see_no_visit(self):
        for actor in (self.foreign_desk, self.owner, self.other_doctor):
            with self.subTest(actor.name), self.inside(actor), self.assertRaises(NotFound):
                forms.create(actor, self.visit.pk)


class SaveAnswers(IntakeCast, ClinicCase):
    def test_answers_are_merged(self):
        form = self.make_form()
        with self.inside(self.patient):
            forms.save_answers(self.patient, form.pk, {"reason": "Cough"})
            forms.save_answers(self.patient, form.pk, {"pharmacy": "Main Street"})
            form = forms.save_answers(self.patient, form.pk, {"reason": None, "tobacco": "never"})
        self.assertEqual(form.raw_answers, {"pharmacy": "Main Street", "tobacco": "never"})
        self.assertEqual(form.status, "pending")
        self.assertIsNotNone(form.saved_at)

    def test_an_invalid_answer_saves_nothing(self):
        form = self.make_form()
        with self.inside(self.patient), self.assertRaises(Invalid) as caught:
            forms.save_answers(self.patient, form.pk, {"reason": "fine", "symptoms": 5, "nonsense": "x"})
        self.assertEqual(set(caught.exception.fields), {"symptoms", "nonsense"})
        self.assertEqual(self.stored(form).raw_answers, {})

    def test_a_signature_is_timestamped_once(self):
        form = self.make_form()
        claimed = {"agreed": True, "name": "Grace Kim", "signed_at": "1999-01-01T00:00:00+00:00"}
        with self.inside(self.patient):
            first = forms.save_answers(self.patient, form.pk, {"consent": claimed}).raw_answers["consent"]
            second = forms.save_answers(self.patient, form.pk, {"consent": claimed}).raw_answers["consent"]
            other = forms.save_answers(self.patient, form.pk, {"consent": claimed | {"name": "G. Kim"}})
        self.assertNotEqual(first["signed_at"][:4], "1999")
        self.assertEqual(first, second)
        self.assertNotEqual(other.raw_answers["consent"]["signed_at"], first["signed_at"])

    def test_a_submitted_form_is_closed_until_reopened(self):
        form = self.submitted_form()
        with self.inside(self.patient), self.assertRaises(FormClosed):
            forms.save_answers(self.patient, form.pk, {"reason": "late"})

    def test_a_cancelled_visit_closes_the_form(self):
        form = self.make_form()
        with self.inside(self.desk):
            Appointment.objects.filter(pk=self.visit.pk).update(status="cancelled")
        with self.inside(self.patient), self.assertRaises(FormClosed):
            forms.save_answers(self.patient, form.pk, {"reason": "late"})

    def test_another_patient_cannot_see_it(self):
        form = self.make_form()
        stranger = self.patient_actor(self.make_patient(self.riverside))
        with self.inside(stranger), self.assertRaises(NotFound):
            forms.save_answers(stranger, form.pk, {"reason": "x"})

    def test_the_questionnaire_can_be_edited_meanwhile(self):
        form = self.make_form()
        with self.inside(self.desk):
            draft = questionnaires.new_version(self.desk, form.questionnaire_id)
            data = questionnaires.export(draft)
            data["sections"] = [section for section in data["sections"] if section["id"] != "habits"]
            questionnaires.edit(self.desk, draft.pk, data)
            questionnaires.publish(self.desk, draft.pk)
        with self.inside(self.patient):
            form = forms.save_answers(self.patient, form.pk, {"tobacco": "never"})
        self.assertEqual(form.raw_answers, {"tobacco": "never"})

    def stored(self, form):
        with self.inside(self.desk):
            return IntakeForm.objects.get(pk=form.pk)


class Submit(IntakeCast, ClinicCase):
    def test_creates_a_revision_completes_the_intake_and_publishes(self):
        with mock.patch("clinicflow.access.actor.publish") as publish:
            form = self.submitted_form(reason="Sore throat")
        event = publish.call_args.args[0]
        self.assertIsInstance(event, IntakeSubmitted)
        self.assertEqual((event.subject_id, event.revision), (form.pk, 1))
        self.assertEqual(event.doctor_ids, (self.dr_okafor.pk,))
        self.assertEqual((form.status, form.revision, form.entered_by_id), ("submitted", 1, None))
        with self.inside(self.desk):
            revision = IntakeRevision.objects.get(form=form)
            self.assertEqual(revision.raw_answers["reason"], "Sore throat")
            self.assertEqual(revision.answers_hash, forms.hash_of(form.raw_answers))
            self.assertEqual(Appointment.objects.get(pk=self.visit.pk).intake_status, "completed")

    def test_required_questions_must_be_answered(self):
        form = self.make_form()
        with self.inside(self.patient):
            forms.save_answers(self.patient, form.pk, {"reason": "x"})
        with self.inside(self.patient), self.assertRaises(FormIncomplete) as caught:
            forms.submit(self.patient, form.pk)
        self.assertIn("consent", caught.exception.fields)
        with self.inside(self.desk):
            self.assertEqual(Appointment.objects.get(pk=self.visit.pk).intake_status, "missing")
            self.assertFalse(IntakeRevision.objects.exists())

    def test_submitting_twice_creates_one_revision(self):
        form = self.submitted_form()
        with self.inside(self.patient):
            again = forms.submit(self.patient, form.pk)
        self.assertEqual(again.revision, 1)
        with self.inside(self.desk):
            self.assertEqual(IntakeRevision.objects.count(), 1)

    def test_a_change_after_submission_is_a_new_revision(self):
        form = self.submitted_form(reason="Cough")
        with self.inside(self.patient):
            forms.reopen(self.patient, form.pk)
            form = forms.save_answers(self.patient, form.pk, {"reason": "Cough and fever"})
            self.assertEqual(form.raw_answers["reason"], "Cough")  # the submitted answers are unchanged until then
            self.assertTrue(form.is_being_changed)
            form = forms.submit(self.patient, form.pk)
        self.assertEqual((form.revision, form.raw_answers["reason"]), (2, "Cough and fever"))
        with self.inside(self.desk):
            self.assertEqual(
                [revision.raw_answers["reason"] for revision in IntakeRevision.objects.order_by("number")],
                ["Cough", "Cough and fever"],
            )

    def test_reopening_without_changes_creates_no_revision(self):
        form = self.submitted_form()
        with self.inside(self.patient):
            forms.reopen(self.patient, form.pk)
            form = forms.submit(self.patient, form.pk)
        self.assertEqual((form.revision, form.is_being_changed), (1, False))

    def test_changes_can_be_discarded(self):
        form = self.submitted_form(reason="Cough")
        with self.inside(self.patient):
            forms.reopen(self.patient, form.pk)
            forms.save_answers(self.patient, form.pk, {"reason": "Oops"})
            form = forms.discard_changes(self.patient, form.pk)
        self.assertEqual((form.raw_answers["reason"], form.is_being_changed), ("Cough", False))


class Paper(IntakeCast, ClinicCase):
    def test_staff_enter_answers_from_paper(self):
        form = self.make_form()
        with self.inside(self.desk):
            form = forms.enter_from_paper(self.desk, form.pk, {"reason": "Rash", "tobacco": "never"})
        self.assertEqual((form.status, form.entered_by_id), ("submitted", self.dana.pk))

    def test_it_can_be_marked_completed_with_a_reason(self):
        form = self.make_form()
        with self.inside(self.desk):
            form = forms.mark_completed(self.desk, form.pk, reason=" Seen  last week ")
            self.assertEqual(Appointment.objects.get(pk=self.visit.pk).intake_status, "completed")
        self.assertEqual((form.status, form.completed_reason), ("pending", "Seen last week"))
        with self.inside(self.desk):
            self.assertTrue(AuditLog.objects.filter(action="intake.marked_completed", reason="Seen last week").exists())

    def test_a_reason_is_required_and_completion_is_final(self):
        form = self.make_form()
        with self.inside(self.desk), self.assertRaises(Invalid):
            forms.mark_completed(self.desk, form.pk, reason="  ")
        self.submit_by_patient(form)
        with self.inside(self.desk), self.assertRaises(AlreadyCompleted):
            forms.mark_completed(self.desk, form.pk, reason="again")

    def test_the_clinic_can_disallow_it(self):
        form = self.make_form()
        self.change_settings(self.riverside, allow_manual_completion=False)
        with self.inside(self.desk), self.assertRaises(ManualCompletionOff):
            forms.mark_completed(self.desk, form.pk, reason="x")
        with self.inside(self.desk), self.assertRaises(ManualCompletionOff):
            forms.enter_from_paper(self.desk, form.pk, {"reason": "x"})

    def test_a_patient_cannot_complete_without_answers(self):
        form = self.make_form()
        with self.inside(self.patient), self.assertRaises(Forbidden):
            forms.mark_completed(self.patient, form.pk, reason="trust me")

    def submit_by_patient(self, form):
        with self.inside(self.patient):
            forms.save_answers(self.patient, form.pk, NOTHING_TO_REPORT)
            forms.submit(self.patient, form.pk)


class Review(IntakeCast, ClinicCase):
    def test_a_reviewed_form_is_final(self):
        form = self.submitted_form()
        with self.inside(self.doctor):
            form = forms.review(self.doctor, form.pk)
            self.assertEqual((form.status, form.reviewed_by_id), ("reviewed", self.okafor.pk))
            self.assertEqual(forms.review(self.doctor, form.pk).reviewed_at, form.reviewed_at)
        with self.inside(self.patient), self.assertRaises(FormClosed):
            forms.reopen(self.patient, form.pk)

    def test_only_a_doctor_of_the_patient_can_review(self):
        form = self.submitted_form()
        with self.inside(self.desk), self.assertRaises(Forbidden):
            forms.review(self.desk, form.pk)
        with self.inside(self.other_doctor), self.assertRaises(NotFound):
            forms.review(self.other_doctor, form.pk)

    def test_a_form_that_was_not_submitted_cannot_be_reviewed(self):
        form = self.make_form()
        with self.inside(self.doctor), self.assertRaises(FormClosed):
            forms.review(self.doctor, form.pk)
