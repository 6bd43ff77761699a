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


class ApiCase(IntakeCast, ClinicCase):
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


class Create(ApiCase):
    def make(self, actor=None, **body):
        return self.post(actor or self.desk, FORMS, {"appointment_id": str(self.visit.pk)} | body)

    def test_an_empty_form_waits(self):
        answer = self.make()
        self.assertEqual(answer.status_code, 201, answer.content)
        form = answer.json()
        self.assertEqual((form["status"], form["revision"], form["raw_answers"]), ("pending", 0, {}))
        self.assertEqual(form["patient_id"], str(self.grace.pk))
        self.assertIn("ETag", answer)

    def test_answers_send_it_in_and_complete_the_visits_intake(self):
        answers = {"reason": "Cough", "medications": "lisinopril 10mg every day", "allergies": {"none": True}}
        form = self.make(self.doctor, raw_answers=answers).json()
        self.assertEqual(
            (form["status"], form["intake_status"], form["raw_answers"]), ("submitted", "completed", answers)
        )
        self.assertEqual(self.stored(form["id"]).entered_by_id, self.okafor.pk)

    def test_they_can_wait_as_a_draft(self):
        form = self.make(raw_answers={"pharmacy": "Main Street"}, status="pending").json()
        self.assertEqual((form["status"], form["raw_answers"]), ("pending", {"pharmacy": "Main Street"}))

    def test_the_form_that_a_booking_made_is_taken(self):
        waiting = self.make_form()
        self.assertEqual(self.make(raw_answers=NOTHING_TO_REPORT).json()["id"], str(waiting.pk))
        answer = self.make()
        self.assertEqual((answer.status_code, answer.json()["code"]), (409, "intake_form_exists"))

    def test_bad_answers_name_their_question_and_leave_nothing(self):
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
                answer = self.make(raw_answers=answers)
                self.assertEqual(answer.status_code, 400)
                self.assertIn(name, answer.json()["errors"])
        with self.inside(self.desk):
            self.assertFalse(IntakeForm.objects.exists())

    def test_a_nul_is_refused(self):
        body = json.dumps({"appointment_id": str(self.visit.pk), "raw_answers": {"reason": "a\x00"}})
        answer = self.client_class().post(
            FORMS, body, content_type="application/json", headers=self.bearer_for(self.desk)
        )
        self.assertEqual(answer.status_code, 400)

    def test_wrong_patient_unknown_field_and_no_visit(self):
        self.assertEqual(self.make(patient_id=str(self.visit.pk)).status_code, 400)
        self.assertEqual(self.make(surprise=1).status_code, 400)
        self.assertEqual(self.post(self.desk, FORMS, {}).status_code, 400)
        self.assertEqual(self.make(appointment_id=str(self.grace.pk)).status_code, 404)

    def test_who_may_not(self):
        for actor, status in ((self.owner, 403), (self.foreign_desk, 404), (self.other_doctor, 404)):
            with self.subTest(actor.name):
                self.assertEqual(self.make(actor).status_code, status)

    def test_repeated_with_a_key_it_is_made_once(self):
        headers = {"idempotency-key": "abc"}
        body = {"appointment_id": str(self.visit.pk), "raw_answers": {"pharmacy": "x"}}
        first, second = (self.post(self.desk, FORMS, body, **headers) for _ in range(2))
        self.assertEqual(first.json(), second.json())


class Read(ApiCase):
    def test_each_role_gets_its_answers(self):
        form = self.submitted_form(reason="Cough", pharmacy="Main Street")
        desk = self.get(self.desk, f"{FORMS}/{form.pk}").json()
        self.assertEqual(set(desk["raw_answers"]), {"pharmacy", "consent"})
        self.assertNotIn("Cough", str(desk))
        doctor = self.get(self.doctor, f"{FORMS}/{form.pk}").json()
        self.assertEqual(doctor["raw_answers"]["reason"], "Cough")

    def test_who_sees_nothing(self):
        form = self.submitted_form()
        for actor, status in ((self.owner, 403), (self.foreign_desk, 404), (self.other_doctor, 404)):
            with self.subTest(actor.name):
                self.assertEqual(self.get(actor, f"{FORMS}/{form.pk}").status_code, status)
        self.assertEqual(self.get(self.foreign_desk, FORMS).json()["count"], 0)
        self.assertEqual(self.get(self.other_doctor, FORMS).json()["count"], 0)

    def test_it_is_written_down(self):
        form = self.submitted_form()
        self.get(self.doctor, f"{FORMS}/{form.pk}")
        with self.inside(self.desk):
            row = AuditLog.objects.filter(action="read", resource_type="intake_forms").latest("at")
        self.assertEqual((row.user_id, row.patient_ids), (self.okafor.pk, [self.grace.pk]))

    def test_the_list_is_filtered_and_costs_the_same(self):
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


