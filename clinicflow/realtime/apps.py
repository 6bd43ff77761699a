from django.apps import AppConfig

from clinicflow.realtime import subscribers


class RealtimeConfig(AppConfig):
    name = "clinicflow.realtime"
    label = "realtime"
    verbose_name = "Live events"
    subscribers = subscribers  # importing it is what subscribes
