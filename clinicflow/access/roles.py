"""The roles that an actor can have in a clinic."""

from enum import StrEnum


class Role(StrEnum):
    ADMIN = "admin"
    DOCTOR = "doctor"
    OWNER = "owner"
    PATIENT = "patient"
    SYSTEM = "system"