class Change(ApiCase):
    def test_put_replaces_what_the_writer_sees(self):
        form = self.submitted_form(reason="Cough", pharmacy="Main Street", emergency_contact="Ann")
        self.put(self.desk, f"{FORMS}/{form.pk}", {"raw_answers": {"pharmacy": "Elm Street"}})
        answers = self.stored(form.pk).raw_answers
        self.assertEqual((answers["reason"], answers["pharmacy"]), ("Cough", "Elm Street"))
        self.assertNotIn("emergency_contact", answers)
        changed = self.put(self.doctor, f"{FORMS}/{form.pk}", {"raw_answers": {"reason": "Fever"}}).json()
        self.assertEqual((changed["raw_answers"], changed["revision"]), ({"reason": "Fever"}, 3))

    def test_what_was_read_can_be_put_back(self):
        form = self.submitted_form(pharmacy="Main Street")
        path = f"{FORMS}/{form.pk}"
        read = self.get(self.desk, path).json()
        self.assertEqual(self.put(self.desk, path, read).status_code, 200)
        self.assertEqual(self.stored(form.pk).revision, 1)

    def test_patch_adds(self):
        form = self.make_form()
        self.call(self.desk, "patch", f"{FORMS}/{form.pk}", {"raw_answers": {"pharmacy": "x"}})
        answer = self.call(self.desk, "patch", f"{FORMS}/{form.pk}", {"raw_answers": {"emergency_contact": "Ann"}})
        self.assertEqual(set(answer.json()["raw_answers"]), {"pharmacy", "emergency_contact"})
        self.assertEqual(answer.json()["status"], "pending")

    def test_a_lost_update_is_refused(self):
        form = self.make_form()
        path = f"{FORMS}/{form.pk}"
        tag = self.get(self.desk, path)["ETag"]
        body = {"raw_answers": {"pharmacy": "x"}}
        self.assertEqual(self.put(self.desk, path, body, **{"if-match": tag}).status_code, 200)
        self.assertEqual(self.put(self.desk, path, body, **{"if-match": tag}).status_code, 412)

    def test_reviewed_forms_and_clinics_that_forbid_it_refuse(self):
        form = self.submitted_form()
        with self.inside(self.doctor):
            forms.review(self.doctor, form.pk)
        answer = self.put(self.doctor, f"{FORMS}/{form.pk}", {"raw_answers": {}})
        self.assertEqual((answer.status_code, answer.json()["code"]), (409, "intake_form_closed"))
        self.change_settings(self.riverside, allow_manual_completion=False)
        other = self.make_form(self.make_visit(hours=100))
        answer = self.put(self.desk, f"{FORMS}/{other.pk}", {"raw_answers": {"pharmacy": "x"}})
        self.assertEqual((answer.status_code, answer.json()["code"]), (409, "manual_completion_off"))


class Actions(ApiCase):
    def test_send_writes_the_message(self):
        form = self.make_form()
        self.assertEqual(self.post(self.desk, f"{FORMS}/{form.pk}/send").status_code, 200)
        with self.inside(self.desk):
            self.assertEqual(Message.objects.get().kind, "intake-link")

    def test_send_is_refused_for_a_completed_form(self):
        form = self.submitted_form()
        answer = self.post(self.desk, f"{FORMS}/{form.pk}/send")
        self.assertEqual((answer.status_code, answer.json()["code"]), (409, "intake_completed"))

    def test_only_the_doctor_reviews(self):
        form = self.submitted_form()
        path = f"{FORMS}/{form.pk}/review"
        for actor, status in ((self.desk, 403), (self.owner, 403), (self.other_doctor, 404), (self.doctor, 200)):
            with self.subTest(actor.name):
                self.assertEqual(self.post(actor, path).status_code, status)
        self.assertEqual(self.stored(form.pk).status, "reviewed")

    def test_unknown_words_in_an_action_are_refused(self):
        form = self.submitted_form()
        self.assertEqual(self.post(self.doctor, f"{FORMS}/{form.pk}/review", {"x": 1}).status_code, 400)
        self.assertEqual(self.stored(form.pk).status, "submitted")


class Questionnaires(ApiCase):
    def setUp(self):
        with self.inside(self.desk):
            self.adult = questionnaires.create_defaults(self.desk)[0]
        self.file = questionnaires.read_default("adult")

    def test_everybody_reads_and_the_front_desk_writes(self):
        for actor in (self.desk, self.doctor, self.owner):
            self.assertEqual(self.get(actor, QUESTIONNAIRES).json()["count"], 3)
        self.assertEqual(self.get(self.foreign_desk, QUESTIONNAIRES).json()["count"], 0)
        self.assertEqual(self.post(self.desk, QUESTIONNAIRES, self.file).status_code, 201)
        self.assertEqual(self.post(self.doctor, QUESTIONNAIRES, self.file).status_code, 403)

    def test_the_next_version_is_published_in_one_go(self):
        path = f"{QUESTIONNAIRES}/{self.adult.pk}"
        answer = self.post(self.desk, path, self.file | {"name": "Ours", "publish": True})
        self.assertEqual(answer.status_code, 201, answer.content)
        self.assertEqual((answer.json()["version"], answer.json()["family"]), (2, str(self.adult.family)))
        current = self.get(self.desk, f"{QUESTIONNAIRES}?current=true&audience=adult").json()["results"]
        self.assertEqual([row["name"] for row in current], ["Ours"])

    def test_faults_are_named_by_place(self):
        self.file["sections"][0]["questions"][0]["type"] = "essay"
        answer = self.post(self.desk, QUESTIONNAIRES, self.file)
        self.assertEqual(answer.status_code, 400)
        self.assertIn("sections.0.questions.0.type", answer.json()["errors"])
        with self.inside(self.desk):
            self.assertEqual(Questionnaire.objects.count(), 3)

    def test_a_visit_uses_the_questionnaire_that_is_named(self):
        made = self.post(self.desk, QUESTIONNAIRES, self.file | {"publish": True}).json()
        body = {"appointment_id": str(self.visit.pk), "questionnaire_id": made["id"]}
        self.assertEqual(self.post(self.desk, FORMS, body).json()["questionnaire_id"], made["id"])
        with self.inside(self.desk):
            self.assertEqual(Appointment.objects.get(pk=self.visit.pk).intake_status, "missing")
