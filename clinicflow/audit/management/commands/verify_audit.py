"""Verify that no entry of the audit log was changed or removed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from clinicflow.audit.chain import verify
from clinicflow.audit.models import AuditLog
from clinicflow.db import tenant


class Command(BaseCommand):
    help = "Recompute every clinic's hash chain; name the first broken link. Store the printed heads elsewhere."

    def handle(self, *args: Any, **options: Any) -> None:
        clinics: Any = AuditLog._meta.get_field("clinic").related_model
        broken = 0
        for clinic in clinics.objects.order_by("name", "pk"):
            with transaction.atomic(), tenant(clinic.pk):
                verdict = verify(clinic.pk)
            if verdict.is_intact:
                unsealed = (
                    f", unsealed since {verdict.oldest_unsealed:%Y-%m-%d %H:%M} UTC" if verdict.oldest_unsealed else ""
                )
                self.stdout.write(f"{clinic.name}: {verdict.links} links intact, head {verdict.head}{unsealed}")
            else:
                broken += 1
                self.stderr.write(f"{clinic.name}: broken at link {verdict.broken_at}: {verdict.problem}")
        if broken:
            raise CommandError(f"The audit log of {broken} clinic(s) has been tampered with.")
