from aiassist.models import IntakeSummary
from aiassist.tests.cases import ANSWERS, SummaryCase
from clinicflow.testing.html import source_of


class EditTests(SummaryCase):
    def setUp(self):
        super().setUp()
        self.summary = self.generated()
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
        self.generated()
        page = self.client_for(self.doctor).get(f"/visits/{self.visit.pk}/summary/versions")
        self.assertContains(page, "<ins>None reported.</ins>")
        self.assertContains(page, "<del>penicillin, rash</del>")

    def test_any_two_versions_can_be_compared(self):
        client = self.client_for(self.doctor)
        client.post(self.address, self.typed())
        client.post(f"/summaries/{self.newest().pk}/edit", self.typed(version=2) | {"key_notes": "Lives with a dog."})
        address = f"/visits/{self.visit.pk}/summary/versions"
        self.assertContains(client.get(address), "<del>Lives alone.</del>")
        first_and_last = client.get(address, {"older": "1", "newer": "3"})
        self.assertNotContains(first_and_last, "Lives alone.")
        self.assertContains(first_and_last, "<ins>Lives with a dog.</ins>")
        swapped = client.get(address, {"older": "3", "newer": "1"})
        self.assertContains(swapped, "<ins>Lives with a dog.</ins>")
        self.assertContains(client.get(address, {"older": "x", "newer": "99"}), "<del>Lives alone.</del>")

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


class CorrectionTests(SummaryCase):
    def setUp(self):
        super().setUp()
        self.summary = self.generated()
        with self.inside(self.doctor):
            entries = self.summary.items["items"]
            self.position = next(i for i, entry in enumerate(entries) if entry["section"] == "medications")
            entries[self.position]["item"]["dose"] = "100 mg"
            entries[self.position]["reasons"] = ["dose_not_in_quote"]
            self.summary.save()
        self.address = f"/summaries/{self.summary.pk}/items/{self.position}/correct"

    def typed(self, **fields):
        row = {"version": "1", "name": "lisinopril", "dose": "10 mg", "frequency": "every morning", "status": "current"}
        return row | fields

    def test_the_form_shows_the_quote_and_why_the_item_is_flagged(self):
        page = self.client_for(self.doctor).get(self.address)
        self.assertContains(page, 'value="100 mg"')
        self.assertContains(page, "The dose is not in the quote.")
        self.assertIn("<mark>lisinopril", source_of(page))

    def test_what_the_answer_holds_is_plain_again_in_a_version_of_its_own(self):
        self.assertEqual(self.client_for(self.doctor).post(self.address, self.typed()).status_code, 302)
        newest = self.newest()
        self.assertEqual((newest.version, newest.engine, newest.status), (2, "doctor", "edited"))
        self.assertEqual(newest.items["items"][self.position]["reasons"], [])
        self.assertEqual(newest.medications[0]["dose"], "10 mg")
        self.assertEqual(len(newest.items["items"]), len(self.summary.items["items"]))
        with self.inside(self.doctor):
            first = IntakeSummary.objects.get(pk=self.summary.pk)
        self.assertEqual(first.items["items"][self.position]["item"]["dose"], "100 mg")

    def test_what_it_does_not_hold_is_marked_as_typed(self):
        self.client_for(self.doctor).post(self.address, self.typed(dose="25 mg"))
        self.assertEqual(self.newest().items["items"][self.position]["reasons"], ["doctor_typed"])
        self.assertContains(
            self.client_for(self.doctor).get(f"/visits/{self.visit.pk}/summary"), "corrected by Amara Okafor"
        )

    def test_an_empty_name_is_refused_beside_the_field(self):
        answer = self.client_for(self.doctor).post(self.address, self.typed(name=""))
        self.assertContains(answer, "This field is required.", status_code=422)
        self.assertEqual(self.newest().version, 1)

    def test_a_correction_of_an_older_version_saves_nothing(self):
        client = self.client_for(self.doctor)
        client.post(self.address, self.typed())
        self.assertContains(
            client.post(self.address, self.typed()), "was changed while you were editing", status_code=422
        )
        self.assertEqual(self.newest().version, 2)

    def test_an_edit_of_the_summary_preserves_flagged_items(self):
        form = {
            "version": "1",
            "summary_text": "",
            "medications-TOTAL_FORMS": "0",
            "medications-INITIAL_FORMS": "0",
            "allergies-TOTAL_FORMS": "0",
            "allergies-INITIAL_FORMS": "0",
        }
        self.client_for(self.doctor).post(f"/summaries/{self.summary.pk}/edit", form)
        flagged = [entry for entry in self.newest().items["items"] if entry["reasons"] == ["dose_not_in_quote"]]
        self.assertEqual(len(flagged), 1)

    def test_a_missing_item_and_another_doctors_summary_are_404(self):
        client = self.client_for(self.doctor)
        self.assertEqual(client.get(f"/summaries/{self.summary.pk}/items/99/correct").status_code, 404)
        for actor, status in ((self.other_doctor, 404), (self.desk, 403)):
            self.assertEqual(self.client_for(actor).post(self.address, self.typed()).status_code, status)
