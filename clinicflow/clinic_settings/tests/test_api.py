"""`/api/settings/…`, `/api/doctors`, `/api/audit`."""

from clinicflow.accounts.models import AuthSession
from clinicflow.audit.models import AuditLog
from clinicflow.clinics.models import ClinicSettings, DoctorSettings, Membership
from clinicflow.testing.case import ClinicCase


class Api(ClinicCase):
    def call(self, actor, method, path, body=None, **headers):
        headers |= self.bearer_for(actor)
        call = getattr(self.client, method)
        return call(path, headers=headers) if method == "get" else call(path, body, "application/json", headers=headers)

    def problem(self, answer, status, code=None):
        self.assertEqual(answer.status_code, status, answer.content)
        if code:
            self.assertEqual(answer.json()["code"], code)
        return answer.json()


class Doctors(Api):
    def test_list_shows_the_clinics_doctors_only(self):
        body = self.call(self.desk, "get", "/api/doctors").json()
        self.assertEqual([row["name"] for row in body["results"]], ["Dr. Amara Okafor", "Dr. Luis Herrera"])
        self.assertEqual((body["count"], body["next"], body["previous"]), (2, None, None))

    def test_filters_and_ordering(self):
        names = [row["name"] for row in self.call(self.desk, "get", "/api/doctors?ordering=-name").json()["results"]]
        self.assertEqual(names, ["Dr. Luis Herrera", "Dr. Amara Okafor"])
        body = self.call(self.owner, "get", "/api/doctors?specialty=cardiology").json()
        self.assertEqual(body["count"], 1)

    def test_unknown_and_bad_parameters_are_refused(self):
        for query, name in (
            ("colour=red", "colour"),
            ("is_active=perhaps%00", "is_active"),
            ("ordering=password", "ordering"),
            ("page=0", "page"),
            ("page=x", "page"),
            ("page_size=201", "page_size"),
            ("search=%00", "search"),
        ):
            with self.subTest(query):
                body = self.problem(self.call(self.desk, "get", f"/api/doctors?{query}"), 400, "invalid")
                self.assertIn(name, body["errors"])

    def test_page_after_the_last_is_404(self):
        self.problem(self.call(self.desk, "get", "/api/doctors?page=2"), 404, "not_found")

    def test_another_clinics_doctor_is_404(self):
        self.problem(self.call(self.desk, "get", f"/api/doctors/{self.dr_lake.pk}"), 404, "not_found")

    def test_an_id_that_is_none_is_404(self):
        self.problem(self.call(self.desk, "get", "/api/doctors/abc"), 404, "not_found")

    def test_one_and_twenty_cost_the_same(self):
        headers = self.bearer_for(self.desk)
        with self.assertNumQueries(6):  # sign-in, membership, count, page; begin and commit
            self.client.get("/api/doctors", headers=headers)
        for number in range(18):
            self.make_doctor(self.riverside, f"New {number}", f"N{number}")
        with self.assertNumQueries(6):
            self.assertEqual(self.client.get("/api/doctors", headers=headers).json()["count"], 20)


