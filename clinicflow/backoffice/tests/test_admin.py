"""The Django admin: visible rows, permissions and auditing."""

import time

from django.contrib.admin.models import LogEntry
from django.urls import reverse

from clinicflow.audit.models import AuditLog
from clinicflow.backoffice.admin import site
from clinicflow.clinics.models import Doctor, DoctorSettings, Membership
from clinicflow.core import clock
from clinicflow.jobs.models import Job
from clinicflow.testing.case import WEEK, ClinicCase


class BackOffice(ClinicCase):
    def setUp(self):
        self.manager = self.client_for(self.desk)

    def test_every_list_shows_nothing_of_another_clinic(self):
        for model in site._registry:
            with self.subTest(model.__name__):
                meta = model._meta
                page = self.manager.get(reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist"))
                self.assertEqual(page.status_code, 200)
                self.assertNotContains(page, "Ida Berg")
                self.assertNotContains(page, "desk@lakeside.test")

    def test_only_the_front_desk_has_access(self):
        self.assertEqual(self.manager.get("/admin/").status_code, 200)
        for actor in (self.doctor, self.owner):
            self.assertEqual(self.client_for(actor).get("/admin/").status_code, 403)
        anonymous = self.client.get("/admin/clinics/doctor/")
        self.assertEqual(anonymous["Location"], "/account/login/?next=/admin/clinics/doctor/")

    def test_another_clinics_doctor_is_not_found(self):
        foreign = self.manager.get(reverse("admin:clinics_doctor_change", args=[self.dr_lake.pk]))
        self.assertEqual((foreign.status_code, foreign["Location"]), (302, "/admin/"))

    def form(self, **changes):
        return {
            "name": "Dr. Nora Blum",
            "initials": "NB",
            "specialty": "Dermatology",
            "color": "rose",
            "room": "",
            "user": "",
            "working_hours": '{"mon": [["09:00", "12:00"]]}',
            "default_visit_length": "20",
            "is_active": "on",
        } | changes

    def test_a_new_doctor_belongs_to_this_clinic_and_has_settings(self):
        response = self.manager.post("/admin/clinics/doctor/add/", self.form())
        self.assertEqual(response.status_code, 302, response.content)
        with self.inside(self.desk):
            doctor = Doctor.objects.get(name="Dr. Nora Blum")
            self.assertEqual(doctor.clinic_id, self.riverside.pk)
            self.assertTrue(DoctorSettings.objects.filter(doctor=doctor).exists())
            self.assertTrue(AuditLog.objects.filter(resource_type="doctors", resource_id=str(doctor.pk)).exists())
        self.assertFalse(LogEntry.objects.exists())

    def test_invalid_hours_are_rejected_with_a_message(self):
        bad = self.form(working_hours='{"mon": [["12:00", "09:00"]]}')
        page = self.manager.post("/admin/clinics/doctor/add/", bad, follow=True)
        self.assertContains(page, "9:00 am must be later than 12:00 pm")
        with self.inside(self.desk):
            self.assertFalse(Doctor.objects.filter(name="Dr. Nora Blum").exists())

    def test_a_user_of_another_clinic_cannot_be_chosen(self):
        page = self.manager.post("/admin/clinics/doctor/add/", self.form(user=str(self.lake_admin.pk)))
        self.assertContains(page, "Select a valid choice")

    def settings_form(self):
        """The address of the clinic's settings, and their fields as they are."""
        url = reverse("admin:clinics_clinicsettings_change", args=[self.settings_of(self.riverside).pk])
        initial = self.manager.get(url).context["adminform"].form.initial
        return url, {name: value for name, value in initial.items() if value is not None and value is not False}

    def test_settings_are_validated_by_the_operation(self):
        url, form = self.settings_form()
        form["working_days"] = '["mon", "tue"]'
        self.assertEqual(self.manager.post(url, form).status_code, 302)
        self.assertEqual(self.settings_of(self.riverside).working_days, ["mon", "tue"])
        page = self.manager.post(url, form | {"opens_at": "18:00"}, follow=True)
        self.assertContains(page, "must close after it opens")

    def test_settings_of_the_sign_in_require_the_password(self):
        url, form = self.settings_form()
        challenge = self.manager.post(url, form | {"session_timeout": "1440", "working_days": '["mon"]'})
        self.assertEqual(challenge["Location"].split("?")[0], "/account/reauthenticate/")
        self.assertEqual(self.settings_of(self.riverside).session_timeout, form["session_timeout"])

    def test_rows_cannot_be_deleted(self):
        url = reverse("admin:clinics_doctor_delete", args=[self.dr_okafor.pk])
        self.assertEqual(self.manager.post(url, {"post": "yes"}).status_code, 403)
        with self.inside(self.desk):
            self.assertTrue(Doctor.objects.filter(pk=self.dr_okafor.pk).exists())

    def test_the_audit_log_and_memberships_are_read_only(self):
        with self.inside(self.desk):
            entry = AuditLog.objects.first()
        url = reverse("admin:audit_auditlog_change", args=[entry.pk])
        self.assertEqual(self.manager.get(url).status_code, 200)
        self.assertEqual(self.manager.post(url, {"action": "x"}).status_code, 403)
        self.assertEqual(self.manager.get("/admin/clinics/membership/add/").status_code, 403)

    def test_deactivation_requires_the_password_and_runs_the_operation(self):
        body = {
            "action": "deactivate",
            "_selected_action": [str(self.owner.membership_id), str(self.desk.membership_id)],
        }
        challenge = self.manager.post("/admin/clinics/membership/", body)
        self.assertEqual(challenge["Location"].split("?")[0], "/account/reauthenticate/")
        session = self.manager.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
        session["account_authentication_methods_user"] = session["_auth_user_id"]
        session.save()
        response = self.manager.post("/admin/clinics/membership/", body, follow=True)
        self.assertContains(response, "cannot change your own role")
        states = dict(Membership.objects.filter(clinic=self.riverside).values_list("user__email", "status"))
        self.assertEqual((states["marta@riverside.test"], states["dana@riverside.test"]), ("disabled", "active"))
        self.assertEqual(self.client_for(self.owner).get("/overview").status_code, 302)

    def test_history_is_the_audit_log(self):
        response = self.manager.get(reverse("admin:clinics_doctor_history", args=[self.dr_okafor.pk]), follow=True)
        self.assertContains(response, str(self.dr_okafor.pk))

    def test_a_dead_job_can_be_retried(self):
        with self.inside(self.desk):
            job = Job.objects.create(
                clinic=self.riverside, kind="x", key="1", state="dead", attempts=5, run_after=clock.now()
            )
        self.manager.post("/admin/jobs/job/", {"action": "retry", "_selected_action": [str(job.pk)]})
        with self.inside(self.desk):
            job.refresh_from_db()
        self.assertEqual((job.state, job.attempts), ("queued", 0))

    def test_reading_audit_entries_of_a_patient_is_audited(self):
        patient = self.make_patient(self.riverside)
        self.manager.get("/admin/audit/auditlog/?resource_type=patients")
        with self.inside(self.desk):
            self.assertEqual(AuditLog.objects.get(action="read").patient_ids, [patient.pk])

    def test_weekly_hours_of_the_fixtures_are_valid(self):
        response = self.manager.get(reverse("admin:clinics_doctor_change", args=[self.dr_okafor.pk]))
        self.assertEqual(response.context["original"].working_hours, WEEK)
