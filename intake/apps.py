from importlib import import_module

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "intake"
    label = "intake"
    verbose_name = "Intake"

    def ready(self) -> None:
        """Register jobs and event subscribers."""
        for module in ("jobs", "subscribers"):
            import_module(f"intake.{module}")
