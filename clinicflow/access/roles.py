"""The roles that an actor can have in a clinic."""

from enum import StrEnum


class Role(StrEnum):
    """The roles, with their values in the API and the database."""

    FRONT_DESK = "admin"  # the front desk
    DOCTOR = "doctor"
    OWNER = "owner"
    PATIENT = "patient"
    SYSTEM = "system"