class ClinicSettingsPaths(Api):
    path = "/api/settings/clinic"

    def test_front_desk_and_owner_read_them_and_a_doctor_does_not(self):
        body = self.call(self.desk, "get", self.path).json()
        self.assertEqual(body["clinic_hours"], {"start": "09:00", "end": "17:00"})
        self.assertEqual(body["timezone"], "America/New_York")
        self.assertEqual(self.call(self.owner, "get", self.path).status_code, 200)
        self.problem(self.call(self.doctor, "get", self.path), 403, "forbidden")

    def test_what_was_read_can_be_put_back_changed(self):
        read = self.call(self.desk, "get", self.path)
        body = read.json() | {"slot_size": 15, "clinic_hours": {"start": "08:00", "end": "18:30"}}
        answer = self.call(self.desk, "put", self.path, body, **{"if-match": read["ETag"]})
        self.assertEqual(answer.status_code, 200, answer.content)
        with self.inside(self.desk):
            row = ClinicSettings.objects.get()
        self.assertEqual((row.slot_size, str(row.opens_at), str(row.closes_at)), (15, "08:00:00", "18:30:00"))

    def test_the_clinics_own_fields_can_be_changed_or_left_out(self):
        body = {"clinic_name": "Riverside Health", "clinic_phone": "(212) 555-0188", "country": "DE", "region": "BY"}
        answer = self.call(self.desk, "patch", self.path, body | {"timezone": "Europe/Berlin"})
        self.assertEqual(answer.status_code, 200, answer.content)
        shown = self.call(self.desk, "get", self.path).json()
        self.assertEqual((shown["clinic_name"], shown["clinic_phone"]), ("Riverside Health", "+12125550188"))
        self.assertEqual((shown["timezone"], shown["country"], shown["region"]), ("Europe/Berlin", "DE", "BY"))
        for change, field in (
            ({"timezone": "Mars/Olympus"}, "timezone"),
            ({"country": "XX"}, "country"),
            ({"region": "NY"}, "region"),
            ({"country": "US"}, "region"),
            ({"clinic_name": " "}, "clinic_name"),
            ({"clinic_phone": "12"}, "clinic_phone"),
        ):
            with self.subTest(change=change):
                body = self.problem(self.call(self.desk, "patch", self.path, change), 400, "invalid")
                self.assertEqual(list(body["errors"]), [field])

    def test_lost_update_is_refused_and_changes_nothing(self):
        tag = self.call(self.desk, "get", self.path)["ETag"]
        self.assertEqual(self.call(self.desk, "patch", self.path, {"slot_size": 15}).status_code, 200)
        late = self.call(self.desk, "patch", self.path, {"slot_size": 45}, **{"if-match": tag})
        self.problem(late, 412, "changed_meanwhile")
        self.assertEqual(self.settings_of(self.riverside).slot_size, 15)

    def test_put_wants_every_field(self):
        body = self.problem(self.call(self.desk, "put", self.path, {"slot_size": 15}), 400)
        self.assertIn("session_timeout", body["errors"])

    def test_contradictions_are_refused_on_the_field(self):
        for change, field in (
            ({"clinic_hours": {"start": "17:00", "end": "09:00"}}, "closes_at"),
            ({"call_window_start": "18:00", "call_window_end": "18:00"}, "call_window_end"),
            ({"working_days": []}, "working_days"),
            ({"working_days": ["mon", "mon"]}, "working_days"),
            ({"session_timeout": 4}, "session_timeout"),
            ({"intake_required": False, "lock_appointment_if_missing": True}, "lock_appointment_if_missing"),
            ({"slot_size": 20}, "slot_size"),
            ({"clinic_id": 1, "owner": 2}, "owner"),
        ):
            with self.subTest(field, change=change):
                body = self.problem(self.call(self.desk, "patch", self.path, change), 400, "invalid")
                self.assertEqual(list(body["errors"]), [field])

    def test_owner_and_doctor_may_not_change_them(self):
        for actor in (self.owner, self.doctor):
            self.problem(self.call(actor, "patch", self.path, {"slot_size": 15}), 403)
        self.assertEqual(self.settings_of(self.riverside).slot_size, 30)

    def test_session_timeout_acts_on_open_sign_ins_of_this_clinic(self):
        self.call(self.desk, "patch", self.path, {"session_timeout": 15})
        idle = dict(AuthSession.objects.values_list("pk", "idle_minutes"))
        self.assertEqual((idle[self.doctor.session_id], idle[self.foreign_desk.session_id]), (15, None))

    def test_require_mfa_ends_the_sign_ins_without_a_second_factor(self):
        self.call(self.desk, "patch", self.path, {"require_mfa": True})
        open_ones = set(AuthSession.objects.filter(revoked_at=None).values_list("pk", flat=True))
        self.assertEqual(open_ones, {self.desk.session_id, self.foreign_desk.session_id})


