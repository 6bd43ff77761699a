import datetime as dt

from django.db import ProgrammingError, connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat

from clinicflow.audit.log import record, record_access
from clinicflow.audit.models import AuditLog
from clinicflow.clinics.models import ClinicSettings
from clinicflow.testing.case import ClinicCase
from clinicflow.testing.rows import one_of_each
from patients.models import Patient

# News about rows that are audited themselves, and sums of them.
UNAUDITED = {"notifications", "figure_states", "stale_days", "day_figures", "hour_figures"}
BORN = dt.date(1990, 5, 17)


class EveryTable(ClinicCase):
    def test_every_tenant_table_has_the_trigger(self):
        with self.inside(self.desk):
            made = one_of_each(self, self.riverside, self.dr_okafor, self.dana)
        with connection.cursor() as cursor:
            cursor.execute("select tgrelid::regclass::text from pg_trigger where tgname = 'audited'")
            audited = {name for (name,) in cursor.fetchall()}
        self.assertEqual({model._meta.db_table for model in made} - audited, UNAUDITED)

    def test_a_row_of_each_table_left_its_creation_in_the_log(self):
        with self.inside(self.desk):
            made = one_of_each(self, self.riverside, self.dr_okafor, self.dana)
            for model, row in made.items():
                if model._meta.db_table in UNAUDITED:
                    continue
                with self.subTest(table=model._meta.db_table):
                    self.assertTrue(
                        AuditLog.objects.filter(resource_type=model._meta.db_table, resource_id=row.pk).exists()
                    )


class TenWaysOfWriting(ClinicCase):
    """Each way changes one patient row, and leaves exactly one row in the log that says who did it."""

    def setUp(self):
        self.patient = self.make_patient(self.riverside, "Hannah Lindqvist")

    def new(self, first="Ada"):
        return Patient(clinic=self.riverside, first_name=first, last_name="Stone", date_of_birth=BORN)

    def logged(self, way):
        with self.inside(self.desk):
            last = AuditLog.objects.order_by("-id").values_list("id", flat=True).first() or 0
            way()
            entries = AuditLog.objects.filter(id__gt=last, resource_type="patients").exclude(action="read")
            return list(entries.order_by("id"))

    def assert_logged_once(self, way, action):
        entries = self.logged(way)
        self.assertEqual([entry.action for entry in entries], [action])
        self.assertEqual(entries[0].user_id, self.dana.pk)
        self.assertEqual(entries[0].role, "admin")
        self.assertEqual(entries[0].clinic_id, self.riverside.pk)
        return entries[0]

    def test_save(self):
        self.patient.email = "hannah@example.com"
        entry = self.assert_logged_once(self.patient.save, "update")
        self.assertEqual((entry.old_values, entry.new_values), ({"email": ""}, {"email": "hannah@example.com"}))
        self.assertEqual(entry.patient_ids, [self.patient.pk])

    def test_bulk_create(self):
        self.assert_logged_once(lambda: Patient.objects.bulk_create([self.new()]), "create")

    def test_update(self):
        self.assert_logged_once(lambda: Patient.objects.filter(pk=self.patient.pk).update(last_name="Berg"), "update")

    def test_bulk_update(self):
        self.patient.last_name = "Berg"
        self.assert_logged_once(lambda: Patient.objects.bulk_update([self.patient], ["last_name"]), "update")

    def test_f_expression(self):
        longer = Concat(F("last_name"), Value("-Berg"))
        self.assert_logged_once(lambda: Patient.objects.filter(pk=self.patient.pk).update(last_name=longer), "update")

    def test_raw_sql(self):
        def way():
            with connection.cursor() as cursor:
                cursor.execute("update patients set last_name = 'Berg' where id = %s", [self.patient.pk])

        self.assert_logged_once(way, "update")

    def test_delete(self):
        entry = self.assert_logged_once(lambda: Patient.objects.get(pk=self.patient.pk).delete(), "delete")
        self.assertEqual(entry.old_values["last_name"], "Lindqvist")

    def test_raw_delete(self):
        self.assert_logged_once(lambda: Patient.objects.filter(pk=self.patient.pk)._raw_delete("default"), "delete")

    def test_upsert(self):
        again = self.new("Hannah")
        again.pk = self.patient.pk

        def way():
            Patient.objects.bulk_create(
                [again], update_conflicts=True, unique_fields=["id"], update_fields=["last_name"]
            )

        self.assert_logged_once(way, "update")

    def test_the_admin(self):
        form = {
            "first_name": "Hannah",
            "last_name": "Berg",
            "date_of_birth": "1983-06-26",
            "phone": str(self.patient.phone),
            "email": "",
            "preferred_language": "en",
            "primary_doctor": "",
            "first_visit_date": "",
            "contact_preferences": '{"sms": true, "email": true, "voice": true}',
            "flags": "[]",
            "guardian": "{}",
        }
        answers = []

        def way():
            address = f"/admin/patients/patient/{self.patient.pk}/change/"
            answers.append(self.client_for(self.desk).post(address, form))

        entry = self.assert_logged_once(way, "update")
        self.assertEqual(answers[0].status_code, 302)
        self.assertEqual(entry.new_values, {"last_name": "Berg"})

    def test_a_change_of_nothing_is_no_change(self):
        self.assertEqual(self.logged(lambda: Patient.objects.filter(pk=self.patient.pk).update(flags=[])), [])

    def test_settings_keep_old_and_new(self):
        with self.inside(self.desk):
            ClinicSettings.objects.filter(clinic=self.riverside).update(slot_size=15)
            entry = AuditLog.objects.filter(resource_type="clinic_settings").order_by("-id")[0]
        self.assertEqual((entry.old_values, entry.new_values), ({"slot_size": 30}, {"slot_size": 15}))

    def test_free_text_is_logged_as_a_hash(self):
        with self.inside(self.desk):
            one_of_each(self, self.riverside, self.dr_okafor, self.dana)
            entry = AuditLog.objects.get(resource_type="doctor_notes")
        self.assertTrue(entry.new_values["content"].startswith("sha256:"))
        self.assertNotIn("152/94", str(entry.new_values))


class AppendOnly(ClinicCase):
    def setUp(self):
        self.patient = self.make_patient(self.riverside)

    def test_the_application_can_neither_change_nor_delete_entries(self):
        for statement in ("update audit_logs set action = 'x'", "delete from audit_logs", "truncate audit_logs"):
            with self.subTest(statement), self.inside(self.desk), self.assertRaises(ProgrammingError):
                self.execute(statement)

    @transaction.atomic
    def execute(self, statement):
        with connection.cursor() as cursor:
            cursor.execute(statement)

    def test_a_read_is_one_row_with_all_the_patients(self):
        other = self.make_patient(self.riverside)
        with self.inside(self.desk):
            record_access(self.desk, "appointments", [self.patient.pk, other.pk, self.patient.pk])
            entry = AuditLog.objects.get(action="read")
        self.assertEqual(entry.patient_ids, [self.patient.pk, other.pk])
        self.assertEqual(entry.request_id, "test")

    def test_another_clinic_cannot_read_it(self):
        with self.inside(self.desk):
            record(self.desk, "export", resource_type="patients")
        with self.inside(self.foreign_desk):
            self.assertFalse(AuditLog.objects.filter(action="export").exists())
