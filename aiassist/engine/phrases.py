"""Phrases over words and word classes: a small notation, compiled to a finite automaton.

    [please] cancel (it|{visit})         words, an optional part, alternatives, a macro
    <body> _4 <pain>                     classes of words, and a gap of up to four words of any kind

Each token is read once per start, and no phrase is longer than its notation says: there is no star, so reading a text
takes time in proportion to its length. A gap never crosses the end of a sentence.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

Symbol = frozenset[str]  # what one token may be read as: its word, its classes

SENTENCE_END = frozenset(["<end>"])
_ANY = "*"
_NOTATION = re.compile(r"[()\[\]|]|<[\w-]+>|_\d|\{\w+\}|[^\s()\[\]|<>{}]+")
_MOST_STATES = 20_000  # of one automaton that are remembered; hostile text makes no more


def word_set(text: str) -> frozenset[str]:
    """The words of a text, separated by blanks."""
    return frozenset(text.split())


@dataclass(slots=True, eq=False)
class _State:
    """A state of the deterministic automaton, with the moves that have been made from it so far."""

    nodes: frozenset[int]
    accepts: tuple[str, ...]
    moves: dict[Symbol, "_State | None"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase of the group `name` that covers the tokens from `start` up to, not including, `end`."""

    name: str
    start: int
    end: int


class Automaton:
    """A set of nodes that phrases are added to; states are put together as texts need them."""

    def __init__(self, classes: Mapping[str, str], macros: Mapping[str, str]) -> None:
        self.words: set[str] = set()
        self._macros = {name: _NOTATION.findall(text) for name, text in macros.items()}
        self._classes: dict[str, set[str]] = {}
        for name, members in classes.items():
            for word in members.split():
                self._classes.setdefault(word, set()).add(f"<{name}>")
        self.words.update(self._classes)
        self._empty: list[list[int]] = []  # of each node, those that follow it without a token
        self._edges: dict[str, dict[int, list[int]]] = {}  # of each label, which nodes it leads from, and where to
        self._names: dict[int, str] = {}
        self._closures: dict[int, frozenset[int]] = {}
        self._states: dict[frozenset[int], _State] = {}

    def node(self, name: str = "") -> int:
        """A new node; a text that ends there has the meaning `name`."""
        self._empty.append([])
        if name:
            self._names[len(self._empty) - 1] = name
        return len(self._empty) - 1

    def add(self, phrase: str, start: int, end: int) -> None:
        """Let a phrase of the notation lead from one node to another."""
        items = _NOTATION.findall(phrase)
        last, rest = self._alternatives(items, 0, start)
        if rest != len(items):
            raise ValueError(f"unbalanced phrase: {phrase}")
        self._empty[last].append(end)

    def symbol(self, word: str) -> Symbol:
        """What a word may be read as; empty for one that no phrase has."""
        return frozenset([word, *self._classes.get(word, ())]) if word in self.words else frozenset()

    def state(self, nodes: Iterable[int]) -> _State:
        """The state of being at these nodes, and at all that follow from them without a token."""
        key = frozenset().union(*(self._closure(node) for node in set(nodes)))
        if len(self._states) > _MOST_STATES:
            self._states.clear()
        known = self._states.get(key)
        if known is None:
            names = tuple(sorted({self._names[node] for node in self._names.keys() & key}))
            known = self._states.setdefault(key, _State(key, names))
        return known

    def _closure(self, node: int) -> frozenset[int]:
        known = self._closures.get(node)
        if known is None:
            seen, waiting = {node}, [node]
            while waiting:
                for follower in self._empty[waiting.pop()]:
                    if follower not in seen:
                        seen.add(follower)
                        waiting.append(follower)
            known = self._closures[node] = frozenset(seen)
        return known

    def move(self, state: _State, symbol: Symbol) -> _State | None:
        """The state after one more token; None where no phrase goes on."""
        try:
            return state.moves[symbol]
        except KeyError:
            pass
        labels = symbol if symbol is SENTENCE_END else (*symbol, _ANY)
        reached: set[int] = set()
        for label in labels:
            edges = self._edges.get(label)
            if edges:
                for node in edges.keys() & state.nodes:
                    reached.update(edges[node])
        after = self.state(reached) if reached else None
        state.moves[symbol] = after
        return after

    def _alternatives(self, items: list[str], at: int, start: int) -> tuple[int, int]:
        """Read alternatives up to a closing bracket or the end; their common last node, and where reading stopped."""
        end = self.node()
        while True:
            last, at = self._sequence(items, at, start)
            self._empty[last].append(end)
            if at >= len(items) or items[at] != "|":
                return end, at
            at += 1

    def _sequence(self, items: list[str], at: int, start: int) -> tuple[int, int]:
        while at < len(items) and items[at] not in (")", "]", "|"):
            item = items[at]
            if item in ("(", "["):
                end, at = self._alternatives(items, at + 1, start)
                if at >= len(items) or items[at] != (")" if item == "(" else "]"):
                    raise ValueError(f"unbalanced phrase: {' '.join(items)}")
                if item == "[":
                    self._empty[start].append(end)
                start = end
            elif item[0] == "{":
                start, _ = self._alternatives(self._macros[item[1:-1]], 0, start)
            elif item[0] == "_" and len(item) == 2:
                start = self._gap(start, int(item[1]))
            else:
                start = self._step(start, item)
            at += 1
        return start, at

    def _step(self, start: int, label: str) -> int:
        end = self.node()
        self._edges.setdefault(label, {}).setdefault(start, []).append(end)
        if label[0] != "<":
            self.words.add(label)
        return end

    def _gap(self, start: int, most: int) -> int:
        for _ in range(most):
            end = self.node()
            self._edges.setdefault(_ANY, {}).setdefault(start, []).append(end)
            self._empty[start].append(end)
            start = end
        return start


