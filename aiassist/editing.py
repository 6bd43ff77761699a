"""A doctor's edit: what they wrote, with the sources it still has, judged by the same verifier."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiassist.engine.schema import Answer, Evidence, Extraction, Reason, Verified
from aiassist.engine.verifier import verify
from aiassist.models import IntakeSummary

LINES = {"summary_text": "summary", "patient_concerns": "patient_concerns", "key_notes": "key_notes"}
NAMES = {"medications": "name", "allergies": "substance"}


def edited(summary: IntakeSummary, arrays: Mapping[str, Sequence[Any]], answers: Sequence[Answer]) -> Verified:
    """The arrays as a verdict: items that stood there keep their evidence, and what the verifier cannot find in the
    answers is marked as typed by the doctor. Omissions and states are found anew."""
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
    items = [
        item if item.plain else item.model_copy(update={"reasons": [Reason.DOCTOR_TYPED]}) for item in verified.items
    ]
    return verified.model_copy(update={"items": items})


def _sources(summary: IntakeSummary) -> dict[tuple[str, str], list[Evidence]]:
    found: dict[tuple[str, str], list[Evidence]] = {}
    for entry in summary.items.get("items", []):
        item = entry["item"]
        words = item.get("text") or item.get("name") or item.get("substance") or ""
        found[(entry["section"], _key(words))] = [Evidence(**evidence) for evidence in item["evidence"]]
    return found


def _key(words: str) -> str:
    return " ".join(words.casefold().split())
