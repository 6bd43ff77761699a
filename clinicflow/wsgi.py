"""HTTP: Django's WSGI application."""

import os

import django

from clinicflow import celery
from clinicflow.db.retry import RetryingHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinicflow.settings")
celery.app.set_default()
django.setup(set_prefix=False)
application = RetryingHandler()
