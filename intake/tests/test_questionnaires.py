"""Questionnaires: defaults, drafts, versions and files."""

import copy
import json

from django.conf import settings
from django.test import SimpleTestCase

from clinicflow.core.errors import Forbidden, Invalid, NotFound
from clinicflow.testing.case import ClinicCase
from intake.errors import QuestionnaireFrozen
from intake.models import Questionnaire
from intake.operations import questionnaires
from intake.rules import questionnaire_schema


class Defaults(SimpleTestCase):
    def test_defaults_are_complete_in_both_languages(self):
        for name in ("adult", "child", "follow-up"):
            data = questionnaires.read_default(name)
            for section in data["sections"]:
                for part in [section, *section["questions"]]:
                    texts = [part.get("title") or part["text"], part.get("help"), part.get("detail")]
                    texts += [option["text"] for option in part.get("options", [])]
                    for text in filter(None, texts):
                        with self.subTest(questionnaire=name, text=text["en"]):
                            self.assertTrue(text["es"])

    def test_the_adult_form_has_the_topics_of_summaries(self):
        topics = {
            question["id"]
            for question in questionnaire_schema.questions(questionnaires.read_default("adult")["sections"])
        }
        expected = "reason symptoms medications allergies conditions surgeries family_history tobacco alcohol pregnancy"
        self.assertLessEqual({*expected.split(), "pharmacy", "emergency_contact", "consent"}, topics)

    def test_the_schema_file_is_up_to_date(self):
        published = json.loads((settings.BASE_DIR / "docs" / "questionnaire.schema.json").read_text("utf-8"))
        self.assertEqual(published, questionnaire_schema.json_schema())


class Files(SimpleTestCase):
    def broken(self, change):
        data = copy.deepcopy(questionnaires.read_default("adult"))
        change(data)
        with self.assertRaises(Invalid) as caught:
            questionnaire_schema.validate(data)
        return caught.exception.fields

    def test_errors_are_reported_by_path(self):
        def untyped(data):
            data["sections"][0]["questions"][0]["type"] = "essay"

        self.assertIn("sections.0.questions.0.type", self.broken(untyped))

    def test_inconsistent_questionnaires_are_rejected(self):
        first = ("sections", 0, "questions", 0)

        def setting(path, value):
            def change(data):
                *way, last = path
                for step in way:
                    data = data[step]
                data[last] = value

            return change

        for change in [
            setting((*first, "id"), "symptoms"),  # twice
            setting((*first, "show_if"), {"question": "tobacco", "equals": "never"}),  # asked later
            setting((*first, "show_if"), {"question": "nothing", "equals": "never"}),
            setting((*first, "options"), [{"value": "a", "text": {"en": "A"}}, {"value": "b", "text": {"en": "B"}}]),
            setting((*first, "minimum"), 3),
            setting((*first, "surprise"), 3),
            setting((*first, "text"), {"en": "a\x00"}),
            setting((*first, "text"), {}),
            setting(("sections",), []),
            setting(("name",), ""),
            setting(("format",), "other/1"),
            setting(("sections", 1, "id"), "visit"),
            setting(("sections", 3, "questions", 1, "show_if"), {"question": "conditions", "equals": "plague"}),
        ]:
            with self.subTest(change):
                self.assertTrue(self.broken(change))

    def test_a_file_that_is_not_an_object_is_rejected(self):
        for data in (None, [], "x", 5):
            with self.subTest(data), self.assertRaises(Invalid):
                questionnaire_schema.validate(data)


class Versions(ClinicCase):
    def defaults(self):
        return questionnaires.create_defaults(self.desk)

    def test_a_clinic_gets_the_defaults_once(self):
        with self.inside(self.desk):
            self.assertEqual({item.audience for item in self.defaults()}, {"adult", "child", "follow-up"})
            self.assertEqual(self.defaults(), [])
            self.assertEqual(Questionnaire.objects.visible_to(self.desk).current().count(), 3)

    def test_a_published_version_is_frozen_and_the_next_replaces_it(self):
        with self.inside(self.desk):
            adult = self.defaults()[0]
            data = questionnaires.export(adult) | {"name": "Ours"}
            with self.assertRaises(QuestionnaireFrozen):
                questionnaires.edit(self.desk, adult.pk, data)
            draft = questionnaires.new_version(self.desk, adult.pk)
            self.assertEqual((draft.version, draft.family, draft.published_at), (2, adult.family, None))
            self.assertEqual(questionnaires.new_version(self.desk, adult.pk), draft)
            questionnaires.edit(self.desk, draft.pk, data)
            self.assertEqual(questionnaires.current_for(self.desk, "adult"), adult)
            questionnaires.publish(self.desk, draft.pk)
            self.assertEqual(questionnaires.current_for(self.desk, "adult").name, "Ours")
            adult.refresh_from_db()
            self.assertIsNotNone(adult.retired_at)

    def test_an_export_can_be_imported_again(self):
        with self.inside(self.desk):
            adult = self.defaults()[0]
            again = questionnaires.create(self.desk, json.loads(json.dumps(questionnaires.export(adult))))
            self.assertEqual(again.sections, adult.sections)
            self.assertNotEqual(again.family, adult.family)

    def test_only_the_front_desk_can_change_questionnaires(self):
        with self.inside(self.desk):
            adult = self.defaults()[0]
        for actor in (self.doctor, self.owner):
            with self.subTest(actor.role), self.inside(actor), self.assertRaises(Forbidden):
                questionnaires.new_version(actor, adult.pk)
        self.assertEqual(len(self.all()), 3)

    def test_another_clinics_questionnaire_is_not_found(self):
        with self.inside(self.desk):
            adult = self.defaults()[0]
        with self.inside(self.foreign_desk), self.assertRaises(NotFound):
            questionnaires.new_version(self.foreign_desk, adult.pk)

    def test_a_draft_can_be_discarded_and_a_published_version_cannot(self):
        with self.inside(self.desk):
            adult = self.defaults()[0]
            draft = questionnaires.new_version(self.desk, adult.pk)
            questionnaires.discard(self.desk, draft.pk)
            with self.assertRaises(QuestionnaireFrozen):
                questionnaires.discard(self.desk, adult.pk)
        self.assertEqual(len(self.all()), 3)

    def test_an_audience_without_a_questionnaire_gets_the_adult_one(self):
        with self.inside(self.desk):
            self.defaults()
            Questionnaire.objects.filter(audience="child").update(published_at=None)
            self.assertEqual(questionnaires.current_for(self.desk, "child").audience, "adult")

    def all(self):
        with self.inside(self.desk):
            return list(Questionnaire.objects.visible_to(self.desk))
