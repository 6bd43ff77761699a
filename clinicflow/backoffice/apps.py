from importlib import import_module

from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    name = "clinicflow.backoffice"
    label = "backoffice"
    verbose_name = "Back office"

    def ready(self) -> None:
        """Register jobs and event subscribers."""
        import_module("clinicflow.backoffice.jobs")
        import_module("clinicflow.backoffice.subscribers")
