"""`/settings/<tab>`: the forms of the front desk and the owner's read-only pages."""

from django.utils.html import escape

from clinicflow.audit.models import AuditLog
from clinicflow.clinic_settings.api.serializers import CLINIC_FIELDS
from clinicflow.clinic_settings.schema import CLINIC_COLUMNS, TABS, all_settings
from clinicflow.clinics.models import Clinic, ClinicSettings, DoctorSettings
from clinicflow.testing.case import PASSWORD, ClinicCase

COMMON_COLUMNS = {"id", "clinic", "created_at", "updated_at"}


class SettingsPageCase(ClinicCase):
    def setUp(self):
        self.client = self.client_for(self.desk)

    def submitted(self, slug, **changes):
        """A tab's form data as a browser submits it, with some fields changed; None removes a field."""
        form = self.client.get(f"/settings/{slug}").context["form"]
        data = {}
        for field in form:
            value = field.value()
            if hasattr(value, "strftime"):
                value = value.strftime("%H:%M")
            if value is True:
                value = "on"
            if value not in (False, None):
                data[field.html_name] = value
        data |= changes
        return {name: value for name, value in data.items() if value is not None}

    def save(self, slug, **changes):
        return self.client.post(f"/settings/{slug}", self.submitted(slug, **changes))

    def confirm_password(self):
        self.client.post("/account/reauthenticate/", {"password": PASSWORD})


class Schema(ClinicCase):
    def test_every_column_of_the_settings_is_in_the_schema(self):
        columns = {field.name for field in ClinicSettings._meta.fields} - COMMON_COLUMNS
        declared = [setting.name for _tab, setting in all_settings(TABS) if setting.name not in CLINIC_COLUMNS]
        self.assertEqual(sorted(declared), sorted(columns))
        doctors = {field.name for field in DoctorSettings._meta.fields} - COMMON_COLUMNS - {"doctor"}
        own = [setting.name for _tab, setting in all_settings() if setting.model is DoctorSettings]
        self.assertEqual(sorted(own), sorted(doctors))

    def test_the_api_has_the_settings_of_the_pages(self):
        names = {setting.name for _tab, setting in all_settings(TABS)} - set(CLINIC_COLUMNS) - {"opens_at", "closes_at"}
        self.assertEqual(names, set(CLINIC_FIELDS))

    def test_choices_are_those_of_the_model(self):
        for _tab, setting in all_settings():
            if setting.field.choices:
                with self.subTest(setting.name):
                    self.assertEqual(sorted(dict(setting.choices)), sorted(dict(setting.field.choices)))


