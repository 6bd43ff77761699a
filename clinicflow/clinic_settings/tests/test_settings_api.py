"""`/api/settings/clinic` and `/api/settings/doctor`."""

from clinicflow.accounts.models import AuthSession
from clinicflow.clinics.models import ClinicSettings, DoctorSettings
from clinicflow.clinics.tests.cases import StaffApiCase
from clinicflow.testing.case import PASSWORD


class ClinicSettingsApi(StaffApiCase):
    path = "/api/settings/clinic"

    def test_front_desk_and_owner_read_them_and_a_doctor_does_not(self):
        body = self.call(self.desk, "get", self.path).json()
        self.assertEqual(body["clinic_hours"], {"start": "09:00", "end": "17:00"})
        self.assertEqual(body["timezone"], "America/New_York")
        self.assertEqual(self.call(self.owner, "get", self.path).status_code, 200)
        self.problem(self.call(self.doctor, "get", self.path), 403, "forbidden")

    def test_a_changed_representation_can_be_put_back(self):
        read = self.call(self.desk, "get", self.path)
        body = read.json() | {"slot_size": 15, "clinic_hours": {"start": "08:00", "end": "18:30"}}
        response = self.call(self.desk, "put", self.path, body, **{"if-match": read["ETag"]})
        self.assertEqual(response.status_code, 200, response.content)
        with self.inside(self.desk):
            row = ClinicSettings.objects.get()
        self.assertEqual((row.slot_size, str(row.opens_at), str(row.closes_at)), (15, "08:00:00", "18:30:00"))

    def test_a_web_session_needs_a_recent_password_for_how_members_sign_in(self):
        client = self.client_for(self.desk)
        whole = client.get(self.path).json()
        for change in ({"require_mfa": True}, {"session_timeout": 1440}):
            self.problem(client.patch(self.path, change, "application/json"), 403, "password_again")
            self.problem(client.put(self.path, whole | change, "application/json"), 403, "password_again")
        self.assertEqual(client.put(self.path, whole, "application/json").status_code, 200)
        self.assertEqual(client.patch(self.path, {"slot_size": 15}, "application/json").status_code, 200)
        client.post("/account/reauthenticate/", {"password": PASSWORD})
        self.assertEqual(client.patch(self.path, {"session_timeout": 1440}, "application/json").status_code, 200)

    def test_fields_of_the_clinic_are_optional(self):
        body = {"clinic_name": "Riverside Health", "clinic_phone": "(212) 555-0188", "country": "DE", "region": "BY"}
        response = self.call(self.desk, "patch", self.path, body | {"timezone": "Europe/Berlin"})
        self.assertEqual(response.status_code, 200, response.content)
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

    def test_a_stale_etag_is_rejected_and_changes_nothing(self):
        tag = self.call(self.desk, "get", self.path)["ETag"]
        self.assertEqual(self.call(self.desk, "patch", self.path, {"slot_size": 15}).status_code, 200)
        conflict = self.call(self.desk, "patch", self.path, {"slot_size": 45}, **{"if-match": tag})
        self.problem(conflict, 412, "changed_meanwhile")
        self.assertEqual(self.settings_of(self.riverside).slot_size, 15)

    def test_put_requires_every_field(self):
        body = self.problem(self.call(self.desk, "put", self.path, {"slot_size": 15}), 400)
        self.assertIn("session_timeout", body["errors"])

    def test_contradictory_values_are_errors_of_the_field(self):
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

    def test_owner_and_doctor_cannot_change_them(self):
        for actor in (self.owner, self.doctor):
            self.problem(self.call(actor, "patch", self.path, {"slot_size": 15}), 403)
        self.assertEqual(self.settings_of(self.riverside).slot_size, 30)

    def test_session_timeout_applies_to_open_sessions_of_this_clinic(self):
        self.call(self.desk, "patch", self.path, {"session_timeout": 15})
        idle = dict(AuthSession.objects.values_list("pk", "idle_minutes"))
        self.assertEqual((idle[self.doctor.session_id], idle[self.foreign_desk.session_id]), (15, None))

    def test_require_mfa_ends_sessions_without_a_second_factor(self):
        self.call(self.desk, "patch", self.path, {"require_mfa": True})
        open_sessions = set(AuthSession.objects.filter(revoked_at=None).values_list("pk", flat=True))
        self.assertEqual(open_sessions, {self.desk.session_id, self.foreign_desk.session_id})


class DoctorSettingsApi(StaffApiCase):
    def path(self, doctor):
        return f"/api/settings/doctor/{doctor.pk}"

    def test_a_doctor_changes_their_own_and_gets_404_for_a_colleagues(self):
        mine = self.call(self.doctor, "patch", self.path(self.dr_okafor), {"allow_walk_ins": False})
        self.assertEqual(mine.status_code, 200, mine.content)
        self.problem(self.call(self.doctor, "patch", self.path(self.dr_herrera), {"allow_walk_ins": False}), 404)
        with self.inside(self.desk):
            rows = dict(DoctorSettings.objects.values_list("doctor_id", "allow_walk_ins"))
        self.assertEqual(rows, {self.dr_okafor.pk: False, self.dr_herrera.pk: True})

    def test_front_desk_reads_every_doctors_and_an_owner_none(self):
        self.assertEqual(self.call(self.desk, "get", self.path(self.dr_herrera)).status_code, 200)
        self.problem(self.call(self.owner, "get", self.path(self.dr_herrera)), 403)
        self.problem(self.call(self.foreign_desk, "get", self.path(self.dr_herrera)), 404)

    def test_invalid_override_hours_are_rejected(self):
        for override in ({"soon": []}, {"2026-12-24": [["12:00", "09:00"]]}, {"2026-12-24": [["9", "10"]]}):
            with self.subTest(override):
                response = self.call(
                    self.desk, "patch", self.path(self.dr_okafor), {"working_hours_override": override}
                )
                self.assertIn("working_hours_override", self.problem(response, 400)["errors"])
