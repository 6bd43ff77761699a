"""Which roles a page is for."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from clinicflow.core.errors import DomainError, Forbidden

View = Callable[..., HttpResponseBase]


def redirect_to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """To the sign-in page, or to the choice of a role for somebody signed in without one; both lead back here."""
    if getattr(request, "auth_session", None) is None:
        return redirect_to_login(request.get_full_path())
    return redirect_to_login(request.get_full_path(), login_url=reverse("choose_role"))


def role_required(*roles: str) -> Callable[[View], View]:
    """Let only these roles in: nobody is sent to sign in or to choose a role, a wrong role gets Forbidden (403).

    The allowed roles stand on the view as `roles`, where the route test reads them.
    """
    allowed = frozenset(roles)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = getattr(request, "actor", None)
            if actor is None:
                return redirect_to_sign_in(request)
            if str(actor.role) not in allowed:
                raise Forbidden()
            return view(request, *args, **kwargs)

        guarded.roles = allowed  # type: ignore[attr-defined]  # functions take attributes
        return guarded

    return decorate


class PasswordRequired(DomainError):
    """The web session is signed in, but the person in front of it may have changed since."""

    code = "password_again"
    status = 403
    title = "Give your password again first"


def require_recent_password(request: HttpRequest) -> None:
    """PasswordAgain for a call by the web session that has not given its password in the last five minutes.

    A bearer token was given for a password; its 30 minutes are its own limit. Pages use django-allauth's decorator
    `reauthentication_required`, which asks and comes back.
    """
    if not request.headers.get("Authorization") and not did_recently_reauthenticate(request):
        raise PasswordRequired()


def public(view: View) -> View:
    """Mark a page as open to everyone, on purpose."""
    view.roles = frozenset({"public"})  # type: ignore[attr-defined]  # functions take attributes
    return view
