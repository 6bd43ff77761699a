from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "clinicflow.jobs"
    label = "jobs"
    verbose_name = "Jobs"

    def ready(self) -> None:
        """Import each app's `jobs` and `subscribers`, which register themselves."""
        autodiscover_modules("jobs", "subscribers")
