"""Writes of members: roles, access and names.

Every change locks the clinic's row, so that two managers cannot remove each other at once and leave none.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import IntegrityError, transaction

from clinicflow.access.actor import Actor
from clinicflow.accounts.models import User
from clinicflow.accounts.operations import sessions, users
from clinicflow.audit.recorder import record
from clinicflow.clinics.models import Clinic, Doctor, Membership
from clinicflow.core.errors import Invalid, NotFound
from clinicflow.core.events import publish
from clinicflow.staff.errors import DoctorTaken, LastManager, MembershipExists, OwnMembership, WorksElsewhere
from clinicflow.staff.events import PersonInvited


@transaction.atomic
def add(
    actor: Actor, *, email: str, name: str, role: str, doctor_id: UUID | None = None, password: str | None = None
) -> Membership:
    """Give a user a role in the actor's clinic, without an email. An account is created if there is none.

    MembershipExists if the user already has the role; DoctorTaken; Invalid if the doctor does not match the role or
    the password is weak.
    """
    _lock_clinic(actor)
    user = users.find_or_create(email, name=name, password=password)
    return _grant(actor, user, role, doctor_id)


@transaction.atomic
def invite(
    actor: Actor,
    *,
    email: str,
    name: str,
    roles: Collection[str],
    doctor_id: UUID | None = None,
    password: str | None = None,
    at: dt.datetime,
) -> list[Membership]:
    """Invite a user by email. The clinic cannot tell whether they have an account already: until they accept, it sees
    the name that the manager entered.

    A member of the clinic gets the additional roles at once, without an email. Errors as for `add`.
    """
    _lock_clinic(actor)
    if not roles:
        raise Invalid(fields={"roles": ["Choose at least one role."]})
    user = users.find_or_create(email, name=name, password=password)
    is_member = Membership.objects.visible_to(actor).filter(user=user).exists()
    granted = [_grant(actor, user, role, doctor_id) for role in sorted(set(roles))]
    if is_member:
        return granted
    for membership in granted:
        membership.invited_at, membership.invited_as = at, name.strip()
        membership.save(update_fields=["invited_at", "invited_as", "updated_at"])
    publish(PersonInvited(clinic_id=actor.clinic_id, subject_id=user.pk, at=at))
    return granted


@transaction.atomic
def change(
    actor: Actor,
    membership_id: UUID,
    *,
    name: str | None = None,
    role: str | None = None,
    doctor_id: UUID | None = None,
    status: str | None = None,
) -> Membership:
    """Change a membership of the actor's clinic; a new role, doctor or status ends its sessions.

    OwnMembership for the actor's own role or status; LastManager; DoctorTaken; WorksElsewhere for the name of a user
    with another clinic; NotFound.
    """
    _lock_clinic(actor)
    membership: Membership = Membership.objects.visible_to(actor).lock(membership_id)
    before = (membership.role, membership.doctor_id, membership.status)
    if role is not None:
        membership.role = role
    if role is not None or doctor_id is not None:
        membership.doctor = _doctor_for(actor, membership.user_id, membership.role, doctor_id or membership.doctor_id)
    membership.status = status or membership.status
    if name is not None and name != membership.shown_name:
        _rename_user(actor, [membership], name)
    after = (membership.role, membership.doctor_id, membership.status)
    if after != before:
        _apply(actor, membership)
    return membership


@transaction.atomic
def save_member(
    actor: Actor, user_id: UUID, *, name: str, roles: Collection[str], doctor_id: UUID | None = None
) -> list[Membership]:
    """Set a member's roles in the clinic: missing ones are granted, others revoked with their sessions.

    OwnMembership for the role of the actor's own session; other errors as for `change`.
    """
    memberships = memberships_of_user(actor, user_id)
    if not roles:
        raise Invalid(fields={"roles": ["Choose at least one role. To revoke access, deactivate the member."]})
    for membership in memberships:
        if membership.role not in roles:
            _revoke(actor, membership)
        elif membership.role == Membership.Role.DOCTOR and membership.doctor_id != doctor_id:
            membership.doctor = _doctor_for(actor, user_id, membership.role, doctor_id)
            _apply(actor, membership)
    retained = [membership for membership in memberships if membership.role in roles]
    first = memberships[0]
    for role in sorted(set(roles) - {membership.role for membership in retained}):
        granted = _grant(actor, first.user, role, doctor_id)
        granted.status, granted.invited_at = first.status, first.invited_at
        granted.invited_as, granted.joined_at = first.invited_as, first.joined_at
        granted.save(update_fields=["status", "invited_at", "invited_as", "joined_at", "updated_at"])
        retained.append(granted)
    if name.strip() != first.shown_name:
        _rename_user(actor, retained, name.strip())
    return retained


@transaction.atomic
def set_access(actor: Actor, user_id: UUID, *, status: str) -> None:
    """Set the status (`active` or `disabled`) of all of a member's roles; their sessions and sockets end at once.

    Idempotent. OwnMembership for the actor themselves; LastManager; NotFound.
    """
    for membership in memberships_of_user(actor, user_id):
        if membership.status != status:
            membership.status = status
            _apply(actor, membership)


def memberships_of_user(actor: Actor, user_id: UUID) -> Sequence[Membership]:
    """A user's memberships in the actor's clinic, locked, sorted by role. NotFound if there are none."""
    _lock_clinic(actor)
    rows = Membership.objects.visible_to(actor).filter(user_id=user_id).select_related("user", "doctor")
    memberships = list(rows.select_for_update(of=("self",)).order_by("role"))
    if not memberships:
        raise NotFound()
    return memberships


def _lock_clinic(actor: Actor) -> None:
    """Serialize changes of a clinic's members, with FOR NO KEY UPDATE: inserts that refer to the clinic do not wait."""
    Clinic.objects.select_for_update(no_key=True).get(pk=actor.clinic_id)