class DoctorSettingsPaths(Api):
    def path(self, doctor):
        return f"/api/settings/doctor/{doctor.pk}"

    def test_a_doctor_changes_their_own_and_gets_404_for_a_colleagues(self):
        mine = self.call(self.doctor, "patch", self.path(self.dr_okafor), {"allow_walk_ins": False})
        self.assertEqual(mine.status_code, 200, mine.content)
        self.problem(self.call(self.doctor, "patch", self.path(self.dr_herrera), {"allow_walk_ins": False}), 404)
        with self.inside(self.desk):
            rows = dict(DoctorSettings.objects.values_list("doctor_id", "allow_walk_ins"))
        self.assertEqual(rows, {self.dr_okafor.pk: False, self.dr_herrera.pk: True})

    def test_front_desk_changes_anybodys_owner_nobodys(self):
        self.assertEqual(self.call(self.desk, "get", self.path(self.dr_herrera)).status_code, 200)
        self.problem(self.call(self.owner, "get", self.path(self.dr_herrera)), 403)
        self.problem(self.call(self.foreign_desk, "get", self.path(self.dr_herrera)), 404)

    def test_override_hours_must_be_hours(self):
        for override in ({"soon": []}, {"2026-12-24": [["12:00", "09:00"]]}, {"2026-12-24": [["9", "10"]]}):
            with self.subTest(override):
                answer = self.call(self.desk, "patch", self.path(self.dr_okafor), {"working_hours_override": override})
                self.assertIn("working_hours_override", self.problem(answer, 400)["errors"])


class Users(Api):
    path = "/api/settings/users"

    def test_front_desk_lists_its_people(self):
        emails = {row["email"] for row in self.call(self.desk, "get", self.path).json()["results"]}
        self.assertIn("okafor@riverside.test", emails)
        self.assertNotIn("desk@lakeside.test", emails)
        for actor in (self.doctor, self.owner):
            self.problem(self.call(actor, "get", self.path), 403)

    def test_a_new_person_can_sign_in(self):
        body = {"email": "New@Riverside.test", "name": "Nia Cole", "role": "admin", "password": "a long new password"}
        answer = self.call(self.desk, "post", self.path, body)
        self.assertEqual(answer.status_code, 201, answer.content)
        signed_in = self.client.post(
            "/api/auth/login", {"email": body["email"], "password": body["password"]}, "application/json"
        )
        self.assertEqual(signed_in.status_code, 200)

    def test_weak_password_and_missing_doctor_are_refused(self):
        body = {"email": "new@riverside.test", "name": "Nia Cole", "role": "admin"}
        weak = self.problem(self.call(self.desk, "post", self.path, body | {"password": "password1234"}), 400)
        self.assertIn("password", weak["errors"])
        known = body | {"email": "desk@lakeside.test", "password": "password1234"}
        self.assertEqual(self.problem(self.call(self.desk, "post", self.path, known), 400)["errors"], weak["errors"])
        no_doctor = self.problem(self.call(self.desk, "post", self.path, body | {"role": "doctor"}), 400)
        self.assertIn("doctor_id", no_doctor["errors"])
        foreign = body | {"role": "doctor", "doctor_id": str(self.dr_lake.pk)}
        self.assertIn("doctor_id", self.problem(self.call(self.desk, "post", self.path, foreign), 400)["errors"])

    def test_the_same_role_twice_is_409(self):
        body = {"email": "marta@riverside.test", "name": "Marta", "role": "owner"}
        self.problem(self.call(self.desk, "post", self.path, body), 409, "membership_exists")

    def test_repeated_post_with_a_key_is_answered_and_not_done_again(self):
        body = {"email": "new@riverside.test", "name": "Nia Cole", "role": "admin", "password": "a long new password"}
        first = self.call(self.desk, "post", self.path, body, **{"idempotency-key": "k1"})
        again = self.call(self.desk, "post", self.path, body, **{"idempotency-key": "k1"})
        self.assertEqual((first.status_code, again.status_code), (201, 201))
        self.assertEqual(first.json(), again.json())
        self.assertEqual((first.get("ETag"), again["Idempotency-Replayed"]), (again["ETag"], "true"))
        self.assertEqual(Membership.objects.filter(user__email="new@riverside.test").count(), 1)
        other = self.call(self.desk, "post", self.path, body | {"name": "X"}, **{"idempotency-key": "k1"})
        self.problem(other, 409, "idempotency_key_reused")

    def test_a_refused_post_leaves_its_key_free(self):
        body = {"email": "new@riverside.test", "name": "Nia Cole", "role": "admin", "password": "short"}
        self.problem(self.call(self.desk, "post", self.path, body, **{"idempotency-key": "k1"}), 400)
        good = body | {"password": "a long new password"}
        self.assertEqual(self.call(self.desk, "post", self.path, good, **{"idempotency-key": "k1"}).status_code, 201)

    def test_changed_access_ends_the_sign_in(self):
        path = f"{self.path}/{self.owner.membership_id}"
        answer = self.call(self.desk, "patch", path, {"status": "disabled"})
        self.assertEqual(answer.status_code, 200, answer.content)
        self.problem(self.call(self.owner, "get", "/api/auth/me"), 401)

    def test_nobody_changes_their_own_access(self):
        path = f"{self.path}/{self.desk.membership_id}"
        self.problem(self.call(self.desk, "patch", path, {"role": "owner"}), 409, "own_membership")
        self.assertEqual(self.call(self.desk, "get", "/api/auth/me").status_code, 200)

    def test_another_clinics_membership_is_404(self):
        path = f"{self.path}/{self.foreign_desk.membership_id}"
        self.problem(self.call(self.desk, "patch", path, {"status": "disabled"}), 404)

    def test_the_name_of_somebody_who_works_elsewhere_too_stays(self):
        self.make_member(self.lakeside, "marta@riverside.test", "Marta Ruiz", "owner")
        path = f"{self.path}/{self.owner.membership_id}"
        self.problem(self.call(self.desk, "patch", path, {"name": "Other"}), 409, "works_elsewhere")


