"""Lockout after failed sign-ins, for 15 minutes.

| counted for | limit |
|---|---|
| wrong passwords of an account from one IP address | 10 |
| wrong passwords of an account from all addresses | 100 |
| wrong codes of an account's second factor, from all addresses | 10 |
| all failures from one address, which may be a whole clinic behind its router | 100 |

Codes have a limit of their own: there are a million of them, and a client that guesses codes has the password already.
django-axes counts in the database, so flushing the cache resets nothing. The response does not depend on whether the
account exists.
"""

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from clinicflow.accounts.models import User
from clinicflow.api.errors import problem_response
from clinicflow.web.errors import error_response

WIDE_FACTOR = 10  # by which a limit over many accounts or addresses is higher
CODES = "#second-factor"  # ends the name under which an account's wrong codes are counted


class LockoutHandler(AxesDatabaseHandler):
    """django-axes' handler with separate limits per account, per IP address and for codes."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """The failures that count most against the limit of ten, each divided by the factor of its limit."""
        here, address, account = (
            sum(attempt.failures_since_start for attempt in attempts)
            for attempts in self.get_user_attempts(request, credentials)
        )
        of_codes = name_of(request, credentials).endswith(CODES)
        return max(here, address // WIDE_FACTOR, account if of_codes else account // WIDE_FACTOR)


def _code_credentials(user: User) -> dict[str, str]:
    return {"email": f"{user.email}{CODES}"}


def are_codes_locked(request: HttpRequest, user: User) -> bool:
    """Whether no more codes of the account's second factor are accepted; the response of the request is then 429."""
    locked = not AxesProxyHandler.is_allowed(request, _code_credentials(user))
    if locked:
        marked: Any = request  # with the attributes that AxesMiddleware reads
        marked.axes_locked_out, marked.axes_credentials = True, _code_credentials(user)
    return locked


def count_wrong_code(request: HttpRequest, user: User) -> None:
    """Count a wrong code against the account; at the limit the response of the request is 429."""
    user_login_failed.send(__name__, credentials=_code_credentials(user), request=request)


def reset_codes(user: User) -> None:
    """Forget the account's wrong codes, after a right one."""
    AxesProxyHandler.reset_attempts(username=_code_credentials(user)["email"])


def name_of(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The e-mail address of the attempt, normalized as in the database."""
    source: Any = credentials or request.POST
    name = source.get("email") or source.get("login") or source.get("username") or ""
    return str(name).strip().lower().replace("\x00", "")[:255]


def answer_locked_out(request: HttpRequest, response: HttpResponse, credentials: dict[str, Any]) -> HttpResponse:
    """429 with Retry-After, as a page or as problem+json."""
    seconds = str(int(settings.AXES_COOLOFF_TIME.total_seconds()))
    detail = _("Too many failed sign-ins. Wait 15 minutes, then try again.")
    if request.path_info.startswith("/api/"):
        return problem_response(429, code="locked_out", detail=detail, headers={"Retry-After": seconds})
    page = error_response(request, 429, detail=detail, code="locked_out")
    page["Retry-After"] = seconds
    return page
