"""Entries of a conversation, as stored in `Interaction.content`.

Every entry has `id`, `kind` (message, call or note), `at` (ISO 8601) and:

- message: `direction`, `text`; `message_id` of its row in `messages`; `by` when a staff member wrote it; `step` and
  `visit` when it requests confirmation; `understood` and `did` when the patient wrote it; `answer`, the keys of an
  automatic answer.
- call: `direction`, `duration` in seconds, `outcome`, `transcript` of `{speaker, text}`, `attempt`, `step`, `visit`,
  and `understood` and `did` once it was answered.
- note: `what` (escalated, resolved, silent, untold), with `reason`, `by` or `text`.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from clinicflow.core.ids import uuid7

Entry = dict[str, Any]
RINGING = "ringing"
UNANSWERED = ("no-answer", "voicemail", "busy", "failed")


def message_entry(direction: str, text: str, at: dt.datetime, **more: Any) -> Entry:
    """A message entry; `more` are the optional keys above."""
    return _entry("message", at, direction=direction, text=text, **more)


def call_entry(at: dt.datetime, *, attempt: int, step: str, visit: str) -> Entry:
    """A call attempt that is ringing."""
    return _entry(
        "call",
        at,
        direction="outbound",
        duration=0,
        outcome=RINGING,
        transcript=[],
        attempt=attempt,
        step=step,
        visit=visit,
    )


def note_entry(what: str, at: dt.datetime, **more: Any) -> Entry:
    return _entry("note", at, what=what, **more)


def _entry(kind: str, at: dt.datetime, **values: Any) -> Entry:
    entry = {"id": str(uuid7()), "kind": kind, "at": at.isoformat()}
    return entry | {name: value for name, value in values.items() if value is not None}


def was_requested(content: Iterable[Mapping[str, Any]], visit: str, step: str) -> bool:
    """Whether a visit was sent the request of a step in this conversation."""
    return any(entry.get("visit") == visit and entry.get("step") == step for entry in content)


def was_answered(content: Iterable[Mapping[str, Any]], answer: str, *, since: dt.datetime) -> bool:
    """Whether this automatic answer was sent in the conversation at or after an instant."""
    return any(entry.get("answer") == answer and dt.datetime.fromisoformat(entry["at"]) >= since for entry in content)


def find(content: Iterable[Entry], entry_id: str) -> Entry | None:
    """The entry with this id, or None."""
    return next((entry for entry in content if entry.get("id") == entry_id), None)


def ringing_call(content: Iterable[Entry]) -> Entry | None:
    """The call that has not ended, or None."""
    return next((entry for entry in content if entry.get("outcome") == RINGING), None)


def last_inbound(content: Iterable[Entry]) -> Entry | None:
    """The patient's last written message, or None."""
    received = [entry for entry in content if entry["kind"] == "message" and entry["direction"] == "inbound"]
    return received[-1] if received else None


def last_line(content: Iterable[Entry]) -> str:
    """The last text of a conversation, for lists: of a call, the patient's last answer. Empty when there is none."""
    for entry in reversed(list(content)):
        if entry["kind"] == "message":
            return str(entry["text"])
        if entry["kind"] == "call":
            spoken = [line["text"] for line in entry["transcript"] if line["speaker"] == "patient"]
            return str(spoken[-1]) if spoken else ""
    return ""


def last_inbound_text(content: Iterable[Entry]) -> str:
    """The patient's last text, to which staff reply, regardless of automatic answers since."""
    entries = list(content)
    by_patient = [entry for entry in entries if entry["kind"] == "call" or entry.get("direction") == "inbound"]
    return last_line(by_patient) or last_line(entries)


def length(seconds: int) -> str:
    """A duration as `1m 23s`."""
    return f"{seconds // 60}m {seconds % 60:02d}s"
