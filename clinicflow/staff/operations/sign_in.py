"""Sign-in, role choice and sign-out, with their audit entries."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.accounts.errors import EnrolmentRequired, RoleNotHeld
from clinicflow.accounts.models import AuthSession, User
from clinicflow.accounts.operations import second_factor, sessions
from clinicflow.audit.recorder import record
from clinicflow.clinics.models import ClinicSettings, Membership
from clinicflow.db import tenant
from clinicflow.staff.operations import invitations
from clinicflow.staff.selectors.actor_resolution import RequestOrigin, actor_of_membership

CODE_ASKED = "second factor asked"  # the right password: the sign-in continues, or the password is stolen


@dataclass(frozen=True, kw_only=True)
class UnknownUser:
    """The actor of an audit entry for a sign-in by an unknown user, or by a user without a clinic."""

    clinic_id: UUID | None = None
    user_id: UUID | None = None
    kind: str = "user"
    role: str = ""
    request_id: str = ""
    ip_address: str = ""
    user_agent: str = ""


def membership_of(session: AuthSession) -> Membership | None:
    """The session's membership with user and clinic; None if it was not chosen yet, or is no longer active."""
    if session.membership_id is None:
        return None
    rows = Membership.objects.active().filter(pk=session.membership_id, user_id=session.user_id)
    return rows.select_related("clinic", "user").first()


def memberships_of(user: User) -> Sequence[Membership]:
    """A user's active memberships with their clinics, sorted by clinic and role.

    If a manager set the user's password, invitations of other clinics are left out: that manager knows the password.
    """
    rows = Membership.objects.active().filter(user=user)
    memberships = list(rows.select_related("clinic", "user").order_by("clinic__name", "role", "pk"))
    if user.has_own_password or len({membership.clinic_id for membership in memberships}) == 1:
        return memberships
    return [membership for membership in memberships if not membership.is_pending]


@transaction.atomic
def start_session(user: User, origin: RequestOrigin, *, kind: str) -> tuple[AuthSession, Membership | None]:
    """Start a session of kind `web` or `api` with the only membership, or for the API the one used last.

    On the web no membership is preselected if there are several, or if the clinic requires a second factor that is not
    set up. EnrolmentRequired for the API in the second case. An open invitation is no choice of the user's yet: it is
    left out unless there is nothing else.
    """
    memberships = _accepted_first(memberships_of(user))
    if kind == AuthSession.Kind.API:
        chosen = _last_used(user, memberships)
    else:
        chosen = memberships[0] if len(memberships) == 1 else None
    if chosen is not None and lacks_second_factor(user, chosen):
        if kind == AuthSession.Kind.API:
            raise EnrolmentRequired()
        chosen = None
    session = _start(user, chosen, origin, kind=kind)
    _record(user, chosen or _place_of_record(memberships), origin, "login", session_id=session.pk)
    return session, chosen


def _accepted_first(memberships: Sequence[Membership]) -> Sequence[Membership]:
    """The memberships without open invitations, or else the invitations."""
    return [membership for membership in memberships if not membership.is_pending] or memberships


def _place_of_record(memberships: Sequence[Membership]) -> Membership | None:
    """The membership in whose clinic a sign-in without a role is audited. A clinic that has only invited the user is
    none: it must not learn of their sign-ins."""
    return next((membership for membership in memberships if not membership.is_pending), None)


def _last_used(user: User, memberships: Sequence[Membership]) -> Membership | None:
    by_id = {membership.pk: membership for membership in memberships}
    latest = AuthSession.objects.filter(user=user, membership_id__in=by_id).order_by("-created_at").first()
    if latest is not None and latest.membership_id is not None:
        return by_id[latest.membership_id]
    return memberships[0] if memberships else None


def lacks_second_factor(user: User, membership: Membership) -> bool:
    """Whether the membership's clinic requires a second factor that the user has not set up."""
    return _settings_of(membership).require_mfa and not second_factor.is_enrolled(user)


def _settings_of(membership: Membership) -> ClinicSettings:
    with tenant(membership.clinic_id):
        settings: ClinicSettings = ClinicSettings.objects.of_clinic(
            actor_of_membership(membership, RequestOrigin())
        ).get()
    return settings


