"""Errors of sign-ins and tokens. None reveals whether an account exists."""

from clinicflow.core.errors import DomainError


class BadCredentials(DomainError):
    code = "invalid_credentials"
    status = 401
    title = "That email and password don't match"


class SecondFactorRequired(DomainError):
    """The password is correct and a second factor is set up; send its code as `otp`."""

    code = "mfa_required"
    status = 401
    title = "Enter a code from your authenticator app"


class EnrolmentRequired(DomainError):
    """The clinic requires a second factor, and the user has none yet."""

    code = "mfa_enrolment_required"
    status = 403
    title = "Your clinic requires a second factor. Sign in on the website to set one up."


class BadToken(DomainError):
    """An invalid or expired access or refresh token."""

    code = "token_invalid"
    status = 401
    title = "The token is invalid or has expired"


class ReusedToken(BadToken):
    """A refresh token was used twice; its session has been revoked."""

    code = "token_reused"
    title = "This refresh token was already used, so you have been signed out"


class RoleNotHeld(DomainError):
    code = "role_not_held"
    status = 403
    title = "You don't have that role"
