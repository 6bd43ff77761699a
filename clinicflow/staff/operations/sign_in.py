"""Signing in, choosing a role, signing out: who came, as what, and what the audit log says about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from clinicflow.access.actor import Actor
from clinicflow.accounts.errors import EnrolmentRequired, RoleNotHeld
from clinicflow.accounts.models import AuthSession, User
from clinicflow.accounts.operations import second_factor, sessions
from clinicflow.audit.log import record
from clinicflow.clinics.models import ClinicSettings, Membership
from clinicflow.db import tenant
from clinicflow.staff.operations import invitations
from clinicflow.staff.selectors.actor_resolution import RequestOrigin, actor_of_membership


@dataclass(frozen=True, kw_only=True)
class UnknownUser:
    """Somebody who tried to sign in and is not known, or works in no clinic."""

    clinic_id: UUID | None = None
    user_id: UUID | None = None
    kind: str = "user"
    role: str = ""
    request_id: str = ""
    ip_address: str = ""
    user_agent: str = ""


def membership_of(session: AuthSession) -> Membership | None:
    """The membership that a sign-in acts under, if it still holds."""
    if session.membership_id is None:
        return None
    rows = Membership.objects.active().filter(pk=session.membership_id, user_id=session.user_id)
    return rows.select_related("clinic", "user").first()


def memberships_of(user: User) -> Sequence[Membership]:
    """What a person may act as, in a steady order, with clinics.

    A password that one clinic's manager gave opens no invitation of another clinic.
    """
    rows = Membership.objects.active().filter(user=user)
    held = list(rows.select_related("clinic", "user").order_by("clinic__name", "role", "pk"))
    if user.has_own_password or len({membership.clinic_id for membership in held}) == 1:
        return held
    return [membership for membership in held if not membership.is_pending]


@transaction.atomic
def start_session(user: User, caller: RequestOrigin, *, kind: str) -> tuple[AuthSession, Membership | None]:
    """Start a sign-in of kind `web` or `api`, under the only membership, or for the API the one used last.

    On the web nobody is chosen for: with several memberships, or while the clinic wants a second factor that is not
    set up, the sign-in acts under none. For the API, EnrolmentRequired in that case.
    """
    held = memberships_of(user)
    if kind == AuthSession.Kind.API:
        chosen = _last_used(user, held)
    else:
        chosen = held[0] if len(held) == 1 else None
    if chosen is not None and lacks_second_factor(user, chosen):
        if kind == AuthSession.Kind.API:
            raise EnrolmentRequired()
        chosen = None
    session = _start(user, chosen, caller, kind=kind)
    _record(user, chosen or (held[0] if held else None), caller, "login", session_id=session.pk)
    return session, chosen


def _last_used(user: User, held: Sequence[Membership]) -> Membership | None:
    by_id = {membership.pk: membership for membership in held}
    latest = AuthSession.objects.filter(user=user, membership_id__in=by_id).order_by("-created_at").first()
    if latest is not None and latest.membership_id is not None:
        return by_id[latest.membership_id]
    return held[0] if held else None


def lacks_second_factor(user: User, membership: Membership) -> bool:
    """Whether the membership's clinic requires a second factor that this person has not set up."""
    return _settings_of(membership).require_mfa and not second_factor.is_enrolled(user)


def _settings_of(membership: Membership) -> ClinicSettings:
    with tenant(membership.clinic_id):
        settings: ClinicSettings = ClinicSettings.objects.of_clinic(
            actor_of_membership(membership, RequestOrigin())
        ).get()
    return settings


def _start(user: User, membership: Membership | None, caller: RequestOrigin, *, kind: str) -> AuthSession:
    if membership is not None:
        with tenant(actor_of_membership(membership, caller).scope()):
            invitations.record_acceptance(membership)
    return sessions.start(
        user,
        kind=kind,
        membership_id=membership.pk if membership else None,
        idle_minutes=_settings_of(membership).session_timeout if membership else None,
        ip_address=caller.ip_address,
        user_agent=caller.user_agent,
    )


@transaction.atomic
def select_membership(
    old: AuthSession, caller: RequestOrigin, *, membership_id: UUID
) -> tuple[AuthSession, Membership]:
    """Act under another membership of the same person: a new sign-in takes the place of the old, whose tokens and
    sockets end. RoleNotHeld if it is not theirs; EnrolmentRequired if its clinic wants a second factor first."""
    held = {membership.pk: membership for membership in memberships_of(old.user)}
    membership = held.get(membership_id)
    if membership is None:
        raise RoleNotHeld()
    if lacks_second_factor(old.user, membership):
        raise EnrolmentRequired()
    session = _start(old.user, membership, caller, kind=old.kind)
    sessions.revoke([old])
    before = held.get(old.membership_id) if old.membership_id else None
    came_from = {"from_role": before.role if before else "", "from_clinic": str(before.clinic_id) if before else ""}
    _record(old.user, membership, caller, "switch_role", session_id=session.pk, values=came_from)
    return session, membership


@transaction.atomic
def select_role(
    old: AuthSession, caller: RequestOrigin, *, role: str, clinic_id: UUID | None = None
) -> tuple[AuthSession, Membership]:
    """The same by role, in the present clinic unless another is named. RoleNotHeld if there is no such membership."""
    held = memberships_of(old.user)
    present = next((membership.clinic_id for membership in held if membership.pk == old.membership_id), None)
    wanted = clinic_id or present
    for membership in held:
        if membership.role == role and wanted in (None, membership.clinic_id):
            return select_membership(old, caller, membership_id=membership.pk)
    raise RoleNotHeld()


@transaction.atomic
def end_session(session: AuthSession, caller: RequestOrigin) -> None:
    """Sign out: the sign-in's cookie, tokens and sockets end."""
    sessions.revoke([session])
    held = memberships_of(session.user)
    mine = next((membership for membership in held if membership.pk == session.membership_id), None)
    _record(session.user, mine or (held[0] if held else None), caller, "logout", session_id=session.pk)


@transaction.atomic
def record_failure(email: str, caller: RequestOrigin, *, reason: str) -> None:
    """Write down a sign-in that failed; with the clinic if the address is somebody's, and never the address itself
    if it is nobody's (people type passwords there)."""
    user = User.objects.filter(email=User.objects.normalize_email(email)).first()
    held = memberships_of(user) if user else []
    _record(user, held[0] if held else None, caller, "login", outcome="refused", reason=reason)


def _record(
    user: User | None,
    membership: Membership | None,
    caller: RequestOrigin,
    action: str,
    *,
    outcome: str = "ok",
    reason: str = "",
    session_id: UUID | str = "",
    values: dict[str, str] | None = None,
) -> None:
    who: Actor | UnknownUser
    if membership is not None:
        who = actor_of_membership(membership, caller)
        with tenant(who.scope()):
            record(
                who,
                action,
                resource_type="auth_sessions",
                resource_id=session_id,
                outcome=outcome,
                reason=reason,
                values=values,
            )
        return
    who = UnknownUser(
        user_id=user.pk if user else None,
        request_id=caller.request_id,
        ip_address=caller.ip_address,
        user_agent=caller.user_agent,
    )
    record(who, action, resource_type="auth_sessions", resource_id=session_id, outcome=outcome, reason=reason)
