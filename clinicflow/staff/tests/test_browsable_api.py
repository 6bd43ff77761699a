"""The browsable API, with a web session, for every role."""

from clinicflow.testing.case import ClinicCase

HTML = {"accept": "text/html"}


class Browsable(ClinicCase):
    def test_every_role_can_read_and_sign_out(self):
        for actor in (self.desk, self.doctor, self.owner):
            with self.subTest(actor.role):
                page = self.client_for(actor).get("/api/doctors", headers=HTML)
                self.assertContains(page, "Dr. Amara Okafor")
                self.assertContains(page, 'action="/account/logout/')

    def test_an_anonymous_user_gets_a_link_to_sign_in(self):
        page = self.client.get("/api/doctors", headers=HTML)
        self.assertContains(page, "/account/login/?next=/api/doctors", status_code=401)

    def test_front_desk_gets_forms_and_a_doctor_none(self):
        page = self.client_for(self.desk).get("/api/settings/users", headers=HTML)
        self.assertContains(page, "&quot;email&quot;: &quot;&quot;")
        page = self.client_for(self.desk).get(f"/api/settings/doctor/{self.dr_okafor.pk}", headers=HTML)
        self.assertContains(page, 'data-method="PUT"')
        self.assertContains(page, "&quot;allow_walk_ins&quot;: true")
        page = self.client_for(self.doctor).get("/api/settings/users", headers=HTML)
        self.assertNotContains(page, "data-method=", status_code=403)

    def test_no_inline_script_runs(self):
        text = self.client_for(self.desk).get("/api/settings/users", headers=HTML).content.decode()
        self.assertNotRegex(text, r'<script(?![^>]*\s(?:src|type="application/json"))[^>]*>\s*\S')
