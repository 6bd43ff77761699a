"""Dose, frequency and reaction, read verbatim out of the window that belongs to one item."""

import re

_NUMBER_WORD = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|twenty[- ]five|thirty|forty|fifty|sixty|seventy|seventy[- ]five|eighty|ninety|hundred|"
    r"thousand|half|point|zero|and|a|un|una|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|veinte|treinta|cuarenta|cincuenta|cien|quinientos|mil|medi[oa])"
)
_NUMBER = rf"(?:\d+(?:[.,/]\d+)*(?:\s?(?:-|to|a)\s?\d+(?:[.,]\d+)?)?|{_NUMBER_WORD}(?:[\s-]+{_NUMBER_WORD})*)"
_UNIT = (
    r"(?:mg|m\s?g|mgs|mcg|m\s?c\s?g|µg|ug|gr?|grams?|gramos?|milligrams?|miligramos?|micrograms?|microgramos?|mls?|mL|milliliters?|millilitres?|mililitros?|cc|units?|unidades|iu|ui|i\.u\.|meq|%|percent|por ciento|"
    r"puffs?|inhalaciones|drops?|gotas|sprays?|tablets?|tabs?|pills?|capsules?|caps|pastillas?|tabletas?|cápsulas?|capsulas?|comprimidos?|teaspoons?|tsp|tablespoons?|spoonfuls?|cucharadas?|cucharaditas?|patch(?:es)?|parches?|gummies|milligram)"
)
_PER = r"(?:\s?/\s?\d*(?:\.\d+)?\s?(?:mls?|mg|hr|h|hour|day|día|puff|g))?"
DOSE = re.compile(rf"(?<![\w.,/]){_NUMBER}\s?-?{_UNIT}{_PER}(?![\w])", re.I)
BARE_DOSE = re.compile(r"(?<![\w.,/])\d+(?:[.,/]\d+)*(?![\w.,/%:])")

_TIMES = r"(?:once|twice|one time|two times|three times|four times|five times|thrice|\d+\s?x|\d+ times|one|two|three|\d+|a couple(?: of)? times|una vez|dos veces|tres veces|cuatro veces|\d+ veces|several times)"
_PERIOD = r"(?:(?:a|per|each|every|in a|al|por|a la|cada)\s?)(?:day|week|month|night|morning|evening|día|dia|semana|mes|noche|mañana)"
_DAYPART = (
    r"(?:in the (?:morning|mornings|evening|evenings|afternoon)|at (?:night|bedtime|noon|breakfast|dinner|lunch)|before (?:bed|bedtime|meals|breakfast|dinner|food|eating|sleep)|with (?:food|meals|breakfast|dinner)|after (?:meals|food|eating|breakfast|dinner)|"
    r"(?:every|each) (?:morning|night|evening|day|week|month|afternoon|other day|weekend|monday|sunday|friday|single day|time)|on (?:mondays|sundays|weekends|fridays)|"
    r"(?:por|en) la(?:s)? (?:mañanas?|manana|noches?|tardes?)|antes de (?:dormir|acostarme|comer|cenar|desayunar|las comidas)|con (?:comida|las comidas|el desayuno|la cena|alimentos)|en ayunas|"
    r"todos los días|todos los dias|todas las (?:noches|mañanas)|cada (?:noche|mañana|día|dia|semana|mes|tercer día))"
)
_AS_NEEDED = r"(?:as needed|when needed|if needed|prn|p\.r\.n\.|as required|when (?:i )?(?:need|needed)(?: it| to)?|only when needed|from time to time|now and then|once in a while|on an as needed basis|as needed basis|cuando (?:lo |la )?necesit[oa]|si (?:lo |la )?necesito|si es necesario|de vez en cuando|a veces)"
FREQUENCY = re.compile(
    rf"(?<![\w])(?:{_TIMES}\s?(?:{_PERIOD}|daily|weekly|monthly|nightly|diarias?|diarios?|semanal(?:es)?)|every (?:\d+|{_NUMBER_WORD})(?:\s?(?:-|to)\s?(?:\d+|\w+))? (?:hours?|hrs?|h|days?|weeks?|months?)|"
    rf"cada (?:\d+|{_NUMBER_WORD}) (?:horas?|días?|dias?|semanas?|meses)|q\s?\d+\s?h(?:rs?|ours?)?|(?:b\.?i\.?d|t\.?i\.?d|q\.?i\.?d|q\.?d|qhs|qam|qpm|q\.?h\.?s)\.?|"
    rf"(?:a|per) day|{_DAYPART}|{_AS_NEEDED}|daily|nightly|weekly|monthly|every other day|biweekly|twice-daily|once-daily|bedtime|diario|diariamente|a diario|semanalmente|mensualmente|occasionally|ocasionalmente|al día|al dia)"
    rf"(?:\s?,?\s?(?:and\s|y\s)?(?:{_DAYPART}|{_AS_NEEDED}|daily))*(?![\w])",
    re.I,
)

