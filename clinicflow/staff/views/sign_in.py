"""Sign-in, landing page and role switch."""

from typing import Any
from uuid import UUID

from allauth.account.forms import LoginForm
from allauth.account.views import LoginView
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from clinicflow.access.guards import public
from clinicflow.access.roles import Role
from clinicflow.accounts.errors import RoleNotHeld
from clinicflow.accounts.models import User
from clinicflow.accounts.operations import second_factor, sessions
from clinicflow.clinics.http import SiteRequest
from clinicflow.staff.operations import sign_in
from clinicflow.staff.selectors.actor_resolution import origin_of_request
from clinicflow.web.render import render_page

DEMO_PASSWORD = "clinicflow-demo"  # noqa: S105  # public on purpose, and refused in production
DEMO_ACCOUNTS = (
    ("frontdesk@riverside.test", "Front desk, Riverside", "calendar-days"),
    ("okafor@riverside.test", "Doctor, Riverside", "stethoscope"),
    ("owner@riverside.test", "Owner, Riverside", "chart-column"),
    ("dual@riverside.test", "Doctor and owner, Riverside", "repeat"),
    ("frontdesk@lakeside.test", "Front desk, Lakeside", "calendar-days"),
    ("doctor@lakeside.test", "Doctor, Lakeside", "stethoscope"),
    ("owner@lakeside.test", "Owner, Lakeside", "chart-column"),
)
FIRST_PAGE = {Role.DOCTOR: "my_day", Role.OWNER: "overview"}
FRONT_DESK_FIRST_PAGE = {"dashboard": "schedule", "schedule": "schedule_week", "patients": "patients", "inbox": "inbox"}


class SignInView(LoginView):
    """django-allauth's sign-in view; in the demo its page lists the demo accounts."""

    def form_valid(self, form: LoginForm) -> HttpResponse:
        """Sign in; audit a right password that leads to the page for the second factor."""
        response: HttpResponse = super().form_valid(form)
        if second_factor.is_enrolled(form.user):
            sign_in.record_failure(form.user.email, origin_of_request(self.request), reason=sign_in.CODE_ASKED)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context |= {
            "password_reset_url": reverse("account_reset_password"),
            "passkey_login_url": reverse("passkey"),
            "demo_password": DEMO_PASSWORD,
            "demo_accounts": demo_accounts() if settings.DEMO else [],
        }
        return context


def demo_accounts() -> list[dict[str, str]]:
    """The demo accounts that exist in this database."""
    emails = [email for email, _, _ in DEMO_ACCOUNTS]
    existing = set(User.objects.filter(email__in=emails).values_list("email", flat=True))
    return [{"email": email, "label": label, "icon": icon} for email, label, icon in DEMO_ACCOUNTS if email in existing]


@public
def passkey(request: HttpRequest) -> HttpResponse:
    """Sign-in with a passkey: one button, handled by allauth's script."""
    return render_page(request, "account/passkey.html")


@public
def not_available(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """404 for django-allauth's pages that are disabled: users cannot sign up or change their email address."""
    raise Http404()


@public
def home(request: SiteRequest) -> HttpResponseBase:
    """Redirect to the first page of the role; without a role to the role choice, without a session to sign-in."""
    actor = request.actor
    if actor is None:
        return redirect("choose_role") if request.auth_session else redirect_to_login(request.get_full_path())
    name = FIRST_PAGE.get(actor.role) or FRONT_DESK_FIRST_PAGE[request.clinic_settings.default_dashboard_view]
    try:
        return redirect(reverse(name))
    except NoReverseMatch:  # that app is not installed
        return redirect("choose_role")


@public
def choose_role(request: SiteRequest) -> HttpResponseBase:
    """The user's memberships to choose from, and for each whether a second factor is missing."""
    session = request.auth_session
    if session is None:
        return redirect_to_login(request.get_full_path())
    memberships = sign_in.memberships_of(session.user)
    choices = [(membership, sign_in.lacks_second_factor(session.user, membership)) for membership in memberships]
    context = {"choices": choices, "current": session.membership_id, "next": request.GET.get("next", "")}
    return render_page(request, "account/choose_role.html", context)


@public
@require_POST
def switch_role(request: SiteRequest) -> HttpResponseBase:
    """Switch to another membership: starts a new session and ends the old one with its sockets."""
    old = request.auth_session
    if old is None:
        return redirect_to_login(resolve_url("home"))
    session, _ = sign_in.select_membership(old, origin_of_request(request), membership_id=_membership_id(request))
    sessions.extend(request, session)
    next_url = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(next_url, {request.get_host()}, require_https=request.is_secure())
    return redirect(next_url if safe else "home")


def _membership_id(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("membership", ""))
    except ValueError:
        raise RoleNotHeld() from None
