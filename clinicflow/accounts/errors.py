"""Refusals of sign-ins and tokens. None says whether an account exists."""

from clinicflow.core.errors import DomainError


class BadCredentials(DomainError):
    code = "invalid_credentials"
    status = 401
    title = "The e-mail address or the password is not right"


class SecondFactorRequired(DomainError):
    """The password is right and a second factor is set; send its code as `otp`."""

    code = "mfa_required"
    status = 401
    title = "A code of your second factor is needed"


class EnrolmentRequired(DomainError):
    """The clinic requires a second factor, and this person has none yet."""

    code = "mfa_enrolment_required"
    status = 403
    title = "Your clinic requires a second factor. Sign in on the website to set one up."


class BadToken(DomainError):
    """An access or refresh token that is not, or no longer, good."""

    code = "token_invalid"
    status = 401
    title = "The token is not valid any more"


class ReusedToken(BadToken):
    """A refresh token came twice: its whole sign-in has been ended."""

    code = "token_reused"
    title = "This refresh token was used before, so the sign-in has been ended"


class RoleNotHeld(DomainError):
    code = "role_not_held"
    status = 403
    title = "You do not hold that role"
