"""Lockout after failed sign-ins: ten for one account from one IP address, a hundred from one address.

One address may be a whole clinic behind its router, so its limit is higher. django-axes counts in the database, so
flushing the cache resets nothing. The response does not depend on whether the account exists.
"""

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from clinicflow.api.errors import problem_response
from clinicflow.web.errors import error_response

ADDRESS_FACTOR = 10


class LockoutHandler(AxesDatabaseHandler):
    """django-axes' handler with a separate, higher limit per IP address."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Failures for the account from this address, or a tenth of all failures from the address if that is more."""
        account, address = (
            sum(attempt.failures_since_start for attempt in attempts)
            for attempts in self.get_user_attempts(request, credentials)
        )
        return max(account, address // ADDRESS_FACTOR)


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
