"""The Celery application of worker and beat."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinicflow.settings")

app = Celery("clinicflow")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["clinicflow.jobs"])
app.conf.beat_schedule = {
    "sweep the job table": {"task": "clinicflow.sweep", "schedule": 2.0},
    "forget old jobs": {"task": "clinicflow.tidy", "schedule": 3600.0},
}
