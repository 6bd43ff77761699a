from importlib import import_module

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "intake"
    label = "intake"
    verbose_name = "Intake"

    def ready(self) -> None:
        """Register the jobs and subscribe to news; both need the models, so not before."""
        for module in ("jobs", "subscribers"):
            import_module(f"intake.{module}")
