"""The request that staff pages receive, with what the middleware has set on it."""

from django.http import HttpRequest

from clinicflow.access.actor import Actor
from clinicflow.accounts.models import AuthSession
from clinicflow.clinics.models import ClinicSettings


class ClinicRequest(HttpRequest):
    """A request by a signed-in member; for annotations only, Django makes the instance.

    `ActorMiddleware` sets the attributes. Views behind `role_required` can rely on them.
    """

    actor: Actor
    auth_session: AuthSession
    clinic_settings: ClinicSettings
