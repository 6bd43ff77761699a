from importlib import import_module

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "dashboards"
    label = "dashboards"
    verbose_name = "Dashboards"

    def ready(self) -> None:
        """Register checks and jobs and subscribe to news; they need the models, so not before."""
        for module in ("demo.checks", "jobs", "subscribers"):
            import_module(f"dashboards.{module}")
