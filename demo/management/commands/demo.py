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
    help = "Build Riverside Clinic and Lakeside Clinic with fictional patients, from 90 days ago to 30 days ahead."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help="delete the demo and build it again for today")
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing if there is a clinic already; list the sign-ins"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo's password is public, so it cannot be built in production.")
        present = set(Clinic.objects.using("system").values_list("pk", flat=True))
        ours = {plan.clinic_id for plan in CLINICS}
        if options["if_empty"] and present:
            self._list_sign_ins(present & ours)
            return
        if present - ours:
            raise CommandError("There is a clinic that is not the demo's. Build the demo in an empty database.")
        if present and not options["reset"]:
            self.stdout.write("The demo already exists. Rebuild it for today with: manage.py demo --reset")
            return
        began = time.monotonic()
        if present:
            reset.delete_demo()
        build(now=clock.now(), report=self._report)
        self._report(f"The demo was built in {time.monotonic() - began:.1f} s.")
        self._list_sign_ins(ours)

    def _list_sign_ins(self, clinic_ids: set[UUID]) -> None:
        sign_ins = [(plan, one) for plan in CLINICS if plan.clinic_id in clinic_ids for one in plan.staff]
        for plan, one in sign_ins:
            self._report(f"  {one.email:26} {' and '.join(one.roles)}, {plan.name}")
        if sign_ins:
            self._report(f"  Password of each: {PASSWORD}")

    def _report(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