class Audit(Api):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.patient = cls.make_patient(cls.riverside, "Hannah Lindqvist")

    def test_front_desk_reads_values_and_that_is_a_read_of_the_patient(self):
        body = self.call(self.desk, "get", "/api/audit?resource_type=patients").json()
        entry = body["results"][0]
        self.assertEqual((entry["action"], entry["resource_id"]), ("create", str(self.patient.pk)))
        self.assertEqual(entry["new_values"]["last_name"], "Lindqvist")
        with self.inside(self.desk):
            row = AuditLog.objects.get(action="read")
        self.assertEqual((row.resource_type, row.patient_ids), ("audit_logs", [self.patient.pk]))

    def test_owner_reads_no_values_about_patients(self):
        answer = self.call(self.owner, "get", "/api/audit?resource_type=patients")
        self.assertNotContains(answer, "Lindqvist")
        entry = answer.json()["results"][0]
        self.assertEqual((entry["new_values"], entry["patient_ids"]), (None, []))
        doctors = self.call(self.owner, "get", "/api/audit?resource_type=doctors").json()["results"]
        self.assertTrue(doctors[0]["new_values"])

    def test_a_doctor_may_not(self):
        self.problem(self.call(self.doctor, "get", "/api/audit"), 403)

    def test_dates_are_the_clinics(self):
        self.assertEqual(self.call(self.desk, "get", "/api/audit?from=2020-01-01&to=2020-01-02").json()["count"], 0)
        self.assertGreater(self.call(self.desk, "get", "/api/audit?from=2020-01-01").json()["count"], 0)
        self.problem(self.call(self.desk, "get", "/api/audit?from=9999-99-99"), 400)
        self.problem(self.call(self.desk, "get", "/api/audit?from=9999-12-31"), 400)
