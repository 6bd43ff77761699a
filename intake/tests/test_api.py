"""`/api/intake/`."""

import json

from clinicflow.audit.models import AuditLog
from clinicflow.testing.case import ClinicCase
from intake.models import IntakeForm, Questionnaire
from intake.operations import forms, questionnaires
from intake.tests.factories import NOTHING_TO_REPORT, IntakeCast
from scheduling.models import Appointment, Message

FORMS = "/api/intake/forms"
QUESTIONNAIRES = "/api/intake/questionnaires"


class IntakeApiCase(IntakeCast, ClinicCase):
    def call(self, actor, method, path, body=None, **headers):
        client = self.client_class()
        return getattr(client, method)(
            path, body, content_type="application/json", headers=self.bearer_for(actor) | headers
        )

    def get(self, actor, path):
        return self.call(actor, "get", path)

    def post(self, actor, path, body=None, **headers):
        return self.call(actor, "post", path, {} if body is None else body, **headers)

    def put(self, actor, path, body, **headers):
        return self.call(actor, "put", path, body, **headers)

    def stored(self, pk):
        with self.inside(self.desk):
            return IntakeForm.objects.get(pk=pk)


class Create(IntakeApiCase):
    def make(self, actor=None, **body):
        return self.post(actor or self.desk, FORMS, {"appointment_id": str(self.visit.pk)} | body)

    def test_creates_an_empty_form(self):
        response = self.make()
        self.assertEqual(response.status_code, 201, response.content)
        form = response.json()
        self.assertEqual((form["status"], form["revision"], form["raw_answers"]), ("pending", 0, {}))
        self.assertEqual(form["patient_id"], str(self.grace.pk))
        self.assertIn("ETag", response)

    def test_answers_submit_the_form_and_complete_the_intake(self):
        answers = {"reason": "Cough", "medications": "lisinopril 10mg every day", "allergies": {"none": True}}
        form = self.make(self.doctor, raw_answers=answers).json()
        self.assertEqual(
            (form["status"], form["intake_status"], form["raw_answers"]), ("submitted", "completed", answers)
        )
        self.assertEqual(self.stored(form["id"]).entered_by_id, self.okafor.pk)

    def test_answers_can_be_saved_as_pending(self):
        form = self.make(raw_answers={"pharmacy": "Main Street"}, status="pending").json()
        self.assertEqual((form["status"], form["raw_answers"]), ("pending", {"pharmacy": "Main Street"}))

    def test_the_form_of_a_booking_is_reused(self):
        waiting = self.make_form()
        self.assertEqual(self.make(raw_answers=NOTHING_TO_REPORT).json()["id"], str(waiting.pk))
        response = self.make()
        self.assertEqual((response.status_code, response.json()["code"]), (409, "intake_form_exists"))

    def test_invalid_answers_name_their_question_and_save_nothing(self):
        for answers, name in [
            ({"nonsense": "x"}, "nonsense"),
            ({"reason": 5}, "reason"),
            ({"symptoms": ["x"]}, "symptoms"),
            ({"reason": "x" * 5000}, "reason"),
            ([], "raw_answers"),
            ("text", "raw_answers"),
            ({"reason": "y" * 70000}, "raw_answers"),
        ]:
            with self.subTest(name):
                response = self.make(raw_answers=answers)
                self.assertEqual(response.status_code, 400)
                self.assertIn(name, response.json()["errors"])
        with self.inside(self.desk):
            self.assertFalse(IntakeForm.objects.exists())

    def test_a_nul_character_is_rejected(self):
        body = json.dumps({"appointment_id": str(self.visit.pk), "raw_answers": {"reason": "a\x00"}})
        response = self.client_class().post(
            FORMS, body, content_type="application/json", headers=self.bearer_for(self.desk)
        )
        self.assertEqual(response.status_code, 400)

    def test_wrong_patient_unknown_field_and_no_visit(self):
        self.assertEqual(self.make(patient_id=str(self.visit.pk)).status_code, 400)
        self.assertEqual(self.make(surprise=1).status_code, 400)
        self.assertEqual(self.post(self.desk, FORMS, {}).status_code, 400)
        self.assertEqual(self.make(appointment_id=str(self.grace.pk)).status_code, 404)

    def test_other_roles_are_forbidden(self):
        for actor, status in ((self.owner, 403), (self.foreign_desk, 404), (self.other_doctor, 404)):
            with self.subTest(actor.name):
                self.assertEqual(self.make(actor).status_code, status)

    def test_a_repeated_post_with_a_key_creates_one_form(self):
        headers = {"idempotency-key": "abc"}
        body = {"appointment_id": str(self.visit.pk), "raw_answers": {"pharmacy": "x"}}
        first, second = (self.post(self.desk, FORMS, body, **headers) for _ in range(2))
        self.assertEqual(first.json(), second.json())


