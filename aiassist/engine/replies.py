"""What a patient's reply to an appointment message means. English and Spanish, by rules, without guessing.

Acting needs the whole message, alarming a part of it. `confirm` and `cancel` are given only if every token of the reply
belongs to the grammar of that act (reply_grammar.py); `opt_out` if the patient takes back the consent to be written to,
in whatever words around it (opt_out.py); `urgent` if danger is named anywhere (danger.py). Everything else is for a
person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from aiassist.engine import auto_replies, email_body, opt_out, reply_hints
from aiassist.engine.danger import Danger, find_dangers
from aiassist.engine.reply_calendar import CALENDAR_WORDS
from aiassist.engine.reply_facts import label_facts
from aiassist.engine.reply_grammar import cancelling, confirming
from aiassist.engine.reply_tokens import Piece, cut
from aiassist.engine.visit_facts import VisitFacts

__all__ = ["AUTOMATIC", "Reply", "ReplyKind", "VisitFacts", "classify"]

LONGEST_READ = 4_000  # characters; what is longer is no clear yes, and danger is looked for in all of it
FEW_WORDS = 5  # an unclear reply of more is long: asking the patient again would not make it clearer


class ReplyKind(StrEnum):
    """The meanings of a reply. The values are stored; never rename one."""

    CONFIRM = "confirm"
    CANCEL = "cancel"
    OPT_OUT = "opt_out"
    RESCHEDULE = "reschedule"
    HUMAN = "human"
    WRONG_NUMBER = "wrong_number"
    URGENT = "urgent"
    QUESTION = "question"
    AUTO_REPLY = "auto_reply"
    AMBIGUOUS = "ambiguous"


AUTOMATIC = frozenset({ReplyKind.CONFIRM, ReplyKind.CANCEL, ReplyKind.OPT_OUT})
# Of several, the one that changes most what a person does next.
_FOR_A_PERSON = (ReplyKind.WRONG_NUMBER, ReplyKind.HUMAN, ReplyKind.RESCHEDULE, ReplyKind.QUESTION)


@dataclass(frozen=True, slots=True)
class Reply:
    """The verdict.

    `question`: something else is wished or asked as well, so a person should read it. `opt_out`: also wants no more
    messages, whatever else. `long`: more than a few words; if such a reply is unclear, a person should read it rather
    than the patient be asked again. `dangers`: what made it urgent.
    """

    kind: ReplyKind
    question: bool = False
    opt_out: bool = False
    long: bool = False
    dangers: tuple[Danger, ...] = ()

    @property
    def automatic(self) -> bool:
        """Whether the meaning may act without a person."""
        return self.kind in AUTOMATIC


def classify(text: str, visit: VisitFacts | None = None, channel: str = "sms") -> Reply:
    """The meaning of a reply to a message about a visit, over `channel`: sms, email or voice.

    Days, times and names in it are compared with `visit`; without those facts nothing that names them acts.
    """
    spoken = channel == "voice"
    unquoted = text if spoken else email_body.unquoted(text)
    body = text if spoken else email_body.written(text, _known_words(), mailed=channel == "email")
    pieces = cut(body[:LONGEST_READ])
    words = [piece for piece in pieces if piece.kind in ("word", "number")]
    is_long = len(words) > FEW_WORDS
    if dangers := find_dangers(unquoted or text):
        return Reply(ReplyKind.URGENT, _asks(pieces), opt_out.opts_out(pieces), is_long, dangers)
    if not words and not any(piece.kind == "emoji" for piece in pieces):
        return Reply(ReplyKind.AMBIGUOUS, _asks(pieces))
    if auto_replies.is_reaction(body):
        return Reply(ReplyKind.AUTO_REPLY, long=is_long)
    labelled = label_facts(pieces, visit or VisitFacts())
    if len(body) <= LONGEST_READ:
        for kind, act in ((ReplyKind.CONFIRM, confirming()), (ReplyKind.CANCEL, cancelling())):
            if act.covers(labelled):
                return Reply(kind, long=is_long)
    if auto_replies.is_automatic(pieces):
        return Reply(ReplyKind.AUTO_REPLY, long=is_long)
    hints = reply_hints.hints(labelled)
    if opt_out.opts_out(pieces):
        return Reply(ReplyKind.OPT_OUT, bool(hints), opt_out=True, long=is_long)
    kind = next((kind for kind in _FOR_A_PERSON if kind in hints), ReplyKind.AMBIGUOUS)
    return Reply(kind, "question" in hints, long=is_long)


def _asks(pieces: Sequence[Piece]) -> bool:
    return any(piece.kind == "ask" for piece in pieces)


@lru_cache(maxsize=1)
def _known_words() -> frozenset[str]:
    return confirming().words | cancelling().words | reply_hints.known_words() | CALENDAR_WORDS
