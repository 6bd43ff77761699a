"""Reads of the Inbox: conversations by reason, one conversation as a chat, and the patient's side of it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from aiassist.models import DangerAlert, Interaction
from aiassist.rules import conversation_log
from clinicflow.access.actor import Actor
from clinicflow.core import clock
from scheduling.messaging import links_in
from scheduling.models import ATTENTION_LABELS, Appointment, Message

PAGE = 40
MAX_ROWS = 1000  # conversations among which next and previous are found
Attention, Status = Interaction.Attention, Interaction.Status
IN_DANGER = Q(in_danger=True)  # annotated by `filtered`
WAITING = Q(needs_attention=True, resolved_at=None)


@dataclass(frozen=True)
class View:
    """One view of the Inbox: all conversations that need a reply, those with one reason, or more than these."""

    key: str
    word: str | Promise
    icon: str
    tone: str
    rule: Q


def _reason(key: str, icon: str) -> View:
    return View(key, ATTENTION_LABELS[key], icon, "warn", WAITING & ~IN_DANGER & Q(attention_reason=key))


DANGER = View("danger", ATTENTION_LABELS["danger"], "triangle-alert", "bad", IN_DANGER)
REASONS = (
    _reason(Attention.COMPLEX, "circle-help"),
    _reason(Attention.HUMAN, "users"),
    _reason(Attention.AMBIGUOUS, "circle-alert"),
    _reason(Attention.PAUSED, "hourglass"),
)
VIEWS = (
    View("", gettext_lazy("Needs a reply"), "inbox", "", WAITING | IN_DANGER),
    DANGER,
    *REASONS,
    View("unanswered", gettext_lazy("Not answered"), "message-square", "info", Q(needs_response=True)),
    View("all", gettext_lazy("All"), "list", "", Q()),
)
BY_KEY = {view.key: view for view in VIEWS}
ICONS = {"sms": "message-square", "email": "mail", "voice": "phone"}
STATUS_TONES = {"escalated": "warn", "failed": "bad", "no-answer": "", "in-progress": "info", "completed": "ok"}
DID = {
    "confirmed": gettext_lazy("Confirmed the visit"),
    "cancelled": gettext_lazy("Cancelled the visit"),
    "opted-out": gettext_lazy("Opted out"),
    "asked-again": gettext_lazy("Asked to rephrase"),
    "told-to-call": gettext_lazy("Asked to call the clinic"),
    "passed-on": gettext_lazy("Passed on to the front desk"),
    "kept": gettext_lazy("Left for the front desk"),
}
UNDERSTOOD = {
    "confirm": gettext_lazy("yes"),
    "cancel": gettext_lazy("no"),
    "opt_out": gettext_lazy("opt-out"),
    "reschedule": gettext_lazy("reschedule"),
    "human": gettext_lazy("asks to talk to someone"),
    "wrong_number": gettext_lazy("wrong number"),
    "urgent": gettext_lazy("urgent"),
    "question": gettext_lazy("question"),
    "auto_reply": gettext_lazy("automatic reply"),
    "ambiguous": gettext_lazy("unclear"),
}
OUTCOMES = {
    "ringing": gettext_lazy("Ringing"),
    "no-answer": gettext_lazy("No answer"),
    "voicemail": gettext_lazy("Voicemail"),
    "busy": gettext_lazy("Busy"),
    "failed": gettext_lazy("Could not be placed"),
    "hung-up": gettext_lazy("Hung up"),
    "paused": gettext_lazy("Paused"),
}
NOTES = {
    "escalated": gettext_lazy("Needs a reply"),
    "resolved": gettext_lazy("Resolved"),
    "silent": gettext_lazy("No answer to the last attempt"),
    "untold": gettext_lazy("The patient could not be notified of a change"),
}


@dataclass(frozen=True, kw_only=True)
class InboxFilters:
    """Filters of the page; empty values do not filter. `day` is a local day of the last message."""

    view: str = ""
    channel: str = ""
    status: str = ""
    doctor_id: UUID | None = None
    day: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class ConversationRow:
    """One conversation of the list."""

    thread: Interaction
    icon: str
    reason: str | Promise
    line: str
    seconds_ago: float
    tone: str
    in_danger: bool


@dataclass(frozen=True, kw_only=True)
class ChatLine:
    """One entry of a conversation, formatted for display. `kind` is message, call or note."""

    kind: str
    at: dt.datetime
    inbound: bool = False
    channel: str = ""
    text: str = ""
    parts: Sequence[tuple[str, str]] = ()
    by: str = ""
    undelivered: str = ""
    understood: str | Promise = ""
    did: str | Promise = ""
    word: str | Promise = ""
    duration: str = ""
    transcript: Sequence[dict[str, str]] = ()
    attempt: int = 0
    call_id: str = ""
    ringing: bool = False
    thread_id: UUID | None = None


def filtered(actor: Actor, filters: InboxFilters) -> QuerySet[Interaction]:
    """Visible conversations that match the filters, in any view."""
    alerts = DangerAlert.objects.visible_to(actor).open().order_by().filter(interaction_id=OuterRef("pk"))
    rows: QuerySet[Interaction] = Interaction.objects.visible_to(actor).annotate(in_danger=Exists(alerts))
    if filters.channel:
        rows = rows.filter(channel=filters.channel)
    if filters.status:
        rows = rows.filter(status=filters.status)
    if filters.doctor_id:
        rows = rows.filter(doctor_id=filters.doctor_id)
    if filters.day:
        start, end = clock.day_bounds(filters.day, actor.timezone)
        rows = rows.filter(last_message_at__gte=start, last_message_at__lt=end)
    return rows


def conversations(actor: Actor, filters: InboxFilters) -> QuerySet[Interaction]:
    """Conversations of a view: dangers first, then by reason, the longest waiting first; the views all and unanswered
    dangers first, then the newest.
    """
    view = BY_KEY.get(filters.view, VIEWS[0])
    rows = filtered(actor, filters).filter(view.rule).select_related("patient", "doctor", "appointment")
    if view.key in {"all", "unanswered"}:
        return rows.order_by(F("in_danger").desc(), "-last_message_at", "-id")
    ranks = [When(attention_reason=reason.key, then=Value(rank)) for rank, reason in enumerate(REASONS)]
    by_reason = Case(*ranks, default=Value(len(REASONS)), output_field=IntegerField())
    return rows.order_by(F("in_danger").desc(), by_reason, "last_message_at", "id")


def counts(actor: Actor, filters: InboxFilters) -> dict[str, int]:
    """The number of matching conversations of each view, by its key. One query."""
    counts = {f"view_{index}": Count("pk", filter=view.rule) for index, view in enumerate(VIEWS) if view.key != "all"}
    totals = filtered(actor, filters).aggregate(**counts, total=Count("pk"))
    return {view.key: totals.get(f"view_{index}", totals["total"]) for index, view in enumerate(VIEWS)}


def rows_of(page: Iterable[Interaction], at: dt.datetime) -> list[ConversationRow]:
    """The list's rows; `at` is now."""
    return [
        ConversationRow(
            thread=conversation,
            icon=ICONS[conversation.channel],
            reason=_reason_of(conversation),
            line=(conversation_log.last_inbound_text if conversation.needs_attention else conversation_log.last_line)(
                conversation.content
            ),
            seconds_ago=(at - (conversation.last_message_at or conversation.created_at)).total_seconds(),
            tone=STATUS_TONES.get(conversation.status, ""),
            in_danger=_is_in_danger(conversation),
        )
        for conversation in page
    ]


