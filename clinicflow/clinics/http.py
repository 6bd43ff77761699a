"""Request types of pages. For annotations only: Django makes the instance, `ActorMiddleware` sets the attributes."""

from typing import cast

from django.http import HttpRequest

from clinicflow.access.actor import Actor
from clinicflow.accounts.models import AuthSession
from clinicflow.clinics.models import ClinicSettings


class SiteRequest(HttpRequest):
    """Any request after `ActorMiddleware`. Anonymous users have no session; `clinic_settings` comes with an actor."""

    actor: Actor | None
    auth_session: AuthSession | None
    clinic_settings: ClinicSettings


class ClinicRequest(SiteRequest):
    """A request by a signed-in member: what views behind `role_required` or a REST role check receive."""

    actor: Actor
    auth_session: AuthSession


def clinic_request(request: HttpRequest) -> ClinicRequest:
    """The same request as its type, for code that a role check guards but whose signature is a library's."""
    return cast(ClinicRequest, request)
