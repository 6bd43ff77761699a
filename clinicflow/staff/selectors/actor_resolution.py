"""Resolves sessions, memberships and clinics to actors."""

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
    """The origin of a request or socket, for the audit log."""

    request_id: str = ""
    ip_address: str = ""
    user_agent: str = ""
    tab: str = ""


def actor_of(session: AuthSession, origin: RequestOrigin) -> Actor | None:
    """The actor of a live session; None if its membership was deleted, disabled, or not chosen yet."""
    if session.membership_id is None:
        return None
    membership = active_membership.active_membership(session.membership_id, session.user_id)
    return None if membership is None else actor_of_membership(membership, origin, session_id=session.pk)


def actor_of_membership(membership: Membership, origin: RequestOrigin, *, session_id: UUID | None = None) -> Actor:
    """The actor of a membership, whose user and clinic must be loaded."""
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
        request_id=origin.request_id,
        ip_address=origin.ip_address,
        user_agent=origin.user_agent,
        tab=origin.tab,
    )


def clinic_actor(clinic_id: UUID) -> Actor:
    """The system as actor in a clinic, with its name and time zone: for jobs and for patients' actions. One query."""
    clinic = Clinic.objects.get(pk=clinic_id)
    return Actor(
        clinic_id=clinic.pk, role=Role.SYSTEM, timezone=clinic.timezone, clinic_name=clinic.name, name="ClinicFlow"
    )


def origin_of_request(request: HttpRequest) -> RequestOrigin:
    """Request id, IP address, user agent and browser tab of a request."""
    tab = request.headers.get("X-Tab", "")
    bound = structlog.contextvars.get_contextvars().get("request_id")
    return RequestOrigin(
        request_id=str(bound or uuid4()),
        ip_address=client_ip(request),
        user_agent=request.headers.get("User-Agent", "")[:300],
        tab=tab if TAB.fullmatch(tab) else "",
    )
