from django.apps import AppConfig


class DatabaseConfig(AppConfig):
    name = "clinicflow.db"
    label = "db"
