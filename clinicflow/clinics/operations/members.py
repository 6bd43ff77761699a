"""Who works in the clinic, as what."""

from uuid import UUID

from django.db import IntegrityError, transaction

from clinicflow.accounts.operations import sessions, users
from clinicflow.audit.log import record
from clinicflow.clinics.actors import Actor
from clinicflow.clinics.errors import MembershipExists, OwnMembership, WorksElsewhere
from clinicflow.clinics.models import Doctor, Membership
from clinicflow.core.errors import Invalid


@transaction.atomic
def add(
    actor: Actor, *, email: str, name: str, role: str, doctor_id: UUID | None = None, password: str | None = None
) -> Membership:
    """Give a person a role in the actor's clinic; a person not known yet gets an account.

    MembershipExists if they have it already; Invalid if the doctor does not fit the role or the password is weak.
    """
    doctor = _doctor_for(actor, role, doctor_id)
    user, is_new = users.find_or_create(email, name=name, password=password)
    membership = Membership(user=user, clinic_id=actor.clinic_id, role=role, doctor=doctor)
    try:
        with transaction.atomic():
            membership.save()
    except IntegrityError as error:
        raise MembershipExists() from error
    record(actor, "privilege", membership, values={"role": role, "user_id": str(user.pk), "new_person": is_new})
    return membership


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
    """Change a membership of the actor's clinic; its open sign-ins end when role, doctor or access change.

    OwnMembership for one's own role or access; WorksElsewhere for the name of somebody with another clinic.
    """
    membership: Membership = Membership.objects.visible_to(actor).lock(membership_id)
    before = (membership.role, membership.doctor_id, membership.status)
    if role is not None:
        membership.role = role
    if role is not None or doctor_id is not None:
        membership.doctor = _doctor_for(actor, membership.role, doctor_id or membership.doctor_id)
    membership.status = status or membership.status
    if name is not None and name != membership.user.name:
        _rename(actor, membership, name)
    after = (membership.role, membership.doctor_id, membership.status)
    if after != before:
        _apply(actor, membership)
    return membership


def _apply(actor: Actor, membership: Membership) -> None:
    if membership.pk == actor.membership_id:
        raise OwnMembership()
    try:
        with transaction.atomic():
            membership.save(update_fields=["role", "doctor", "status", "updated_at"])
    except IntegrityError as error:
        raise MembershipExists() from error
    sessions.revoke_of_membership(membership.pk)
    record(actor, "privilege", membership, values={"role": membership.role, "status": membership.status})


def _rename(actor: Actor, membership: Membership, name: str) -> None:
    if Membership.objects.filter(user_id=membership.user_id).exclude(clinic_id=actor.clinic_id).exists():
        raise WorksElsewhere()
    users.rename(membership.user, name)
    record(actor, "update", resource_type="users", resource_id=membership.user_id)


def _doctor_for(actor: Actor, role: str, doctor_id: UUID | None) -> Doctor | None:
    """The doctor that a membership of this role names: one for doctors, none for the others."""
    if role != Membership.Role.DOCTOR:
        return None
    doctor = Doctor.objects.visible_to(actor).filter(pk=doctor_id).first() if doctor_id else None
    if doctor is None:
        raise Invalid(fields={"doctor_id": ["A doctor's role names one of the clinic's doctors."]})
    return doctor