class Saving(SettingsPageCase):
    def test_every_tab_can_be_saved_unchanged(self):
        for tab in TABS:
            if tab.asks_again:
                self.confirm_password()
            with self.subTest(tab.slug):
                response = self.client.post(f"/settings/{tab.slug}", self.submitted(tab.slug), follow=True)
                self.assertEqual([target for target, _ in response.redirect_chain], [f"/settings/{tab.slug}"])
                self.assertContains(response, f"Saved: {escape(tab.label)}.")

    def test_a_change_is_saved_and_audited_with_old_and_new_value(self):
        self.save("scheduling", auto_no_show_threshold="20", allow_walk_ins=None)
        row = self.settings_of(self.riverside)
        self.assertEqual((row.auto_no_show_threshold, row.allow_walk_ins), (20, False))
        with self.inside(self.desk):
            entry = AuditLog.objects.filter(resource_type="clinic_settings").latest("id")
        self.assertEqual(entry.user_id, self.dana.pk)
        self.assertEqual(entry.old_values, {"auto_no_show_threshold": 15, "allow_walk_ins": True})
        self.assertEqual(entry.new_values, {"auto_no_show_threshold": 20, "allow_walk_ins": False})

    def test_fields_of_the_clinic_are_saved_and_audited(self):
        response = self.save("clinic", clinic_name="Riverside  Health", region="NY", clinic_phone="(212) 555-0188")
        self.assertEqual(response.status_code, 302)
        clinic = Clinic.objects.get(pk=self.riverside.pk)
        self.assertEqual((clinic.name, clinic.region, clinic.phone), ("Riverside Health", "NY", "+12125550188"))
        with self.inside(self.desk):
            entry = AuditLog.objects.filter(resource_type="clinics").latest("id")
        self.assertEqual(entry.old_values, {"name": "Riverside Clinic", "region": "", "phone": ""})
        self.assertEqual(entry.new_values, {"name": "Riverside Health", "region": "NY", "phone": "+12125550188"})

    def test_errors_are_shown_beside_their_field_with_the_submitted_value(self):
        for slug, changes, field in (
            ("clinic", {"opens_at": "18:00"}, "closes_at"),
            ("clinic", {"closes_at": "25:99"}, "closes_at"),
            ("clinic", {"closes_at": "09:20"}, "closes_at"),
            ("clinic", {"working_days": None}, "working_days"),
            ("clinic", {"slot_size": "20"}, "slot_size"),
            ("clinic", {"timezone": "Mars/Olympus"}, "timezone"),
            ("clinic", {"region": "XX"}, "region"),
            ("clinic", {"clinic_name": " "}, "clinic_name"),
            ("clinic", {"clinic_phone": "12"}, "clinic_phone"),
            ("scheduling", {"auto_no_show_threshold": "481"}, "auto_no_show_threshold"),
            ("scheduling", {"minimum_cancellation_notice": "-1"}, "minimum_cancellation_notice"),
            ("intake", {"intake_required": None, "lock_appointment_if_missing": "on"}, "lock_appointment_if_missing"),
            ("messaging", {"call_window_end": "09:00"}, "call_window_end"),
            ("messaging", {"max_call_attempts": "0"}, "max_call_attempts"),
            ("messaging", {"ai_monthly_cap_usd": "1e9"}, "ai_monthly_cap_usd"),
            ("preferences", {"auto_refresh_interval": "2"}, "auto_refresh_interval"),
            ("preferences", {"time_format": "13h"}, "time_format"),
        ):
            with self.subTest(field, changes=changes):
                response = self.save(slug, **changes)
                self.assertEqual(response.status_code, 422)
                self.assertEqual(list(response.context["form"].errors), [field])
                self.assertContains(response, "autofocus", status_code=422)
                for name, value in changes.items():
                    shown = response.context["form"][name].value()
                    self.assertEqual(shown, True if value == "on" else value or shown)
        self.assertEqual(self.settings_of(self.riverside).auto_no_show_threshold, 15)

    def test_an_edit_conflict_shows_the_stored_value_and_can_be_overwritten(self):
        mine = self.submitted("scheduling", auto_no_show_threshold="40")
        self.change_settings(self.riverside, auto_no_show_threshold=25)
        conflict = self.client.post("/settings/scheduling", mine)
        self.assertContains(conflict, "Currently saved: 25 minutes", 1, 409)
        self.assertContains(conflict, 'value="40"', status_code=409)
        self.assertEqual(self.settings_of(self.riverside).auto_no_show_threshold, 25)
        again = self.client.post("/settings/scheduling", mine | {"seen": conflict.context["form"]["seen"].value()})
        self.assertEqual(again.status_code, 302)
        self.assertEqual(self.settings_of(self.riverside).auto_no_show_threshold, 40)

    def test_saving_another_tab_is_not_a_conflict(self):
        mine = self.submitted("scheduling", auto_no_show_threshold="40")
        self.change_settings(self.riverside, time_format="24h")
        self.assertEqual(self.client.post("/settings/scheduling", mine).status_code, 302)


class Permissions(SettingsPageCase):
    def test_an_owner_reads_formatted_values_and_cannot_save(self):
        data = self.submitted("scheduling")
        reader = self.client_for(self.owner)
        page = reader.get("/settings/scheduling")
        self.assertContains(page, "60 minutes")
        self.assertNotContains(page, '<form class="setform"')
        self.assertEqual(reader.post("/settings/scheduling", data | {"auto_no_show_threshold": "1"}).status_code, 403)
        self.assertEqual(self.settings_of(self.riverside).auto_no_show_threshold, 15)

    def test_a_doctor_is_forbidden(self):
        for path in ("/settings", "/settings/scheduling"):
            self.assertEqual(self.client_for(self.doctor).get(path).status_code, 403)

    def test_another_clinic_saves_only_its_own_settings(self):
        data = self.submitted("scheduling", auto_no_show_threshold="30")
        self.client_for(self.foreign_desk).post("/settings/scheduling", data)
        rows = [self.settings_of(clinic).auto_no_show_threshold for clinic in (self.riverside, self.lakeside)]
        self.assertEqual(rows, [15, 30])

    def test_security_settings_require_the_password(self):
        data = self.submitted("security", session_timeout="15")
        challenge = self.client.post("/settings/security", data)
        self.assertEqual(challenge["Location"].split("?")[0], "/account/reauthenticate/")
        self.assertEqual(self.settings_of(self.riverside).session_timeout, 480)
        self.confirm_password()
        self.assertEqual(self.client.post("/settings/security", data).status_code, 302)
        self.assertEqual(self.settings_of(self.riverside).session_timeout, 15)

    def test_security_lists_the_members_without_a_second_factor(self):
        page = self.client.get("/settings/security")
        self.assertContains(page, "4 people have no second factor yet")
        self.assertContains(page, "Amara Okafor, Dana Kessler, Luis Herrera, Marta Ruiz")


class QueryCount(SettingsPageCase):
    def test_query_count_of_every_tab(self):
        for tab in TABS:
            with self.subTest(tab.slug), self.assertNumQueries(8 if tab.asks_again else 7):
                self.client.get(f"/settings/{tab.slug}")
