"""From a sign-in to the actor it stands for."""

import re
from dataclasses import dataclass
from uuid import UUID, uuid4

import structlog
from django.http import HttpRequest

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.accounts.models import AuthSession
from clinicflow.clinics.models import Clinic, Membership
from clinicflow.core.client_ip import client_ip
from clinicflow.staff.selectors import active_membership

TAB = re.compile(r"[0-9A-Za-z-]{1,40}")


@dataclass(frozen=True)
class RequestOrigin:
    """What a request or socket says about itself."""

    request_id: str = ""
    ip_address: str = ""
    user_agent: str = ""
    tab: str = ""


def actor_of(session: AuthSession, caller: RequestOrigin) -> Actor | None:
    """The actor of a live sign-in, or None when its membership is gone, disabled, or not chosen yet."""
    if session.membership_id is None:
        return None
    membership = active_membership.active_membership(session.membership_id, session.user_id)
    return None if membership is None else actor_of_membership(membership, caller, session_id=session.pk)


def actor_of_membership(membership: Membership, caller: RequestOrigin, *, session_id: UUID | None = None) -> Actor:
    """The actor that a membership stands for; the clinic and user come with it."""
    return Actor(
        clinic_id=membership.clinic_id,
        role=Role(membership.role),
        timezone=membership.clinic.timezone,
        clinic_name=membership.clinic.name,
        name=str(membership.user),
        user_id=membership.user_id,
        membership_id=membership.pk,
        doctor_id=membership.doctor_id,
        session_id=session_id,
        request_id=caller.request_id,
        ip_address=caller.ip_address,
        user_agent=caller.user_agent,
        tab=caller.tab,
    )


def clinic_actor(clinic_id: UUID) -> Actor:
    """ClinicFlow acting for a clinic by itself, knowing its name and zone: jobs, and what patients set off."""
    clinic = Clinic.objects.get(pk=clinic_id)
    return Actor(
        clinic_id=clinic.pk, role=Role.SYSTEM, timezone=clinic.timezone, clinic_name=clinic.name, name="ClinicFlow"
    )


def origin_of_request(request: HttpRequest) -> RequestOrigin:
    """Request id, address, program and browser tab of a request."""
    tab = request.headers.get("X-Tab", "")
    bound = structlog.contextvars.get_contextvars().get("request_id")
    return RequestOrigin(
        request_id=str(bound or uuid4()),
        ip_address=client_ip(request),
        user_agent=request.headers.get("User-Agent", "")[:300],
        tab=tab if TAB.fullmatch(tab) else "",
    )
