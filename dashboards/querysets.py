from clinicflow.clinics.actors import Role
from clinicflow.clinics.querysets import ClinicQuerySet


class FiguresQuerySet(ClinicQuerySet):
    """Sums that name no patient: the owner's alone, and the jobs that make them."""

    roles = frozenset({Role.OWNER, Role.SYSTEM})
