"""The WSGI application: static files, and Django with retries for everything else."""

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
gc.freeze()  # everything loaded so far is permanent: exclude it from garbage collection
application = with_static_files(RetryingHandler())
