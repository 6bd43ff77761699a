"""The roles that an actor can have in a clinic."""

from enum import StrEnum


class Role(StrEnum):
    FRONT_DESK = "admin"  # the API and the database call the front desk's role `admin`
    DOCTOR = "doctor"
    OWNER = "owner"
    PATIENT = "patient"
    SYSTEM = "system"
