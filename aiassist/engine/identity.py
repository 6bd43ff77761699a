"""What is known of the person: the words and numbers that must not leave the machine."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from aiassist.engine.lexicon import DATA
from aiassist.engine.text import norm_word, parse

_PARTICLE_WORDS = "de la las los del da dos van von der den di le el al bin ibn y jr sr ii iii st mc mac o d"
_PARTICLES = frozenset(_PARTICLE_WORDS.split())
_DIMINUTIVES = ("ito", "ita", "illo", "illa", "cito", "cita", "ico", "ica")


@dataclass(frozen=True, slots=True)
class Identity:
    """A patient's demographics and the names of the clinic and its doctors, as the database has them.

    `address` is the patient's own, `addresses` are others that may not leave, such as the clinic's. Empty fields are
    allowed.
    """

    names: tuple[str, ...] = ()
    date_of_birth: date | None = None
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    record_numbers: tuple[str, ...] = ()
    clinics: tuple[str, ...] = ()
    doctors: tuple[str, ...] = ()
    address: str = ""

    @property
    def all_addresses(self) -> tuple[str, ...]:
        """Every address that may not leave."""
        return (*self.addresses, self.address) if self.address else self.addresses


def age_band(born: date | None, today: date) -> str:
    """The band of ten years that is sent instead of a birth date: "40-49", "90+", "unknown"; under one year "0-9"."""
    if born is None or born > today:
        return "unknown"
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return "90+" if age >= 90 else f"{age // 10 * 10}-{age // 10 * 10 + 9}"


@lru_cache(maxsize=1)
def _nicknames() -> dict[str, frozenset[str]]:
    """Every given name with all that its bearer may be called, in both directions."""
    groups: dict[str, set[str]] = {}
    for line in (DATA / "nicknames.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            head, _, rest = line.partition(":")
            members = {norm_word(head.strip()), *(norm_word(name.strip()) for name in rest.split(","))}
            for member in members:
                groups.setdefault(member, set()).update(
                    members if member == norm_word(head) else {norm_word(head), member}
                )
    return {name: frozenset(group) for name, group in groups.items()}


@lru_cache(maxsize=256)
def name_words(names: tuple[str, ...]) -> dict[str, bool]:
    """The words of names, normalised, and whether each is on file (True) or only a nickname or a diminutive of one that
    is (False).
    """
    words: dict[str, bool] = {}
    for name in names:
        for word in parse(name).norms:
            for form in {word, word.replace("'", ""), *(part for part in word.split("'") if len(part) > 3)}:
                if (len(form) >= 2 and form not in _PARTICLES and form.isalpha()) or ("'" in form and len(form) > 3):
                    words[form] = True
    for word in list(words):
        for nickname in _nicknames().get(word, ()):
            if len(nickname) >= 2:
                words.setdefault(nickname, False)
    for word in list(words):
        for diminutive in _diminutives(word):
            words.setdefault(diminutive, False)
    return words


def _diminutives(word: str) -> set[str]:
    """Spanish ways to call the bearer of a name: Pepe, Pepito; Ana, Anita."""
    if len(word) < 3 or not word.isalpha():
        return set()
    stem = word.rstrip("aeo") if word[-1] in "aeo" else word
    return {stem + ending for ending in _DIMINUTIVES} if len(stem) >= 2 else set()
