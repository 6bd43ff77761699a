"""What is said in a conversation, entry by entry, as `Interaction.content` keeps it.

Every entry has `id`, `kind` (message, call or note), `at` (ISO 8601) and:

- message: `direction`, `text`; `message_id` of its row in `messages`; `by` when a person wrote it; `step` and `visit`
  when it asks for a confirmation; `understood` and `did` when it is a patient's.
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
    """A message; `more` are the optional names above."""
    return _entry("message", at, direction=direction, text=text, **more)


def call_entry(at: dt.datetime, *, attempt: int, step: str, visit: str) -> Entry:
    """An attempt to call that rings now."""
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


def was_asked(content: Iterable[Mapping[str, Any]], visit: str, step: str) -> bool:
    """Whether this visit has had the request of this step here."""
    return any(entry.get("visit") == visit and entry.get("step") == step for entry in content)


def find(content: Iterable[Entry], entry_id: str) -> Entry | None:
    return next((entry for entry in content if entry.get("id") == entry_id), None)


def ringing_call(content: Iterable[Entry]) -> Entry | None:
    """The call that has not ended yet."""
    return next((entry for entry in content if entry.get("outcome") == RINGING), None)


def last_inbound(content: Iterable[Entry]) -> Entry | None:
    """What the patient said last in writing."""
    heard = [entry for entry in content if entry["kind"] == "message" and entry["direction"] == "inbound"]
    return heard[-1] if heard else None


def last_line(content: Iterable[Entry]) -> str:
    """The last words of the conversation, for a list; the patient's own where a call has some."""
    for entry in reversed(list(content)):
        if entry["kind"] == "message":
            return str(entry["text"])
        if entry["kind"] == "call":
            heard = [line["text"] for line in entry["transcript"] if line["speaker"] == "patient"]
            return str(heard[-1]) if heard else ""
    return ""


def last_inbound_text(content: Iterable[Entry]) -> str:
    """What the patient said last, which is what a person has to answer, whatever was written back by itself since."""
    entries = list(content)
    own = [entry for entry in entries if entry["kind"] == "call" or entry.get("direction") == "inbound"]
    return last_line(own) or last_line(entries)


def length(seconds: int) -> str:
    """A duration as `1m 23s`."""
    return f"{seconds // 60}m {seconds % 60:02d}s"
