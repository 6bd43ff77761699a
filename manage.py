#!/usr/bin/env python
"""Run a ClinicFlow management command."""

import os
import sys

from django.core.management import execute_from_command_line

from clinicflow import celery

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinicflow.settings")
    celery.app.set_default()
    execute_from_command_line(sys.argv)
