"""A limit on how long reading a form may take, and what is shown when it is reached."""

import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from aiassist.engine.schema import Answer, Evidence, Line, Reason, Verified, VerifiedItem, VerifiedState

Result = TypeVar("Result")
LONGEST_LINE = 300  # characters of an answer in one line
MOST_LINES = 40


class TooSlow(Exception):
    """A call did not end within its seconds."""


def within(seconds: float, call: Callable[..., Result], *arguments: Any) -> Result:
    """The result of a call that reads and writes nothing but its arguments, or TooSlow after `seconds`.

    An abandoned call ends by itself in its thread; its result is dropped. What it raises in time is raised here.
    """
    results: list[Result] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            results.append(call(*arguments))
        except BaseException as error:  # raised again in the caller's thread
            errors.append(error)

    thread = threading.Thread(target=work, daemon=True, name="engine")
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not results:
        raise TooSlow
    return results[0]


def unread(answers: Sequence[Answer]) -> Verified:
    """The verdict on a form that was not read in time: every clinical answer as it is, flagged as not read."""
    told = [answer for answer in answers if answer.kind == "clinical" and answer.text.strip()]
    state = VerifiedState(value="unclear", claimed="unclear", reasons=[], evidence=[])
    return Verified(
        items=[_as_it_is(answer) for answer in told[:MOST_LINES]],
        omissions=[],
        medications_state=state,
        allergies_state=state,
        attention=["not_read"],
        instruction_like=[],
    )


def _as_it_is(answer: Answer) -> VerifiedItem:
    quote = answer.text.strip()[:LONGEST_LINE]
    evidence = [Evidence(question_id=answer.question_id, quote=quote)]
    return VerifiedItem(section="summary", item=Line(text=quote, evidence=evidence), reasons=[Reason.NOT_READ])
