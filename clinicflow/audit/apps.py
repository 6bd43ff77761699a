from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "clinicflow.audit"
    label = "audit"
    verbose_name = "Audit"
