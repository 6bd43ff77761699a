from aiassist.models import IntakeSummary
from aiassist.tests.test_summaries import ANSWERS, SummaryCase


class Editing(SummaryCase):
    def setUp(self):
        super().setUp()
        self.summary = self.made()
        self.address = f"/summaries/{self.summary.pk}/edit"

    def typed(self, version=1):
        return {
            "version": str(version),
            "summary_text": self.summary.summary_text,
            "patient_concerns": "",
            "key_notes": "Lives alone.",
            "medications-TOTAL_FORMS": "2",
            "medications-INITIAL_FORMS": "1",
            "medications-0-name": "lisinopril",
            "medications-0-dose": "10 mg",
            "medications-0-frequency": "every morning",
            "medications-0-status": "current",
            "medications-1-name": "metoprolol",
            "medications-1-status": "current",
            "allergies-TOTAL_FORMS": "1",
            "allergies-INITIAL_FORMS": "1",
            "allergies-0-substance": "penicillin",
            "allergies-0-reaction": "rash",
        }

    def test_the_form_holds_what_is_there(self):
        page = self.client_for(self.doctor).get(self.address)
        self.assertContains(page, 'value="lisinopril"')
        self.assertContains(page, 'value="penicillin"')

    def test_saving_makes_a_version_in_which_typed_items_are_marked(self):
        answer = self.client_for(self.doctor).post(self.address, self.typed())
        self.assertEqual(answer.status_code, 302)
        summary = self.newest()
        self.assertEqual((summary.version, summary.engine), (2, "doctor"))
        self.assertEqual([m["name"] for m in summary.medications], ["lisinopril", "metoprolol"])
        self.assertEqual(summary.key_notes, ["Lives alone."])
        reasons = {entry["item"].get("name"): entry["reasons"] for entry in summary.items["items"]}
        self.assertEqual((reasons["lisinopril"], reasons["metoprolol"]), ([], ["doctor_typed"]))

    def test_versions_show_what_changed(self):
        client = self.client_for(self.doctor)
        client.post(self.address, self.typed())
        page = client.get(f"/visits/{self.visit.pk}/summary/versions")
        self.assertContains(page, "<ins>Lives alone.</ins>")
        self.assertContains(page, "Hannah Lindqvist")
        self.assertContains(page, f"/my-day/{self.visit.pk}")

    def test_a_list_without_items_says_why_in_every_version(self):
        self.submit(ANSWERS | {"allergies": {"none": True}}, revision=2)
        self.made()
        page = self.client_for(self.doctor).get(f"/visits/{self.visit.pk}/summary/versions")
        self.assertContains(page, "<ins>Allergies: None, says the patient.</ins>")
        self.assertContains(page, "<del>penicillin, rash</del>")

    def test_an_edit_of_an_older_version_saves_nothing(self):
        client = self.client_for(self.doctor)
        client.post(self.address, self.typed())
        answer = client.post(self.address, self.typed())
        self.assertEqual(answer.status_code, 422)
        self.assertEqual(self.newest().version, 2)

    def test_another_doctor_and_the_front_desk_do_not_edit(self):
        for actor, status in ((self.other_doctor, 404), (self.desk, 403)):
            self.assertEqual(self.client_for(actor).post(self.address, self.typed()).status_code, status)
        with self.inside(self.doctor):
            self.assertEqual(IntakeSummary.objects.count(), 1)