def _start(user: User, membership: Membership | None, origin: RequestOrigin, *, kind: str) -> AuthSession:
    if membership is not None:
        with tenant(actor_of_membership(membership, origin).scope()):
            invitations.record_acceptance(membership)
    return sessions.start(
        user,
        kind=kind,
        membership_id=membership.pk if membership else None,
        idle_minutes=_settings_of(membership).session_timeout if membership else None,
        ip_address=origin.ip_address,
        user_agent=origin.user_agent,
    )


@transaction.atomic
def select_membership(
    old: AuthSession, origin: RequestOrigin, *, membership_id: UUID
) -> tuple[AuthSession, Membership]:
    """Switch to another membership of the same user: a new session replaces the old one, whose tokens and sockets end.

    RoleNotHeld if it is not the user's; EnrolmentRequired if its clinic requires a second factor that is not set up.
    """
    memberships = {membership.pk: membership for membership in memberships_of(old.user)}
    membership = memberships.get(membership_id)
    if membership is None:
        raise RoleNotHeld()
    if lacks_second_factor(old.user, membership):
        raise EnrolmentRequired()
    session = _start(old.user, membership, origin, kind=old.kind)
    sessions.revoke([old], replaced=True)
    before = memberships.get(old.membership_id) if old.membership_id else None
    previous = {"from_role": before.role if before else "", "from_clinic": str(before.clinic_id) if before else ""}
    _record(old.user, membership, origin, "switch_role", session_id=session.pk, values=previous)
    return session, membership


@transaction.atomic
def select_role(
    old: AuthSession, origin: RequestOrigin, *, role: str, clinic_id: UUID | None = None
) -> tuple[AuthSession, Membership]:
    """Switch to a role, in the current clinic unless `clinic_id` is given. Errors as for `select_membership`."""
    memberships = memberships_of(old.user)
    current = next((membership.clinic_id for membership in memberships if membership.pk == old.membership_id), None)
    target = clinic_id or current
    for membership in memberships:
        if membership.role == role and target in (None, membership.clinic_id):
            return select_membership(old, origin, membership_id=membership.pk)
    raise RoleNotHeld()


@transaction.atomic
def end_session(session: AuthSession, origin: RequestOrigin) -> None:
    """Sign out: end the session with its cookie, tokens and sockets."""
    sessions.revoke([session])
    memberships = memberships_of(session.user)
    current = next((membership for membership in memberships if membership.pk == session.membership_id), None)
    _record(session.user, current or _place_of_record(memberships), origin, "logout", session_id=session.pk)


@transaction.atomic
def end_sessions_without_second_factor(user: User) -> None:
    """End the user's sessions in clinics that require a second factor, if the user has none any more."""
    for membership in memberships_of(user):
        if lacks_second_factor(user, membership):
            sessions.revoke_of_membership(membership.pk)


@transaction.atomic
def record_failure(email: str, origin: RequestOrigin, *, reason: str) -> None:
    """Audit a failed sign-in, in each clinic of the user's if the email address is known.

    An unknown address is not stored, since users type passwords into that field.
    """
    user = User.objects.filter(email=User.objects.normalize_email(email)).first()
    memberships = memberships_of(user) if user else []
    joined = {membership.clinic_id: membership for membership in memberships if not membership.is_pending}
    for membership in joined.values() or (None,):
        _record(user, membership, origin, "login", outcome="refused", reason=reason)


def _record(
    user: User | None,
    membership: Membership | None,
    origin: RequestOrigin,
    action: str,
    *,
    outcome: str = "ok",
    reason: str = "",
    session_id: UUID | str = "",
    values: dict[str, str] | None = None,
) -> None:
    actor: Actor | UnknownUser
    if membership is not None:
        actor = actor_of_membership(membership, origin)
        with tenant(actor.scope()):
            record(
                actor,
                action,
                resource_type="auth_sessions",
                resource_id=session_id,
                outcome=outcome,
                reason=reason,
                values=values,
            )
        return
    actor = UnknownUser(
        user_id=user.pk if user else None,
        request_id=origin.request_id,
        ip_address=origin.ip_address,
        user_agent=origin.user_agent,
    )
    record(actor, action, resource_type="auth_sessions", resource_id=session_id, outcome=outcome, reason=reason)
