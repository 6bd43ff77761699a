from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "clinicflow.jobs"
    label = "jobs"
    verbose_name = "Jobs"
