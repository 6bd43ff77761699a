from importlib import import_module

from django.apps import AppConfig


class ClinicsConfig(AppConfig):
    name = "clinicflow.clinics"
    label = "clinics"
    verbose_name = "Clinic and doctors"

    def ready(self) -> None:
        import_module("clinicflow.clinics.jobs")
        import_module("clinicflow.clinics.subscribers")
