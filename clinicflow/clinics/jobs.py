"""E-mails to the people of a clinic, and what the clock clears away: kept answers, ended sign-ins, old cookies."""

import datetime as dt
from importlib import import_module
from uuid import UUID

from django.conf import settings

from clinicflow.access.actors import system_actor
from clinicflow.accounts.operations import sessions
from clinicflow.api.idempotency import forget_old
from clinicflow.audit import chain
from clinicflow.clinics.models import Membership
from clinicflow.clinics.operations import checks, letters
from clinicflow.core import clock
from clinicflow.jobs.registry import job, periodic

KEEP_ENDED = dt.timedelta(days=30)  # what they did stays in the audit log


@periodic("audit.seal", every=30)
def seal_audit(*, clinic_id: UUID) -> None:
    """Chain the audit rows that have come in."""
    chain.seal(clinic_id)


@periodic("clinics.clear_away", every=3600)
def clear_away(*, clinic_id: UUID) -> None:
    forget_old(clinic_id)
    memberships = Membership.objects.filter(clinic_id=clinic_id).values_list("pk", flat=True)
    sessions.forget_ended(list(memberships), before=clock.now() - KEEP_ENDED)
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


@job("clinics.send_invitation", atomic=False)
def send_invitation(*, clinic_id: UUID, user_id: str) -> None:
    letters.send(letters.invitation(clinic_id, UUID(user_id)))


@job("clinics.send_password_reset", atomic=False)
def send_password_reset(*, clinic_id: UUID, user_id: str) -> None:
    letters.send(letters.password_reset(clinic_id, UUID(user_id)))


@job("clinics.check_log")
def check_log(*, clinic_id: UUID) -> None:
    checks.run(system_actor(clinic_id))


@periodic("clinics.check_log_daily", every=86_400)
def check_log_daily(*, clinic_id: UUID) -> None:
    checks.run(system_actor(clinic_id))
