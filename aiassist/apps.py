from django.apps import AppConfig


class AiassistConfig(AppConfig):
    name = "aiassist"
    label = "aiassist"
    verbose_name = "Summaries and conversations"
