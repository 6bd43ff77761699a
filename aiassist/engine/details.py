"""Doses, frequencies, times and reactions as spans of raw text. `windows` decides to which item a span belongs.

Every pattern is matched against `flat` text (lower case, no accents, every character in its place), and no repetition
in it is without a bound, so that the time is linear in the length of the text.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from aiassist.engine.text import flat

LONGEST_PART = 200  # characters of a dose, a frequency, a reaction


def _any(*parts: str) -> str:
    return f"(?:{'|'.join(parts)})"


# --- numbers and doses

_WORD = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|sixteen|eighteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|half|quarter|point|zero|"
    r"una?|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|doce|quince|veinte|veinticinco|treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa|cien|ciento|doscientos|trescientos|quinientos|mil|medi[oa])"
)
_DIGITS = r"(?:\d \d/\d|\d+(?:[.,]\d+){0,3}(?:/\d+(?:[.,]\d+)?){0,2}|[.,]\d+|[½¼¾⅓⅔])"
_WORDS = rf"(?:half an?(?= )|quarter of an?(?= )|(?:an? (?=half|quarter|hundred|thousand))?{_WORD}(?:(?:[ -]|,? and (?:a )?| y |,? point ){_WORD}){{0,4}}+)"
_TO = r" ?(?:-|–|—|to|or|a|o|u|hasta) ?"
_NUMBER = rf"(?:{_DIGITS}(?:{_TO}{_DIGITS})?|{_WORDS}(?:{_TO}{_WORD})?)"
_STRENGTH = (
    r"(?:mgs?|m g|mcgs?|m c g|[µμ]g|ug|mgr|grs?|gms?|g|grams?|gramos?|milligrams?|miligramos?|micrograms?|microgramos?|mls?|cc|l|liters?|litros?|lpm|milliliters?|millilitres?|mililitros?|units?|unidad(?:es)?|unid|uds?|iu|ui|i\.u\.|u|meq|mmol|"
    r"%|percent|por ciento)"
)
_AMOUNT = (
    r"(?:puffs?|inhalations?|inhalacion(?:es)?|disparos?|drops?|gtts?|gotas?|sprays?|squirts?|tablets?|tabs?|tbs?|tabletas?|pills?|capsules?|caps?|caplets?|softgels?|gel ?caps?|pastillas?|pildoras?|grageas?|comprimidos?|comp|c[aá]psulas?|"
    r"teaspoons?|teaspoonfuls?|tsps?|tbsps?|tablespoons?|spoonfuls?|cucharadas?|cucharaditas?|patch(?:es)?|parches?|gumm(?:y|ies)|gomitas?|sachets?|sobres?|packets?|scoops?|pumps?|applications?|ampollas?|ampoules?|vials?|shots?|injections?|inyeccion(?:es)?|"
    r"suppositor(?:y|ies)|supositorios?|lozenges?|clicks?|nebs?|nebules?|doses|capfuls?|strips?|films?)"
)
_UNIT = rf"(?:{_STRENGTH}|{_AMOUNT})"
_PER = r"(?: ?(?:/|per) ?\d{0,4}(?:\.\d{1,3})? ?(?:mls?|cc|mg|hr?|hour|hora|day|puff|disparo|spray|g|kg|dose|dosis)(?![a-z]))?"
_A_DOSE = rf"(?:\d ?[x×] ?)?{_NUMBER} ?-? ?(?:mil )?{_UNIT}{_PER}(?![\w])"
DOSE = re.compile(rf"(?<![\w.,/]){_A_DOSE}", re.I)
GLUED_DOSE = re.compile(rf"{_DIGITS}(?: ?{_UNIT}{_PER})?(?![\w])")  # right behind a name's last letter: "plavix75mg"

# --- times that are neither a dose nor a frequency: how long, since when, how old, a date

_TIME_UNIT = r"(?:years?|yrs?|months?|mos?|weeks?|wks?|days?|hours?|hrs?|h|d|minutes?|mins?|anos?|meses|mes|semanas?|dias?|horas?)"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|"
    r"enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre)"
)
_DAY = r"(?:mon(?:day)?s?|tue(?:s(?:day)?)?s?|wed(?:s|nesday)?s?|thu(?:r(?:s(?:day)?)?)?s?|fri(?:day)?s?|sat(?:urday)?s?|sun(?:day)?s?|lunes|martes|miercoles|jueves|viernes|sabados?|domingos?|lun|mie|jue|vie|sab|dom)"
_YEAR = r"(?:19|20)\d\d"
_SOME = rf"(?:{_DIGITS}(?:{_TO}{_DIGITS})?|{_WORDS}|an?|a few|few|several|(?:a )?couple(?: of)?|many|varios|varias|muchos|unos|unas|algunos)"
_ABOUT = r"(?:about |like |over |almost |nearly |the (?:last|past) |the |last |past |maybe |around |approx |casi |unos |unas |mas de |como )?"
TIME = re.compile(
    r"(?<![\w])"
    + _any(
        rf"(?:for|x|since|por|durante|para|desde hace|hace|in|over|the last|the past|last|past|los ultimos|las ultimas|took) ?{_ABOUT}{_SOME} ?(?:more |mas )?{_TIME_UNIT}(?: now| ago| already| straight)?",
        rf"{_SOME} ?{_TIME_UNIT} (?:ago|back|before|later|old|straight|in a row|course|atras|antes|despues)",
        rf"(?:when i was|when|at age|age|aged|cuando tenia|a los) (?:about |like |maybe )?{_SOME}(?: (?:years old|years|anos|yo|y/o))?(?![\w])(?! ?{_UNIT})",
        rf"(?:since|in|until|till|til|by|from|desde|en|hasta|around|about|late|early) (?:{_MONTH} )?(?:(?:of|de|del) )?{_YEAR}",
        rf"(?:since|until|till|til|from|desde|hasta|on|in|el|en|about|around) (?:(?:last|the|el|la|next|this|past) )?(?:{_MONTH}|{_DAY}(?<!days)(?<!os))(?: \d{{1,2}}(?:st|nd|rd|th)?)?(?:,? {_YEAR})?(?= |[,.;)]|$)(?! ?(?:and|y|/|,) ?{_DAY})",
        rf"(?:last|next|this|past|the past|el ultimo|la ultima|este|esta) (?:{_MONTH}|{_DAY}|year|month|week|night|summer|winter|spring|fall|visit|time|morning|afternoon|evening|ano|mes|semana|manana|noche|tarde)",
        r"(?:el|la) (?:ano|mes|semana) (?:pasad[oa]|anterior)",
        rf"{_MONTH} (?:\d{{1,2}}(?:st|nd|rd|th)?(?:,? {_YEAR})?|(?:of )?{_YEAR})",
        rf"\d{{1,2}}/\d{{1,2}}/\d{{2,4}}|\d{{1,2}}-\d{{1,2}}-\d{{2,4}}|{_YEAR}(?![\w./,-]| ?{_UNIT}(?![\w]))|\d{{1,2}}(?:st|nd|rd|th)",
        r"yesterday|today|tonight|tomorrow|ayer|hoy|anoche",
    )
    + r"(?![\w])"
)

# --- frequencies

_TIMES = _any(
    r"once|twice|thrice",
    r"\d{1,2}(?: ?(?:-|–|to|or|a|o) ?\d{1,2})? ?(?:times?|x|veces|vez)",
    r"x ?\d{1,2}(?: ?- ?\d{1,2})?(?! ?(?:d|days?|dias?|w|wks?|weeks?|semanas?|months?|meses|mg|mcg|ml|g|tabs?)(?![\w]))",
    r"(?:one|two|three|four|five|six|several|a few|many|a couple(?: of)?|couple(?: of)?)(?: ?(?:to|or|-) ?(?:two|three|four|five|six))? times?",
    r"(?:una|dos|tres|cuatro|cinco|seis|varias|un par de)(?: (?:o|a) (?:dos|tres|cuatro))? ve(?:z|ces)",
)
_A_DAY = r"(?:(?:an?|per|each|every|in a|x|al|a la|por|cada|en el) |/ ?|p/ ?)(?:day|d|week|wk|month|mo|night|morning|evening|year|hour|dia|semana|mes|noche|manana|tarde|ano)"
_DAILY = r"(?:daily|dly|weekly|monthly|nightly|yearly|hourly|diari[oa]s?|diariamente|semanal(?:es|mente)?|quincenal(?:mente)?|mensual(?:es|mente)?|dia)"
_FEW = r"(?:\d(?: ?(?:-|–|to|or|a|o) ?\d)?|half|one|two|three|four|five|six|a few|una?|uno|dos|tres|cuatro|media)"
_MEAL = r"(?:food|foods|meals?|breakfast|bkfst|lunch|dinner|supper|eating|i eat|milk|water|a snack|snack|(?:las? )?comidas?|(?:el )?desayuno|(?:el )?almuerzo|(?:la )?cena|(?:los )?alimentos|(?:la )?merienda|comer|cenar|desayunar|almorzar)"
_REST = r"(?:bed ?time|bed|sleep|sleeping|going to (?:bed|sleep)|i (?:go to )?(?:bed|sleep)|dormir|acostarme|acostarse|ir a dormir|irme a dormir|la cama)"
_CLOCK = r"(?:\d{1,2}(?::\d\d)? ?(?:a\.?m|p\.?m)\.?(?![\w])|\d{1,2}:\d\d|noon|midnight|midday|mediodia|medianoche)"
_EACH = r"(?:each |every |my |the |any |a |all |cada |mi |un )?"
_DAYPART = _any(
    r"(?:in the|in|every|each|during the) (?:early |late )?(?:mornings?|evenings?|afternoons?|nights?|a\.?m\.?|p\.?m\.?)",
    rf"(?:at|before|b4|by|around|near|with|w|after|between|during|prior to)(?: |/ ?){_EACH}(?:{_REST}|{_MEAL}|{_CLOCK}|night)",
    rf"(?:antes|despues) (?:de|del) {_EACH}(?:{_MEAL}|{_REST})|(?:con|c/|tras|a la hora de|a la hora del) ?{_EACH}(?:{_MEAL}|{_REST})|al (?:acostarme|acostarse|dormir|despertar|despertarme|levantarme|levantarse|mediodia|desayuno|desayunar|almuerzo|ir a dormir)",
    rf"(?:an? hour|half an hour|\d{{1,2}} ?min(?:utes|utos)?|una hora|media hora) (?:before|after|antes|despues)(?: de| del)? {_EACH}(?:{_MEAL}|{_REST})",
    r"(?:on|with) an empty stomach|empty stomach|(?:en )?ayunas|first thing(?: in the morning)?|(?:up)?on waking|when i (?:wake|get) up|all day|throughout the day",
    rf"(?:at|a las?|around|about) ?{_CLOCK}|(?:a las?) \d{{1,2}}(?: (?:de la|por la) (?:manana|noche|tarde))?|at \d{{1,2}}(?= and at| ?$| ?[,;)])|{_CLOCK}",
    r"(?:por|en|de|a|x) ?las? (?:mananas?|noches?|tardes?)|de noche|x ?la ?(?:noche|manana|tarde)|para dormir",
    r"(?<!this )(?:mornings|evenings|afternoons|nights|noches|mananas|tardes|bed ?time)|(?:a\.m\.?|p\.m\.?|am|pm)",
    r"(?:morning|am|breakfast|manana|noon|lunch)(?:,| and| y| &| ?/| ?\+) ?(?:noon,? and |lunch,? and |tarde y |mediodia y )?(?:at )?(?:night|evening|pm|bed ?time|dinner|lunch|noche|tarde)|(?<=\d )(?:manana|noche|tarde|morning|night|breakfast|lunch|dinner|supper|desayuno|almuerzo|comida|cena|bed)",
)
_EVERY = _any(
    rf"(?:every|each|evry|evey) ?(?:single )?(?:(?:other|second|third|few|2nd|3rd|couple of|couple) )?(?:days?|nights?|weeks?|months?|mornings?|evenings?|afternoons?|hours?|{_DAY}|weekends?|meals?|time i eat|year)(?:(?: and |/|, ?){_DAY})?",
    rf"(?:every|evry) {_NUMBER}(?: ?{_TIME_UNIT})?(?![\w])",
    rf"(?:cada|c/|c|c -) ?{_NUMBER} ?-?(?:{_TIME_UNIT}|hs)?(?![\w])",
    r"cada (?:tercer |otro |dos )?(?:dias?|noche|manana|semana|mes|tarde|comida)|c/ ?(?:dia|noche|manana|semana|comida)|tod[oa]s l[oa]s (?:dias|noches|mananas|tardes|semanas|meses)|(?:un )?dia (?:si[ ,]*(?:y )?(?:otro )?(?:dia )?no|por medio|de por medio)|dias alternos",
    r"q ?\.?\d{1,2}(?: ?(?:-|to) ?\d{1,2})? ?-?(?:h(?:rs?|ours?)?|d|days?|w(?:k|eeks?)?|mo(?:nths?)?)?(?![\w])",
    r"q ?(?:day|daily|week|weekly|wk|w|month|mo|monthly|night|nightly|noc|morning|evening|other day|weekend|hour)(?![\w])",
)
_SHORT = r"(?:b\.?i\.?d|t\.?i\.?d|q\.?i\.?d|q\.?o\.?d|q\.?d|q\.?h\.?s|q\.?a\.?m|q\.?p\.?m|q\.?h|h\.?s|bd|tds|qds|o\.?d|om|nocte|mane|ac|pc|eod|p\.?r\.?n|sos|stat)(?![\w])"
_PAIN = r"(?:pain|the pain|flares?(?: ?ups?)?|an? attack|attacks?|wheez\w{1,5}|(?:a )?(?:bad )?(?:headaches?|migraines?)|(?:a )?fever|nausea|anxiety|anxious|it hurts|dolor|fiebre|crisis|migrana|jaqueca)"
_NEEDED = _any(
    r"(?:only |just |or |and |y |solo )?(?:as|when|if|whenever) (?:i |im |i'm )?(?:really |it is |it's |its )?(?:neede?d?|necessary|required|needd|neded)(?: it| them| to)?(?: basis)?|on an as needed basis|(?:only )?on demand",
    rf"(?:only )?(?:when|if|whenever) (?:i |my |the )?(?:get |have |feel |am )?{_PAIN}",
    r"(?:only )?(?:when|if|whenever) (?:(?:i|he|she|we|they) (?!was|were|had|did|took|got|started|finished)[a-z']{2,12}|my \w{2,12}|the \w{2,12}|it|it's|things|symptoms|bp|sugar)(?! (?:was|were|had|did))(?: [a-z']{2,12}){0,4}(?=$| ?[,.;)\n])|(?:solo )?(?:cuando|si) (?:me|tengo|hay|siento|se me|la|el)(?: [a-z]{2,12}){1,4}(?=$| ?[,.;)\n])",
    r"from time to time|(?:every )?now and (?:then|again)|(?:every )?once in a (?:while|blue moon)|on occasion|occasionally|sometimes|rarely|seldom|here and there|off and on|on and off",
    r"cuando (?:lo |la |los |las |me |se |sea |es )?(?:necesit[oea]n?|necesario|duel[ea]n?|haga falta|haya dolor|requiera|precis[oea])(?: (?:la|el) (?:cabeza|espalda|rodilla|estomago))?|cuando (?:tengo|me da|hay|siento) (?:mucho |mucha |un )?(?:dolor|fiebre|crisis|ataque|migrana|ansiedad)",
    r"si (?:lo |la |me |hay |tengo |es |fuera )?(?:necesit[oe]|necesario|precis[oea]|duele|dolor|fiebre|hace falta)|segun (?:necesidad|dolor|necesite)|a demanda|a veces|de vez en cuando|en ocasiones|ocasional(?:mente)?|raramente|rara vez",
)
_REST_OF_DAYS = r"(?:(?:the )?(?:rest(?: of the (?:week|days|time))?|others?|other days|all other days)|(?:el )?resto(?: de (?:la semana|los dias))?|(?:los )?(?:demas|otros)(?: dias)?)"
_LETTER = r"(?:m|tu?|w|th|f|sa?|su?|mon|tues?|wed|thurs?|thu|fri|sat|sun|l|j|v|d|x|mi)"
_DAYS = _any(
    rf"(?:on |los |el |only )?(?:{_DAY})(?:(?:,? ?(?:and|y|&|e|or) ?|, ?| ?/ ?| |-| to | a ){_DAY}){{1,6}}",
    r"(?:on |only |los )(?:weekends?|weekdays|fines de semana)|weekends|weekdays",
    rf"(?:on |only |los |solo los )(?:{_DAY})(?<=s)",
    r"(?:mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays|domingos|sabados)",
    rf"{_REST_OF_DAYS},? (?:half|media|{_DIGITS})(?: ?{_AMOUNT})?(?![\w/])",
    rf"(?:{_LETTER}(?:[/&-]{_LETTER}){{1,6}}|mwf|tths?a?|mtwthf|tuth|m-f|m-th|l-v|l a v|lmv|lmxjv)(?![\w/])",
)
_SINGLE = _any(
    rf"(?:only |just |at least |up to |hasta )?{_TIMES},? ?(?:{_A_DAY}|{_DAILY})(?![\w])",
    rf"{_FEW} ?(?:{_A_DAY})(?![\w])",
    r"(?:once|twice|thrice|one|two)[ -](?:daily|weekly|monthly|nightly)",
    rf"(?:{_EVERY}|{_SHORT}|{_DAYPART}|{_NEEDED}|{_DAYS})",
    rf"(?:only |just )?{_TIMES}(?:(?: or|-) ?(?:twice|three times))?(?![\w])",
    r"(?<![\d/-])[0-3½](?: ?- ?[0-3½]){2,3}(?![\d/-])",
    rf"(?:{_A_DAY}|{_DAILY}|bi-?weekly|bi-?monthly|fortnightly|annually|alternate days|a diario)(?![\w])",
)
_ONE = re.compile(rf"(?<![\w/.-])(?:{_SINGLE})(?![\w])")
# An amount before a frequency belongs to it: "2 at night".
_COUNTED = re.compile(r"(?<![\w/.,-])(?:[12]|one|two|half|another|una|uno|otra|otro|dos|media|1/2|½) $")
_BY_MOUTH = r"(?:by mouth|p\.?o\.?|orally|s\.?c\.?|subq|sl|under the (?:skin|tongue)|(?:to |in )?(?:each|both|the) eyes?|(?:en )?cada ojo|usually|total)"
_JOINS = re.compile(
    rf"(?: ?[,/(&+;-] ?| )?(?:(?:and|y|e|or|o|then|plus|but)(?: only| solo)? )?(?:{_BY_MOUTH},? )?(?:(?:[12]|one|two|half|another|una|uno|otra|otro|dos|media|1/2|½) )?"
)
MOST_JOINED = 5  # frequencies that are read as one
_DENIED = re.compile(r"(?:\bnot|\bno|n't|\bnever|\bnunca|\bdont|\bni)(?: (?:really|always|even|necessarily|exactly|siempre|es))? $")
BARE_DOSE = re.compile(
    rf"(?:\d ?[x×] ?)?{_DIGITS}(?:{_TO}{_DIGITS})?(?![\w/%:°]|[.,-]\d)"
    rf"(?! ?(?:{_TIME_UNIT}|times|veces|st|nd|rd|th|am|pm|a\.m|p\.m|o'?clock|(?:a|per|x|al) (?:day|week|month|dia))(?![a-z]))"
)

# --- reactions

_SEVERITY = (
    r"(?:(?:really|very|super|so|bad|terrible|severe|mild|an?|ugly|looking|little|bit|of|some|my|the|horrible|itchy|red|whole|body|full|all|over|slight|slightly|serious|awful|major|huge|big|extreme|stomach|"
    r"muy|mucha|mucho|muchas|fuerte|fuertes|leve|leves|una?|unas|unos|la|el|los|las|en|severa|severo|grave) ){0,6}"
)
_PARTS = r"(?:throat|tongue|lips?|face|eyes?|mouth|hands?|feet|skin|chest|airway|stomach|body|head|heart|neck|ears?|nose|arms?|legs?|garganta|lengua|labios?|cara|ojos?|boca|manos?|pies|piel|pecho|estomago|cuerpo|cabeza|parpados?|barriga|panza|nariz|brazos?)"
_REACTION_WORDS = _any(
    r"(?:itched|burned|sickened) me|(?:allergic )?reactions?|reaccion(?:es)?(?: alergicas?)?|gastritis|hives?|welts|(?:skin )?rash(?:es)?|bumps?|blotch(?:es|y)|spots|red(?:ness)?(?: skin)?|swelling(?: of (?:my |the )?\w+| in (?:my |the )?\w+)?|swell(?:s|ed)?(?: up)?|swole(?:n)?(?: up)?|puff(?:s|ed|y)?(?: up)?|swollen \w+|angio-?edema|angioedema",
    rf"(?:my |the )?{_PARTS} (?:get|gets|got|is|was|were|feels?|felt|start(?:s|ed)?|started to|will|all|became|becomes?)? ?(?:so |very |really |all )?(?:close[sd]?|closing|swell\w{{0,3}}|swole|swollen|tight\w{{0,4}}|itch\w{{0,3}}|burn\w{{0,3}}|tingl\w{{0,3}}|numb\w{{0,4}}|red|blew|puff\w{{0,2}}|peel\w{{0,3}}|hurt\w{{0,3}}|rac(?:es|ing|ed)|cramp\w{{0,3}}|ache[sd]?|upset|water\w{{0,3}})(?: up| shut| off)?",
    r"(?:almost |nearly )?kill(?:s|ed) me|(?:almost|nearly|could have|casi) (?:died|die|muero|me muero)|hospitali[sz]ed|(?:went|sent(?: me)?|landed me|ended up) (?:to|in) (?:the )?(?:er|hospital|icu|emergency room)|red man(?: syndrome)?|(?:contact )?dermatitis|toxicity",
    r"anaphyla\w{1,6}(?: shock)?|itch(?:ing|y|iness|es|ed)?|bronchospasm|broncoespasmo|broncospasmo|stevens[ -]johnson(?: syndrome)?|sjs|serum sickness|c\.? ?diff(?:icile)?",
    r"(?:trouble|difficulty|hard time|problems?|hard to) breath\w{0,3}|(?:can'?t|cant|couldn'?t|couldnt|could not|cannot) breath\w{0,1}|short(?:ness)? of breath|wheez\w{0,4}|asthma(?: attacks?)?|stop(?:s|ped)? breathing",
    r"nausea|nauseous|nauseated|vomit\w{0,3}|throw(?:ing|s)? up|threw up|puk\w{1,3}|diarrh?oe?a|the runs|upset(?:s|ting)? (?:my |the )?(?:stomach|tummy)|(?:stomach|tummy|belly) (?:upset|ache|pain|cramps?|ulcers?|bleed(?:ing|s)?|problems?|issues)|sick to (?:my|the) stomach|sick|ill|heartburn|indigestion|constipat\w{2,4}",
    r"dizz\w{1,4}|light ?headed|faint\w{0,3}|pass(?:ed|es)? out|black(?:ed)? out|head ?aches?|migraines?|sneez\w{1,3}|runny nose|stuffy nose|congestion|watery eyes|itchy (?:eyes|throat|skin|mouth)|red eyes|hay fever|cough\w{0,3}|blister\w{0,3}|peel\w{0,3}|burn(?:ing|s|ed)?|break(?:s|ing)? out|broke out",
    r"tired|drows\w{1,4}|sleepy|groggy|loopy|goofy|jittery|hyper|crazy|agitat\w{1,4}|depress\w{1,4}|hallucinat\w{1,5}|confus\w{1,4}|nightmares|palpitations?|heart (?:racing|races|palpitations)|tingling|numb\w{0,4}|bloat\w{1,4}|cramp(?:s|ing|ed)?|gas|flush\w{0,3}|shock|seizures?|(?:muscle|joint|leg|body|chest) (?:pains?|aches?|cramps?|weakness)|weight gain|low blood pressure|bruis\w{1,4}|bleed\w{0,3}|kidney (?:problems?|failure|injury)|liver (?:problems?|failure)|tremors?|shak(?:es|y|ing)|sweat\w{0,3}|fever",
    r"ronchas?|habones|urticaria|sarpullido|salpullido|erupcion(?:es)?|granos|granitos|manchas|eccema|hinchazon(?: de (?:la |los |el )?\w+)?|(?:se me |me |se )?hinch\w{1,5}(?: (?:la|el|los|las|toda la) \w+)?|comezon|picazon|picor(?:es)?|me pica\w{0,1}|pica(?:r|n)?|anafilaxia|shock anafilactico|choque anafilactico|anafilactic[oa]|enrojec\w{1,6}|ampollas|edema(?: de \w+)?",
    r"dificultad (?:para|al) respirar|falta de aire|me falta(?:ba)? el aire|no (?:puedo|podia|pude) respirar|me ahog\w{1,3}|ahogo|asma|nauseas?|vomit\w{1,4}|mareos?|me mare\w{1,3}|diarrea|dolor(?:es)? de (?:cabeza|estomago|panza|barriga|pecho|pansa)|dolor abdominal|acidez|malestar|estornud\w{1,4}|ojos (?:llorosos|rojos)|(?:se (?:me )?)?(?:cierra|cerro|cierre) (?:de )?la garganta|cierre de garganta|tos|ardor|desmay\w{1,4}|taquicardia|palpitaciones|sueno|somnolencia|escalofrios|fiebre|calambres",
)
_JOIN = r"(?: ?, ?| ?/ ?| ?\+ ?| ?& ?| (?:and|y|e|or|o|with|con) | ?, ?(?:and|y) )"
REACTION = re.compile(rf"(?<![\w]){_SEVERITY}{_REACTION_WORDS}(?![\w])(?:{_JOIN}{_SEVERITY}{_REACTION_WORDS}(?![\w])){{0,8}}", re.I)
# What a body does against a substance, not what any medicine may do.
SEVERE_REACTION = re.compile(
    r"hives|welts|rash|swell|swollen|swole|throat|anaphyl|anafil|itch|breath|wheez|asthma|vomit|throw(?:ing)? up|threw up|puk|faint|pass(?:ed)? out|blister|peel|burning|burned|allergic|reaction|shock|seizure|redness|angioedema|"
    r"ronchas|urticaria|sarpullido|salpullido|erupcion|hinch|comezon|picazon|respirar|falta de aire|garganta|reaccion|desmay|ardor|sick to my stomach|stomach (?:bleeding|ulcer)",
    re.I,
)
_LEADING = re.compile(r"^(?:(?:an?|some|of|my|the|and|una?|unas|unos|la|el|los|las|en|y) )+")

Kind = Literal["dose", "frequency", "time"]


@dataclass(frozen=True, slots=True)
class Span:
    """One dose, frequency or time at `start`..`end` of a raw text."""

    kind: Kind
    start: int
    end: int


@lru_cache(maxsize=256)
def spans_in(raw: str) -> tuple[Span, ...]:
    """The doses with a unit, the frequencies and the times of a text in their order; no two share a character.

    Where two overlap, the one that begins first counts, then the longer one. A denied frequency ("not every night")
    is none.
    """
    folded = flat(raw)
    kinds: tuple[tuple[Kind, re.Pattern[str]], ...] = (("time", TIME), ("dose", DOSE))
    found = [Span(kind, m.start(), m.end()) for kind, pattern in kinds for m in pattern.finditer(folded)]
    found += _frequencies(folded)
    found += _dayparts(folded, found)
    kept: list[Span] = []
    for span in sorted(found, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return tuple(
        span
        for span in kept
        if span.kind != "frequency" or not _DENIED.search(folded, max(span.start - 25, 0), span.start)
    )


_DAYPART_ALONE = re.compile(
    r" ?\(?(?:noches?|mananas?|tardes?|morning|night|evening|afternoon|mediodia|breakfast|lunch|dinner|supper|desayuno|almuerzo|cena)(?![\w])"
)


def _dayparts(folded: str, found: list[Span]) -> list[Span]:
    """A bare part of the day right behind a dose: "22 u noche"."""
    matches = (_DAYPART_ALONE.match(folded, span.end) for span in found if span.kind == "dose")
    return [Span("frequency", m.end() - len(m.group().lstrip(" (")), m.end()) for m in matches if m]


def _frequencies(folded: str) -> list[Span]:
    """The frequencies of a folded text, with the amount before one, and with those that go on with it put together."""
    found: list[Span] = []
    joined = 0
    for match in _ONE.finditer(folded):
        before = found[-1] if found else None
        if before and joined < MOST_JOINED and _JOINS.fullmatch(folded, before.end, match.start()):
            found[-1] = Span("frequency", before.start, match.end())
            joined += 1
            continue
        counted = _COUNTED.search(folded, max(match.start() - 6, 0), match.start())
        found.append(Span("frequency", counted.start() if counted else match.start(), match.end()))
        joined = 1
    return found


_AN_AMOUNT = re.compile(rf"{_AMOUNT}$|^(?:\d/\d|[½¼¾⅓⅔]|half.*|medi[oa].*)$")


def amount_in(dose: str) -> bool:
    """Whether a folded dose counts tablets, puffs or the like, and is no strength."""
    return bool(_AN_AMOUNT.search(dose))


def dose_in(window: str) -> str | None:
    """The first dose with a unit of a window, verbatim: "500 mg", "two puffs"; None when there is none."""
    match = DOSE.search(flat(window))
    return window[match.start() : match.end()].strip(" ,")[:LONGEST_PART] if match else None


def frequency_in(window: str) -> str | None:
    """How often, verbatim: "twice a day", "every 8 hours as needed", "cada noche"; None when it does not say."""
    first = next((span for span in spans_in(window) if span.kind == "frequency"), None)
    return window[first.start : first.end].strip(" ,(")[:LONGEST_PART] if first else None


def reaction_in(window: str) -> str | None:
    """What the substance does, verbatim and with its adjectives: "really bad hives"; None when it does not say."""
    match = REACTION.search(flat(window))
    if match is None:
        return None
    start = match.start() + len(match.group()) - len(_LEADING.sub("", match.group()))
    return window[start : match.end()].strip(" ,")[:LONGEST_PART] or None