def _is_in_danger(conversation: Interaction) -> bool:
    """The annotation of `filtered`."""
    return bool(getattr(conversation, "in_danger", False))


def _reason_of(conversation: Interaction) -> str | Promise:
    """Why a conversation needs a reply, or an empty string."""
    if _is_in_danger(conversation):
        return DANGER.word
    return ATTENTION_LABELS.get(conversation.attention_reason, "") if conversation.needs_attention else ""


def neighbours(actor: Actor, filters: InboxFilters, interaction_id: UUID) -> tuple[UUID | None, UUID | None]:
    """Ids of the conversations before and after one in a view; None at its ends.

    For one that is not in the view, None and the first of the view.
    """
    ids = list(conversations(actor, filters).values_list("pk", flat=True)[:MAX_ROWS])
    if interaction_id not in ids:
        return None, ids[0] if ids else None
    index = ids.index(interaction_id)
    return ids[index - 1] if index else None, ids[index + 1] if index + 1 < len(ids) else None


def lines_of(actor: Actor, conversations: Sequence[Interaction]) -> list[ChatLine]:
    """The entries of conversations in order of time, with the delivery status of each message. One query."""
    ids = [entry["message_id"] for one in conversations for entry in one.content if entry.get("message_id")]
    undelivered = Message.objects.visible_to(actor).filter(pk__in=ids, status__in=["queued", "failed", "dropped"])
    statuses = {str(message.pk): message.get_status_display() for message in undelivered.only("pk", "status")}
    lines = [_line(one, entry, statuses) for one in conversations for entry in one.content]
    return sorted(lines, key=lambda line: line.at)