class Finder:
    """Finds phrases of several groups anywhere in a text."""

    def __init__(
        self, groups: Mapping[str, Sequence[str]], classes: Mapping[str, str], macros: Mapping[str, str]
    ) -> None:
        self._automaton = Automaton(classes, macros)
        first = self._automaton.node()
        for name, phrases in groups.items():
            end = self._automaton.node(name)
            for phrase in phrases:
                self._automaton.add(phrase, first, end)
        self._first = self._automaton.state([first])
        self.symbol = self._automaton.symbol
        self.words = self._automaton.words

    def find(self, symbols: Sequence[Symbol]) -> Iterator[Found]:
        """Each phrase that begins at a token, the shortest of each group, in the order of the text."""
        move, first, total = self._automaton.move, self._first, len(symbols)
        known = first.moves
        for start, symbol in enumerate(symbols):
            state = known[symbol] if symbol in known else move(first, symbol)
            if state is None:
                continue
            end, names = start + 1, set[str]()
            while state is not None:
                for name in state.accepts:
                    if name not in names:
                        names.add(name)
                        yield Found(name, start, end)
                if end == total:
                    break
                symbol = symbols[end]
                moves = state.moves
                state = moves[symbol] if symbol in moves else move(state, symbol)
                end += 1


class Cover:
    """Whether a whole text is made of the phrases of one meaning, at least one of `core`, and of `filler`."""

    def __init__(
        self, core: Sequence[str], filler: Sequence[str], classes: Mapping[str, str], macros: Mapping[str, str]
    ) -> None:
        self._automaton = Automaton(classes, macros)
        before, after = self._automaton.node(), self._automaton.node("covered")
        for phrase in core:
            self._automaton.add(phrase, before, after)
            self._automaton.add(phrase, after, after)
        for phrase in filler:
            self._automaton.add(phrase, before, before)
            self._automaton.add(phrase, after, after)
        self._first = self._automaton.state([before])
        self.symbol = self._automaton.symbol
        self.words = self._automaton.words

    def covers(self, symbols: Sequence[Symbol]) -> bool:
        """Whether every token belongs to a phrase, and one of them to the core."""
        state = self._first
        for symbol in symbols:
            after = self._automaton.move(state, symbol)
            if after is None:
                return False
            state = after
        return bool(state.accepts)