_SEVERITY = r"(?:(?:really|very|bad|terrible|severe|mild|a|an|ugly|looking|little|bit|of|some|my|the|horrible|itchy|red|whole|body|full|all|over|slight|serious|awful|muy|mucha|mucho|fuerte|leve|un|una|unas|la|el|los|las|en)\s)*"
_REACTION_WORDS = (
    r"(?:itched|burned|sickened) me|(?:allergic )?reactions?|reacci[oó]n(?:es)?(?: al[eé]rgicas?)?|gastritis|hives|welts|(?:skin )?rash(?:es)?|swelling|swell(?:s|ed|ing)?(?: up)?|swollen \w+|throat (?:close[sd]?|closing|swell\w*|tighten\w*|itch\w*)(?: up)?|anaphyla\w+|itch(?:ing|y|iness|es)?|"
    r"(?:trouble|difficulty|hard time|problems) breathing|can'?t breathe|couldn'?t breathe|short(?:ness)? of breath|wheez\w+|asthma attacks?|nausea|nauseous|nauseated|vomit\w*|throw(?:ing)? up|threw up|puk\w+|diarrhea|diarrhoea|"
    r"upset stomach|stomach (?:upset|ache|pain|cramps?|ulcer|bleeding)|sick to (?:my|the) stomach|sick|dizz\w+|faint\w*|pass(?:ed)? out|headaches?|migraines?|sneez\w+|runny nose|stuffy nose|congestion|watery eyes|itchy eyes|red eyes|"
    r"cough\w*|blisters?|peeling|burning|tired|drows\w+|sleepy|hallucinat\w+|confus\w+|palpitations?|heart racing|tingling|numb\w*|bloat\w+|cramps?|gas|redness|flushing|shock|seizures?|muscle (?:pain|aches?)|lips? (?:swell\w*|tingl\w*)|face (?:swell\w*|puff\w*)|break out|"
    r"ronchas|urticaria|sarpullido|salpullido|erupci[oó]n|hinchaz[oó]n|(?:se me )?hinch\w+(?: (?:la|el|los|las) \w+)?|comez[oó]n|picaz[oó]n|anafilaxia|shock anafil[aá]ctico|dificultad para respirar|falta de aire|n[aá]useas?|v[oó]mitos?|mareos?|diarrea|"
    r"dolor de (?:cabeza|est[oó]mago)|estornud\w+|ojos llorosos|se (?:me )?cierra la garganta|tos|ardor|desmay\w+"
)
REACTION = re.compile(
    rf"(?<![\w]){_SEVERITY}(?:{_REACTION_WORDS})(?![\w])(?:(?:\s?,\s?|\s(?:and|y)\s|\s?,\s?(?:and|y)\s){_SEVERITY}(?:{_REACTION_WORDS})(?![\w]))*",
    re.I,
)
# What a body does against a substance, not what any medicine may do.
SEVERE_REACTION = re.compile(
    r"hives|welts|rash|swell|swollen|throat|anaphyl|anafil|itch|breath|wheez|asthma|vomit|throw(?:ing)? up|threw up|puk|faint|pass(?:ed)? out|blister|peel|burning|burned|allergic|reaction|shock|seizure|redness|"
    r"ronchas|urticaria|sarpullido|salpullido|erupcion|hinch|comezon|picazon|respirar|falta de aire|garganta|reaccion|desmay|ardor|sick to my stomach|stomach (?:bleeding|ulcer)",
    re.I,
)
_LEADING = re.compile(r"^(?:(?:a|an|some|of|my|the|and|un|una|unas|la|el|los|las|en|y)\s)+", re.I)


def dose_in(window: str) -> str | None:
    """The first dose of a window, verbatim: "500 mg", "two puffs", "twenty"; None when there is none."""
    match = DOSE.search(window)
    return _trim(match.group())[:200] if match else None


def frequency_in(window: str) -> str | None:
    """How often, verbatim: "twice a day", "every 8 hours as needed", "cada noche"; None when it does not say."""
    match = FREQUENCY.search(window)
    return match.group().strip(" ,")[:200] if match else None


def reaction_in(window: str) -> str | None:
    """What the substance does, verbatim and with its adjectives: "really bad hives"; None when it does not say."""
    match = REACTION.search(window)
    return _LEADING.sub("", match.group().strip(" ,"))[:200] or None if match else None


def _trim(text: str) -> str:
    return re.sub(r"^(?:a|and|and a|point)\s(?=\d|\w+\s\w)", "", text.strip(" ,"), flags=re.I)
