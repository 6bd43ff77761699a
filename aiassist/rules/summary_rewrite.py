"""Verification of a doctor's edit, with the evidence of the items that it keeps."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiassist.engine.schema import Answer, Evidence, Extraction, Reason, Verified, VerifiedItem
from aiassist.engine.verifier import verify
from aiassist.models import IntakeSummary
from clinicflow.core.errors import NotFound

TEXT_SECTIONS = {"summary_text": "summary", "patient_concerns": "patient_concerns", "key_notes": "key_notes"}
LIST_SECTIONS = {"medications": "name", "allergies": "substance"}


def rewrite(summary: IntakeSummary, arrays: Mapping[str, Sequence[Any]], answers: Sequence[Answer]) -> Verified:
    """Verify edited arrays. Unchanged items keep their evidence; unsupported ones are marked as typed by the doctor.

    Flagged items without a decision stay flagged; omissions and states are computed again.
    """
    sources = _sources(summary)
    body: dict[str, Any] = {
        section: [{"text": text, "evidence": sources.get((section, _key(text)), [])} for text in arrays[field]]
        for field, section in TEXT_SECTIONS.items()
    }
    for section, name in LIST_SECTIONS.items():
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
    """Verify one item with corrected fields against its quote. An unsupported one is marked as typed by the doctor."""
    section = entry["section"]
    body: dict[str, Any] = {name: [] for name in (*TEXT_SECTIONS.values(), *LIST_SECTIONS)}
    body[section] = [entry["item"] | dict(fields)]
    for name in LIST_SECTIONS:
        body |= {f"{name}_state": "listed" if body[name] else "not_stated", f"{name}_state_evidence": []}
    verified = verify(Extraction.model_validate(body), list(answers))
    return _marked(verified.items[0])


def _marked(item: VerifiedItem) -> VerifiedItem:
    return item if item.plain else item.model_copy(update={"reasons": [Reason.DOCTOR_TYPED]})


def _undecided(summary: IntakeSummary) -> list[VerifiedItem]:
    names = ("section", "item", "reasons", "repaired")
    entries = [entry for entry in summary.items.get("items", []) if is_flagged(entry)]
    return [VerifiedItem.model_validate({name: entry[name] for name in names if name in entry}) for entry in entries]


def _sources(summary: IntakeSummary) -> dict[tuple[str, str], list[Evidence]]:
    sources: dict[tuple[str, str], list[Evidence]] = {}
    for entry in summary.items.get("items", []):
        item = entry["item"]
        text = item.get("text") or item.get("name") or item.get("substance") or ""
        sources[(entry["section"], _key(text))] = [Evidence(**evidence) for evidence in item["evidence"]]
    return sources


def _key(text: str) -> str:
    return " ".join(text.casefold().split())


def is_plain(entry: Mapping[str, Any]) -> bool:
    """Whether an item is shown as verified: verified and not removed, or accepted by the doctor."""
    verdict = entry.get("verdict")
    return verdict == "accepted" or (verdict is None and set(entry["reasons"]) <= {Reason.DOCTOR_TYPED})


def is_flagged(entry: Mapping[str, Any]) -> bool:
    """Whether an item is shown as a warning: not verified, and not accepted or removed by the doctor."""
    return entry.get("verdict") is None and not is_plain(entry)
