from clinicflow.access.querysets import ClinicQuerySet, M
from clinicflow.access.roles import Role


class FiguresQuerySet(ClinicQuerySet[M]):
    """Sums that name no patient: the owner's alone, and the jobs that make them."""

    roles = frozenset({Role.OWNER, Role.SYSTEM})
