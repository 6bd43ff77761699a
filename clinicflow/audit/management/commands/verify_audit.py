"""Check that nobody has changed, removed or cut off the audit log."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from clinicflow.audit.chain import verify
from clinicflow.audit.models import AuditLog
from clinicflow.db import tenant


class Command(BaseCommand):
    help = "Recompute every clinic's hash chain; names the first broken link. Keep the printed heads somewhere else."

    def handle(self, *args: Any, **options: Any) -> None:
        clinics = AuditLog._meta.get_field("clinic").related_model
        broken = 0
        for clinic in clinics.objects.order_by("name", "pk"):
            with transaction.atomic(), tenant(clinic.pk):
                verdict = verify(clinic.pk)
            if verdict.holds:
                waiting = (
                    f", unsealed since {verdict.oldest_unsealed:%Y-%m-%d %H:%M} UTC" if verdict.oldest_unsealed else ""
                )
                self.stdout.write(f"{clinic.name}: {verdict.links} links hold, head {verdict.head}{waiting}")
            else:
                broken += 1
                self.stderr.write(f"{clinic.name}: broken at link {verdict.broken_at}: {verdict.problem}")
        if broken:
            raise CommandError(f"The audit log of {broken} clinic(s) has been tampered with.")
