from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "clinicflow.realtime"
    label = "realtime"
    verbose_name = "Live events"
