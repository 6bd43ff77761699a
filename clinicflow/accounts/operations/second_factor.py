"""The second factor: enrolment and verification of codes."""

from collections.abc import Iterable
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import is_mfa_enabled

from clinicflow.accounts.models import User

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def is_enrolled(user: User) -> bool:
    """Whether the user has an authenticator app or a passkey; recovery codes alone do not count."""
    return bool(is_mfa_enabled(user, FACTORS))


def enrolled_among(user_ids: Iterable[UUID]) -> set[UUID]:
    """The ids of those users who have a second factor. One query."""
    rows = Authenticator.objects.filter(user_id__in=list(user_ids), type__in=FACTORS)
    return set(rows.values_list("user_id", flat=True))


def verify_code(user: User, code: str) -> bool:
    """Whether `code` is the current one of the authenticator app, or an unused recovery code, which is then used up."""
    code = code.strip().replace(" ", "")
    wrappers = {Authenticator.Type.TOTP: TOTP, Authenticator.Type.RECOVERY_CODES: RecoveryCodes}
    rows = Authenticator.objects.filter(user=user, type__in=list(wrappers))
    return any(wrappers[row.type](row).validate_code(code) for row in rows.select_for_update().order_by("-type"))
