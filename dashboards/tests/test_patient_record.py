"""The list of patients and the record: who sees what, how much it costs, what it shows."""

import datetime as dt

from django.db.models import ManyToOneRel

from clinicflow.audit.models import AuditLog
from clinicflow.core import clock
from clinicflow.testing.case import ClinicCase
from clinicflow.testing.rows import one_of_each
from dashboards.patient_record.selectors.history import MOVED_LABELS
from patients.folding import search_fields
from patients.models import Patient
from patients.operations import patients
from scheduling.models import DoctorNote

DAY = dt.timedelta(days=1)
NOTE = "Blood pressure 152/94."


class RecordCase(ClinicCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        with cls.inside(cls.doctor):
            rows = one_of_each(cls, cls.riverside, cls.dr_okafor, cls.okafor)
        cls.rows = {model.__name__: row for model, row in rows.items()}
        cls.patient = cls.rows["Patient"]
        with cls.inside(cls.desk):
            patients.update(
                cls.desk,
                cls.patient.pk,
                changes={"first_name": "Hannah", "last_name": "Lindqvist", "email": "hannah@mail.test"},
            )
            cls.patient.refresh_from_db()
        cls.path = f"/patients/{cls.patient.pk}"

    def page(self, actor, path="", **headers):
        return self.client_for(actor).get(f"{path or self.path}", headers=headers)

    def reads(self):
        with self.inside(self.desk):
            return list(AuditLog.objects.filter(action="read").order_by("id"))


class ListTests(RecordCase):
    def names(self, actor, query=""):
        return [row.patient.full_name for row in self.page(actor, f"/patients{query}").context["rows"]]

    def add(self, name, **fields):
        first, last = name.split(" ", 1)
        return self.make_patient(self.riverside, name, **search_fields(first, last, fields.get("phone", "")), **fields)

    def test_the_front_desk_sees_all_a_doctor_their_own_an_owner_none(self):
        self.add("Aisha Rahman")
        self.make_patient(self.lakeside, "Peter Novak")
        self.assertEqual(self.names(self.desk), ["Hannah Lindqvist", "Aisha Rahman"])
        self.assertEqual(self.names(self.doctor), ["Hannah Lindqvist"])
        self.assertEqual(self.names(self.other_doctor), [])
        self.assertEqual(self.page(self.owner, "/patients").status_code, 403)

    def test_search_tolerates_a_typo_and_accepts_phone_email_and_birth_date(self):
        self.add("Aisha Rahman", phone="+15125550123", email="aisha@mail.test", date_of_birth=dt.date(1970, 1, 2))
        for query in ("rahman", "aisha r", "rahmann", "512 555", "aisha@", "1970-01-02"):
            with self.subTest(query):
                self.assertEqual(self.names(self.desk, f"?q={query}"), ["Aisha Rahman"])
        self.assertContains(self.page(self.desk, "/patients?q=xyzzy"), "No patients found")

    def test_can_be_narrowed_and_minors_are_marked(self):
        child = {"date_of_birth": clock.today("UTC") - 5 * 365 * DAY}
        self.add("Kim Grace", **child, flags=["needs_interpreter"])
        self.assertEqual(self.names(self.desk, "?only=minors"), ["Kim Grace"])
        self.assertEqual(self.names(self.desk, "?only=interpreter"), ["Kim Grace"])
        self.assertEqual(self.names(self.desk, "?only=vip"), [])
        self.assertContains(self.page(self.desk, "/patients?only=minors"), "Minor")

    def test_is_paged_and_costs_the_same_for_one_and_sixty(self):
        client = self.client_for(self.desk)
        for expected in (1, 50):
            with self.assertNumQueries(11):
                self.assertEqual(len(client.get("/patients").context["rows"]), expected)
            for number in range(60 if expected == 1 else 0):
                patient = self.make_patient(self.riverside)
                self.make_appointment(self.dr_okafor, patient, clock.now() + (40 + number + expected) * DAY)
        self.assertEqual(len(self.page(self.desk, "/patients?page=2").context["rows"]), 11)

    def test_a_fragment_is_the_list_alone(self):
        answer = self.page(self.desk, "/patients", **{"HX-Request": "true"})
        self.assertNotContains(answer, "<html")
        self.assertContains(answer, 'id="patient-list"')

    def test_is_audited_once(self):
        self.page(self.desk, "/patients")
        self.assertEqual([row.patient_ids for row in self.reads()], [[self.patient.pk]])


class RecordTests(RecordCase):
    def test_the_front_desk_sees_everything_but_what_is_clinical(self):
        page = self.page(self.desk)
        for words in ("hannah@mail.test", "Follow-ups", "Review.", "1 message", "Any doctor" and "Waitlist", "Merge"):
            self.assertContains(page, words)
        for words in (NOTE, "Latest summary", "New note", "Answers and summaries"):
            self.assertNotContains(page, words)

    def test_the_doctor_sees_the_chart_without_what_is_the_desks(self):
        page = self.page(self.doctor)
        for words in (NOTE, "Latest summary", "New note"):
            self.assertContains(page, words)
        for words in ("hannah@mail.test", f"{self.path}/edit", f"{self.path}/merge"):
            self.assertNotContains(page, words)

    def test_another_doctor_another_clinic_and_an_owner(self):
        statuses = [self.page(actor).status_code for actor in (self.other_doctor, self.foreign_desk, self.owner)]
        self.assertEqual(statuses, [404, 404, 403])

    def test_cancellations_with_reasons_late_marks_and_no_shows(self):
        past = clock.now() - 3 * DAY
        visit = self.make_appointment(self.dr_okafor, self.patient, past, status="cancelled")
        self.make_appointment(self.dr_herrera, self.patient, past - DAY, status="no-show")
        with self.inside(self.desk):
            visit.cancellations.create(
                clinic=self.riverside,
                patient=self.patient,
                cancellation_type="patient-cancelled",
                reason_note="has a cold",
                cancelled_by_name="Dana Kessler",
                late=True,
                notice_minutes=10,
            )
        page = self.page(self.desk)
        for words in ("Patient cancelled", "has a cold", "late", "No-show", "Dana Kessler"):
            self.assertContains(page, words)
        counts = page.context["record"].counts
        self.assertEqual((counts["late"], counts["no_shows"], counts["cancelled"]), (1, 1, 1))
        self.assertEqual(self.page(self.doctor).context["record"].counts["no_shows"], 0)  # a colleague's visit

    def test_a_merged_record_is_read_back_and_leads_on(self):
        other = self.make_patient(self.riverside, "Hanna Lindquist")
        with self.inside(self.desk):
            patients.merge(self.desk, self.patient.pk, into=other.pk)
        page = self.page(self.desk)
        for words in (
            "merged into Hanna Lindquist",
            "Merged by Dana Kessler",
            "1 visit",
            f"/patients/{other.pk}",
        ):
            self.assertContains(page, words)
        self.assertContains(self.page(self.desk, f"/patients/{other.pk}"), "Merged records")

    def test_every_table_that_a_merge_moves_has_words_or_is_a_part_of_another(self):
        tables = {
            relation.related_model._meta.db_table
            for relation in Patient._meta.get_fields(include_hidden=True)
            if isinstance(relation, ManyToOneRel)
        }
        parts = {"cancellations", "intake_revisions", "patients"}
        self.assertEqual(tables, MOVED_LABELS.keys() | parts)

    def test_one_visit_and_thirty_cost_the_same(self):
        self.make_appointment(self.dr_okafor, self.patient, clock.now() - 40 * DAY, status="completed")
        with self.inside(self.doctor):
            type(self.rows["IntakeForm"]).objects.update(status="submitted", submitted_at=clock.now())
        costs = {self.desk: 22, self.doctor: 29}
        for actor, expected in costs.items():
            client = self.client_for(actor)
            with self.assertNumQueries(expected):
                client.get(self.path)
        for number in range(1, 31):
            visit = self.make_appointment(self.dr_okafor, self.patient, clock.now() - number * DAY, status="completed")
            with self.inside(self.doctor):
                DoctorNote.objects.create(
                    clinic=self.riverside, doctor=self.dr_okafor, patient=self.patient, appointment=visit, content="x"
                )
        for actor, expected in costs.items():
            client = self.client_for(actor)
            with self.assertNumQueries(expected):
                page = client.get(self.path)
            self.assertEqual(len(page.context["record"].past), 15)

    def test_is_audited_once(self):
        for actor in (self.desk, self.doctor):
            self.page(actor)
        rows = [(row.user_id, row.resource_type, row.patient_ids) for row in self.reads()]
        self.assertEqual(rows, [(user.pk, "patients", [self.patient.pk]) for user in (self.dana, self.okafor)])


class NoteTests(RecordCase):
    def post(self, actor, path, **fields):
        return self.client_for(actor).post(path, fields, headers={"HX-Request": "true"})

    def contents(self):
        with self.inside(self.doctor):
            return sorted(DoctorNote.objects.values_list("content", flat=True))

    def test_a_doctor_writes_about_a_visit_or_none(self):
        visit = self.rows["Appointment"]
        answer = self.post(self.doctor, f"{self.path}/notes", content=" Sleeps badly. ", appointment=str(visit.pk))
        self.assertContains(answer, "Sleeps badly.")
        self.assertContains(answer, "The note is saved")
        with self.inside(self.doctor):
            self.assertEqual(DoctorNote.objects.get(content="Sleeps badly.").appointment_id, visit.pk)
        self.post(self.doctor, f"{self.path}/notes", content="Call.")
        self.assertEqual(self.contents(), sorted([NOTE, "Sleeps badly.", "Call."]))

    def test_an_empty_one_is_refused_beside_the_field(self):
        answer = self.post(self.doctor, f"{self.path}/notes", content=" ")
        self.assertContains(answer, "Enter a note.", status_code=422)
        foreign = self.make_appointment(self.dr_herrera, self.make_patient(self.riverside), clock.now() + DAY)
        wrong = self.post(self.doctor, f"{self.path}/notes", content="x", appointment=str(foreign.pk))
        self.assertContains(wrong, "no such visit", status_code=422)
        self.assertEqual(self.contents(), [NOTE])

    def test_only_the_author_corrects_it(self):
        note = self.rows["DoctorNote"]
        self.make_appointment(self.dr_herrera, self.patient, clock.now() + 2 * DAY)
        self.assertContains(self.page(self.other_doctor), NOTE)
        self.assertNotContains(self.page(self.other_doctor), f"/notes/{note.pk}")
        self.assertEqual(self.post(self.other_doctor, f"/notes/{note.pk}", content="x").status_code, 403)
        self.assertEqual(self.contents(), [NOTE])
        self.assertContains(self.post(self.doctor, f"/notes/{note.pk}", content="152/94, sitting."), "sitting")
        self.assertEqual(self.contents(), ["152/94, sitting."])

    def test_other_roles_cannot_read_or_write(self):
        for actor, status in ((self.desk, 403), (self.owner, 403), (self.other_doctor, 404), (self.foreign_desk, 403)):
            self.assertEqual(self.post(actor, f"{self.path}/notes", content="x").status_code, status)
        self.assertEqual(self.contents(), [NOTE])

    def test_each_answer_is_audited_once(self):
        note = self.rows["DoctorNote"]
        self.post(self.doctor, f"{self.path}/notes", content="Call.")
        self.post(self.doctor, f"/notes/{note.pk}", content="152/94, sitting.")
        self.page(self.doctor, f"/notes/{note.pk}")
        self.assertEqual([row.resource_type for row in self.reads()], ["doctor_notes"] * 3)

    def test_works_without_script(self):
        answer = self.client_for(self.doctor).post(f"{self.path}/notes", {"content": "Plain."})
        self.assertRedirects(answer, self.path, fetch_redirect_response=False)
