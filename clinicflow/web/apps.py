from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "clinicflow.web"
    label = "web"
    verbose_name = "Pages"
