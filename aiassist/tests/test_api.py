from aiassist.models import IntakeSummary
from aiassist.tests.cases import SummaryCase
from clinicflow.audit.models import AuditLog

EDIT = {
    "summary_text": "Dizzy when standing up.",
    "patient_concerns": [],
    "medications": [{"name": "lisinopril", "dose": "10 mg", "frequency": "every morning", "status": "current"}],
    "allergies": [{"substance": "penicillin", "reaction": "rash"}, {"substance": "latex", "reaction": None}],
    "key_notes": [],
}


class SummaryApiTests(SummaryCase):
    def setUp(self):
        super().setUp()
        self.summary = self.generated()
        self.of_visit = f"/api/intake/summaries/{self.visit.pk}"
        self.url = f"/api/intake/summaries/{self.summary.pk}"

    def ask(self, actor, method="get", path="", body=None, **headers):
        call = getattr(self.client, method)
        return call(
            path or self.of_visit,
            body,
            content_type="application/json",
            headers=self.bearer_for(actor) | headers,
        )

    def test_the_patients_doctor_reads_all_of_it_and_the_look_is_audited(self):
        answer = self.ask(self.doctor)
        self.assertEqual(answer.status_code, 200)
        shown = answer.json()
        self.assertEqual(shown["allergies"], [{"substance": "penicillin", "reaction": "rash"}])
        self.assertTrue(shown["items"]["items"][0]["item"]["evidence"])
        with self.inside(self.desk):
            entry = AuditLog.objects.get(action="read")
        self.assertEqual(entry.patient_ids, [self.patient.pk])

    def test_the_front_desk_reads_the_state_without_content(self):
        answer = self.ask(self.desk)
        self.assertEqual(answer.json()["status"], "generated")
        self.assertNotIn("penicillin", answer.text)
        self.assertNotIn("items", answer.json())
        self.assertNotIn("needs_attention", answer.json())

    def test_others_find_nothing_and_the_owner_may_not(self):
        self.assertEqual(self.ask(self.other_doctor).status_code, 404)
        self.assertEqual(self.ask(self.foreign_desk).status_code, 404)
        self.assertEqual(self.ask(self.owner).status_code, 403)
        self.assertEqual(self.client.get(self.of_visit).status_code, 401)

    def test_an_edit_is_a_new_version_in_which_what_was_typed_is_marked(self):
        answer = self.ask(self.doctor, "put", self.url, EDIT)
        self.assertEqual(answer.status_code, 200, answer.text)
        made = answer.json()
        self.assertEqual((made["version"], made["status"], made["engine"]), (2, "edited", "doctor"))
        self.assertEqual([a["substance"] for a in made["allergies"]], ["penicillin", "latex"])
        reasons = {
            e["item"].get("substance"): e["reasons"] for e in made["items"]["items"] if e["section"] == "allergies"
        }
        self.assertEqual(reasons, {"penicillin": [], "latex": ["doctor_typed"]})
        with self.inside(self.doctor):
            self.assertEqual(IntakeSummary.objects.get(version=1).allergies, self.summary.allergies)

    def test_what_was_read_can_be_put_back_with_a_change(self):
        read = self.ask(self.doctor).json()
        wanted = read | {"key_notes": ["Speaks slowly"], "reviewed_by_id": str(self.doctor.user_id), "version": 9}
        answer = self.ask(self.doctor, "put", self.url, wanted)
        self.assertEqual(answer.status_code, 200, answer.text)
        made = answer.json()
        self.assertEqual((made["key_notes"], made["version"]), (["Speaks slowly"], 2))
        self.assertIsNone(made["reviewed_by_id"])

    def test_leaving_an_allergy_out_of_an_edit_is_noticed(self):
        answer = self.ask(self.doctor, "put", self.url, EDIT | {"allergies": []})
        made = answer.json()
        self.assertTrue(made["needs_attention"])
        self.assertEqual([o["name"].lower() for o in made["items"]["omissions"]], ["penicillin"])

    def test_an_edit_of_what_has_changed_meanwhile_is_refused(self):
        tag = self.ask(self.doctor)["ETag"]
        self.assertEqual(self.ask(self.doctor, "put", self.url, EDIT, **{"If-Match": tag}).status_code, 200)
        again = self.ask(self.doctor, "put", self.url, EDIT, **{"If-Match": '"stale"'})
        self.assertEqual(again.status_code, 412)
        with self.inside(self.doctor):
            self.assertEqual(IntakeSummary.objects.count(), 2)

    def test_an_edit_of_an_earlier_version_is_refused(self):
        self.ask(self.doctor, "put", self.url, EDIT)
        self.assertEqual(self.ask(self.doctor, "put", self.url, EDIT).status_code, 400)

    def test_unknown_fields_and_wrong_roles_change_nothing(self):
        self.assertEqual(self.ask(self.doctor, "put", self.url, EDIT | {"verdict": "fine"}).status_code, 400)
        self.assertEqual(self.ask(self.desk, "put", self.url, EDIT).status_code, 403)
        self.assertEqual(self.ask(self.other_doctor, "put", self.url, EDIT).status_code, 404)
        with self.inside(self.doctor):
            self.assertEqual(IntakeSummary.objects.count(), 1)

    def test_it_can_be_made_again(self):
        answer = self.ask(self.doctor, "post", f"{self.url}/regenerate", {})
        self.assertEqual((answer.status_code, answer.json()["status"]), (202, "generating"))
        self.assertEqual(self.ask(self.doctor, "post", f"{self.url}/regenerate", {}).status_code, 409)
        self.assertEqual(self.generated().version, 2)
