"""The front desk's pages about patients: adding, correcting, merging, files in and out."""

import csv
import io

from django.core.files.uploadedfile import SimpleUploadedFile

from clinicflow.audit.models import AuditLog
from clinicflow.testing.case import PASSWORD, ClinicCase
from clinicflow.testing.jobs import run_due_jobs
from patients.folding import search_fields
from patients.models import Patient, PatientImport
from patients.operations import imports, patients

TYPED = {
    "first_name": "Ana",
    "last_name": "Núñez",
    "date_of_birth": "1991-03-04",
    "phone": "(212) 555-0133",
    "email": "",
    "preferred_language": "es",
    "contact": ["sms", "voice"],
    "flags": ["VIP"],
    "other_flags": "hard of hearing, brings a dog",
}


class PageCase(ClinicCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        phone = "+12125550100"
        words = search_fields("Hannah", "Lindqvist", phone)
        cls.hannah = cls.make_patient(cls.riverside, "Hannah Lindqvist", phone=phone, **words)

    def setUp(self):
        self.client = self.client_for(self.desk)

    def rows(self, **conditions):
        with self.inside(self.desk):
            return list(Patient.objects.filter(**conditions))

    def audited(self, **conditions):
        with self.inside(self.desk):
            return list(AuditLog.objects.filter(**conditions))


class AddTests(PageCase):
    def test_adds_with_preferences_and_flags(self):
        answer = self.client.post("/patients/new", TYPED)
        (ana,) = self.rows(last_name="Núñez")
        self.assertRedirects(answer, f"/patients/{ana.pk}", fetch_redirect_response=False)
        self.assertEqual(ana.contact_preferences, {"sms": True, "email": False, "voice": True})
        self.assertEqual(ana.flags, ["VIP", "hard of hearing", "brings a dog"])

    def test_shows_who_it_may_be_first_and_keeps_what_was_typed(self):
        typed = TYPED | {"phone": str(self.hannah.phone)}
        answer = self.client.post("/patients/new", typed)
        self.assertContains(answer, "Is it one of these?", status_code=422)
        self.assertContains(answer, f"/patients/{self.hannah.pk}", status_code=422)
        self.assertContains(answer, 'value="Núñez"', status_code=422)
        self.assertEqual(self.rows(last_name="Núñez"), [])
        self.client.post("/patients/new", typed | {"although_alike": "on"})
        self.assertEqual(len(self.rows(last_name="Núñez")), 1)

    def test_each_error_stands_beside_its_field(self):
        for fields, name in (
            ({"first_name": ""}, "first_name"),
            ({"date_of_birth": "2191-01-01"}, "date_of_birth"),
            ({"phone": "call me"}, "phone"),
            ({"email": "ana@"}, "email"),
            ({"date_of_birth": "2020-01-01"}, "guardian_name"),
            ({"other_flags": "x" * 60}, "other_flags"),
        ):
            with self.subTest(**fields):
                answer = self.client.post("/patients/new", TYPED | fields)
                self.assertContains(answer, f'id="id_{name}_error"', status_code=422)
        self.assertEqual(self.rows(last_name="Núñez"), [])

    def test_a_name_that_was_searched_for_is_filled_in(self):
        self.assertContains(self.client.get("/patients/new?name=ana maria costa"), 'value="maria costa"')


class EditTests(PageCase):
    def form(self):
        """What the page holds, as a browser would send it back."""
        shown = self.client.get(f"/patients/{self.hannah.pk}/edit").context
        values = {field.name: field.value() for field in shown["form"]} | {"seen": shown["seen"]}
        return {name: value for name, value in values.items() if value is not None}

    def test_saves_what_was_changed_and_nothing_else(self):
        before = self.rows(pk=self.hannah.pk)[0]
        self.client.post(f"/patients/{self.hannah.pk}/edit", self.form() | {"last_name": "Berg"})
        after = self.rows(pk=self.hannah.pk)[0]
        self.assertEqual((after.last_name, after.phone, after.flags), ("Berg", before.phone, before.flags))
        self.assertEqual(after.contact_preferences, before.contact_preferences)

    def test_an_update_that_would_be_lost_is_told(self):
        mine = self.form() | {"email": "hannah@mail.test"}
        with self.inside(self.desk):
            patients.update(self.desk, self.hannah.pk, changes={"phone": "+12125550199"})
        answer = self.client.post(f"/patients/{self.hannah.pk}/edit", mine)
        self.assertContains(answer, "Someone else changed this record", status_code=422)
        self.assertContains(answer, "(212) 555-0199", status_code=422)
        self.assertContains(answer, 'value="hannah@mail.test"', status_code=422)
        now = self.rows(pk=self.hannah.pk)[0]
        self.assertEqual((now.email, str(now.phone)), ("", "+12125550199"))
        again = mine | {"seen": answer.context["seen"]}
        self.assertEqual(self.client.post(f"/patients/{self.hannah.pk}/edit", again).status_code, 302)
        self.assertEqual(self.rows(pk=self.hannah.pk)[0].email, "hannah@mail.test")


class MergeTests(PageCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.double = cls.make_patient(cls.riverside, "Hanna Lindquist", email="h@mail.test")

    def merge(self, **fields):
        address = f"/patients/{self.hannah.pk}/merge?with={self.double.pk}"
        return self.client.post(address, {"keep": "left", "same_person": "on"} | fields)

    def test_proposes_those_who_look_alike(self):
        self.assertContains(self.client.get(f"/patients/{self.hannah.pk}/merge"), "Hanna Lindquist")
        found = self.client.get(f"/patients/{self.hannah.pk}/merge?q=lindq", headers={"HX-Request": "true"})
        self.assertContains(found, f"with={self.double.pk}")

    def test_side_by_side_and_with_the_values_chosen(self):
        page = self.client.get(f"/patients/{self.hannah.pk}/merge?with={self.double.pk}")
        self.assertContains(page, "Lindqvist")
        self.assertContains(page, "Lindquist")
        answer = self.merge(last_name="right", first_name="left", phone="left")
        self.assertRedirects(answer, f"/patients/{self.hannah.pk}", fetch_redirect_response=False)
        (kept,) = self.rows(merged_into=None)
        self.assertEqual((kept.first_name, kept.last_name, kept.email), ("Hannah", "Lindquist", "h@mail.test"))
        self.assertEqual(self.rows(pk=self.double.pk)[0].merged_into_id, kept.pk)
        self.assertEqual(len(self.audited(action="patient.merged")), 1)

    def test_the_other_one_can_stay(self):
        self.merge(keep="right")
        self.assertEqual(self.rows(merged_into=None)[0].pk, self.double.pk)

    def test_nothing_happens_before_it_is_said_to_be_the_same_person(self):
        answer = self.merge(same_person="")
        self.assertContains(answer, "Say that it is the same person", status_code=422)
        self.assertEqual(len(self.rows(merged_into=None)), 2)

    def test_a_record_of_another_clinic_is_not_there(self):
        foreign = self.make_patient(self.lakeside, "Hannah Lindqvist")
        answer = self.client.post(f"/patients/{self.hannah.pk}/merge?with={foreign.pk}", {"keep": "left"})
        self.assertEqual(answer.status_code, 404)
        self.assertEqual(self.client.get(f"/patients/{self.hannah.pk}/merge?with=nonsense").status_code, 404)


HEAD = "first_name,last_name,date_of_birth,phone\n"


class ImportTests(PageCase):
    def send(self, text):
        file = SimpleUploadedFile("patients.csv", text.encode(), "text/csv")
        return self.client.post("/patients/import", {"file": file})

    def only(self):
        with self.inside(self.desk):
            return PatientImport.objects.get()

    def test_a_rehearsal_shows_every_bad_line_and_why_and_writes_nothing(self):
        answer = self.send(HEAD + "Ana,Costa,1991-03-04,\nBo,,1990-01-01,\nEd,Low,31/31/1990,call\n")
        kept = self.only()
        self.assertRedirects(answer, f"/patients/import/{kept.pk}", fetch_redirect_response=False)
        self.assertEqual((kept.lines, kept.created, kept.bad), (3, 1, 2))
        page = self.client.get(answer["Location"])
        for words in ("Ed Low", "This is no date", "Give a name.", "Add 1 patient"):
            self.assertContains(page, words)
        self.assertEqual(len(self.rows()), 1)

    def test_reads_in_steps_shows_how_far_and_keeps_no_file(self):
        born = "1990-01-01"
        self.send(HEAD + "".join(f"Ana,Costa{number},{born},\n" for number in range(imports.STEP + 5)))
        kept = self.only()
        with self.captureOnCommitCallbacks(execute=False):
            self.client.post(f"/patients/import/{kept.pk}/start")
        with self.inside(self.desk):
            self.assertTrue(imports.import_next_chunk(self.desk, kept.pk))
        page = self.client.get(f"/patients/import/{kept.pk}")
        self.assertContains(page, f"{imports.STEP} of {imports.STEP + 5} rows read")
        self.assertContains(page, 'hx-trigger="every 1s"')
        run_due_jobs(self.riverside.pk)
        kept = self.only()
        self.assertEqual((kept.status, kept.created, kept.content), ("done", imports.STEP + 5, ""))
        self.assertEqual(len(self.rows()), imports.STEP + 6)
        self.assertEqual(self.audited(action="patients.imported")[0].new_values["created"], imports.STEP + 5)
        self.assertNotContains(self.client.get(f"/patients/import/{kept.pk}"), "every 1s")

    def test_starting_twice_reads_once_and_a_finished_file_is_over(self):
        self.send(HEAD + "Ana,Costa,1991-03-04,\n")
        kept = self.only()
        for _ in range(2):
            self.client.post(f"/patients/import/{kept.pk}/start")
        run_due_jobs(self.riverside.pk)
        self.client.post(f"/patients/import/{kept.pk}/start")
        run_due_jobs(self.riverside.pk)
        self.assertEqual(len(self.rows(last_name="Costa")), 1)

    def test_what_is_no_such_file_is_refused_beside_the_field(self):
        for text in ("", "first_name\nAna\n", HEAD + "x" * 1_100_000):
            self.assertContains(self.send(text), 'id="id_file_error"', status_code=422)
        self.assertContains(self.client.post("/patients/import"), "Choose a file.", status_code=422)

    def test_a_file_left_for_a_day_is_forgotten(self):
        self.send(HEAD + "Ana,Costa,1991-03-04,\n")
        kept = self.only()
        with self.inside(self.desk):
            self.assertEqual(imports.delete_abandoned(self.desk, at=kept.created_at), 0)
            self.assertEqual(imports.delete_abandoned(self.desk, at=kept.created_at + 2 * imports.KEEP), 1)


class ExportTests(PageCase):
    def test_the_file_comes_after_the_password_again(self):
        self.assertEqual(len(self.audited(action="export")), 0)
        for address in ("/patients/export", "/patients/export.csv"):
            asked = self.client.get(address)
            self.assertRedirects(asked, f"/account/reauthenticate/?next={address.replace('/', '%2F')}")
        problem = self.client.get("/api/patients/export")
        self.assertEqual((problem.status_code, problem.json()["code"]), (403, "password_again"))
        self.client.post("/account/reauthenticate/", {"password": PASSWORD})
        self.assertContains(self.client.get("/patients/export"), "1 patient as one CSV file")
        answer = self.client.get("/patients/export.csv")
        rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
        self.assertEqual([row["last_name"] for row in rows], ["Lindqvist"])
        self.assertEqual(self.audited(action="export")[0].user_id, self.dana.pk)