class Read(IntakeApiCase):
    def test_every_role_gets_its_answers(self):
        form = self.submitted_form(reason="Cough", pharmacy="Main Street")
        desk = self.get(self.desk, f"{FORMS}/{form.pk}").json()
        self.assertEqual(set(desk["raw_answers"]), {"pharmacy", "consent"})
        self.assertNotIn("Cough", str(desk))
        doctor = self.get(self.doctor, f"{FORMS}/{form.pk}").json()
        self.assertEqual(doctor["raw_answers"]["reason"], "Cough")

    def test_other_actors_see_nothing(self):
        form = self.submitted_form()
        for actor, status in ((self.owner, 403), (self.foreign_desk, 404), (self.other_doctor, 404)):
            with self.subTest(actor.name):
                self.assertEqual(self.get(actor, f"{FORMS}/{form.pk}").status_code, status)
        self.assertEqual(self.get(self.foreign_desk, FORMS).json()["count"], 0)
        self.assertEqual(self.get(self.other_doctor, FORMS).json()["count"], 0)

    def test_the_read_is_audited(self):
        form = self.submitted_form()
        self.get(self.doctor, f"{FORMS}/{form.pk}")
        with self.inside(self.desk):
            row = AuditLog.objects.filter(action="read", resource_type="intake_forms").latest("at")
        self.assertEqual((row.user_id, row.patient_ids), (self.okafor.pk, [self.grace.pk]))

    def test_the_list_is_filtered_with_a_constant_query_count(self):
        self.submitted_form()
        with self.assertNumQueries(self.queries_of_list()):
            one = self.get(self.desk, f"{FORMS}?status=submitted").json()
        for hours in range(100, 106):
            self.make_form(self.make_visit(hours=hours))
        with self.assertNumQueries(self.queries_of_list()):
            many = self.get(self.desk, f"{FORMS}?status=pending&patient={self.grace.pk}").json()
        self.assertEqual((one["count"], many["count"]), (1, 6))
        self.assertEqual(self.get(self.desk, f"{FORMS}?status=nonsense").status_code, 400)
        self.assertEqual(self.get(self.desk, f"{FORMS}?colour=red").status_code, 400)

    @staticmethod
    def queries_of_list():
        return 8


class Change(IntakeApiCase):
    def test_put_replaces_the_visible_answers(self):
        form = self.submitted_form(reason="Cough", pharmacy="Main Street", emergency_contact="Ann")
        self.put(self.desk, f"{FORMS}/{form.pk}", {"raw_answers": {"pharmacy": "Elm Street"}})
        answers = self.stored(form.pk).raw_answers
        self.assertEqual((answers["reason"], answers["pharmacy"]), ("Cough", "Elm Street"))
        self.assertNotIn("emergency_contact", answers)
        changed = self.put(self.doctor, f"{FORMS}/{form.pk}", {"raw_answers": {"reason": "Fever"}}).json()
        self.assertEqual((changed["raw_answers"], changed["revision"]), ({"reason": "Fever"}, 3))

    def test_a_representation_can_be_put_back(self):
        form = self.submitted_form(pharmacy="Main Street")
        path = f"{FORMS}/{form.pk}"
        read = self.get(self.desk, path).json()
        self.assertEqual(self.put(self.desk, path, read).status_code, 200)
        self.assertEqual(self.stored(form.pk).revision, 1)

    def test_patch_merges_answers(self):
        form = self.make_form()
        self.call(self.desk, "patch", f"{FORMS}/{form.pk}", {"raw_answers": {"pharmacy": "x"}})
        response = self.call(self.desk, "patch", f"{FORMS}/{form.pk}", {"raw_answers": {"emergency_contact": "Ann"}})
        self.assertEqual(set(response.json()["raw_answers"]), {"pharmacy", "emergency_contact"})
        self.assertEqual(response.json()["status"], "pending")

    def test_a_stale_etag_is_rejected(self):
        form = self.make_form()
        path = f"{FORMS}/{form.pk}"
        tag = self.get(self.desk, path)["ETag"]
        body = {"raw_answers": {"pharmacy": "x"}}
        self.assertEqual(self.put(self.desk, path, body, **{"if-match": tag}).status_code, 200)
        self.assertEqual(self.put(self.desk, path, body, **{"if-match": tag}).status_code, 412)

    def test_reviewed_forms_and_disallowing_clinics_reject_changes(self):
        form = self.submitted_form()
        with self.inside(self.doctor):
            forms.review(self.doctor, form.pk)
        response = self.put(self.doctor, f"{FORMS}/{form.pk}", {"raw_answers": {}})
        self.assertEqual((response.status_code, response.json()["code"]), (409, "intake_form_closed"))
        self.change_settings(self.riverside, allow_manual_completion=False)
        other = self.make_form(self.make_visit(hours=100))
        response = self.put(self.desk, f"{FORMS}/{other.pk}", {"raw_answers": {"pharmacy": "x"}})
        self.assertEqual((response.status_code, response.json()["code"]), (409, "manual_completion_off"))


