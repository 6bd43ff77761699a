"""Who works in the clinic, put together for a page: a person once, with every role, state and last sign-in."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from clinicflow.access.actor import Actor
from clinicflow.accounts.models import User
from clinicflow.accounts.operations import second_factor
from clinicflow.audit.models import AuditLog
from clinicflow.clinics.models import Membership
from clinicflow.clinics.querysets import JOINED
from clinicflow.core import clock
from clinicflow.core.errors import NotFound

SIGN_INS = ("login", "switch_role")
PAGE = 50
# state -> (word, tone of its badge, icon)
STATES = {
    "active": (_("Active"), "ok", "circle-check"),
    "invited": (_("Invited"), "info", "mail"),
    "expired": (_("Invitation expired"), "warn", "hourglass"),
    "disabled": (_("Switched off"), "bad", "ban"),
}


@dataclass(frozen=True, kw_only=True)
class Member:
    """One person of the clinic. Of somebody who has not come yet only what the manager wrote."""

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
    def doctor(self) -> object:
        return next((membership.doctor for membership in self.memberships if membership.doctor), None)

    @property
    def is_pending(self) -> bool:
        return self.first.is_pending

    @property
    def invited_until(self) -> dt.datetime | None:
        """When the link of the invitation ends."""
        if self.first.invited_at is None:
            return None
        return self.first.invited_at + dt.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)

    @property
    def state(self) -> str:
        if all(membership.status == Membership.Status.DISABLED for membership in self.memberships):
            return "disabled"
        if not self.is_pending:
            return "active"
        return "expired" if self.invited_until and self.invited_until < self.now else "invited"

    @property
    def state_shown(self) -> tuple[object, str, str]:
        return STATES[self.state]


def list_members(actor: Actor, *, search: str = "", page: str | None = None) -> tuple[Page, list[Member]]:
    """A page of the clinic's people by name, with whoever matches `search`. Five queries."""
    rows = Membership.objects.visible_to(actor)
    for word in search.split()[:5]:
        known = JOINED & Q(user__name__icontains=word)
        rows = rows.filter(known | Q(user__email__icontains=word) | Q(invited_as__icontains=word))
    users = User.objects.filter(pk__in=rows.values("user_id")).order_by("name", "email")
    shown = Paginator(users.values_list("pk", flat=True), PAGE).get_page(page)
    return shown, _members(actor, list(shown))


def get_member(actor: Actor, user_id: UUID) -> Member:
    """One of the clinic's people, or NotFound."""
    found = _members(actor, [user_id])
    if not found:
        raise NotFound()
    return found[0]


def _members(actor: Actor, user_ids: Sequence[UUID]) -> list[Member]:
    held: dict[UUID, list[Membership]] = {}
    rows = Membership.objects.visible_to(actor).filter(user_id__in=user_ids).select_related("user", "doctor")
    for membership in rows.order_by("role"):
        held.setdefault(membership.user_id, []).append(membership)
    factors = second_factor.enrolled_among(held)
    seen = AuditLog.objects.filter(clinic_id=actor.clinic_id, user=OuterRef("pk"), action__in=SIGN_INS, outcome="ok")
    latest = User.objects.filter(pk__in=list(held)).annotate(at=Subquery(seen.order_by("-id").values("at")[:1]))
    last = dict(latest.values_list("pk", "at"))
    now = clock.now()
    return [
        Member(
            user_id=user_id,
            email=held[user_id][0].user.email,
            memberships=held[user_id],
            has_second_factor=user_id in factors,
            last_sign_in=last.get(user_id),
            now=now,
        )
        for user_id in user_ids
        if user_id in held
    ]
