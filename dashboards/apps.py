from importlib import import_module

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "dashboards"
    label = "dashboards"
    verbose_name = "Dashboards"

    def ready(self) -> None:
        """Register jobs and subscribe to events."""
        for module in ("figures.jobs", "notification_center.jobs", "notification_center.subscribers"):
            import_module(f"dashboards.{module}")