def conversations_of_visit(actor: Actor, visit: Appointment) -> list[ChatLine]:
    """Everything said about a visit: its conversations and other messages (links, reminders). Three queries."""
    about_visit = list(Interaction.objects.visible_to(actor).about(visit.pk))
    in_conversations = {entry.get("message_id") for one in about_visit for entry in one.content}
    sent = Message.objects.visible_to(actor).filter(appointment_id=visit.pk).order_by("-created_at", "-pk")[:MAX_ROWS]
    others = [_sent(message, message.body) for message in sent if str(message.pk) not in in_conversations]
    return sorted([*lines_of(actor, about_visit), *others], key=lambda line: line.at)


def phone_messages(actor: Actor, visit: Appointment) -> list[ChatLine]:
    """What the patient's phone shows about a visit: messages with working links, by the console provider, and calls."""
    sent = Message.objects.visible_to(actor).filter(appointment_id=visit.pk).order_by("-created_at", "-pk")[:MAX_ROWS]
    delivered = [message for message in sent if message.status in {Message.Status.SENT, Message.Status.RECEIVED}]
    calls = Interaction.objects.visible_to(actor).filter(appointment_id=visit.pk, channel=Interaction.Channel.VOICE)
    call_lines = [line for line in lines_of(actor, list(calls)) if line.kind == "call"]
    texts = [_sent(message, message.console_body or message.body) for message in delivered]
    return sorted([*texts, *call_lines], key=lambda line: line.at)


def _sent(message: Message, text: str) -> ChatLine:
    delivered = message.status in {Message.Status.SENT, Message.Status.RECEIVED}
    return ChatLine(
        kind="message",
        at=message.created_at,
        inbound=message.direction == Message.Direction.INBOUND,
        channel=message.channel,
        text=text,
        parts=links_in(text),
        undelivered="" if delivered else str(message.get_status_display()),
    )


def _line(conversation: Interaction, entry: conversation_log.Entry, statuses: dict[str, str]) -> ChatLine:
    at = dt.datetime.fromisoformat(entry["at"])
    understood, did = UNDERSTOOD.get(entry.get("understood", ""), ""), DID.get(entry.get("did", ""), "")
    if entry["kind"] == "call":
        outcome = entry["outcome"]
        return ChatLine(
            kind="call",
            at=at,
            channel=conversation.channel,
            word=OUTCOMES.get(outcome) or DID.get(outcome) or outcome,
            duration=conversation_log.length(entry["duration"]) if entry["duration"] else "",
            transcript=entry["transcript"],
            attempt=entry.get("attempt", 0),
            call_id=entry.get("id", ""),
            ringing=outcome == conversation_log.RINGING,
            understood=understood,
            did=did,
            thread_id=conversation.pk,
        )
    if entry["kind"] == "note":
        word, reason = NOTES.get(entry["what"], ""), ATTENTION_LABELS.get(entry.get("reason", ""), "")
        return ChatLine(kind="note", at=at, word=word, did=reason, by=entry.get("by", ""), text=entry.get("text", ""))
    return ChatLine(
        kind="message",
        at=at,
        inbound=entry["direction"] == "inbound",
        channel=conversation.channel,
        text=entry["text"],
        by=entry.get("by", ""),
        undelivered=statuses.get(entry.get("message_id", ""), ""),
        understood=understood,
        did=did,
    )
