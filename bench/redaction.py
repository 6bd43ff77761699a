"""Redaction: identifying data that leaks and clinical terms that are lost, with generated identities inserted into rows
of consultations.

    python -m bench.redaction PATH/*_medall.jsonl

Every row gets its own identity and, at random positions, sentences that reveal it: with nicknames, in lower case, with
one typo, with numbers in several formats. Leaks are detected without the redactor's own code, by the remaining words
and digits.
"""

import json
import random
import re
import sys
import unicodedata
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from aiassist.engine.identity import Identity
from aiassist.engine.mentions import find
from aiassist.engine.redactor import Redactor
from aiassist.engine.text import parse

GIVEN = [
    "Margaret",
    "Robert",
    "Elizabeth",
    "William",
    "Maria",
    "José",
    "Francisco",
    "Guadalupe",
    "Jennifer",
    "Michael",
    "Katherine",
    "Christopher",
    "Deborah",
    "Nguyen",
    "Priya",
    "Ahmed",
    "Fatima",
    "Wei",
    "Olga",
    "Dmitri",
    "Siobhan",
    "Aoife",
    "Tyrone",
    "Latoya",
    "Rosa",
    "Ximena",
    "Javier",
    "Ignacio",
    "Consuelo",
    "Dolores",
    "Rosemary",
    "Theodore",
    "Samantha",
    "Jonathan",
    "Patricia",
    "Andrew",
    "Susan",
    "Vincent",
    "Penelope",
    "Walter",
    "Yolanda",
    "Zachary",
    "Beatriz",
    "Héctor",
    "Lucía",
    "Raúl",
    "Ángela",
    "Mohammed",
    "Will",
    "Rose",
    "Grace",
    "Mark",
    "May",
    "Summer",
    "Faith",
    "Hope",
    "Ivy",
    "Jack",
]
FAMILY = [
    "Smith",
    "Johnson",
    "Garcia",
    "Rodríguez",
    "Martínez",
    "Hernández",
    "López",
    "González",
    "O'Neil",
    "McDonald",
    "Nguyen",
    "Tran",
    "Patel",
    "Kowalski",
    "Schmidt",
    "Fitzgerald",
    "Washington",
    "Jefferson",
    "Okafor",
    "Abdullah",
    "Petrov",
    "Yamamoto",
    "Castillo",
    "Villanueva",
    "Montgomery",
    "Blackwood",
    "Stanislavski",
    "Weatherby",
    "Hutchinson",
    "Delacroix",
    "Barrientos",
    "Echeverría",
    "Zapata",
    "Quiñones",
    "Oyelaran",
    "Lindqvist",
    "Vandermeer",
    "Abernathy",
    "Goldberg",
    "Cruz",
    "Young",
    "Brown",
    "Rivera",
    "Park",
]
STREETS = ("Maple Street", "Oakwood Avenue", "Lincoln Road", "Sycamore Lane", "Harbor Drive", "Juniper Court")
TOWNS = (
    ("Springfield", "IL", "62704"),
    ("Glenwood", "TX", "75001"),
    ("Fairhaven", "CA", "90210"),
    ("Millbrook", "NY", "12545"),
)
NICKNAMES = {
    "Margaret": "Peggy", "Robert": "Bob", "Elizabeth": "Liz", "William": "Bill", "José": "Pepe", "Francisco": "Paco", "Guadalupe": "Lupita", "Jennifer": "Jen", "Michael": "Mike", "Katherine": "Kathy",
    "Christopher": "Chris", "Deborah": "Debbie", "Javier": "Javi", "Ignacio": "Nacho", "Consuelo": "Chelo", "Theodore": "Ted", "Samantha": "Sammy", "Patricia": "Trish", "Andrew": "Andy", "Susan": "Susie",
}  # fmt: skip
TEMPLATES = (
    ("name", "My name is {first} {last}."),
    ("name", "this is {first} {last} by the way."),
    ("lower case", "my name is {lower}, and i come here every year."),
    ("last name", "Everybody at work calls me {last}."),
    ("first name", "They wrote {first} on the bottle."),
    ("nickname", "People call me {nick}."),
    ("one typo", "It says {typo} on my card."),
    ("upper case", "PATIENT: {upper}."),
    ("with accents lost", "Soy {plain} y vivo cerca."),
    ("phone", "You can reach me at {phone}."),
    ("email", "My email is {email}, write me."),
    ("birth date", "I was born on {born}."),
    ("birth date alone", "My date is {born}."),
    ("address", "I live at {street} in {town}."),
    ("record number", "My chart is {record}."),
    ("doctor", "Dr. {doctor} told me to come."),
    ("clinic", "I was at {clinic} last time."),
)