class Actions(IntakeApiCase):
    def test_send_queues_a_message(self):
        form = self.make_form()
        self.assertEqual(self.post(self.desk, f"{FORMS}/{form.pk}/send").status_code, 200)
        with self.inside(self.desk):
            self.assertEqual(Message.objects.get().kind, "intake-link")

    def test_send_is_rejected_for_a_completed_form(self):
        form = self.submitted_form()
        response = self.post(self.desk, f"{FORMS}/{form.pk}/send")
        self.assertEqual((response.status_code, response.json()["code"]), (409, "intake_completed"))

    def test_only_the_doctor_can_review(self):
        form = self.submitted_form()
        path = f"{FORMS}/{form.pk}/review"
        for actor, status in ((self.desk, 403), (self.owner, 403), (self.other_doctor, 404), (self.doctor, 200)):
            with self.subTest(actor.name):
                self.assertEqual(self.post(actor, path).status_code, status)
        self.assertEqual(self.stored(form.pk).status, "reviewed")

    def test_unknown_fields_of_an_action_are_rejected(self):
        form = self.submitted_form()
        self.assertEqual(self.post(self.doctor, f"{FORMS}/{form.pk}/review", {"x": 1}).status_code, 400)
        self.assertEqual(self.stored(form.pk).status, "submitted")


class Questionnaires(IntakeApiCase):
    def setUp(self):
        with self.inside(self.desk):
            self.adult = questionnaires.create_defaults(self.desk)[0]
        self.file = questionnaires.read_default("adult")

    def test_every_role_reads_and_the_front_desk_writes(self):
        for actor in (self.desk, self.doctor, self.owner):
            self.assertEqual(self.get(actor, QUESTIONNAIRES).json()["count"], 3)
        self.assertEqual(self.get(self.foreign_desk, QUESTIONNAIRES).json()["count"], 0)
        self.assertEqual(self.post(self.desk, QUESTIONNAIRES, self.file).status_code, 201)
        self.assertEqual(self.post(self.doctor, QUESTIONNAIRES, self.file).status_code, 403)

    def test_the_next_version_can_be_published_at_once(self):
        path = f"{QUESTIONNAIRES}/{self.adult.pk}"
        response = self.post(self.desk, path, self.file | {"name": "Ours", "publish": True})
        self.assertEqual(response.status_code, 201, response.content)
        self.assertEqual((response.json()["version"], response.json()["family"]), (2, str(self.adult.family)))
        current = self.get(self.desk, f"{QUESTIONNAIRES}?current=true&audience=adult").json()["results"]
        self.assertEqual([row["name"] for row in current], ["Ours"])

    def test_errors_are_reported_by_path(self):
        self.file["sections"][0]["questions"][0]["type"] = "essay"
        response = self.post(self.desk, QUESTIONNAIRES, self.file)
        self.assertEqual(response.status_code, 400)
        self.assertIn("sections.0.questions.0.type", response.json()["errors"])
        with self.inside(self.desk):
            self.assertEqual(Questionnaire.objects.count(), 3)

    def test_the_given_questionnaire_is_used(self):
        made = self.post(self.desk, QUESTIONNAIRES, self.file | {"publish": True}).json()
        body = {"appointment_id": str(self.visit.pk), "questionnaire_id": made["id"]}
        self.assertEqual(self.post(self.desk, FORMS, body).json()["questionnaire_id"], made["id"])
        with self.inside(self.desk):
            self.assertEqual(Appointment.objects.get(pk=self.visit.pk).intake_status, "missing")
