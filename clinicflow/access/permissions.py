"""What each role may do, by name, for API clients and navigation.

The table informs; access itself is decided by guards (`roles`) and by `visible_to`.
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
    """What `GET /api/auth/me` lists for a role."""
    return list(PERMISSIONS.get(role, ()))