def _grant(actor: Actor, user: User, role: str, doctor_id: UUID | None) -> Membership:
    doctor = _doctor_for(actor, user.pk, role, doctor_id)
    membership = Membership(user=user, clinic_id=actor.clinic_id, role=role, doctor=doctor)
    try:
        with transaction.atomic():
            membership.save()
    except IntegrityError as error:
        raise MembershipExists() from error
    record(actor, "privilege", membership, values={"role": role, "user_id": str(user.pk)})
    return membership


def _revoke(actor: Actor, membership: Membership) -> None:
    if membership.pk == actor.membership_id:
        raise OwnMembership()
    sessions.revoke_of_membership(membership.pk)
    _end_calendar_feed(actor, membership.doctor_id)
    record(actor, "privilege", membership, values={"role": membership.role, "status": "taken"})
    membership.delete()
    _require_manager(actor)


def _apply(actor: Actor, membership: Membership) -> None:
    if membership.pk == actor.membership_id:
        raise OwnMembership()
    doctor_before = Membership.objects.values_list("doctor_id", flat=True).get(pk=membership.pk)
    try:
        with transaction.atomic():
            membership.save(update_fields=["role", "doctor", "status", "updated_at"])
    except IntegrityError as error:
        raise MembershipExists() from error
    sessions.revoke_of_membership(membership.pk)
    if membership.status == Membership.Status.DISABLED or membership.doctor_id != doctor_before:
        _end_calendar_feed(actor, doctor_before)
    record(actor, "privilege", membership, values={"role": membership.role, "status": membership.status})
    _require_manager(actor)


def _end_calendar_feed(actor: Actor, doctor_id: UUID | None) -> None:
    """Revoke the calendar URL of a doctor whose member has lost the access: it opens without a sign-in."""
    if doctor_id is None:
        return
    doctors = Doctor.objects.visible_to(actor).filter(pk=doctor_id, calendar_token_hash__isnull=False)
    if doctors.update(calendar_token_hash=None):
        record(actor, "calendar_feed.revoked", resource_type="doctors", resource_id=doctor_id)


def _require_manager(actor: Actor) -> None:
    managers = Membership.objects.active().joined().filter(clinic_id=actor.clinic_id, role=Membership.Role.FRONT_DESK)
    if not managers.exists():
        raise LastManager()


def _rename_user(actor: Actor, memberships: Sequence[Membership], name: str) -> None:
    if not name:
        raise Invalid(fields={"name": ["Enter a name."]})
    first = memberships[0]
    if first.is_pending:  # the clinic's own name for the invited user; an existing account is not changed
        for membership in memberships:
            membership.invited_as = name
            membership.save(update_fields=["invited_as", "updated_at"])
        return
    if Membership.objects.filter(user_id=first.user_id).exclude(clinic_id=actor.clinic_id).exists():
        raise WorksElsewhere()
    users.rename(first.user, name)
    record(actor, "update", resource_type="users", resource_id=first.user_id)


def _doctor_for(actor: Actor, user_id: UUID, role: str, doctor_id: UUID | None) -> Doctor | None:
    """The doctor for a membership of this role; None for roles other than doctor. Invalid, DoctorTaken."""
    if role != Membership.Role.DOCTOR:
        return None
    doctor = Doctor.objects.visible_to(actor).filter(pk=doctor_id).first() if doctor_id else None
    if doctor is None:
        raise Invalid(fields={"doctor_id": ["Choose one of the clinic's doctors for the doctor role."]})
    if Membership.objects.visible_to(actor).filter(doctor=doctor).exclude(user_id=user_id).exists():
        raise DoctorTaken(fields={"doctor_id": [DoctorTaken.title]})
    return doctor
