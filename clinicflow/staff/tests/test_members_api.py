"""`/api/settings/users`."""

from clinicflow.clinics.models import Membership
from clinicflow.clinics.tests.cases import StaffApiCase
from clinicflow.testing.case import PASSWORD


class Users(StaffApiCase):
    path = "/api/settings/users"

    def test_front_desk_lists_the_clinics_members(self):
        emails = {row["email"] for row in self.call(self.desk, "get", self.path).json()["results"]}
        self.assertIn("okafor@riverside.test", emails)
        self.assertNotIn("desk@lakeside.test", emails)
        for actor in (self.doctor, self.owner):
            self.problem(self.call(actor, "get", self.path), 403)

    def test_a_new_member_can_sign_in(self):
        body = {"email": "New@Riverside.test", "name": "Nia Cole", "role": "admin", "password": "a long new password"}
        response = self.call(self.desk, "post", self.path, body)
        self.assertEqual(response.status_code, 201, response.content)
        signed_in = self.client.post(
            "/api/auth/login", {"email": body["email"], "password": body["password"]}, "application/json"
        )
        self.assertEqual(signed_in.status_code, 200)

    def test_weak_password_and_missing_doctor_are_rejected(self):
        body = {"email": "new@riverside.test", "name": "Nia Cole", "role": "admin"}
        weak = self.problem(self.call(self.desk, "post", self.path, body | {"password": "password1234"}), 400)
        self.assertIn("password", weak["errors"])
        known = body | {"email": "desk@lakeside.test", "password": "password1234"}
        self.assertEqual(self.problem(self.call(self.desk, "post", self.path, known), 400)["errors"], weak["errors"])
        no_doctor = self.problem(self.call(self.desk, "post", self.path, body | {"role": "doctor"}), 400)
        self.assertIn("doctor_id", no_doctor["errors"])
        foreign = body | {"role": "doctor", "doctor_id": str(self.dr_lake.pk)}
        self.assertIn("doctor_id", self.problem(self.call(self.desk, "post", self.path, foreign), 400)["errors"])

    def test_a_disabled_doctors_calendar_feed_ends(self):
        url = self.call(self.desk, "post", f"/api/doctors/{self.dr_okafor.pk}/calendar-feed").json()["url"]
        feed = url.removeprefix("http://testserver")
        self.assertEqual(self.client.get(feed).status_code, 200)
        with self.inside(self.desk):
            pk = Membership.objects.get(doctor=self.dr_okafor).pk
        self.call(self.desk, "patch", f"{self.path}/{pk}", {"status": "disabled"})
        self.assertEqual(self.client.get(feed).status_code, 404)

    def test_a_web_session_needs_a_recent_password(self):
        client = self.client_for(self.desk)
        path = f"{self.path}/{self.owner.membership_id}"
        body = {"email": "new@riverside.test", "name": "Nia Cole", "role": "admin", "password": "a long new password"}
        calls = (
            lambda: client.post(self.path, body, "application/json"),
            lambda: client.patch(path, {"status": "disabled"}, "application/json"),
            lambda: client.put(path, {"status": "disabled", "name": "M", "role": "owner"}, "application/json"),
        )
        for call in calls:
            self.problem(call(), 403, "password_again")
        self.assertFalse(Membership.objects.filter(user__email="new@riverside.test").exists())
        self.assertEqual(client.get(self.path).status_code, 200)
        client.post("/account/reauthenticate/", {"password": PASSWORD})
        self.assertEqual(calls[0]().status_code, 201)

    def test_the_same_role_twice_is_409(self):
        body = {"email": "marta@riverside.test", "name": "Marta", "role": "owner"}
        self.problem(self.call(self.desk, "post", self.path, body), 409, "membership_exists")

    def test_a_repeated_post_with_a_key_replays_the_first_response(self):
        body = {"email": "new@riverside.test", "name": "Nia Cole", "role": "admin", "password": "a long new password"}
        first = self.call(self.desk, "post", self.path, body, **{"idempotency-key": "k1"})
        again = self.call(self.desk, "post", self.path, body, **{"idempotency-key": "k1"})
        self.assertEqual((first.status_code, again.status_code), (201, 201))
        self.assertEqual(first.json(), again.json())
        self.assertEqual((first.get("ETag"), again["Idempotency-Replayed"]), (again["ETag"], "true"))
        self.assertEqual(Membership.objects.filter(user__email="new@riverside.test").count(), 1)
        other = self.call(self.desk, "post", self.path, body | {"name": "X"}, **{"idempotency-key": "k1"})
        self.problem(other, 409, "idempotency_key_reused")

    def test_a_rejected_post_releases_its_key(self):
        body = {"email": "new@riverside.test", "name": "Nia Cole", "role": "admin", "password": "short"}
        self.problem(self.call(self.desk, "post", self.path, body, **{"idempotency-key": "k1"}), 400)
        good = body | {"password": "a long new password"}
        self.assertEqual(self.call(self.desk, "post", self.path, good, **{"idempotency-key": "k1"}).status_code, 201)

    def test_disabling_a_member_ends_their_session(self):
        path = f"{self.path}/{self.owner.membership_id}"
        response = self.call(self.desk, "patch", path, {"status": "disabled"})
        self.assertEqual(response.status_code, 200, response.content)
        self.problem(self.call(self.owner, "get", "/api/auth/me"), 401)

    def test_a_member_cannot_change_their_own_role(self):
        path = f"{self.path}/{self.desk.membership_id}"
        self.problem(self.call(self.desk, "patch", path, {"role": "owner"}), 409, "own_membership")
        self.assertEqual(self.call(self.desk, "get", "/api/auth/me").status_code, 200)

    def test_another_clinics_membership_is_404(self):
        path = f"{self.path}/{self.foreign_desk.membership_id}"
        self.problem(self.call(self.desk, "patch", path, {"status": "disabled"}), 404)

    def test_the_name_of_a_member_of_another_clinic_cannot_be_changed(self):
        self.make_member(self.lakeside, "marta@riverside.test", "Marta Ruiz", "owner")
        path = f"{self.path}/{self.owner.membership_id}"
        self.problem(self.call(self.desk, "patch", path, {"name": "Other"}), 409, "works_elsewhere")
