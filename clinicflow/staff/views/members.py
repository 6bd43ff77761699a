"""Users: who works in the clinic. Each change wants the password to have been given in the last five minutes."""

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

from clinicflow.access.guards import role_required
from clinicflow.clinics.http import ClinicRequest
from clinicflow.clinics.models import Doctor, Membership
from clinicflow.core import clock
from clinicflow.core.errors import DomainError
from clinicflow.staff import emails
from clinicflow.staff.forms import InvitationForm, PersonForm
from clinicflow.staff.operations import invitations, members
from clinicflow.staff.selectors.members import Member, get_member, list_members
from clinicflow.web.render import render_page

CONSOLE = "django.core.mail.backends.console.EmailBackend"


@require_GET
@role_required("admin")
def people(request: ClinicRequest) -> HttpResponse:
    """Everybody with a role here, `?q=` by name or address."""
    q = request.GET.get("q", "").strip()[:80]
    page, rows = list_members(request.actor, search=q, page=request.GET.get("page"))
    context = {"rows": rows, "page": page, "q": q, "to_console": settings.EMAIL_BACKEND == CONSOLE}
    return render_page(request, "clinics/people_list.html", context, partial="list")


@require_http_methods(["GET", "POST"])
@role_required("admin")
@reauthentication_required
def person_new(request: ClinicRequest) -> HttpResponseBase:
    """Invite somebody."""
    form = InvitationForm(request.POST or None, doctors=_doctors_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            given = members.invite(request.actor, **form.fields_for(), at=clock.now())
        except DomainError as error:
            _mark(form, error)
        else:
            messages.success(request, _("Invitation sent to %(email)s.") % {"email": form.cleaned_data["email"]})
            return redirect("person", given[0].user_id)
    context = {"form": form, "to_console": settings.EMAIL_BACKEND == CONSOLE}
    return render_page(request, "clinics/person_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@role_required("admin")
@reauthentication_required
def person(request: ClinicRequest, pk: UUID) -> HttpResponseBase:
    """One person: name, roles, and what can be done about their access."""
    found = get_member(request.actor, pk)
    form = PersonForm(request.POST or None, initial=_initial(found), doctors=_doctors_for(request, pk))
    if request.method == "POST" and form.is_valid():
        try:
            members.save_member(request.actor, pk, **form.fields_for())
        except DomainError as error:
            _mark(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("person", pk)
    context = {"person": found, "form": form, "itself": pk == request.actor.user_id, **_invitation_of(found)}
    return render_page(request, "clinics/person.html", context, status=422 if form.errors else 200)


@require_POST
@role_required("admin")
@reauthentication_required
def person_act(request: ClinicRequest, pk: UUID, action: str) -> HttpResponseBase:
    """Switch access off or on, send the invitation again, take it back, send a new password's link."""
    try:
        said = ACTS[action](request.actor, pk)
    except DomainError as error:
        if error.status == 404:
            raise
        messages.error(request, error.detail)
    else:
        messages.success(request, said)
    return redirect("people" if action == "cancel" else "person", *([] if action == "cancel" else [pk]))


def _switch_off(actor: Any, pk: UUID) -> str:
    members.set_access(actor, pk, status=Membership.Status.DISABLED)
    return _("Switched off. Every sign-in of theirs here has ended.")


def _switch_on(actor: Any, pk: UUID) -> str:
    members.set_access(actor, pk, status=Membership.Status.ACTIVE)
    return _("Switched on: they can sign in again.")


def _send_again(actor: Any, pk: UUID) -> str:
    invitations.resend(actor, pk, at=clock.now())
    return _("Invitation sent again.")


def _cancel(actor: Any, pk: UUID) -> str:
    invitations.cancel(actor, pk)
    return _("The invitation is taken back; its link is dead.")


def _send_reset(actor: Any, pk: UUID) -> str:
    invitations.send_password_reset(actor, pk, at=clock.now())
    return _("An e-mail is on its way, with a link to choose a new password.")


ACTS = {
    "disable": _switch_off,
    "enable": _switch_on,
    "resend": _send_again,
    "cancel": _cancel,
    "reset": _send_reset,
}


def _initial(found: Member) -> dict[str, Any]:
    return {"name": found.name, "roles": found.roles, "doctor": found.doctor}


def _invitation_of(found: Member) -> dict[str, Any]:
    """The demo has no mail server, so its pages show where the letter would lead."""
    to_console = settings.EMAIL_BACKEND == CONSOLE
    link = emails.invitation_link(found.first.user) if settings.DEMO and to_console and found.is_pending else ""
    return {"to_console": to_console, "link": link}


def _doctors_for(request: ClinicRequest, user_id: UUID | None = None) -> Any:
    """The doctors whom nobody else signs in as."""
    free = Q(memberships=None) | Q(memberships__user_id=user_id)
    return Doctor.objects.visible_to(request.actor).active().filter(free).distinct()


def _mark(form: PersonForm, error: DomainError) -> None:
    """A refusal on its field, or over the form."""
    names = {"doctor_id": "doctor"}
    for name, sentences in error.fields.items():
        field = names.get(name, name)
        form.add_error(field if field in form.fields else None, [str(sentence) for sentence in sentences])
    if not error.fields:
        form.add_error(None, error.detail)


class InvitationView(PasswordResetFromKeyView):
    """Where an invitation's link leads: choose a password, once. A used or old link says so."""

    template_name = "account/invitation.html"
    success_url = reverse_lazy("account_login")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        held = Membership.objects.pending().filter(user=self.reset_user) if self.reset_user else None
        context["membership"] = held.select_related("clinic", "user").first() if held is not None else None
        return context

    def form_valid(self, form: Any) -> HttpResponse:
        form.save()
        messages.success(self.request, _("Your password is set. Sign in with it."))
        return redirect(self.get_success_url())
