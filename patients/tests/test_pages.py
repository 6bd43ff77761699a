"""The front desk's pages to add, edit, merge, import and export patients."""

import csv
import io

from django.core.files.uploadedfile import SimpleUploadedFile

from clinicflow.audit.models import AuditLog
from clinicflow.testing.case import PASSWORD, ClinicCase
from clinicflow.testing.jobs import run_due_jobs
from patients.folding import search_fields
from patients.models import Patient, PatientImport
from patients.operations import imports, patients

FORM_DATA = {
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


class PatientPageCase(ClinicCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        phone = "+12125550100"
        columns = search_fields("Hannah", "Lindqvist", phone)
        cls.hannah = cls.make_patient(cls.riverside, "Hannah Lindqvist", phone=phone, **columns)

    def setUp(self):
        self.client = self.client_for(self.desk)

    def rows(self, **conditions):
        with self.inside(self.desk):
            return list(Patient.objects.filter(**conditions))

    def audited(self, **conditions):
        with self.inside(self.desk):
            return list(AuditLog.objects.filter(**conditions))


class AddTests(PatientPageCase):
    def test_adds_with_preferences_and_flags(self):
        response = self.client.post("/patients/new", FORM_DATA)
        (ana,) = self.rows(last_name="Núñez")
        self.assertRedirects(response, f"/patients/{ana.pk}", fetch_redirect_response=False)
        self.assertEqual(ana.contact_preferences, {"sms": True, "email": False, "voice": True})
        self.assertEqual(ana.flags, ["VIP", "hard of hearing", "brings a dog"])

    def test_possible_duplicates_are_shown_with_the_submitted_values(self):
        submitted = FORM_DATA | {"phone": str(self.hannah.phone)}
        response = self.client.post("/patients/new", submitted)
        self.assertContains(response, "Is it one of these?", status_code=422)
        self.assertContains(response, f"/patients/{self.hannah.pk}", status_code=422)
        self.assertContains(response, 'value="Núñez"', status_code=422)
        self.assertEqual(self.rows(last_name="Núñez"), [])
        self.client.post("/patients/new", submitted | {"although_alike": "on"})
        self.assertEqual(len(self.rows(last_name="Núñez")), 1)

    def test_errors_are_shown_beside_their_fields(self):
        for fields, name in (
            ({"first_name": ""}, "first_name"),
            ({"date_of_birth": "2191-01-01"}, "date_of_birth"),
            ({"phone": "call me"}, "phone"),
            ({"email": "ana@"}, "email"),
            ({"date_of_birth": "2020-01-01"}, "guardian_name"),
            ({"other_flags": "x" * 60}, "other_flags"),
        ):
            with self.subTest(**fields):
                response = self.client.post("/patients/new", FORM_DATA | fields)
                self.assertContains(response, f'id="id_{name}_error"', status_code=422)
        self.assertEqual(self.rows(last_name="Núñez"), [])

    def test_the_searched_name_is_prefilled(self):
        self.assertContains(self.client.get("/patients/new?name=ana maria costa"), 'value="maria costa"')


class EditTests(PatientPageCase):
    def form(self):
        """The form data of the page, as a browser submits it."""
        shown = self.client.get(f"/patients/{self.hannah.pk}/edit").context
        values = {field.name: field.value() for field in shown["form"]} | {"seen": shown["seen"]}
        return {name: value for name, value in values.items() if value is not None}

    def test_saves_only_the_changed_fields(self):
        before = self.rows(pk=self.hannah.pk)[0]
        self.client.post(f"/patients/{self.hannah.pk}/edit", self.form() | {"last_name": "Berg"})
        after = self.rows(pk=self.hannah.pk)[0]
        self.assertEqual((after.last_name, after.phone, after.flags), ("Berg", before.phone, before.flags))
        self.assertEqual(after.contact_preferences, before.contact_preferences)

    def test_an_edit_conflict_is_shown(self):
        mine = self.form() | {"email": "hannah@mail.test"}
        with self.inside(self.desk):
            patients.update(self.desk, self.hannah.pk, changes={"phone": "+12125550199"})
        response = self.client.post(f"/patients/{self.hannah.pk}/edit", mine)
        self.assertContains(response, "Someone else changed this record", status_code=422)
        self.assertContains(response, "(212) 555-0199", status_code=422)
        self.assertContains(response, 'value="hannah@mail.test"', status_code=422)
        now = self.rows(pk=self.hannah.pk)[0]
        self.assertEqual((now.email, str(now.phone)), ("", "+12125550199"))
        again = mine | {"seen": response.context["seen"]}
        self.assertEqual(self.client.post(f"/patients/{self.hannah.pk}/edit", again).status_code, 302)
        self.assertEqual(self.rows(pk=self.hannah.pk)[0].email, "hannah@mail.test")


class MergeTests(PatientPageCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.double = cls.make_patient(cls.riverside, "Hanna Lindquist", email="h@mail.test")

    def merge(self, **fields):
        address = f"/patients/{self.hannah.pk}/merge?with={self.double.pk}"
        return self.client.post(address, {"keep": "left", "same_person": "on"} | fields)

    def test_suggests_possible_duplicates(self):
        self.assertContains(self.client.get(f"/patients/{self.hannah.pk}/merge"), "Hanna Lindquist")
        results = self.client.get(f"/patients/{self.hannah.pk}/merge?q=lindq", headers={"HX-Request": "true"})
        self.assertContains(results, f"with={self.double.pk}")

    def test_merges_with_the_chosen_values(self):
        page = self.client.get(f"/patients/{self.hannah.pk}/merge?with={self.double.pk}")
        self.assertContains(page, "Lindqvist")
        self.assertContains(page, "Lindquist")
        response = self.merge(last_name="right", first_name="left", phone="left")
        self.assertRedirects(response, f"/patients/{self.hannah.pk}", fetch_redirect_response=False)
        (target,) = self.rows(merged_into=None)
        self.assertEqual((target.first_name, target.last_name, target.email), ("Hannah", "Lindquist", "h@mail.test"))
        self.assertEqual(self.rows(pk=self.double.pk)[0].merged_into_id, target.pk)
        self.assertEqual(len(self.audited(action="patient.merged")), 1)

    def test_the_other_record_can_be_kept(self):
        self.merge(keep="right")
        self.assertEqual(self.rows(merged_into=None)[0].pk, self.double.pk)

    def test_a_merge_requires_confirmation(self):
        response = self.merge(same_person="")
        self.assertContains(response, "Confirm that it is the same person", status_code=422)
        self.assertEqual(len(self.rows(merged_into=None)), 2)

    def test_a_record_of_another_clinic_is_not_found(self):
        foreign = self.make_patient(self.lakeside, "Hannah Lindqvist")
        response = self.client.post(f"/patients/{self.hannah.pk}/merge?with={foreign.pk}", {"keep": "left"})
        self.assertEqual(response.status_code, 404)
        self.assertEqual(self.client.get(f"/patients/{self.hannah.pk}/merge?with=nonsense").status_code, 404)


HEAD = "first_name,last_name,date_of_birth,phone\n"


class ImportTests(PatientPageCase):
    def send(self, text):
        file = SimpleUploadedFile("patients.csv", text.encode(), "text/csv")
        return self.client.post("/patients/import", {"file": file})

    def only(self):
        with self.inside(self.desk):
            return PatientImport.objects.get()

    def test_a_dry_run_shows_every_invalid_row_and_adds_nothing(self):
        response = self.send(HEAD + "Ana,Costa,1991-03-04,\nBo,,1990-01-01,\nEd,Low,31/31/1990,call\n")
        patient_import = self.only()
        self.assertRedirects(response, f"/patients/import/{patient_import.pk}", fetch_redirect_response=False)
        self.assertEqual((patient_import.lines, patient_import.created, patient_import.bad), (3, 1, 2))
        page = self.client.get(response["Location"])
        for text in ("Ed Low", "Enter a valid date", "Enter a name.", "Add 1 patient"):
            self.assertContains(page, text)
        self.assertEqual(len(self.rows()), 1)

    def test_imports_in_chunks_with_progress_and_clears_the_file(self):
        born = "1990-01-01"
        self.send(HEAD + "".join(f"Ana,Costa{number},{born},\n" for number in range(imports.CHUNK_SIZE + 5)))
        patient_import = self.only()
        with self.captureOnCommitCallbacks(execute=False):
            self.client.post(f"/patients/import/{patient_import.pk}/start")
        with self.inside(self.desk):
            self.assertTrue(imports.import_next_chunk(self.desk, patient_import.pk))
        page = self.client.get(f"/patients/import/{patient_import.pk}")
        self.assertContains(page, f"{imports.CHUNK_SIZE} of {imports.CHUNK_SIZE + 5} rows read")
        self.assertContains(page, 'hx-trigger="every 1s"')
        run_due_jobs(self.riverside.pk)
        patient_import = self.only()
        self.assertEqual((patient_import.status, patient_import.content), ("done", ""))
        self.assertEqual(patient_import.created, imports.CHUNK_SIZE + 5)
        self.assertEqual(len(self.rows()), imports.CHUNK_SIZE + 6)
        self.assertEqual(self.audited(action="patients.imported")[0].new_values["created"], imports.CHUNK_SIZE + 5)
        self.assertNotContains(self.client.get(f"/patients/import/{patient_import.pk}"), "every 1s")

    def test_a_file_is_imported_only_once(self):
        self.send(HEAD + "Ana,Costa,1991-03-04,\n")
        patient_import = self.only()
        for _ in range(2):
            self.client.post(f"/patients/import/{patient_import.pk}/start")
        run_due_jobs(self.riverside.pk)
        self.client.post(f"/patients/import/{patient_import.pk}/start")
        run_due_jobs(self.riverside.pk)
        self.assertEqual(len(self.rows(last_name="Costa")), 1)

    def test_an_invalid_file_is_a_form_error(self):
        for text in ("", "first_name\nAna\n", HEAD + "x" * 1_100_000):
            self.assertContains(self.send(text), 'id="id_file_error"', status_code=422)
        self.assertContains(self.client.post("/patients/import"), "Choose a file.", status_code=422)

    def test_an_abandoned_file_is_deleted_after_a_day(self):
        self.send(HEAD + "Ana,Costa,1991-03-04,\n")
        patient_import = self.only()
        with self.inside(self.desk):
            later = patient_import.created_at + 2 * imports.DRY_RUN_RETENTION
            self.assertEqual(imports.delete_abandoned(self.desk, at=patient_import.created_at), 0)
            self.assertEqual(imports.delete_abandoned(self.desk, at=later), 1)


class ExportTests(PatientPageCase):
    def test_the_export_requires_a_recent_password(self):
        self.assertEqual(len(self.audited(action="export")), 0)
        for address in ("/patients/export", "/patients/export.csv"):
            challenge = self.client.get(address)
            self.assertRedirects(challenge, f"/account/reauthenticate/?next={address.replace('/', '%2F')}")
        problem = self.client.get("/api/patients/export")
        self.assertEqual((problem.status_code, problem.json()["code"]), (403, "password_again"))
        self.client.post("/account/reauthenticate/", {"password": PASSWORD})
        self.assertContains(self.client.get("/patients/export"), "1 patient as one CSV file")
        response = self.client.get("/patients/export.csv")
        rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))
        self.assertEqual([row["last_name"] for row in rows], ["Lindqvist"])
        self.assertEqual(self.audited(action="export")[0].user_id, self.dana.pk)
