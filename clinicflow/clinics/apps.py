from importlib import import_module

from django.apps import AppConfig


class ClinicsConfig(AppConfig):
    name = "clinicflow.clinics"
    label = "clinics"
    verbose_name = "Clinic and doctors"

    def ready(self) -> None:
        """Register the system checks; they need the models."""
        import_module("clinicflow.clinics.checks")
