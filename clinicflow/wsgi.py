"""HTTP: Django's WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

from clinicflow import celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinicflow.settings")
celery.app.set_default()
application = get_wsgi_application()
