"""Generates the lexicon from public word lists. Run by hand when the sources change; the results are committed.

    python -m venv /tmp/lexicon && /tmp/lexicon/bin/pip install drug-named-entity-recognition==2.0.9 symspellpy pyspellchecker rapidfuzz
    /tmp/lexicon/bin/python -m aiassist.engine.build_lexicon

Sources: the dictionary of drug-named-entity-recognition (MIT, Fast Data Science Ltd), the English frequency list of symspellpy (MIT)
and the Spanish one of pyspellchecker (MIT). None of the three is needed to run ClinicFlow. Written: `data/drugs.tsv` (name, ingredient,
`c` when patients commonly know it) and `data/ordinary_words.txt` (the commonest words of both languages and every word so close to a medicine
that it must never be read as a misspelt one).
"""

import bz2
import gzip
import importlib.util
import json
import pickle
import re
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from aiassist.engine.text import key

DATA = Path(__file__).parent / "data"
KNOWN_TO_PATIENTS = ("medline_plus_id", "nhs_url")
COMMON_ENGLISH, COMMON_SPANISH = 15_000, 8_000
KNOWN = (*KNOWN_TO_PATIENTS, "wikipedia_url")
FORM_WORDS = re.compile(
    r" (?:patch|injection|nasal spray|nasal inhalation|oral inhalation|ophthalmic|topical|transdermal(?: patch)?|rectal|vaginal|otic|nasal|buccal|oral|"
    r"oral contraceptives|hydrochloride|sodium|hcl)$"
)
# Ordinary words, body chemistry, foods and brands of other things that the source lists as names of medicines.
NOT_MEDICINES = frozenset(
    [
        "armour",
        "colgate",
        "generics",
        "kendrick",
        "gana",
        "cambia",
        "cera",
        "vals",
        "teta",
        "carbono",
        "cortisol",
        "cocaine",
        "opium",
        "methamphetamine",
        "alcohol",
        "ethanol",
        "water",
        "glucose",
        "creatinine",
        "hemoglobin",
        "cholesterol",
        "nicotine",
        "caffeine",
        "oxygen",
        "histamine",
        "serotonin",
        "dopamine",
        "albumin",
        "estrogen",
        "oestrogen",
        "nitrogen",
        "carbon",
        "sugar",
        "salt",
        "sodium",
        "charcoal",
        "amphetamine",
        "tea",
        "coffee",
        "honey",
        "peanut",
        "latex",
        "advance",
        "balance",
        "eggs",
        "milk",
        "cannabis",
        "marijuana",
        "heroin",
        "nicotina",
        "starch",
        "lactose",
        "gluten",
        "sucrose",
        "protein",
        "bran",
        "ginger",
        "garlic",
        "lemon",
        "orange",
        "mint",
        "corn",
        "oats",
        "rice",
        "soy",
        "soybean",
        "wheat",
        "collagen",
        "today",
        "equal",
        "relief",
        "comfort",
        "natural",
        "thrombin",
        "plasma",
        "platelets",
    ]
)


def source_dictionary() -> dict[str, dict[str, object]]:
    """The pickled dictionary of the source package, found without importing it (its import reaches for the network)."""
    spec = importlib.util.find_spec("drug_named_entity_recognition")
    if spec is None or spec.origin is None:
        raise SystemExit("drug-named-entity-recognition is not installed; see the docstring for the command")
    with bz2.open(Path(spec.origin).with_name("drug_ner_dictionary.pkl.bz2")) as handle:
        return pickle.load(handle)  # type: ignore[no-any-return]  # the package's own data, its shape is checked by the use below


def medicine_rows(source: dict[str, dict[str, object]]) -> list[tuple[str, str, str]]:
    """(name, ingredient, mark) for every name of up to four plain words whose medicine has a public patient page or article."""
    canonicals: dict = source["drug_canonical_to_data"]
    rows: dict[str, tuple[str, str]] = {}
    for name, owners in source["drug_variant_to_canonical"].items():
        known = [owner for owner in owners if any(mark in canonicals.get(owner, {}) for mark in KNOWN)]
        lookup = key(name)
        if not known or lookup in NOT_MEDICINES or lookup in rows:
            continue
        if (
            not re.fullmatch(r"[a-z0-9][a-z0-9\- ]{3,34}", name)
            or len(lookup.split()) > 4
            or not re.search(r"[a-z]{3}", lookup)
        ):
            continue
        common = any(mark in canonicals[known[0]] for mark in KNOWN_TO_PATIENTS)
        rows[lookup] = (FORM_WORDS.sub("", key(known[0])), "c" if common else "")
    return [(name, ingredient, mark) for name, (ingredient, mark) in sorted(rows.items())]


def ordinary_words(names: list[str]) -> list[str]:
    """Common words, and rarer ones near a one-word name: read as themselves, never as a misspelt or an unknown medicine."""
    import spellchecker
    import symspellpy

    english = (
        Path(symspellpy.__file__)
        .with_name("frequency_dictionary_en_82_765.txt")
        .read_text(encoding="utf-8-sig")
        .splitlines()
    )
    words = {line.split()[0] for line in english}
    kept = {key(line.split()[0]) for line in english[:COMMON_ENGLISH]}
    with gzip.open(Path(spellchecker.__file__).parent / "resources" / "es.json.gz", "rt", encoding="utf-8") as handle:
        spanish = json.load(handle)
    words |= {word for word, count in spanish.items() if count >= 2}
    kept |= {key(word) for word in sorted(spanish, key=spanish.__getitem__, reverse=True)[:COMMON_SPANISH]}
    kept = {word for word in kept if len(word) > 3 and word.isalpha() and word not in names}
    by_length: dict[int, list[str]] = {}
    for name in names:
        by_length.setdefault(len(name), []).append(name)
    taken = set(names)
    for word in {key(word) for word in words}:
        if len(word) < 5 or not word.isalpha() or word in taken:
            continue
        near = [
            name
            for length in range(len(word) - 2, len(word) + 3)
            for name in by_length.get(length, ())
            if name[0] == word[0] or name[1:3] == word[1:3]
        ]
        if process.extractOne(word, near, scorer=OSA.distance, score_cutoff=2 if len(word) < 8 else 3):
            kept.add(word)
    return sorted(kept)


def main() -> None:
    """Write both files and say how many names they hold."""
    rows = medicine_rows(source_dictionary())
    header = "# Generated by aiassist.engine.build_lexicon from drug-named-entity-recognition 2.0.9 (MIT, Copyright (c) 2023 Fast Data Science Ltd)\n"
    (DATA / "drugs.tsv").write_text(
        header + "".join("\t".join(row).rstrip("\t") + "\n" for row in rows), encoding="utf-8"
    )
    from aiassist.engine.lexicon import load

    words = ordinary_words([name for name in load().spelling_names if " " not in name])
    header = "# Generated by aiassist.engine.build_lexicon from symspellpy (MIT) and pyspellchecker (MIT)\n"
    (DATA / "ordinary_words.txt").write_text(header + "\n".join(words) + "\n", encoding="utf-8")
    print(f"{len(rows)} names of medicines, {len(words)} ordinary words")


if __name__ == "__main__":
    main()
