from django.apps import AppConfig


class ClinicSettingsConfig(AppConfig):
    name = "clinicflow.clinic_settings"
    label = "clinic_settings"
    verbose_name = "Settings"
