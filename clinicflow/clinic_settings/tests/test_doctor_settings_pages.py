"""`/settings/me`, and the front desk's page of a doctor's settings."""

from clinicflow.audit.models import AuditLog
from clinicflow.clinics.models import DoctorSettings
from clinicflow.testing.case import ClinicCase


class MySettings(ClinicCase):
    def setUp(self):
        self.client = self.client_for(self.doctor)
        self.seen = self.client.get("/settings/me").context["form"]["seen"].value()

    def row(self, doctor=None):
        with self.inside(self.desk):
            return DoctorSettings.objects.get(doctor=doctor or self.dr_okafor)

    def save(self, path="/settings/me", client=None, **changes):
        data = {
            "seen": self.seen,
            "supported_visit_types": ["in-clinic", "virtual"],
            "video_visits_enabled": "on",
            "allow_walk_ins": "on",
            "allow_forced_booking": "on",
            "voice_ai_enabled": "on",
        } | changes
        return (client or self.client).post(path, {name: value for name, value in data.items() if value is not None})

    def test_visit_settings_are_saved_and_audited(self):
        response = self.save(supported_visit_types=["in-clinic"], allow_walk_ins=None, voice_ai_enabled=None)
        self.assertRedirects(response, "/settings/me")
        row = self.row()
        self.assertEqual((row.supported_visit_types, row.allow_walk_ins), (["in-clinic"], False))
        self.assertEqual((row.video_visits_enabled, row.voice_ai_enabled), (True, False))
        with self.inside(self.desk):
            entry = AuditLog.objects.filter(resource_type="doctor_settings").latest("id")
        self.assertEqual(entry.old_values["supported_visit_types"], ["in-clinic", "virtual"])
        self.assertEqual((entry.user_id, entry.new_values["allow_walk_ins"]), (self.okafor.pk, False))

    def test_weekly_hours_and_dates_are_saved(self):
        hours = {"week-mon-start": ["09:00", "13:00"], "week-mon-end": ["12:00", "17:00"]}
        self.save(own_week="on", **hours, **{"dates-new-day": "2026-12-28"})
        own = self.row().working_hours_override
        self.assertEqual(own["mon"], [["09:00", "12:00"], ["13:00", "17:00"]])
        self.assertEqual((own["tue"], own["2026-12-28"], len(own)), ([], [], 8))
        page = self.client.get("/settings/me")
        self.assertContains(page, 'value="13:00"')
        self.assertContains(page, "December 28, 2026")

    def test_weekly_hours_are_ignored_without_the_switch(self):
        self.save(**{"week-mon-start": "09:00", "week-mon-end": "12:00"})
        self.assertEqual(self.row().working_hours_override, {})

    def test_missing_visit_types_and_invalid_hours_are_form_errors(self):
        for changes, field in (
            ({"supported_visit_types": None}, "supported_visit_types"),
            ({"supported_visit_types": ["by post"]}, "supported_visit_types"),
            ({"own_week": "on", "week-mon-start": "12:00", "week-mon-end": "09:00"}, "week"),
            ({"dates-new-day": "soon"}, "dates"),
            ({"dates-new-day": "2026-12-24", "dates-new-start": "12:00", "dates-new-end": "09:00"}, "dates"),
        ):
            with self.subTest(field, changes=changes):
                response = self.save(**changes)
                self.assertEqual(response.status_code, 422)
                self.assertEqual(list(response.context["form"].errors), [field])
        self.assertEqual(self.row().working_hours_override, {})

    def test_an_edit_conflict_is_shown_with_the_submitted_values(self):
        desk = self.client_for(self.desk)
        path = f"/settings/doctors/{self.dr_okafor.pk}/booking"
        self.assertEqual(self.save(path, desk, allow_walk_ins=None).status_code, 302)
        conflict = self.save(video_visits_enabled=None)
        self.assertContains(conflict, "These settings have changed", 1, 409)
        self.assertTrue(self.row().video_visits_enabled)
        self.assertFalse(conflict.context["form"]["video_visits_enabled"].value())
        again = self.save(video_visits_enabled=None, seen=conflict.context["form"]["seen"].value())
        self.assertEqual(again.status_code, 302)
        self.assertFalse(self.row().video_visits_enabled)

    def test_another_doctors_settings_cannot_be_changed(self):
        self.save(allow_walk_ins=None)
        self.assertTrue(self.row(self.dr_herrera).allow_walk_ins)
        foreign = self.client_for(self.foreign_desk).post(f"/settings/doctors/{self.dr_okafor.pk}/booking", {})
        self.assertEqual(foreign.status_code, 404)
        self.assertEqual(self.client.get(f"/settings/doctors/{self.dr_herrera.pk}/booking").status_code, 403)

    def test_query_count(self):
        with self.assertNumQueries(7):
            self.client.get("/settings/me")
