"""HTTP: static files, and Django's WSGI application for the rest."""

import gc
import os

import django

from clinicflow import celery
from clinicflow.db.retry import RetryingHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinicflow.settings")

from clinicflow.web.static_files import with_static_files

celery.app.set_default()
django.setup(set_prefix=False)
gc.collect()
gc.freeze()  # what is loaded by now stays as long as the process: no collection need look at it again
application = with_static_files(RetryingHandler())