def identity(chance: random.Random) -> tuple[Identity, dict[str, str]]:
    """An invented patient, and the values of the templates with what must not remain of each."""
    first, last, doctor = chance.choice(GIVEN), chance.choice(FAMILY), chance.choice(FAMILY)
    born = date(1930, 1, 1) + timedelta(days=chance.randrange(30_000))
    phone = f"{chance.randrange(201, 989)}555{chance.randrange(100, 9999):04d}"
    phones = (
        f"({phone[:3]}) {phone[3:6]}-{phone[6:]}",
        f"{phone[:3]}.{phone[3:6]}.{phone[6:]}",
        phone,
        f"+1 {phone[:3]} {phone[3:6]} {phone[6:]}",
        f"{phone[3:6]} {phone[6:]}",
    )
    dates = (
        f"{born:%m/%d/%Y}",
        f"{born.month}/{born.day}/{born:%y}",
        f"{born:%B} {born.day}, {born.year}",
        f"{born.day} {born:%b} {born.year}",
        f"{born:%Y-%m-%d}",
    )
    town, state, post = chance.choice(TOWNS)
    street = f"{chance.randrange(10, 9999)} {chance.choice(STREETS)}"
    record = f"MRN{chance.randrange(100_000, 999_999)}"
    email = f"{_plain(first).lower()}.{re.sub(r'[^a-z]', '', _plain(last).lower())}{chance.randrange(99)}@example.com"
    who = Identity(
        names=(first, last), date_of_birth=born, phones=(f"+1{phone}",), emails=(email,), addresses=(f"{street}, {town}, {state} {post}",), record_numbers=(record,),
        clinics=("Lakeside Family Clinic",), doctors=(f"Dr. {doctor}",),
    )  # fmt: skip
    fill = {
        "first": first, "last": last, "lower": f"{first} {last}".lower(), "nick": NICKNAMES.get(first, first), "typo": _typo(last if len(last) > 5 else first, chance), "upper": f"{last} {first}".upper(),
        "plain": _plain(f"{first} {last}"), "phone": chance.choice(phones), "email": email, "born": chance.choice(dates), "street": street, "town": town, "record": record, "doctor": doctor,
        "clinic": "Lakeside Family Clinic",
    }  # fmt: skip
    return who, fill


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _typo(name: str, chance: random.Random) -> str:
    """One letter swapped, dropped or doubled inside a name of six letters or more; shorter names are left as they
    are.
    """
    if len(name) < 6:
        return name
    at = chance.randrange(1, len(name) - 2)
    return chance.choice(
        (
            name[:at] + name[at + 1] + name[at] + name[at + 2 :],
            name[:at] + name[at + 1 :],
            name[:at] + name[at] + name[at:],
        )
    )


def survives(kind: str, said: str, sent: str) -> bool:
    """Whether the original text is still recognizable in the redacted text, by words or by digits."""
    words = set(re.findall(r"\w+", _plain(sent).lower()))
    if kind in ("phone", "birth date", "birth date alone", "record number"):
        digits = re.sub(r"\D", "", said)
        return said.lower() in sent.lower() or (
            len(digits) >= 6 and digits in re.sub(r"(?<=\d)\W{0,3}(?=\d)", "", sent)
        )
    if kind in ("email", "clinic"):
        return said.lower() in sent.lower()
    parts = [
        part
        for part in re.findall(r"\w+", _plain(said).lower())
        if len(part) > 2 and part not in ("street", "avenue", "road", "lane", "drive", "court")
    ]
    return any(part in words for part in parts)


def main(paths: list[str]) -> int:
    """Print the table; the exit code is 1 when the goal (0.1 % leaked, no clinical term lost) is missed."""
    chance = random.Random(20261124)
    placed, leaks, terms, lost = Counter(), Counter(), 0, 0
    examples: list[str] = []
    rows = [json.loads(line) for path in paths for line in Path(path).read_text(encoding="utf-8").splitlines()]
    for row in rows:
        who, fill = identity(chance)
        redactor = Redactor(who)
        for answer in row["answers"]:
            raw = str(answer["answer"])
            if not raw.strip():
                continue
            kind, template = chance.choice(TEMPLATES)
            sentence = template.format(**fill)
            said = " ".join(fill[name] for name in re.findall(r"\{(\w+)\}", template))
            mixed = f"{sentence} {raw}" if chance.random() < 0.5 else f"{raw.rstrip(' .')}. {sentence}"
            sent = redactor.redact(mixed).text
            placed[kind] += 1
            if survives(kind, said, _without(sent, raw)):
                leaks[kind] += 1
                examples.append(f"{kind}: {sentence!r} -> {sent[:160]!r}")
            before = Counter(" ".join(parse(raw).norms[n.first : n.last + 1]) for n in find(parse(raw), guess=False))
            after = Counter(" ".join(parse(sent).norms[n.first : n.last + 1]) for n in find(parse(sent), guess=False))
            terms += sum(before.values())
            if before - after:
                lost += sum((before - after).values())
                examples.append(f"lost {dict(before - after)}: {sent[:160]!r}")
    print("| identifier | placed | leaked |\n|---|---|---|")
    for kind in placed:
        print(f"| {kind} | {placed[kind]} | {leaks[kind]} |")
    total, leaked = sum(placed.values()), sum(leaks.values())
    print(f"| **all** | {total} | {leaked} ({leaked / total:.2%}) |\n\nclinical terms: {terms}, lost: {lost}")
    for example in examples[:40]:
        print(example, file=sys.stderr)
    return int(leaked / total > 0.001 or lost > 0)


def _without(sent: str, raw: str) -> str:
    """What would be sent, less the words that the row itself contains (a town or a name that the row's own speaker
    happens to say).
    """
    own = set(re.findall(r"\w+", _plain(raw).lower()))
    return re.sub(r"\w+", lambda m: "" if _plain(m.group()).lower() in own else m.group(), sent)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
