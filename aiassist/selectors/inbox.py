"""What the Inbox shows: conversations by what they wait for, one of them as a chat, and the patient's side of it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy

from aiassist.models import Interaction
from aiassist.rules import conversation_log
from clinicflow.access.actor import Actor
from clinicflow.core import clock
from scheduling.messaging import links_in
from scheduling.models import Appointment, Message

PAGE = 40
LONGEST = 1000  # conversations that next and previous go through
Attention, Status = Interaction.Attention, Interaction.Status
WAITING = Q(needs_attention=True, resolved_at=None)


@dataclass(frozen=True)
class View:
    """One choice of the Inbox: everything that waits, or one reason for it, or more than that."""

    key: str
    word: Any
    icon: str
    tone: str
    rule: Q


def _reason(key: str, word: Any, icon: str) -> View:
    return View(key, word, icon, "warn", WAITING & Q(attention_reason=key))


REASONS = (
    _reason(Attention.COMPLEX, gettext_lazy("Complex question"), "circle-help"),
    _reason(Attention.HUMAN, gettext_lazy("Asked for a person"), "users"),
    _reason(Attention.AMBIGUOUS, gettext_lazy("Unclear reply"), "circle-alert"),
    _reason(Attention.PAUSED, gettext_lazy("Paused or silent"), "hourglass"),
)
VIEWS = (
    View("", gettext_lazy("Needs a person"), "inbox", "", WAITING),
    *REASONS,
    View("unanswered", gettext_lazy("Not answered"), "message-square", "info", Q(needs_response=True)),
    View("all", gettext_lazy("All"), "list", "", Q()),
)
BY_KEY = {view.key: view for view in VIEWS}
WORDS = {reason.key: reason.word for reason in REASONS}
ICONS = {"sms": "message-square", "email": "mail", "voice": "phone"}
STATUS_TONES = {"escalated": "warn", "failed": "bad", "no-answer": "", "in-progress": "info", "completed": "ok"}
DID = {
    "confirmed": gettext_lazy("Confirmed the visit"),
    "cancelled": gettext_lazy("Cancelled the visit"),
    "opted-out": gettext_lazy("Opted out, at once"),
    "asked-again": gettext_lazy("Asked to say it again"),
    "told-to-call": gettext_lazy("Told to call the clinic"),
    "passed-on": gettext_lazy("Passed on to a person"),
    "kept": gettext_lazy("Left for a person"),
}
UNDERSTOOD = {
    "confirm": gettext_lazy("a clear yes"),
    "cancel": gettext_lazy("a clear no"),
    "opt_out": gettext_lazy("no more messages"),
    "reschedule": gettext_lazy("another time"),
    "human": gettext_lazy("a person is wanted"),
    "wrong_number": gettext_lazy("a wrong number"),
    "urgent": gettext_lazy("urgent"),
    "question": gettext_lazy("a question"),
    "auto_reply": gettext_lazy("an automatic reply"),
    "ambiguous": gettext_lazy("not clear"),
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
    "escalated": gettext_lazy("Waits for a person"),
    "resolved": gettext_lazy("Resolved"),
    "silent": gettext_lazy("No answer to the last attempt"),
    "untold": gettext_lazy("The patient could not be told of a change"),
}


@dataclass(frozen=True, kw_only=True)
class InboxFilters:
    """What the page is asked for."""

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
    reason: Any
    line: str
    seconds_ago: float
    tone: str


@dataclass(frozen=True, kw_only=True)
class ChatLine:
    """One entry of a conversation, ready to be drawn. `kind` is message, call or note."""

    kind: str
    at: dt.datetime
    inbound: bool = False
    channel: str = ""
    text: str = ""
    parts: Sequence[tuple[str, str]] = ()
    by: str = ""
    undelivered: str = ""
    understood: Any = ""
    did: Any = ""
    word: Any = ""
    duration: str = ""
    transcript: Sequence[dict[str, str]] = ()
    attempt: int = 0
    call_id: str = ""
    ringing: bool = False
    thread_id: UUID | None = None


def filtered(actor: Actor, asked: InboxFilters) -> QuerySet[Interaction]:
    """The conversations that the filters leave, whatever they wait for."""
    rows: QuerySet[Interaction] = Interaction.objects.visible_to(actor)
    if asked.channel:
        rows = rows.filter(channel=asked.channel)
    if asked.status:
        rows = rows.filter(status=asked.status)
    if asked.doctor_id:
        rows = rows.filter(doctor_id=asked.doctor_id)
    if asked.day:
        start, end = clock.day_bounds(asked.day, actor.timezone)
        rows = rows.filter(last_message_at__gte=start, last_message_at__lt=end)
    return rows


def conversations(actor: Actor, asked: InboxFilters) -> Any:
    """Those of the chosen view: who waits by reason and then the longest first, others the newest first."""
    view = BY_KEY.get(asked.view, VIEWS[0])
    rows: Any = filtered(actor, asked).filter(view.rule).select_related("patient", "doctor", "appointment")
    if view.key in {"all", "unanswered"}:
        return rows.order_by("-last_message_at", "-id")
    places = [When(attention_reason=reason.key, then=Value(place)) for place, reason in enumerate(REASONS)]
    by_reason = Case(*places, default=Value(len(REASONS)), output_field=IntegerField())
    return rows.order_by(by_reason, "last_message_at", "id")


def counts(actor: Actor, asked: InboxFilters) -> dict[str, int]:
    """How many conversations each view has, within the filters."""
    totals = {f"n{place}": Count("pk", filter=view.rule) for place, view in enumerate(VIEWS) if view.key != "all"}
    found = filtered(actor, asked).aggregate(**totals, everything=Count("pk"))
    return {view.key: found.get(f"n{place}", found["everything"]) for place, view in enumerate(VIEWS)}


def rows_of(page: Iterable[Interaction], at: dt.datetime) -> list[ConversationRow]:
    return [
        ConversationRow(
            thread=thread,
            icon=ICONS[thread.channel],
            reason=WORDS.get(thread.attention_reason, "") if thread.needs_attention else "",
            line=(conversation_log.last_inbound_text if thread.needs_attention else conversation_log.last_line)(
                thread.content
            ),
            seconds_ago=(at - (thread.last_message_at or thread.created_at)).total_seconds(),
            tone=STATUS_TONES.get(thread.status, ""),
        )
        for thread in page
    ]


def neighbours(actor: Actor, asked: InboxFilters, thread_id: UUID) -> tuple[UUID | None, UUID | None]:
    """The conversations before and after one in the chosen view; None at its ends, and where it is not in it."""
    ids = list(conversations(actor, asked).values_list("pk", flat=True)[:LONGEST])
    if thread_id not in ids:
        return None, ids[0] if ids else None
    place = ids.index(thread_id)
    return ids[place - 1] if place else None, ids[place + 1] if place + 1 < len(ids) else None


def lines_of(actor: Actor, talks: Sequence[Interaction]) -> list[ChatLine]:
    """The entries of these conversations in order of time, with what became of each message, in one query."""
    ids = [entry["message_id"] for talk in talks for entry in talk.content if entry.get("message_id")]
    states = Message.objects.visible_to(actor).filter(pk__in=ids, status__in=["queued", "failed", "dropped"])
    waits = {str(message.pk): message.get_status_display() for message in states.only("pk", "status")}
    lines = [_line(talk, entry, waits) for talk in talks for entry in talk.content]
    return sorted(lines, key=lambda line: line.at)


def conversations_of_visit(actor: Actor, visit: Appointment) -> list[ChatLine]:
    """Everything said about a visit: its conversations, and what else was sent (links, reminders); in three queries."""
    talks = list(Interaction.objects.visible_to(actor).about(visit.pk))
    told = {entry.get("message_id") for talk in talks for entry in talk.content}
    sent = Message.objects.visible_to(actor).filter(appointment_id=visit.pk).order_by("-created_at", "-pk")[:LONGEST]
    others = [_sent(message, message.body) for message in sent if str(message.pk) not in told]
    return sorted([*lines_of(actor, talks), *others], key=lambda line: line.at)


def phone_messages(actor: Actor, visit: Appointment) -> list[ChatLine]:
    """What the patient has on their phone about a visit, with working links: the console provider shows it all."""
    sent = Message.objects.visible_to(actor).filter(appointment_id=visit.pk).order_by("-created_at", "-pk")[:LONGEST]
    arrived = [message for message in sent if message.status in {Message.Status.SENT, Message.Status.RECEIVED}]
    calls = Interaction.objects.visible_to(actor).filter(appointment_id=visit.pk, channel=Interaction.Channel.VOICE)
    rang = [line for line in lines_of(actor, list(calls)) if line.kind == "call"]
    texts = [_sent(message, message.console_body or message.body) for message in arrived]
    return sorted([*texts, *rang], key=lambda line: line.at)


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


def _line(talk: Interaction, entry: conversation_log.Entry, waits: dict[str, str]) -> ChatLine:
    at = dt.datetime.fromisoformat(entry["at"])
    understood, did = UNDERSTOOD.get(entry.get("understood", ""), ""), DID.get(entry.get("did", ""), "")
    if entry["kind"] == "call":
        outcome = entry["outcome"]
        return ChatLine(
            kind="call",
            at=at,
            channel=talk.channel,
            word=OUTCOMES.get(outcome) or DID.get(outcome) or outcome,
            duration=conversation_log.length(entry["duration"]) if entry["duration"] else "",
            transcript=entry["transcript"],
            attempt=entry.get("attempt", 0),
            call_id=entry.get("id", ""),
            ringing=outcome == conversation_log.RINGING,
            understood=understood,
            did=did,
            thread_id=talk.pk,
        )
    if entry["kind"] == "note":
        word, reason = NOTES.get(entry["what"], ""), WORDS.get(entry.get("reason", ""), "")
        return ChatLine(kind="note", at=at, word=word, did=reason, by=entry.get("by", ""), text=entry.get("text", ""))
    return ChatLine(
        kind="message",
        at=at,
        inbound=entry["direction"] == "inbound",
        channel=talk.channel,
        text=entry["text"],
        by=entry.get("by", ""),
        undelivered=waits.get(entry.get("message_id", ""), ""),
        understood=understood,
        did=did,
    )
