"""Permission names by role, for API clients and navigation.

The table is informative; access is decided by the guards (`roles`) and by `visible_to`.
"""

PERMISSIONS: dict[str, tuple[str, ...]] = {
    "admin": (
        "appointments.read",
        "appointments.write",
        "appointments.override",
        "patients.read",
        "patients.write",
        "patients.export",
        "intake.send",
        "intake.read_administrative",
        "interactions.read",
        "interactions.resolve",
        "follow_ups.read",
        "follow_ups.write",
        "waitlist.write",
        "dashboard.admin",
        "settings.read",
        "settings.write",
        "users.write",
        "audit.read",
    ),
    "doctor": (
        "appointments.read_own",
        "appointments.complete_own",
        "patients.read_own",
        "intake.read_own",
        "intake.review",
        "summaries.read_own",
        "summaries.write_own",
        "interactions.read_own",
        "notes.read_own",
        "notes.write_own",
        "follow_ups.read",
        "follow_ups.write",
        "dashboard.doctor",
        "settings.read",
        "settings.write_own",
    ),
    "owner": ("dashboard.owner", "settings.read", "audit.read"),
}


def permissions_of(role: str) -> list[str]:
    """The permission names of a role, as `GET /api/auth/me` lists them."""
    return list(PERMISSIONS.get(role, ()))
