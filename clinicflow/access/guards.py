"""Decorators that guard a page by role, and the check for a recent password."""

from collections.abc import Callable
from functools import wraps
from typing import Protocol, cast

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from clinicflow.access.http import request_actor
from clinicflow.core.errors import DomainError, Forbidden

View = Callable[..., HttpResponseBase]


class GuardedView(Protocol):
    """A view with the roles that may open it, which the route test reads."""

    roles: frozenset[str]
    __name__: str

    def __call__(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase: ...


def with_roles(view: View, roles: frozenset[str]) -> GuardedView:
    """The view itself, with `roles` set on it."""
    guarded = cast(GuardedView, view)
    guarded.roles = roles
    return guarded


def redirect_to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Redirect to the sign-in page, or for a signed-in user without a role to the role choice; both return here."""
    if getattr(request, "auth_session", None) is None:
        return redirect_to_login(request.get_full_path())
    return redirect_to_login(request.get_full_path(), login_url=reverse("choose_role"))


def role_required(*roles: str) -> Callable[[View], GuardedView]:
    """Require one of `roles`.

    Anonymous users are redirected to sign-in, users without a role to the role choice; another role raises Forbidden
    (403).
    """
    allowed = frozenset(roles)

    def decorate(view: View) -> GuardedView:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            actor = request_actor(request)
            if actor is None:
                return redirect_to_sign_in(request)
            if str(actor.role) not in allowed:
                raise Forbidden()
            return view(request, *args, **kwargs)

        return with_roles(guarded, allowed)

    return decorate


class PasswordRequired(DomainError):
    """The session is signed in, but its password was not entered recently enough for this action."""

    code = "password_again"
    status = 403
    title = "Enter your password again to continue"


def require_recent_password(request: HttpRequest) -> None:
    """PasswordRequired for a request by a web session whose password was not entered in the last five minutes.

    A bearer token passes: it was issued for a password and expires after 30 minutes. Pages use django-allauth's
    decorator `reauthentication_required`, which asks for the password and returns.
    """
    if not request.headers.get("Authorization") and not did_recently_reauthenticate(request):
        raise PasswordRequired()


def public(view: View) -> GuardedView:
    """Mark a page as open to anonymous users, on purpose."""
    return with_roles(view, frozenset({"public"}))
