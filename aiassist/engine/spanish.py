"""Spanish forms of generic names, by the endings and spellings in which the two languages differ."""

import re

LONGEST = 2  # words of a name that is given Spanish forms
_ENDINGS = (
    ("mycin", ("micina",)),
    ("floxacin", ("floxacino", "floxacina")),
    ("cillin", ("cilina",)),
    ("cycline", ("ciclina",)),
    ("dipine", ("dipino", "dipina")),
    ("azole", ("azol",)),
    ("ine", ("ina", "ino")),
    ("in", ("ina",)),
    ("ole", ("ol",)),
    ("ate", ("ato",)),
    ("ide", ("ida", "ido")),
    ("one", ("ona",)),
    ("ene", ("eno",)),
    ("ane", ("ano",)),
    ("ic", ("ico",)),
    ("pril", ("prilo",)),
    ("fil", ("filo",)),
    ("zil", ("zilo",)),
    ("am", ("am",)),
    ("an", ("an",)),
    ("ol", ("ol",)),
    ("ast", ("ast",)),
)
_SPELLINGS = (("ph", "f"), ("th", "t"), ("y", "i"), ("ll", "l"), ("tt", "t"), ("mm", "m"), ("ff", "f"), ("ch", "c"))


def forms(name: str) -> list[str]:
    """The Spanish forms of a generic name of one word, without the name itself; empty when no ending is known.

    "manidipine" gives "manidipino", "manidipina"; "erythromycin" gives "eritromicina".
    """
    ending = next((pair for pair in _ENDINGS if name.endswith(pair[0])), None)
    if ending is None or not re.fullmatch(r"[a-z]{6,24}", name):
        return []
    stem = name[: -len(ending[0])]
    for old, new in _SPELLINGS:
        stem = stem.replace(old, new)
    return [form for form in (stem + spanish for spanish in ending[1]) if form != name]
