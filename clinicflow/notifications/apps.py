from importlib import import_module

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "clinicflow.notifications"
    label = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        import_module("clinicflow.notifications.jobs")
