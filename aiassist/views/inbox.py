"""The Inbox: conversations that need a reply, each one as a chat, answering and resolving."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages as notes
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from aiassist.forms import InboxForm, ReplyForm, ResolveForm
from aiassist.models import Interaction
from aiassist.operations import interactions, outreach
from aiassist.selectors import inbox
from clinicflow.access.guards import role_required
from clinicflow.access.roles import Role
from clinicflow.audit.recorder import record_access
from clinicflow.clinics.http import ClinicRequest
from clinicflow.clinics.models import Doctor
from clinicflow.core import clock
from clinicflow.core.errors import DomainError
from clinicflow.web.render import render_page, wants_fragment
from clinicflow.web.toasts import Toast
from scheduling import messaging
from scheduling.models import ATTENTION_LABELS, Appointment
from scheduling.selectors.visit_panel import read_panel


@require_GET
@role_required("admin")
def inbox_list(request: ClinicRequest) -> HttpResponse:
    """Conversations of one view (`?view=`), narrowed by channel, status, doctor and day."""
    filters = InboxForm(request.GET).filters()
    page = Paginator(inbox.conversations(request.actor, filters), inbox.PAGE).get_page(request.GET.get("page"))
    rows = inbox.rows_of(page.object_list, clock.now())
    record_access(request.actor, "ai_interactions", [row.thread.patient_id for row in rows])
    counts = inbox.counts(request.actor, filters)
    context = {
        "rows": rows,
        "page": page,
        "asked": filters,
        "grouped": not filters.view,
        "views": [{"view": view, "count": counts[view.key]} for view in inbox.VIEWS],
        "waiting": counts[""],
        "doctors": Doctor.objects.visible_to(request.actor).active(),
        "channels": Interaction.Channel.choices,
        "statuses": Interaction.Status.choices,
        "simulated": messaging.is_simulated(),
    }
    return render_page(request, "aiassist/inbox_list.html", context, partial="list")


@require_GET
@role_required("admin", "doctor")
def inbox_talk(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """One conversation; a doctor reads those about their own visits."""
    return _conversation(request, pk)


@require_POST
@role_required("admin")
def inbox_reply(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Send a reply to the patient."""
    form = ReplyForm(request.POST)
    if form.is_valid():
        try:
            interactions.reply(request.actor, pk, at=clock.now(), **form.cleaned_data)
        except DomainError as error:
            if error.status == 404:
                raise
            form.add_error("body", error.detail)
        else:
            return _redirect_or_render(request, pk, Toast(text=_("Reply sent.")))
    return _conversation(request, pk, reply=form, status=422)


@require_POST
@role_required("admin")
def inbox_resolve(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Resolve a conversation with a note."""
    form = ResolveForm(request.POST)
    if form.is_valid():
        interactions.resolve(request.actor, pk, at=clock.now(), **form.cleaned_data)
        return _redirect_or_render(request, pk, Toast(text=_("Resolved.")))
    return _conversation(request, pk, resolve=form, status=422)


@require_GET
@role_required("admin", "doctor")
def visit_talks(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Every message and call about a visit, as a section of its panel."""
    return _visit_conversations(request, pk)


@require_POST
@role_required("admin")
def visit_ask(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Request confirmation from the patient now, on the posted `channel` or the preferred one."""
    channel = request.POST.get("channel", "")
    conversation = outreach.request_confirmation(request.actor, pk, channel=channel, at=clock.now())
    texts = {
        "sms": _("Confirmation requested by text."),
        "email": _("Confirmation requested by email."),
        "voice": _("Calling the patient."),
    }
    toast = Toast(text=texts[str(conversation.channel)])
    if not wants_fragment(request):
        notes.success(request, toast.text)
        return redirect("inbox_talk", conversation.pk)
    return _visit_conversations(request, pk, toast)


def _redirect_or_render(request: ClinicRequest, pk: UUID, toast: Toast) -> HttpResponse:
    if not wants_fragment(request):
        notes.success(request, toast.text)
        return redirect("inbox_talk", pk)
    return _conversation(request, pk, toast=toast)


def _conversation(
    request: ClinicRequest,
    pk: UUID,
    *,
    reply: forms.Form | None = None,
    resolve: forms.Form | None = None,
    toast: Toast | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = request.actor
    conversation = Interaction.objects.visible_to(actor).select_related("patient", "doctor", "resolved_by").fetch(pk)
    visit = Appointment.objects.visible_to(actor).for_cards().fetch(conversation.appointment_id)
    record_access(actor, "ai_interactions", [conversation.patient_id], resource_id=pk)
    desk = actor.role == Role.FRONT_DESK
    filters = InboxForm(request.GET).filters()
    before, after = inbox.neighbours(actor, filters, pk) if desk else (None, None)
    context: dict[str, Any] = {
        "thread": conversation,
        "lines": inbox.lines_of(actor, [conversation]),
        "reason": ATTENTION_LABELS.get(conversation.attention_reason, ""),
        "others": Interaction.objects.visible_to(actor).about(visit.pk).exclude(pk=pk),
        "panel": read_panel(actor, visit, request.clinic_settings, clock.now()),
        "desk": desk,
        "before": before,
        "after": after,
        "reply": reply or ReplyForm(),
        "resolve": resolve or ResolveForm(),
        "may_ask": desk and visit.status == "unconfirmed" and visit.starts_at > clock.now(),
        "simulated": desk and messaging.is_simulated(),
        "toast": toast,
    }
    part = "live" if request.headers.get("HX-Target", "").endswith("#talk-live") else "talk"
    return render_page(request, "aiassist/inbox_talk.html", context, partial=part, status=status)


def _visit_conversations(request: ClinicRequest, pk: UUID, toast: Toast | None = None) -> HttpResponse:
    actor = request.actor
    visit = Appointment.objects.visible_to(actor).select_related("patient").fetch(pk)
    record_access(actor, "ai_interactions", [visit.patient_id], resource_id=pk)
    conversations = Interaction.objects.visible_to(actor).about(visit.pk)
    context = {
        "visit": visit,
        "lines": inbox.conversations_of_visit(actor, visit),
        "talks": conversations,
        "may_ask": actor.role == Role.FRONT_DESK and visit.status == "unconfirmed" and visit.starts_at > clock.now(),
        "toast": toast,
    }
    return render_page(request, "aiassist/_visit_talks.html", context)
