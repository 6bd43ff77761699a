"""The pages of the clinic's members. Every change requires a password entered in the last five minutes."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from allauth.account.views import PasswordResetFromKeyView
from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinicflow.access.actor import Actor
from clinicflow.access.guards import role_required
from clinicflow.clinics.http import ClinicRequest
from clinicflow.clinics.models import Doctor, Membership
from clinicflow.clinics.querysets import DoctorQuerySet
from clinicflow.core import clock
from clinicflow.core.errors import DomainError
from clinicflow.staff import emails
from clinicflow.staff.forms import InvitationForm, MemberForm
from clinicflow.staff.operations import invitations, members
from clinicflow.staff.selectors.members import Member, get_member, list_members
from clinicflow.web.forms import add_domain_errors
from clinicflow.web.render import render_page

FIELD_NAMES = {"doctor_id": "doctor"}  # of the operations -> of the form
CONSOLE_BACKEND = "django.core.mail.backends.console.EmailBackend"


@require_GET
@role_required("admin")
def member_list(request: ClinicRequest) -> HttpResponse:
    """The clinic's members; `?q=` filters by name or email address."""
    q = request.GET.get("q", "").strip()[:80]
    page, rows = list_members(request.actor, search=q, page=request.GET.get("page"))
    context = {"rows": rows, "page": page, "q": q, "to_console": settings.EMAIL_BACKEND == CONSOLE_BACKEND}
    return render_page(request, "clinics/people_list.html", context, partial="list")


@require_http_methods(["GET", "POST"])
@role_required("admin")
@reauthentication_required
def member_invite(request: ClinicRequest) -> HttpResponseBase:
    """Invite a member."""
    form = InvitationForm(request.POST or None, doctors=_doctors_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            invited = members.invite(request.actor, **form.fields_for(), at=clock.now())
        except DomainError as error:
            add_domain_errors(form, error, names=FIELD_NAMES)
        else:
            messages.success(request, _("Invitation sent to %(email)s.") % {"email": form.cleaned_data["email"]})
            return redirect("person", invited[0].user_id)
    context = {"form": form, "to_console": settings.EMAIL_BACKEND == CONSOLE_BACKEND}
    return render_page(request, "clinics/person_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@role_required("admin")
@reauthentication_required
def member_detail(request: ClinicRequest, pk: UUID) -> HttpResponseBase:
    """One member: name, roles and access."""
    member = get_member(request.actor, pk)
    form = MemberForm(request.POST or None, initial=_initial(member), doctors=_doctors_for(request, pk))
    if request.method == "POST" and form.is_valid():
        try:
            members.save_member(request.actor, pk, **form.fields_for())
        except DomainError as error:
            add_domain_errors(form, error, names=FIELD_NAMES)
        else:
            messages.success(request, _("Saved."))
            return redirect("person", pk)
    context = {"person": member, "form": form, "itself": pk == request.actor.user_id, **_invitation_of(member)}
    return render_page(request, "clinics/person.html", context, status=422 if form.errors else 200)


@require_POST
@role_required("admin")
@reauthentication_required
def member_action(request: ClinicRequest, pk: UUID, action: str) -> HttpResponseBase:
    """Deactivate or reactivate a member, resend or cancel their invitation, or send a password reset."""
    try:
        message = ACTIONS[action](request.actor, pk)
    except DomainError as error:
        if error.status == 404:
            raise
        messages.error(request, error.detail)
    else:
        messages.success(request, message)
    return redirect("people" if action == "cancel" else "person", *([] if action == "cancel" else [pk]))


def _deactivate(actor: Actor, pk: UUID) -> str:
    members.set_access(actor, pk, status=Membership.Status.DISABLED)
    return _("Deactivated. They have been signed out.")


def _reactivate(actor: Actor, pk: UUID) -> str:
    members.set_access(actor, pk, status=Membership.Status.ACTIVE)
    return _("Reactivated. They can sign in again.")


def _resend(actor: Actor, pk: UUID) -> str:
    invitations.resend(actor, pk, at=clock.now())
    return _("Invitation sent again.")


def _cancel(actor: Actor, pk: UUID) -> str:
    invitations.cancel(actor, pk)
    return _("Invitation cancelled. Its link no longer works.")


def _send_reset(actor: Actor, pk: UUID) -> str:
    invitations.send_password_reset(actor, pk, at=clock.now())
    return _("Password reset email sent.")


ACTIONS: dict[str, Callable[[Actor, UUID], str]] = {
    "disable": _deactivate,
    "enable": _reactivate,
    "resend": _resend,
    "cancel": _cancel,
    "reset": _send_reset,
}


def _initial(member: Member) -> dict[str, Any]:
    return {"name": member.name, "roles": member.roles, "doctor": member.doctor}


def _invitation_of(member: Member) -> dict[str, Any]:
    """The link of an open invitation, for the page: the demo has no mail server that would send it."""
    to_console = settings.EMAIL_BACKEND == CONSOLE_BACKEND
    link = emails.invitation_link(member.first.user) if settings.DEMO and to_console and member.is_pending else ""
    return {"to_console": to_console, "link": link}


def _doctors_for(request: ClinicRequest, user_id: UUID | None = None) -> DoctorQuerySet:
    """The active doctors whom no other member signs in as."""
    free = Q(memberships=None) | Q(memberships__user_id=user_id)
    return Doctor.objects.visible_to(request.actor).active().filter(free).distinct()


class InvitationView(PasswordResetFromKeyView):
    """The page of an invitation link: set a password, once. A used or expired link shows a message instead."""

    template_name = "account/invitation.html"
    success_url = reverse_lazy("account_login")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        pending = Membership.objects.pending().filter(user=self.reset_user) if self.reset_user else None
        context["membership"] = pending.select_related("clinic", "user").first() if pending is not None else None
        return context

    def form_valid(self, form: Any) -> HttpResponse:
        form.save()
        messages.success(self.request, _("Your password is set. Sign in with it."))
        return redirect(self.get_success_url())
