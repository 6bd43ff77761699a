"""HTTP: static files, and Django's WSGI application for the rest."""

import os

from django.core.wsgi import get_wsgi_application

from clinicflow import celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinicflow.settings")

from clinicflow.web.static_files import with_static_files

celery.app.set_default()
application = with_static_files(get_wsgi_application())
