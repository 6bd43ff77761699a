"""`/api/patients`: fields by role, duplicates, merges, import and export."""

import csv
import datetime as dt
import io

from clinicflow.audit.models import AuditLog
from clinicflow.core import clock
from clinicflow.testing.case import ClinicCase
from patients.models import Patient
from patients.operations import exchange

NEW = {"first_name": "Ana", "last_name": "Núñez", "date_of_birth": "1991-03-04", "phone": "(212) 555-0133"}


class PatientApiCase(ClinicCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.hannah = cls.make_patient(cls.riverside, "Hannah Lindqvist", email="hannah@mail.test")
        cls.foreign = cls.make_patient(cls.lakeside, "Peter Novak")

    def call(self, method, path="", body=None, *, actor=None, content_type="application/json", **headers):
        headers |= self.bearer_for(actor or self.desk)
        send = getattr(self.client, method)
        path = f"/api/patients{path}"
        return send(path, headers=headers) if method == "get" else send(path, body, content_type, headers=headers)

    def problem(self, response, status, code):
        self.assertEqual((response.status_code, response.json()["code"]), (status, code), response.content)
        return response.json()

    def count(self):
        with self.inside(self.desk):
            return Patient.objects.count()

    def audited(self, **conditions):
        with self.inside(self.desk):
            return list(AuditLog.objects.filter(**conditions))


class ReadTests(PatientApiCase):
    def test_front_desk_sees_all_patients_and_fields(self):
        body = self.call("get").json()
        self.assertEqual([row["name"] for row in body["results"]], ["Hannah Lindqvist"])
        (row,) = body["results"]
        self.assertEqual((row["email"], row["age"], row["is_minor"]), ("hannah@mail.test", row["age"], False))
        self.assertEqual(row["contact_preferences"], {"sms": True, "email": True, "voice": True})

    def test_a_doctor_sees_own_patients_and_fewer_fields(self):
        self.assertEqual(self.call("get", actor=self.doctor).json()["count"], 0)
        self.problem(self.call("get", f"/{self.hannah.pk}", actor=self.doctor), 404, "not_found")
        self.make_appointment(self.dr_okafor, self.hannah, clock.now() + dt.timedelta(days=1))
        body = self.call("get", f"/{self.hannah.pk}", actor=self.doctor).json()
        self.assertEqual(body["name"], "Hannah Lindqvist")
        for hidden in ("email", "contact_preferences", "merged_into_id"):
            self.assertNotIn(hidden, body)

    def test_owners_are_forbidden_and_other_clinics_patients_hidden(self):
        self.problem(self.call("get", actor=self.owner), 403, "forbidden")
        self.problem(self.call("get", f"/{self.hannah.pk}", actor=self.owner), 403, "forbidden")
        self.problem(self.call("get", f"/{self.foreign.pk}"), 404, "not_found")

    def test_searches_and_filters(self):
        self.call("post", body=NEW)
        for query, expected in (
            ("search=nunez", ["Ana Núñez"]),
            ("search=nunes", ["Ana Núñez"]),  # a typo
            ("search=03/04/1991", ["Ana Núñez"]),
            ("search=555-0133", []),  # in the middle of the number
            ("search=hannah@", ["Hannah Lindqvist"]),
            ("date_of_birth=1983-06-26", ["Hannah Lindqvist"]),
            ("ordering=-last_name", ["Ana Núñez", "Hannah Lindqvist"]),
            ("search=xyzzy", []),
        ):
            with self.subTest(query):
                names = [row["name"] for row in self.call("get", f"?{query}").json()["results"]]
                self.assertEqual(names, expected if query != "search=555-0133" else ["Ana Núñez"])
        self.problem(self.call("get", "?colour=red"), 400, "invalid")

    def test_a_read_is_audited_with_its_patients(self):
        self.call("get", f"/{self.hannah.pk}")
        (entry,) = self.audited(action="read", resource_type="patients")
        self.assertEqual((entry.patient_ids, entry.resource_id), ([self.hannah.pk], str(self.hannah.pk)))

    def test_query_count_does_not_depend_on_the_number_of_patients(self):
        headers = self.bearer_for(self.desk)
        for _ in range(2):
            with self.assertNumQueries(7):  # sign-in, membership, count, page, audit; begin and commit
                self.client.get("/api/patients", headers=headers)
            for _ in range(19):
                self.make_patient(self.riverside)


class WriteTests(PatientApiCase):
    def test_registers_and_normalizes(self):
        response = self.call("post", body=NEW | {"first_name": " Ana \u202e", "email": "ANA@Mail.test"})
        self.assertEqual(response.status_code, 201, response.content)
        body = response.json()
        self.assertEqual((body["first_name"], body["phone"], body["email"]), ("Ana", "+12125550133", "ana@mail.test"))
        self.assertEqual(response["Location"], f"/api/patients/{body['id']}")

    def test_possible_duplicates_are_returned(self):
        self.call("post", body=NEW)
        again = NEW | {"first_name": "Anna", "phone": ""}
        body = self.problem(self.call("post", body=again), 409, "possible_duplicate")
        self.assertEqual([candidate["name"] for candidate in body["candidates"]], ["Ana Núñez"])
        self.assertEqual(self.call("post", body=again | {"although_alike": True}).status_code, 201)
        same_phone = NEW | {"first_name": "Bo", "last_name": "Ek", "date_of_birth": "1960-01-01"}
        self.problem(self.call("post", body=same_phone), 409, "possible_duplicate")

    def test_invalid_fields_are_named(self):
        before = self.count()
        for fields, name in (
            ({"first_name": " "}, "first_name"),
            ({"date_of_birth": "1899-12-31"}, "date_of_birth"),
            ({"date_of_birth": "2190-01-01"}, "date_of_birth"),
            ({"date_of_birth": "04.03.1991"}, "date_of_birth"),
            ({"phone": "call me"}, "phone"),
            ({"email": "ana@"}, "email"),
            ({"preferred_language": "fr"}, "preferred_language"),
            ({"primary_doctor_id": str(self.dr_lake.pk)}, "primary_doctor_id"),
            ({"contact_preferences": {"fax": True}}, "contact_preferences.fax"),
            ({"date_of_birth": "2020-01-01"}, "guardian"),
            ({"colour": "red"}, "colour"),
        ):
            with self.subTest(**fields):
                self.assertIn(name, self.problem(self.call("post", body=NEW | fields), 400, "invalid")["errors"])
        self.assertEqual(self.count(), before)

    def test_a_minor_with_a_guardian(self):
        child = NEW | {"date_of_birth": "2020-01-01", "guardian": {"name": "Eva Núñez", "phone": "212 555 0134"}}
        body = self.call("post", body=child).json()
        self.assertEqual((body["is_minor"], body["guardian"]["phone"]), (True, "+12125550134"))

    def test_a_representation_can_be_put_back_and_patched(self):
        path = f"/{self.hannah.pk}"
        before = self.call("get", path).json()
        response = self.call("put", path, before)
        self.assertEqual((response.status_code, response.json()), (200, before), response.content)
        changed = self.call("patch", path, {"last_name": "Berg", "contact_preferences": {"sms": False}}).json()
        self.assertEqual((changed["name"], changed["email"]), ("Hannah Berg", "hannah@mail.test"))
        self.assertEqual(changed["contact_preferences"], {"sms": False, "email": True, "voice": True})
        self.assertEqual(self.call("get", "?search=berg").json()["count"], 1)

    def test_only_the_front_desk_can_write(self):
        for actor in (self.doctor, self.owner):
            self.problem(self.call("post", body=NEW, actor=actor), 403, "forbidden")
            self.problem(self.call("patch", f"/{self.hannah.pk}", {}, actor=actor), 403, "forbidden")
        self.problem(self.call("patch", f"/{self.foreign.pk}", {}), 404, "not_found")


class AddressTests(PatientApiCase):
    def test_the_front_desk_edits_it_and_doctors_do_not_see_it(self):
        path = f"/{self.hannah.pk}"
        self.assertEqual(self.call("patch", path, {"address": "12 Maple Street"}).json()["address"], "12 Maple Street")
        self.make_appointment(self.dr_okafor, self.hannah, clock.now() + dt.timedelta(days=1))
        shown = self.call("get", path, actor=self.doctor)
        self.assertEqual((shown.status_code, "address" in shown.json()), (200, False))
        self.problem(self.call("patch", path, {"address": "1" * 201}), 400, "invalid")

    def test_a_merge_keeps_the_only_address(self):
        double = self.make_patient(self.riverside, "Hanna Lindquist", address="12 Maple Street")
        body = self.call("post", f"/{double.pk}/merge", {"into": str(self.hannah.pk)}).json()
        self.assertEqual(body["address"], "12 Maple Street")


class MergeTests(PatientApiCase):
    def test_related_rows_move_to_the_target(self):
        known_fields = {"flags": ["VIP"], "first_visit_date": dt.date(2020, 1, 2)}
        double = self.make_patient(self.riverside, "Hanna Lindquist", **known_fields)
        visit = self.make_appointment(self.dr_okafor, double, clock.now() + dt.timedelta(days=1))
        response = self.call("post", f"/{double.pk}/merge", {"into": str(self.hannah.pk)})
        self.assertEqual(response.status_code, 200, response.content)
        body = response.json()
        self.assertEqual((body["id"], body["flags"]), (str(self.hannah.pk), ["VIP"]))
        self.assertEqual(body["first_visit_date"], "2020-01-02")
        with self.inside(self.desk):
            visit.refresh_from_db()
        self.assertEqual(visit.patient_id, self.hannah.pk)
        (entry,) = self.audited(action="patient.merged")
        self.assertEqual(entry.new_values["moved"]["appointments"], [str(visit.pk)])
        self.assertEqual([row["id"] for row in self.call("get").json()["results"]], [str(self.hannah.pk)])
        self.assertEqual(self.call("get", f"/{double.pk}").json()["merged_into_id"], str(self.hannah.pk))
        self.assertEqual(self.call("post", f"/{double.pk}/merge", {"into": str(self.hannah.pk)}).status_code, 200)

    def test_rejected_merges(self):
        double = self.make_patient(self.riverside, "Hanna Lindquist")
        self.problem(self.call("post", f"/{double.pk}/merge", {"into": str(double.pk)}), 409, "cannot_merge")
        self.problem(self.call("post", f"/{double.pk}/merge", {"into": str(self.foreign.pk)}), 404, "not_found")
        self.problem(self.call("post", f"/{double.pk}/merge", {}), 400, "invalid")
        into = {"into": str(self.hannah.pk)}
        self.problem(self.call("post", f"/{double.pk}/merge", into, actor=self.doctor), 403, "forbidden")
        self.call("post", f"/{double.pk}/merge", into)
        third = self.make_patient(self.riverside, "Grace Kim")
        self.problem(self.call("post", f"/{third.pk}/merge", {"into": str(double.pk)}), 409, "cannot_merge")

    def test_an_opt_out_of_either_record_is_kept(self):
        double = self.make_patient(self.riverside, "Hanna L", contact_preferences={"sms": False, "email": True})
        body = self.call("post", f"/{double.pk}/merge", {"into": str(self.hannah.pk)}).json()
        self.assertEqual(body["contact_preferences"], {"sms": False, "email": True, "voice": True})


CSV = "first_name,last_name,date_of_birth,phone,flags\nAna,Núñez,03/04/1991,212-555-0133,VIP|needs_interpreter\n"


class ImportTests(PatientApiCase):
    def send(self, text, query="", **fields):
        data = text if isinstance(text, bytes) else text.encode()
        return self.call("post", f"/import{query}", data, content_type="text/csv", **fields)

    def test_importing_a_file_twice_adds_its_patients_once(self):
        body = self.send(CSV).json()
        self.assertEqual((body["created"], body["known"], body["bad"]), (1, 0, 0))
        body = self.send(CSV).json()
        self.assertEqual((body["created"], body["known"], body["bad"]), (0, 1, 0))
        row = self.call("get", "?search=nunez").json()["results"][0]
        self.assertEqual((row["date_of_birth"], row["flags"]), ("1991-03-04", ["VIP", "needs_interpreter"]))
        self.assertEqual(len(self.audited(action="patients.imported")), 2)

    def test_a_dry_run_adds_nothing_and_names_every_invalid_row(self):
        before = self.count()
        text = (
            CSV + "Bo,,1990-01-01,,\nEd,Low,31/31/1990,call,\nHannah,Lindqvist,1983-06-26,,\n\nKid,Small,2020-01-01,,\n"
        )
        body = self.send(text, "?dry_run=true").json()
        self.assertEqual((body["dry_run"], body["created"], body["known"], body["bad"]), (True, 1, 1, 3))
        invalid = {row["line"]: sorted(row["errors"]) for row in body["rows"] if row["status"] == "bad"}
        self.assertEqual(invalid, {3: ["last_name"], 4: ["date_of_birth", "phone"], 7: ["guardian"]})
        self.assertEqual(self.count(), before)

    def test_semicolons_and_a_byte_order_mark(self):
        body = self.send(b"\xef\xbb\xbf" + CSV.replace(",", ";").encode()).json()
        self.assertEqual(body["created"], 1)

    def test_a_form_upload(self):
        file = io.BytesIO(CSV.encode())
        file.name = "patients.csv"
        response = self.client.post("/api/patients/import", {"file": file}, headers=self.bearer_for(self.desk))
        self.assertEqual((response.status_code, response.json()["created"]), (200, 1), response.content)

    def test_an_invalid_file_is_rejected(self):
        before = self.count()
        for data in (
            b"",
            b"\xff\xfe\x00",
            b"first_name\nAna\n",
            b"first_name,last_name,date_of_birth,shoe_size\nAna,N,1990-01-01,40\n",
            b"first_name,first_name,last_name,date_of_birth\nA,B,C,1990-01-01\n",
            b'first_name,last_name,date_of_birth\n"Ana,N,1990-01-01\n',
            b"first_name,last_name,date_of_birth\nA\x00,N,1990-01-01\n",
        ):
            with self.subTest(data=data):
                self.assertIn("file", self.problem(self.send(data), 400, "invalid")["errors"])
        self.problem(self.send(CSV, actor=self.doctor), 403, "forbidden")
        self.assertEqual(self.call("post", "/import", {"x": 1}).status_code, 415)
        self.assertEqual(self.count(), before)

    def test_a_file_above_the_limit_is_413(self):
        self.assertEqual(self.send(b"x" * 1_100_000).status_code, 413)


class ExportTests(PatientApiCase):
    def export(self, actor=None):
        return self.call("get", "/export", actor=actor)

    def test_streams_all_current_patients_and_is_audited(self):
        response = self.export()
        rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))
        self.assertEqual([row["last_name"] for row in rows], ["Lindqvist"])
        self.assertEqual(rows[0]["id"], str(self.hannah.pk))
        self.assertIn("attachment", response["Content-Disposition"])
        (entry,) = self.audited(action="export")
        self.assertEqual(entry.new_values, {"rows": 1})
        self.problem(self.export(self.doctor), 403, "forbidden")
        refused = self.call("get", "/export", actor=self.doctor, Accept="text/csv")
        self.assertEqual((refused.status_code, refused["Content-Type"]), (403, "application/problem+json"))
        self.problem(self.export(self.owner), 403, "forbidden")

    def test_an_exported_address_is_imported_again(self):
        with self.inside(self.desk):
            Patient.objects.filter(pk=self.hannah.pk).update(address="12 Maple Street, New York")
        text = b"".join(self.export().streaming_content)
        with self.inside(self.desk):
            Patient.objects.filter(pk=self.hannah.pk).update(date_of_birth=dt.date(1950, 1, 1))
        self.assertEqual(self.call("post", "/import", text, content_type="text/csv").json()["created"], 1)
        with self.inside(self.desk):
            self.assertEqual(Patient.objects.filter(address="12 Maple Street, New York").count(), 2)

    def test_no_exported_cell_is_a_formula_and_the_file_can_be_imported(self):
        formula = '=HYPERLINK("http://evil.test")'
        with self.inside(self.desk):
            Patient.objects.filter(pk=self.hannah.pk).update(first_name=formula, guardian={"name": "@x", "phone": "+1"})
        text = b"".join(self.export().streaming_content).decode()
        for row in csv.reader(io.StringIO(text)):
            self.assertFalse([cell for cell in row if cell.startswith(exchange.FORMULA_PREFIXES)])
        with self.inside(self.desk):
            Patient.objects.filter(pk=self.hannah.pk).update(
                first_name=formula, guardian={}, search_last=f"lindqvist {formula}", date_of_birth=dt.date(1950, 1, 1)
            )
        response = self.call("post", "/import", text.encode(), content_type="text/csv")
        self.assertEqual(response.status_code, 200, response.content)
