"""A doctor's edit: what they wrote, with the sources it still has, judged by the same verifier."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiassist.engine.schema import Answer, Evidence, Extraction, Reason, Verified, VerifiedItem
from aiassist.engine.verifier import verify
from aiassist.models import IntakeSummary
from clinicflow.core.errors import NotFound

LINES = {"summary_text": "summary", "patient_concerns": "patient_concerns", "key_notes": "key_notes"}
NAMES = {"medications": "name", "allergies": "substance"}


def rewrite(summary: IntakeSummary, arrays: Mapping[str, Sequence[Any]], answers: Sequence[Answer]) -> Verified:
    """The arrays as a verdict: items that stood there keep their evidence, and what the verifier cannot find in the
    answers is marked as typed by the doctor. Flagged items that nobody has decided stay flagged; omissions and states
    are found anew.
    """
    sources = _sources(summary)
    body: dict[str, Any] = {
        section: [{"text": text, "evidence": sources.get((section, _key(text)), [])} for text in arrays[field]]
        for field, section in LINES.items()
    }
    for section, name in NAMES.items():
        body[section] = [{**row, "evidence": sources.get((section, _key(row[name])), [])} for row in arrays[section]]
        state = summary.items.get(f"{section}_state") or {}
        claimed = "listed" if arrays[section] else state.get("value", "not_stated")
        body[f"{section}_state"] = "not_stated" if claimed == "listed" and not arrays[section] else claimed
        body[f"{section}_state_evidence"] = state.get("evidence", [])
    verified = verify(Extraction.model_validate(body), list(answers))
    items = [_marked(item) for item in verified.items] + _undecided(summary)
    return verified.model_copy(update={"items": items})


def item_at(summary: IntakeSummary, position: int) -> dict[str, Any]:
    """The stored item of a summary by its position. NotFound when there is none."""
    entries: list[dict[str, Any]] = summary.items.get("items", [])
    if position >= len(entries):
        raise NotFound()
    return entries[position]


def correct_item(entry: Mapping[str, Any], fields: Mapping[str, Any], answers: Sequence[Answer]) -> VerifiedItem:
    """One item with the doctor's words in it, judged again beside the quote it had. What the quote does not hold is
    marked as typed by the doctor.
    """
    section = entry["section"]
    body: dict[str, Any] = {name: [] for name in (*LINES.values(), *NAMES)}
    body[section] = [entry["item"] | dict(fields)]
    for name in NAMES:
        body |= {f"{name}_state": "listed" if body[name] else "not_stated", f"{name}_state_evidence": []}
    verified = verify(Extraction.model_validate(body), list(answers))
    return _marked(verified.items[0])


def _marked(item: VerifiedItem) -> VerifiedItem:
    return item if item.plain else item.model_copy(update={"reasons": [Reason.DOCTOR_TYPED]})


def _undecided(summary: IntakeSummary) -> list[VerifiedItem]:
    kept = ("section", "item", "reasons", "repaired")
    entries = [entry for entry in summary.items.get("items", []) if is_flagged(entry)]
    return [VerifiedItem.model_validate({name: entry[name] for name in kept if name in entry}) for entry in entries]


def _sources(summary: IntakeSummary) -> dict[tuple[str, str], list[Evidence]]:
    found: dict[tuple[str, str], list[Evidence]] = {}
    for entry in summary.items.get("items", []):
        item = entry["item"]
        words = item.get("text") or item.get("name") or item.get("substance") or ""
        found[(entry["section"], _key(words))] = [Evidence(**evidence) for evidence in item["evidence"]]
    return found


def _key(words: str) -> str:
    return " ".join(words.casefold().split())


def is_plain(entry: Mapping[str, Any]) -> bool:
    """Whether an item may stand among the plain ones: verified and not removed, or accepted by the doctor."""
    verdict = entry.get("verdict")
    return verdict == "accepted" or (verdict is None and set(entry["reasons"]) <= {Reason.DOCTOR_TYPED})


def is_flagged(entry: Mapping[str, Any]) -> bool:
    """Whether an item is amber: not verified, and not decided on by the doctor."""
    return entry.get("verdict") is None and not is_plain(entry)
