"""The questionnaire pages: list, editor, versions and files."""

import json

from django.core.files.uploadedfile import SimpleUploadedFile

from clinicflow.testing.case import ClinicCase
from intake.models import Questionnaire
from intake.operations import questionnaires
from intake.rules import questionnaire_editor
from intake.rules.questionnaire_schema import questions

HTMX = {"hx-request": "true"}


class QuestionnaireCase(ClinicCase):
    def setUp(self):
        self.manager = self.client_for(self.desk)
        with self.inside(self.desk):
            self.adult = questionnaires.create_defaults(self.desk)[0]
            self.draft = questionnaires.new_version(self.desk, self.adult.pk)
        self.url = f"/intake/questionnaires/{self.draft.pk}"

    def act(self, action, **data):
        return self.manager.post(self.url, {"action": action} | data, headers=HTMX)

    def stored(self):
        with self.inside(self.desk):
            return Questionnaire.objects.get(pk=self.draft.pk)

    def ids(self):
        return [[question["id"] for question in section["questions"]] for section in self.stored().sections]

    def question(self, name):
        return next(question for question in questions(self.stored().sections) if question["id"] == name)


class Pages(QuestionnaireCase):
    def test_only_the_front_desk_has_access(self):
        for path in ("/intake/questionnaires", self.url, f"{self.url}/compare", f"{self.url}/file"):
            for actor, status in ((self.doctor, 403), (self.owner, 403), (self.desk, 200)):
                with self.subTest(path=path, role=actor.role):
                    self.assertEqual(self.client_for(actor).get(path).status_code, status)
        self.assertEqual(self.client_for(self.foreign_desk).get(self.url).status_code, 404)

    def test_a_clinic_without_questionnaires_is_offered_the_defaults(self):
        theirs = self.client_for(self.foreign_desk)
        self.assertContains(theirs.get("/intake/questionnaires"), "Use these three")
        theirs.post("/intake/questionnaires/defaults")
        self.assertContains(theirs.get("/intake/questionnaires"), "Follow-up visit")

    def test_the_preview_is_in_both_languages(self):
        self.assertContains(self.manager.get(self.url), "What medications do you take?")
        spanish = self.manager.get(f"{self.url}?lang=es")
        self.assertContains(spanish, "¿Qué medicamentos toma?")
        self.assertContains(spanish, "Ningún medicamento")
        self.assertContains(spanish, 'lang="es" aria-current="true"')

    def test_publishing_replaces_the_version_in_use(self):
        self.act("name", name="Ours", audience="adult", spanish="on")
        self.assertRedirects(self.manager.post(f"{self.url}/publish"), "/intake/questionnaires")
        with self.inside(self.desk):
            self.assertEqual(questionnaires.current_for(self.desk, "adult").pk, self.draft.pk)

    def test_a_published_version_is_revised_instead_of_changed(self):
        published = f"/intake/questionnaires/{self.adult.pk}"
        response = self.manager.post(published, {"action": "name", "name": "X", "audience": "adult"}, headers=HTMX)
        self.assertEqual(response.status_code, 409)
        self.assertRedirects(self.manager.post(f"{published}/revise"), self.url)

    def test_a_draft_can_be_discarded(self):
        self.manager.post(f"{self.url}/discard")
        with self.inside(self.desk):
            self.assertFalse(Questionnaire.objects.filter(pk=self.draft.pk).exists())


