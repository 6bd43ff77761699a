from importlib import import_module

from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "clinicflow.staff"
    label = "staff"
    verbose_name = "Members and sign-in"

    def ready(self) -> None:
        """Register jobs and event subscribers."""
        import_module("clinicflow.staff.jobs")
        subscribers = import_module("clinicflow.staff.subscribers")
        signals = import_module("allauth.mfa.signals")
        signals.authenticator_removed.connect(subscribers.end_sessions)
