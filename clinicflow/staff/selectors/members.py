"""The clinic's members for the pages: each user once, with roles, state and last sign-in."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Min, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from clinicflow.access.actor import Actor
from clinicflow.accounts.models import User
from clinicflow.accounts.operations import second_factor
from clinicflow.audit.models import AuditLog
from clinicflow.clinics.models import Doctor, Membership
from clinicflow.core import clock
from clinicflow.core.errors import NotFound

SIGN_INS = ("login", "switch_role")
PAGE_SIZE = 50
# state -> (label, badge tone, icon)
STATES = {
    "active": (_("Active"), "ok", "circle-check"),
    "invited": (_("Invited"), "info", "mail"),
    "expired": (_("Invitation expired"), "warn", "hourglass"),
    "disabled": (_("Deactivated"), "bad", "ban"),
}


@dataclass(frozen=True, kw_only=True)
class Member:
    """A user with their memberships in the clinic. While an invitation is open, only what the manager entered."""

    user_id: UUID
    email: str
    memberships: Sequence[Membership]
    has_second_factor: bool
    last_sign_in: dt.datetime | None
    now: dt.datetime

    @property
    def first(self) -> Membership:
        return self.memberships[0]

    @property
    def name(self) -> str:
        return self.first.shown_name

    @property
    def roles(self) -> list[str]:
        return [membership.role for membership in self.memberships]

    @property
    def doctor(self) -> Doctor | None:
        return next((membership.doctor for membership in self.memberships if membership.doctor), None)

    @property
    def is_pending(self) -> bool:
        return self.first.is_pending

    @property
    def invited_until(self) -> dt.datetime | None:
        """When the invitation's link expires; None if the member was not invited."""
        if self.first.invited_at is None:
            return None
        return self.first.invited_at + dt.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)

    @property
    def state(self) -> str:
        """A key of `STATES`."""
        if all(membership.status == Membership.Status.DISABLED for membership in self.memberships):
            return "disabled"
        if not self.is_pending:
            return "active"
        return "expired" if self.invited_until and self.invited_until < self.now else "invited"

    @property
    def state_shown(self) -> tuple[object, str, str]:
        """Label, badge tone and icon of the state."""
        return STATES[self.state]


def list_members(actor: Actor, *, search: str = "", page: str | None = None) -> tuple[Page, list[Member]]:
    """A page of the clinic's members by name, of those who match `search`. Five queries."""
    rows = Membership.objects.visible_to(actor).with_listed_name()
    for term in search.split()[:5]:
        rows = rows.filter(
            Q(listed_name__icontains=term) | Q(user__email__icontains=term) | Q(invited_as__icontains=term)
        )
    users = rows.order_by().values("user_id").annotate(name=Min("listed_name"), email=Min("user__email"))
    shown = Paginator(users.order_by("name", "email").values_list("user_id", flat=True), PAGE_SIZE).get_page(page)
    return shown, _members(actor, list(shown))


def get_member(actor: Actor, user_id: UUID) -> Member:
    """One of the clinic's members. NotFound if the user has no membership here."""
    members = _members(actor, [user_id])
    if not members:
        raise NotFound()
    return members[0]


def _members(actor: Actor, user_ids: Sequence[UUID]) -> list[Member]:
    by_user: dict[UUID, list[Membership]] = {}
    rows = Membership.objects.visible_to(actor).filter(user_id__in=user_ids).select_related("user", "doctor")
    for membership in rows.order_by("role"):
        by_user.setdefault(membership.user_id, []).append(membership)
    factors = second_factor.enrolled_among(by_user)
    sign_ins = AuditLog.objects.filter(
        clinic_id=actor.clinic_id, user=OuterRef("pk"), action__in=SIGN_INS, outcome="ok"
    )
    latest = User.objects.filter(pk__in=list(by_user)).annotate(at=Subquery(sign_ins.order_by("-id").values("at")[:1]))
    last_sign_in = dict(latest.values_list("pk", "at"))
    now = clock.now()
    return [
        Member(
            user_id=user_id,
            email=by_user[user_id][0].user.email,
            memberships=by_user[user_id],
            has_second_factor=user_id in factors and not by_user[user_id][0].is_pending,
            last_sign_in=last_sign_in.get(user_id),
            now=now,
        )
        for user_id in user_ids
        if user_id in by_user
    ]