class Editor(QuestionnaireCase):
    def test_questions_move_by_steps_and_between_sections(self):
        self.act("question.up", question="symptoms")
        self.assertEqual(self.ids()[0], ["symptoms", "reason"])
        self.act("question.down", question="reason")
        self.assertEqual(self.ids()[:2], [["symptoms"], ["reason", "medications"]])
        self.act("question.up", question="reason")
        self.assertEqual(self.ids()[0], ["symptoms", "reason"])

    def test_a_dragged_question_moves_to_its_target(self):
        self.act("question.move", question="alcohol", section="visit", to="1")
        self.assertEqual(self.ids()[0], ["reason", "alcohol", "symptoms"])

    def test_sections_can_be_moved_and_removed(self):
        first = self.stored().sections[0]["id"]
        self.act("section.down", section=first)
        self.assertEqual(self.stored().sections[1]["id"], first)
        self.act("section.remove", section=first)
        self.assertNotIn(first, [section["id"] for section in self.stored().sections])
        self.act("section.add", title_en="Insurance")
        self.assertEqual(self.stored().sections[-1]["title"], {"en": "Insurance"})

    def test_every_type_of_question_can_be_added_and_edited(self):
        for kind in ("short_text", "choice", "choices", "yes_no", "date", "number", "medication_list", "consent"):
            with self.subTest(kind):
                before = {name for names in self.ids() for name in names}
                self.assertEqual(self.act("question.add", section="visit", type=kind).status_code, 200)
                [new] = {name for names in self.ids() for name in names} - before
                data = {"text_en": "Worded", "text_es": "Dicho", "kind": "administrative", "topic": "other"}
                if kind in {"choice", "choices"}:
                    data["options"] = "First | Primero\nSecond | Segundo\nNeither | Ninguno *"
                response = self.act("question.save", question=new, required="on", **data)
                self.assertEqual(response.status_code, 200, response.content[:2000])
                self.assertEqual(self.question(new)["text"], {"en": "Worded", "es": "Dicho"})
                self.assertTrue(self.question(new)["required"])
        self.assertTrue(questionnaire_editor.parse_options("Neither | Ninguno *", [])[0]["exclusive"])

    def test_options_keep_their_values_when_edited(self):
        options = self.question("conditions")["options"]
        self.assertEqual(
            questionnaire_editor.parse_options(questionnaire_editor.format_options(options), options),
            [{name: part for name, part in option.items() if part} for option in options],
        )

    def test_conditions_are_stored_and_validated(self):
        data = {"text_en": "Pharmacy?", "topic": "pharmacy", "kind": "administrative"}
        self.act("question.save", question="pharmacy", show_question="tobacco", show_equals="never former", **data)
        self.assertEqual(self.question("pharmacy")["show_if"], {"question": "tobacco", "equals": ["never", "former"]})
        response = self.act("question.save", question="pharmacy", show_question="tobacco", show_equals="green", **data)
        self.assertContains(response, "cannot have", status_code=422)
        response = self.act("question.remove", question="tobacco")
        self.assertContains(response, "does not come before it", status_code=422)

    def test_an_invalid_action_changes_nothing(self):
        before = self.stored().sections
        for action, data in [
            ("nonsense", {}),
            ("question.add", {"section": "visit", "type": "essay"}),
            ("question.save", {"question": "reason", "text_en": ""}),
            ("question.save", {"question": "reason", "text_en": "a\x00"}),
            ("name", {"name": ""}),
        ]:
            with self.subTest(action):
                self.assertEqual(self.act(action, **data).status_code, 422)
        self.assertEqual(self.act("question.up", question="nobody").status_code, 404)
        self.assertEqual(self.stored().sections, before)


class Compare(QuestionnaireCase):
    def test_changes_are_listed(self):
        self.act("question.save", question="reason", text_en="Why do you come?", topic="reason", kind="clinical")
        self.act("question.remove", question="alcohol")
        self.act("question.add", section="visit", type="date")
        self.act("question.move", question="pharmacy", section="visit", to="0")
        page = self.manager.get(f"{self.url}/compare")
        changes = {(change["kind"], change["id"]) for change in page.context["changes"]}
        self.assertEqual(
            changes, {("changed", "reason"), ("removed", "alcohol"), ("added", "question"), ("moved", "pharmacy")}
        )
        self.assertContains(page, "Why do you come?")


class Files(QuestionnaireCase):
    def upload(self, content, name="form.json"):
        file = SimpleUploadedFile(name, content, content_type="application/json")
        return self.manager.post("/intake/questionnaires/import", {"file": file}, follow=True)

    def test_an_export_can_be_imported(self):
        response = self.manager.get(f"{self.url}/file")
        self.assertIn('filename="new-adult-patient-v2.json"', response["Content-Disposition"])
        self.upload(response.content)
        with self.inside(self.desk):
            newest = Questionnaire.objects.order_by("-created_at").first()
            self.assertEqual((newest.sections, newest.published_at), (self.adult.sections, None))
            self.assertEqual(Questionnaire.objects.count(), 5)

    def test_invalid_files_are_rejected_with_a_message(self):
        for content, words in [
            (b"not json", "not JSON"),
            (b"\xff\xfe\x00", "not JSON"),
            (b"[" * 100_000, "not JSON"),
            (b"[]", "This is not a questionnaire"),
            (json.dumps({"name": "x", "sections": []}).encode(), "sections"),
            (b" " * 600_000, "at most 512 kB"),
        ]:
            with self.subTest(words):
                self.assertContains(self.upload(content), words)
        self.assertContains(self.manager.post("/intake/questionnaires/import", follow=True), "Choose a JSON file")
        with self.inside(self.desk):
            self.assertEqual(Questionnaire.objects.count(), 4)
