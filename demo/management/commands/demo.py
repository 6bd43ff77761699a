"""Build the demo clinics."""

import time
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinicflow.clinics.models import Clinic
from clinicflow.core import clock
from demo import reset
from demo.build import build
from demo.plan import CLINICS, PASSWORD


class Command(BaseCommand):
    help = "Build Riverside Clinic and Lakeside Clinic: invented patients, 90 days back and 30 ahead of today."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help="throw the demo away first and build it for today")
        parser.add_argument(
            "--if-empty", action="store_true", help="make nothing where there is a clinic; say who signs in"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo's password is public, so production does not hold the demo.")
        present = set(Clinic.objects.using("system").values_list("pk", flat=True))
        ours = {plan.clinic_id for plan in CLINICS}
        if options["if_empty"] and present:
            self._say_sign_ins(present & ours)
            return
        if present - ours:
            raise CommandError("There is a clinic that is not the demo's. The demo goes into an empty database only.")
        if present and not options["reset"]:
            self.stdout.write("The demo is there already. Build it anew for today with: manage.py demo --reset")
            return
        began = time.monotonic()
        if present:
            reset.throw_away()
        build(now=clock.now(), say=self._say)
        self._say(f"The demo is ready after {time.monotonic() - began:.1f} s.")
        self._say_sign_ins(ours)

    def _say_sign_ins(self, clinic_ids: set[UUID]) -> None:
        there = [(plan, one) for plan in CLINICS if plan.clinic_id in clinic_ids for one in plan.staff]
        for plan, one in there:
            self._say(f"  {one.email:26} {' and '.join(one.roles)}, {plan.name}")
        if there:
            self._say(f"  The password of each: {PASSWORD}")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
