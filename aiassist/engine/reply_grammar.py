"""Whether a whole reply is a clear yes or a clear cancellation: every token has to belong to that act's phrases."""

from collections.abc import Sequence
from functools import lru_cache

from aiassist.engine import reply_vocabulary as vocabulary
from aiassist.engine.phrases import Cover, Finder
from aiassist.engine.reply_tokens import Piece
from aiassist.engine.speller import Speller

LONGEST = 40  # tokens; what is longer says more than yes or no
_SILENT = frozenset(["comma", "end"])


class Act:
    """The grammar of one act."""

    def __init__(self, core: Sequence[str], beside: Sequence[str], macros: dict[str, str]) -> None:
        self._cover = Cover(core, [*vocabulary.COURTESY, *beside], vocabulary.CLASSES, macros)
        self._vetoes = Finder({"veto": vocabulary.VETOES}, vocabulary.CLASSES, macros)
        self.words = frozenset(self._cover.words)
        self._speller = Speller(self.words)

    def covers(self, pieces: Sequence[Piece]) -> bool:
        """Whether the reply does nothing but this act. A question mark never does."""
        said = [piece for piece in pieces if piece.kind not in _SILENT]
        if not said or len(said) > LONGEST or any(piece.kind == "ask" for piece in said):
            return False
        words = [self._speller.read(piece.word) if piece.kind == "word" else piece.word for piece in said]
        labels = [piece.labels for piece in said]
        vetoed = [self._vetoes.symbol(word) | label for word, label in zip(words, labels, strict=True)]
        if next(self._vetoes.find(vetoed), None) is not None:
            return False
        return self._cover.covers([self._cover.symbol(word) | label for word, label in zip(words, labels, strict=True)])


@lru_cache(maxsize=1)
def confirming() -> Act:
    """The grammar of a clear yes."""
    return Act(vocabulary.CONFIRM, vocabulary.BESIDE_CONFIRM, vocabulary.MACROS)


@lru_cache(maxsize=1)
def cancelling() -> Act:
    """The grammar of a clear cancellation."""
    macros = vocabulary.MACROS | vocabulary.CANCEL_MACROS
    return Act(vocabulary.CANCEL, vocabulary.BESIDE_CANCEL, macros)
