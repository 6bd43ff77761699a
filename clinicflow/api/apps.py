from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "clinicflow.api"
    label = "api"
    verbose_name = "API"
