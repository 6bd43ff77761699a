from django.apps import AppConfig


class ClinicsConfig(AppConfig):
    name = "clinicflow.clinics"
    label = "clinics"
    verbose_name = "Clinic and doctors"
