"""The clause cues, as patterns over folded text without accents, English and Spanish. `rules.py` decides what they
mean together.

Every pattern is matched against tokens joined by single spaces, with " , " where the patient wrote a comma.
"""

import re
from re import Pattern


def _any(*parts: str) -> Pattern[str]:
    return re.compile(r"(?<![\w'])(?:" + "|".join(parts) + r")(?![\w'])")


_CANNOT = r"(?:can ?not|can'?t|ca n't|cannot|could ?n'?t|must ?n'?t|must not|should not|should ?n'?t|not supposed to|unable to|never)"
_ADVERB = r"(?:(?:currently|still|also|already|only|just|really|usually|normally|sometimes|occasionally|regularly|mainly|mostly|actually|do|did|then|now) ){0,6}"

RELATIVE = (
    r"(?:moms?|mum|mommy|mama|(?:mother|father|brother|sister|son|daughter) in law|mother|dad|daddy|father|hubby|hubs?|step ?(?:mom|dad|mother|father|son|daughter|brother|sister)|mil|parents?|wife|husband|partner|brother|bro|sister|sis|twin|siblings?|grandma|grandmother|granny|nana|grandpa|grandfather|grandparents?|"
    r"grand ?(?:son|daughter|kids?|child|children)|ex (?:wife|husband)|significant other|caregiver|carer|aunt|auntie|uncle|cousin|friends?|buddy|roommates?|flatmates?|coworkers?|co workers?|colleagues?|neighbou?rs?|boyfriend|girlfriend|family|relatives?|"
    r"fiancee?|niece|nephew|spouse|boss|mami|madre|papa|papi|padre|papas|padres|esposa|esposo|marido|mujer|herman[oa]s?|gemel[oa]|abuel(?:it)?[oa]s?|"
    r"ti[oa]s?|prim[oa]s?|sobrin[oa]s?|niet[oa]s?|cunad[oa]s?|nuera|yerno|amig[oa]s?|suegr[oa]s?|novi[oa]|familia|familiares|vecin[oa]s?|pareja|companer[oa]|comadre|compadre|jefe|jefa)"
)
CHILD = r"(?:son|daughter|kids?|child|children|baby|hijo|hija|hijos|hijas|bebe|nino|nina|dog|cat|perro|gato)"

RENEWED = _any(
    r"(?:switched|changed|swapped|moved|went|switch|cambio|cambiaron|cambie) (?:\w+ ){0,2}?(?:from|de|del) (?:\w+ ){1,3}(?:to|a|al|por)"
)
# Before a name: whether it is taken is left open.
DOUBT_BEFORE = _any(
    r"(?:should|ought to) be (?:on|taking)|supposed to (?:be )?(?:on|take|taking|use|using)|meant to (?:be on|take)|(?:may|might) be (?:on|taking)|not sure (?:if|whether)(?: i)?(?: \w+){0,3}|(?:on|in) hold|holding|paused|temporarily off|skipping|last (?:dose|pill|shot|injection) (?:of|was)|(?:deberia|debo) (?:de )?(?:tomar|estar tomando)|ultima dosis de|suspendid[oa]s? temporalmente|en pausa",
    # Another person's medicine.
    rf"(?:(?:my|mi|a|una?|the|el|la) )?{RELATIVE} (?:gave|lent|loaned|shared|slipped|handed|let me (?:have|use|take|try)|me (?:dio|dieron|regalo|presto|convido|paso))(?: me| us)?(?: (?:some|one|a|two|a few|un|una|unas|unos|algunas?))?(?: of)?(?: (?:his|her|their|de su|de sus|sus?))?",
    r"(?:borrow(?:ed|ing)?|bummed|(?:le )?(?:agarr[oe]|rob[oe]|pid[oe] prestad[oa]|tom[oe] prestad[oa]))(?: (?:some|one|a|an|un|una|unas|unos))?",
)
# A relative who only says so: "my mom says penicillin".
REPORTED = _any(
    rf"(?:(?:my|mi|our) )?{RELATIVE} (?:says?|said|told(?: me)?|tells(?: me)?|thinks?|thought|claims?|swears|remembers?|dice|decia|dijo|cree|me (?:dice|dijo|conto))(?: (?:that|que|i|it|was|is|it's))?",
    rf"(?:per|according to|segun) (?:my |mi )?{RELATIVE}",
)
FAMILY = _any(
    rf"(?:^|(?<=, )|(?<=: )|(?<=and )|(?<=y )|(?<=the )){RELATIVE}(?:'?s)?(?= )",
    rf"(?:my|our|his|her|mi|mis|nuestra|nuestro|su) (?:\w+ )?{RELATIVE}(?:'?s| 's)?",
    r"everyone (?:else )?in my family",
    r"runs in (?:my|the) family",
)
CHILDREN = _any(rf"(?:my|our|mi|mis|nuestra|nuestro) (?:\w+ )?{CHILD}(?:'?s| 's)?")

# "can't take", "reacted to": about the substance that follows.
ALLERGY_BEFORE = _any(
    r"(?:allerg(?:ic|y|ies|c)|alergic\w?|allegic|alergy|hypersensitiv\w+|anaphyla\w+) ?(?:reactions? )?(?:to|with|from|against)",
    r"(?:allergies|allergy|alergias?) ?(?:is|are|includes?|includ\w+|:|es|son|,? like|,? such as)(?= |$)|(?:allergies|allergy|alergias?)(?= ?$)",
    r"(?:bad |severe |terrible |adverse |awful )?reactions? (?:to|with|from)",
    r"(?:reacted|react|reacts) (?:\w+ ){0,2}(?:to|with)",
    rf"{_CANNOT} (?:ever )?(?:take|have|eat|tolerate|use|drink|handle|be around|be given|touch)",
    r"(?:do|does|did|can) ?n'?t (?:tolerate|agree with)|do not tolerate|does not tolerate",
    r"(?:not|never|(?:do|does|did|is|are|was|were|ca) ?n't|don't|doesn't|didn't|cannot|can't) (?:(?:do|does|go|get along|sit|feel|am|react|really|too|very|so|at all) ){0,3}(?:well|ok|okay|fine|good|great) (?:with|on)",
    r"allergic ?:|allergies? ?:|alergic[oa] ?:",
    r"(?:intoleran(?:t|ce)|sensitiv(?:e|ity)) (?:of|to|for)",
    r"(?:break|breaks|broke|breaking|come|came|comes) out (?:\w+ ){0,5}(?:from|with|to|when|if|after)",
    r"(?:hives|rash|swelling|itching|itchy|swell(?:ed)?(?: up)?|swole(?: up)?|anaphylaxis|throat close[sd]?|throat swell(?:s|ed)?|blisters) (?:\w+ ){0,3}?(?:from|with|to|when|after|if|around|on)",
    r"avoid",
    r"(?:soy |es |somos |son )?(?:muy )?alergic[oa]s? (?:a|al)(?: (?:la|el|los|las))?",
    r"alergias? (?:a|al|severa a|grave a|fuerte a)(?: (?:la|el|los|las))?",
    r"(?:reaccion|reacciones) (?:\w+ )?(?:a|al|con|por)(?: (?:la|el|los|las))?",
    r"no (?:puedo|puede|debo|debe) (?:\w+ )?(?:tomar|comer|usar|tolerar)(?: (?:la|el|los|las))?",
    r"(?:ronchas|erupcion|sarpullido|salpullido|urticaria|comezon|picazon|hinch\w+|anafilaxia) (?:\w+ ){0,3}?(?:con|por|de|despues de|al|cuando)(?: (?:tomar|tomo|tome|comer|como|usar))?(?: (?:la|el|los|las))?",
    r"no tolero(?: (?:la|el|los|las))?|intolerancia (?:a|al)(?: (?:la|el|los|las))?|intolerante (?:a|al)(?: (?:la|el|los|las))?|sensible (?:a|al)(?: (?:la|el|los|las))?",
    r"me (?:cae|caen|sienta|sientan|hace|hacen) mal(?: (?:la|el|los|las))?",
)
_REACTS = (
    r"(?:gives?|gave|given|giving|causes?|caused|makes?|made|makin|making|sends?|sent|puts?|put|brings?|triggers?|triggered) "
    r"(?:me|my|him|his|her|us|a|an|really|bad|terrible|severe|some|hives|rash|anaphyl\w+|swelling|itching|vomiting|nausea|asthma)"
)
# "gives me hives": about the substance before it. The verb alone is not enough, a reaction must follow.
ALLERGY_AFTER = _any(
    r"(?:is |was |are |were |really |so )?(?:no good|no bueno|not good|bad news|bad for me)",
    rf"(?:always |usually |sometimes |really |it |they |that |which |this |both |all ){{0,6}}{_REACTS}",
    r"(?:itched|burned|swelled|nauseated|sickened) me",
    r"(?:me|le) (?:da|dan|dio|dieron|causa|causan|causo|produce|producen|produjo|provoca|provocan|provoco|salen|hincha|saca|saco)",
    r"it (?:almost |nearly )?(?:killed|hurt|hospitalized|put|sent|landed|closed)",
    r"i (?:almost |nearly )?(?:died|break|broke|get|got|swell|swelled|swole|had|have|itch|throw|threw|vomit|vomited|sneeze|couldn't breathe|can't breathe|develop|developed|came|come|reacted|react)",
)
ALLERGY_NOUN = re.compile(
    r"^ (?:allergy|allergies|allergic|alergy|intolerance|sensitivity|reaction)(?! (?:medicine|medication|meds?|pills?|shots?|tablets?|relief))(?![\w'])"
)
ALLERGY_ALSO = _any(
    r"(?:i'?m|i am|he is|she is|i was|he's|she's) (?:\w+ )?allergic",
    r"is an allergy",
    r"soy alergic[oa]",
    r"allergic to (?:it|them|that|those|both|this)",
)

ALLERGY_TREATED = _any(
    r"(?:for|with|against) (?:(?:my|the|his|her|seasonal|bad|these|some|food|pet|spring|hay|environmental) ){0,6}(?:allerg\w+|hay fever|hayfever|rhinitis)",
    r"(?:para|por) (?:(?:la|las|mi|mis) )?alergias?",
)

NEGATION = _any(
    r"not(?! sure| only| certain| that| really sure| just| sure)",
    r"no(?! problem| longer| good| bueno| ,| :)",
    r"never|none|without|nor|neither|denies|denied|refuse[ds]?|avoiding|instead of|rather than|declined|decided against|against",
    r"(?:do|does|did|is|are|was|were|have|has|had|would|wo|ca|could|should)? ?n't",
    r"(?:dont|doesnt|didnt|isnt|wasnt|havent|hasnt|wont|aint|arent|cant|couldnt|ain't|nothing like|nothing such as|anything like)",
    r"(?:don't|doesn't|didn't|isn't|aren't|wasn't|weren't|haven't|hasn't|hadn't|wouldn't|won't|can't|couldn't|shouldn't)",
    r"nunca|jamas|tampoco|ni|sin|nada de|ningun|ninguna",
)
NOT_NEGATION = _any(
    r"(?:do n't|don't|dont|not|can't|ca n't|cannot|did n't|didn't) (?:really )?(?:know|remember|recall|think of|mind|care|sure|certain|believe|understand)",
    r"not (?:really )?(?:sure|only|certain|just)|no problem|no se(?: si)?|no recuerdo|no me acuerdo|without (?:missing|fail)|(?:can't|cannot|ca n't|couldn't|can not) (?:live|do|function|manage|sleep|breathe|go|stand|cope) without|(?:want|like|plan|need|have) to (?:keep|continue|stay)|never (?:miss\w*|forget|skip\w*)|"
    r"(?:don't|do n't|never|not|didn't|haven't) (?:miss|missed|forget|skip|skipped|stopped|stop|run out)|no solo|wo n't stop|can't (?:sleep|breathe|stand|go) without|no matter",
)
# After these, what was denied so far no longer applies.
EXCEPT = _any(
    r"other than|aside from|apart from|besides|except(?: for)?|just|only|but|instead|outside of|except that|beyond|unless you count|"
    r"solo|solamente|aparte de|ademas de|excepto|menos|salvo|pero|sino|unicamente|mas que"
)

_PRESCRIBER = r"(?:(?:the |my |el |la |mi )?(?:doctor|doc|dr|md|pcp|gp|nurse|cardiologist|neurologist|rheumatologist|specialist|surgeon|hospital|clinic|medico|medica|doctora|cardiologo|especialista)(?: [a-z]{3,14})?|he|she|they)"
PAST = _any(
    rf"{_PRESCRIBER} (?:has |have |had )?(?:stopped|discontinued|cut out|pulled|ended|dropped|took away)(?: me)?(?: (?:my|the|taking|from taking))?|(?:out of|ran out of|run out of|all out of)(?: my| the)?|me (?:lo |la |los |las )?(?:quit\w{{1,4}}|suspend\w{{2,6}}|retir\w{{1,4}})|se me (?:acabo|acabaron|termino|terminaron)",
    r"used to (?:take|be on|use|have|get)|stopped(?: taking| using)?|quit(?: taking| using)?|came off(?: of)?|went off|got off|taken off(?: of)?|(?:took|take|taking|takes) (?:me|him|her|us) off(?: of)?|weaned off(?: of)?",
    r"was (?:previously |once |also )?on|were on|had been on|was taking|were taking|was using|was prescribed|(?:had|was) (?:him|her|me) on",
    r"(?:^|(?<=am )|(?<=i'm )|(?<=been )|(?<=me )|(?<=stay )|(?<=him )|(?<=her ))off(?: of)?|(?:past|previous|previously|former|stopped|discontinued|old)(?: meds| medications| medicines)? ?:(?= |$)|"
    r"no longer(?: take| taking| on| use| using)?|not anymore|previously|formerly|in the past|years ago|months ago|discontinued|discontinue|finished|completed|"
    r"before (?:that|this)|prior to that|antes de eso|(?:switched|changed|swapped) (?:\w+ )?from|as a (?:child|kid|teenager)|when i was (?:a |younger|little|young|pregnant)|back in \d+|years back|once took|at one point|got rid of|replaced|"
    r"past (?:medications|medicines|meds)|last took|ran out of|off (?:of )?(?:my|the)|had to stop",
    r"tomaba|usaba|antes (?:tomaba|usaba|me daban)|deje(?: de)?(?: tomar| usar)?|dejo de (?:tomar|usar)|ya no (?:tomo|uso|toma|usa|me pongo)|suspendi|(?:me |le )?(?:lo |la )?(?:suspendio|suspendieron|quito|quitaron|retiro|retiraron|cambio|cambiaron)|termine|"
    r"me lo quitaron|solia (?:tomar|usar)|hace (?:\w+ )?(?:anos|meses)|en el pasado|anteriormente|de nino|de nina|cuando era",
)
PAST_AFTER = _any(
    r"(?:\w+ )?(?:years?|months?) ago|in the past|last (?:year|summer|winter|spring|fall|january|february|march|april|may|june|july|august|september|october|november|december)|"
    r"(?:but )?(?:i |we |they |he |she |my doctor |the doctor )?(?:have |has |had |'ve )?(?:since )?(?:stopped|quit|discontinued|came off|finished)(?: (?:it|that|them|taking|using|because|due|last|in|after|about|a|when))?|"
    r"(?:but )?(?:i )?(?:do n't|don't|dont|do not) (?:take|use) (?:it|them|that|this|those) (?:anymore|any more|now|any longer)|not any ?more|no longer|until|back in|as a (?:child|kid|teenager)|when i was|"
    r"(?:but |and )?(?:i |we |he |she )?(?:never|have n't|haven't|have not|did n't|didn't|did not) (?:actually |ever |even |yet )?(?:took|take|taken|start|started|fill|filled|used|use|picked|pick) ?(?:it|them|that|up)?|"
    r"(?:pero )?nunca (?:lo |la )?(?:tome|use|empece)|but not (?:now|anymore|any more)|any ?more|(?:was |were )?(?:stopped|discontinued)|before (?:that|switching|i switched)|"
    r"hace (?:\w+ )?(?:anos|meses)|en el pasado|pero (?:ya )?no|ya no|(?:pero |y )?(?:ya )?(?:lo |la )?(?:termine|acabe)|pero lo deje|pero la deje|hasta|lo deje|la deje|de nino|de nina|el ano pasado|lo suspendi|me lo quitaron|me la quitaron",
)
NOT_TAKEN_AFTER = _any(
    r"(?:,? ?(?:but|and) )?(?:i |he |she |we )?(?:said no|declined|refused|chose not|opted not|decided against|never did|decided not)|,? ?(?:but |and )?i (?:did n't|didn't|did not|have n't|haven't|do n't|don't)(?= ?$)|"
    r",? ?not (?:currently |really |yet )?(?:taking|on|using|anymore|now)|: ?(?:no|none|never|not)(?= ?$| ?,)",
    r"(?:,? ?(?:but|and|though|which|that|however) )?(?:i |he |she |we )?(?:do n't|don't|dont|do not|am not|'m not|i'm not|never|have n't|haven't|have not|did n't|didn't|did not|wo n't|won't|will not|ca n't bring myself to) "
    r"(?:really |actually |currently |even |ever |want to |been )?(?:take|taking|taken|took|use|using|used|on|start|started|starting|fill|filled) ?(?:it|that|them|this|any|those|one)?(?= ?$| ?[,.]|(?: it| that| them))",
    r"(?:pero |y )?(?:no|nunca) (?:lo |la |los |las )?(?:tomo|uso|he tomado|tome|quiero tomar)",
)
RECENT = _any(
    r"had to (?:take|use)|ended up (?:taking|using)|(?:\w+'ve|have|has|had) (?:just |also |only |already )?(?:taken|tried|had|used|bought)|did (?:[\w,]+ ){0,14}?try|took|tried|had some|gave me|given me|was given|have used|used|bought|had|"
    r"been (?:taking|using|having|trying) (?:some|a few|a couple|a bit|a little)|(?:when|if|after|whenever|unless|until|cuando|si) (?:i|yo) (?:i )?(?:take|use|tomo|uso)(?= )|"
    r"having taken|tome|he tomado|probe|he probado|me dieron|me inyectaron|compre|me tome",
)
# What follows a name and says how things stand with it now; the last one counts. Each begins near the name.
RESUMED_AFTER = _any(
    r"(?:re ?started|resumed|re ?starting|resuming)(?: (?:it|taking it))?|(?:started|began|put|placed|went|going|gone|am|i'm|im|now|got) (?:me |it |him |her |taking it )?(?:back (?:on|up)|again|up again)(?: it)?|back on(?: it)?|(?:taking|on|take|using) it again|again (?:since|now|this|last|in|on|for)|now (?:back )?on (?:it )?again|"
    r"still (?:take|takes|taking|use|using|on)(?: it)?|i (?:still |do )(?:take|use) it|(?:lo |la )?(?:volvi|volvio) a (?:tomar|empezar|usar)\w{0,4}|reinici\w{1,5}|retom\w{1,4}|otra vez|de nuevo|nuevamente|(?:lo |la )?sigo (?:tomando|usando)\w{0,3}|(?:lo |la )?empece otra vez",
)
STOPPED_AFTER = _any(
    r"(?:course |treatment |tratamiento |it's |its |it is |is |was |all |am |i'm |now )?(?:done|finished|completed|over|terminado|concluido)(?: (?:with (?:it|that)|now|taking it|last|on|in))?(?= ?$| ?[,.;)]| (?:now|last|with|on|in|taking))",
    r"(?:i |just |i've |ive |have |has |we |all )?(?:ran|run) out(?: of (?:it|them|that|refills))?|(?:i'm |im |i am |all |been )?out of (?:it|them|refills)|"
    rf"(?:{_PRESCRIBER} |was |were |got |been |i was |has |have |had |they've )?(?:took|taken|takes|taking|pulled|weaned|tapered) (?:me |him |her |us )?off(?: (?:of )?(?:it|them|that|this))?|{_PRESCRIBER} (?:has |had |have )?(?:stopped|discontinued|dc'?d|cut|cancel\w{{2,4}}|ended|pulled)(?: (?:it|that|this|them|me))?|d ?/ ?c'?d?|dc'?d|"
    r"(?:i'm |im |i am |been |now |went |came |got |go )?off (?:(?:of )?(?:it|them|that|this)|now|since|for|last|as of|\d)|off(?= ?$| ?[,)])|(?:no longer|not) (?:taking|on|using|take|use|need|needed|prescribed)(?: (?:it|them|that|this))?(?: (?:any ?more|now|any longer))?|"
    r"se (?:me )?(?:acabo|acabaron|termino|terminaron)|(?:el |la )?(?:doctor|doctora|medico|medica|dr|dra|cardiologo)?(?: )?me (?:lo |la |los |las )?(?:quit\w{1,4}|suspend\w{2,6}|retir\w{1,4})|(?:lo |la |los |las )?(?:deje|suspendi|termine|acabe)(?: de (?:tomar\w{0,3}|usar\w{0,3}))?|dejo de (?:tomar|usar)\w{0,3}|suspendid[oa]s?|ya no(?: (?:lo|la|los|las))?(?: (?:tomo|uso|toma|usa))?",
)
DOUBTED_AFTER = _any(
    r"(?:i |but |and |just )?(?:have ?n't|haven't|havent|have not|hasn't|hasnt|did ?n't|didn't|didnt|did not|not)(?: (?:really|been|actually|even))? (?:taken|taking|took|take|used|using|had)(?: (?:it|any|them|this|that))? (?:since|in|for|lately|recently|this|the last|the past|\d|today|yesterday|every)|"
    r"(?:i )?(?:only |just )(?:took|used|had|needed|take it|use it)(?: (?:it|them|that|one))? (?:in|while|during|once|for|at|twice|one|when i was)|(?:took|used) (?:it|them) (?:in the hospital|once|for a)|(?:weaning|tapering|coming|getting|slowly going) (?:myself )?off(?: (?:of )?(?:it|them|that|this))?|weaning|tapering(?: down)?|(?:waiting|wait) (?:for|on|to)|pending|on (?:hold|order|pause)|(?:holding|paused|pausing|skipping|skipped|held)(?: (?:it|off))?|prior auth\w{0,10}|back ?order\w{0,3}|(?:supposed to|should be|meant to) (?:be )?(?:on|taking|take)(?: it)?(?: but)?|"
    r"(?:no |todavia no |aun no )(?:lo |la |los |las )?(?:he |has )?(?:conseguido|surtido|encuentro|consigo)|en pausa|en espera|pendiente",
)
_INSURER = (
    r"(?:my )?(?:insurance|ins|medicaid|medicare|plan|aseguradora|el seguro|seguro|obra social|pharmacy|farmacia)"
)
NOT_STARTED_AFTER = _any(
    r"(?:but|and|though|although|however) (?:i'm|im|i am|i was|he's|she's) not(?= ?$| ?[,.;)])|(?:but|and|though) (?:i )?(?:don't|dont|do not|didn't|haven't)(?= ?$| ?[,.;)])|pero no(?= ?$| ?[,.;)])",
    rf"{_INSURER} (?:\w{{2,8}} ){{0,2}}?(?:denied|den(?:y|ies)|said no|refused|rejected|won't|wont|wouldn't|would not|will not|will ?n't|does ?n't|doesn't|doesnt|does not|did ?n't|didn't|didnt|did not|dropped|stopped|no|nego|rechazo)|(?:was |got |is |been )?(?:denied|not covered|not approved|declined|rejected|never approved|never filled)|"
    r"(?:can't|cant|can not|cannot|couldn't|couldnt|could not) (?:afford|get|find|fill)(?: (?:it|them))?|too expensive|costs? too much|(?:i |but |and )?(?:have ?n't|haven't|havent|have not|did ?n't|didn't|didnt|did not|never|not) (?:actually |ever |even |really |yet )?(?:started|start|filled|fill|picked|pick|tried|begun|begin|got|gotten)(?: (?:it|up|yet|that|them)){0,2}|not yet|to start|"
    r"(?:will|going to|gonna|supposed to|should|plan to|about to|want to|would like to) (?:start|begin|try)|start(?:ing|s)? (?:it )?(?:tomorrow|next|soon|monday|tuesday|wednesday|thursday|friday|this week)|prescribed but|(?:todavia no |aun no |no )(?:lo |la |los |las )?(?:he |has )?(?:empezado|comprado|iniciado|empiezo)|me (?:lo |la )?(?:negaron|rechazaron)|no (?:me )?(?:lo |la )?(?:cubre|autoriz\w{1,4}|aprob\w{1,4})|muy car[oa]|todavia no|(?:voy a|debo|tengo que) (?:empezar|iniciar)",
)
_THEIRS = r"(?:takes?|takin|taking|uses?|using|used|has|had|have|is on|was on|is taking|was taking|got|gets|needs|only|toma|usa|tiene|lo toma|la toma|lo usa|la usa)"
RELATIVES_AFTER = _any(
    rf"(?:this |that |it |these |those |they )?(?:is |are |'s |it's |its |that's |thats |es |son )?(?:for |belongs? to |from |of |de |para |es de |es para |son de )?(?:(?:my|mi|our|the|el|la) (?:\w{{2,8}} )?{RELATIVE}|{RELATIVE}|(?:my|mi|our) (?:\w{{2,8}} )?{CHILD})(?:'?s)?(?: {_THEIRS}| medicine| meds?| pills?| prescription| one| not (?:me|mine|for me)|(?= ?$)|(?= ?[,)]))",
    r"not (?:mine|for me|me)(?= ?$| ?[,)])|(?:isn't|is not|isnt) mine|no es mi[oa]|no para mi",
)
MAYBE = _any(
    r"maybe|perhaps|possibly|possible|probably|might be|might|may be|could be|(?:i'm |im |i am )?not (?:\w{2,10} )?(?:sure|certain|positive)|unsure|uncertain|suspect(?:ed)?|questionable|i (?:don't|dont|do not|do n't|can't|cant) (?:know|remember|recall)|no me acuerdo|no recuerdo|don't know|dont know|no idea|"
    r"quizas?|tal vez|a lo mejor|puede (?:ser|que)|posible(?:mente)?|probablemente|no (?:estoy|estamos) segur[oa]s?|no se(?: si)?|creo que(?: si)?|dicen que|sospech\w{1,4}|supongo",
)
OUTGROWN = _any(
    r"(?:not|isn't|never) (?:really |actually |truly |technically )?(?:an? )?(?:true |real |actual )?(?:allergy|allergic)|no es (?:realmente )?(?:una )?alergia|(?:more of )?(?:an? )?(?:side effect|sensitivity)(?= ?$| ?[,.;)])",
    r"out ?gr(?:ew|own|owing)(?: (?:it|that|them))?|grew out(?: of (?:it|that|them))?|(?:no longer|not|isn't|never) (?:really )?allergic(?: (?:to (?:it|them|that) )?(?:any ?more|now|any longer))?|not any ?more|(?:i )?(?:used to|was|were) (?:be )?(?:allergic|sensitive|as a)(?=.{0,60}(?:now|any ?more|since|fine|ok|okay|again|outgr|ya))|used to be(?: allergic)?|"
    r"(?:had|taken|took|used|eaten|eat|ate|have|take|tolerated?|get|got) (?:it|them|that|this|some|one|eggs|milk)?(?: \w{1,10}){0,4}? ?(?:since|again|later|now|last|recently|before|after)?(?: \w{1,10}){0,3}? (?:without (?:any |a )?(?:problems?|issues?|trouble|reaction|incident)|with no (?:problems?|issues?|trouble|reaction)|no (?:problems?|issues?|trouble|reaction)|and (?:was|am|is|were|it was|i was) (?:fine|ok|okay|alright)|fine|ok)|"
    r"(?:fine|ok|okay|gone|good|resolved) now|(?:now |i )?can (?:now )?(?:eat|take|have|tolerate|drink|be around|use) (?:it|them|that)(?: \w{1,8}){0,2} ?(?:fine|ok|okay|now|again|without)?|tested negative|(?:test(?:s|ed|ing)?|challenge) (?:was |were |came back )?(?:negative|neg|ok|fine)|passed (?:the |a |an )?(?:\w{2,8} )?challenge|de-?sensitized|desensiti[sz]ed|not true allergy|"
    r"ya no(?: (?:me|soy|tengo|le|la|lo))?(?: \w{2,12}){0,2}|se me (?:quito|paso)|despues (?:lo|la) (?:tome|tomo|comi|use)|(?:ahora|ya) (?:si )?(?:lo |la |los |las )?(?:puedo|tolero|como|tomo)|(?:lo|la) (?:tome|he tomado|volvi a tomar)(?: \w{1,10}){0,5} (?:sin|y no|bien)|sin (?:ningun )?(?:problemas?|reaccion)|prueba (?:salio )?negativa|salio negativ[oa]",
)
HELPS_AFTER = _any(
    r"(?:does|do|did|works?|worked) (?:wonders|great|miracles|magic|a great job|the trick)(?: (?:for|with|on))?|(?:is|are) (?:great|amazing|a lifesaver|a life saver|what i use|my go to) for|(?:se me|me) (?:quitan?|calman?|alivian?|controlan?|ayudan?)",
    r"(?:really |always |usually |does |do |seems? to |would |will |is |are |was |that |which |it )?(?:helps?|helped|helping|helpful|works?|worked|relieves?|relieved|controls?|controlled|clears?|cleared|fixes|treats?|takes? care of|calms?|settles?|keeps)|(?:me |le |si |sí )?(?:ayud[aó]n?|sirven?|alivia|controla|quita|funciona|calma)|for (?:it|that|this|them|the (?:itch|rash|hives|reaction|symptoms))|"
    r"(?:if|when|in case) (?:i |it |that |they )?(?:react|happens?|stung|get|am stung|need|exposed|have)|when needed|as needed|por si|en caso|cuando me (?:da|pica)",
)
RECENT_AFTER = _any(
    r"(?:this|yesterday) morning|today|yesterday|last (?:night|week)|earlier|(?:\w+ )?(?:days?|hours?) ago|esta manana|hoy|ayer|anoche"
)

USE = _any(
    r"(?:pre ?-?)?(?:medicated|medicate|treated|treat|controlled|control|managed) (?:it |them )?(?:with|by)|(?:tratad[oa]|controlad[oa]|controlo|trato) con",
    rf"(?:i|he|she|we|they|yeah|yes|and|also|still|only|just|usually|sometimes|mom|to)? ?{_ADVERB}(?:take|takes|taking|taken|takin|use|uses|using|inject|injecting|apply|applying|swallow|wear)",
    r"(?:on|prescribed|prescribe|prescribes|put (?:me|him|her) on|started(?: me)?(?: on)?|started taking|start|been on|been taking|been using|been having|rely on|need|needs|get|getting|gets|keep|carry|have)",
    r"(?:tomo|toma|tomamos|tomando|uso|usa|usando|utilizo|me pongo|me inyecto|se inyecta|me aplico|recetaron|receto|recetado|me dan|consumo|empece|me tomo|se toma|estoy con|sigo con|estoy en|necesito|ando tomando)",
)
FRESH = _any(
    r"(?<!no )(?<!ya no )(?:yo )?(?:sigo|continuo|seguimos|continuamos) (?:con|tomando|usando|en)|(?<!not )(?:i'm |im |i am |i )?(?:still|continue|continuing) (?:on|with|to take|to use|taking|using)",
    r"(?<!not )(?<!n't )(?<!not even )(?:now|currently|these days|at the moment|right now|presently|ahora|actualmente|hoy en dia)",
    rf"(?<!when )(?<!if )(?<!after )(?<!time )(?<!whenever )(?<!what )(?<!that )(?:i|we|he|she)(?:'m|'ve| am| m| have| was)? (?:been )?{_ADVERB}(?:take|takes|taking|took|use|uses|using|on|been|had|used|tried|stopped|quit)",
    rf"(?<!when )(?<!if )(?<!after )(?<!time )(?:i|we|he|she)(?: have|'ve) {_ADVERB}(?:been|taken|tried|had|used|stopped)",
    r"(?:and|y) (?:also |still |now )?(?:take|use|am on|tomo|uso)",
    r"(?:(?<=, )|(?<=and )|(?<=so )|(?<=then )|(?<=now ))(?:i |he |she |they |we |doctor |dr )?(?:started|start|began|put|placed|gave|prescribed|added|restarted)(?: (?:me|him|her))?(?: (?:on|taking|back on))?",
    r"(?:(?<=, )|(?<=y )|(?<=ahora ))(?:el |la |ya )?(?:me )?(?:puso|pusieron|dio|dieron|receto|recetaron|empece|inicie|inicio|agrego|agregaron|mando|mandaron)(?: (?:con|a tomar))?",
    r"(?<!no )(?<!ya no )(?<!tampoco )(?:yo )?(?:tomo|uso|tomaba|tome|usaba|deje|me pongo)",
)
GOES_ON = _any(r"(?:and|y) (?:also |still |now )?(?:takes|uses|is on|toma|usa)")
STRONG_USE = _any(
    r"(?:pre ?-?)?(?:medicated|medicate|treated|treat|controlled|control|managed) (?:it |them )?(?:with|by)|(?:tratad[oa]|controlad[oa]|controlo|trato) con|given|gave me|need",
    r"(?:take|takes|taking|use|uses|using|inject|carry|carries|on|been on|put me on|prescribed|tomo|toma|uso|usa|tomando|usando|me pongo|me inyecto|llevo|cargo)",
)
SELF = _any(
    r"my (?:own|pills?|pill ?box|meds?|medic\w{2,8}|prescriptions?|list)|mis (?:pastillas|medicinas|medicamentos)|i|i'm|i've|me|myself|yo|tomo|uso|tengo|soy|we"
)

ASKING = _any(
    r"(?:waiting|wait) (?:for|on|to)(?: \w+){0,4}|prior auth\w{0,10}(?: for)?|(?:insurance|plan|seguro) (?:\w+ ){0,2}?(?:denied|won't cover|wont cover|doesn't cover|doesnt cover|refused|rejected|no (?:me )?(?:cubre|autoriza|autorizo|aprobo))(?: my| the| la| el)?",
    r"(?:is|was|would|wouldn't) it (?:be )?(?:ok|okay|safe|fine|bad|good|alright|all right|dangerous|possible)|(?:i |we |to |he |she )?(?:want|wants|wanted|wanting|'d like|would like)(?= |$)|heard(?: that| of| about)?|"
    r"google (?:says|said)|saw (?:an? |the )?(?:ad|ads|commercial|video|post)s?(?: for| about| on)?|(?:please |to )?consider|swears? by",
    r"(?:should|can|could|may|would|will|shall) (?:i|we|it|the|that|this|there|you|they|he|she|my|a|any|some|taking)(?: \w+)?",
    r"(?:wonder(?:ing|ed)?|curious|asked?|asking|questions?|talk|discuss|tell me|heard|hear|read|reading|worried|worry|concerned|scared|afraid)(?: \w+){0,2} (?:about|if|of|whether|on|that|for)",
    r"(?:think|thinking|thought|consider(?:ing|ed)?|suggest(?:ed|ing|s)?|recommend(?:ed|ing|s)?|advised|offered|told me)(?: \w+){0,4} (?:about|of|using|taking|to|trying|try|take|use)",
    r"(?:suggest(?:ed|ing|s)?|recommend(?:ed|ing|s)?|offered|considering|mentioned)",
    r"(?:want|wanted|wants|would like|'d like|wish|hoping|hope|like|love|prefer|interested|looking)(?: \w+){0,2} (?:to|for|in)(?: (?:try|take|start|get|go|be|have|switch|know|ask))?",
    r"(?:what about|how about|what is|what's|what are|is there|are there|whether|going to|gon na|gonna|supposed to|about to|plan(?:ning)? to|plan(?:ning)? on|let's|maybe we can|maybe try|scheduled to)",
    r"(?<!no )(?:puedo|podria|podemos|debo|deberia|debemos|quiero|quisiera|queria|me gustaria|pregunt\w+|me recomend\w+|recomiend\w+|que tal|sera bueno|es bueno|pienso|pensando|he oido|me pueden dar|voy a)"
    r"(?: \w+){0,2}(?: (?:tomar|usar|dejar|probar|sobre|de|empezar))?",
)
# "Should I stop my metformin?": a patient who asks about stopping or going on takes it.
ASKED_OF_USE = re.compile(
    r"\b(?:stop|stopping|hold|skip|pause|quit|keep|continue|come off|get off|wean off|dejar|suspender|seguir|continuar|parar)(?: (?:taking|using|on|with|de|con|tomando|usando|tomar)){0,3}(?: (?:my|the|mis?|el|la|los|las))? ?$"
)
# "my wife's": a relative's medicine, named by the patient in an answer about their own.
RELATIVES_OWN = re.compile(rf"(?:^|\b(?:my|our) (?:\w+ )?){RELATIVE}'s $")
NOW_AND_THEN = _any(r"sometimes|occasionally|now and then|at times|when i (?:can't|cannot|need)")
# Only in a sentence that asks.
ASKING_AUX = _any(
    r"^(?:(?:and|so|but|also|y|pero) )?(?:would|will|could|can|should|is|does|do|are|may|might|es|sirve|seria)(?= |$)",
    r"(?:do|does|did|is|are|has|was|which|what|how|es|son|que|cual|hay|sirve) (?:i|we|it|the|that|this|there|you|they|he|she|my|a|any|some|taking|color|colour|el|la|un|una|mi)(?: \w+)?",
)

NONE_WORDS = _any(
    r"no|nope|nah|none|never|nothing|nada|ninguno|ninguna|ningun|nunca|n a|na|nil|negative|nkda|nka|nkma|not|don't|dont|do n't|haven't|have n't|havent|zero|niego|jamas|sin|"
    r"didn't|did n't|doesn't|does n't|isn't|is n't|tampoco|aint|ain't|no se de ninguna|no known"
)
UNSURE = _any(
    r"(?:do n't|don't|dont|do not|can't|ca n't|cannot|didn't|forgot|forget|not) (?:\w+ )?(?:remember|recall|know (?:the|their|its|what|which|all)|sure|certain|their names?|the names?)|not sure|unsure|maybe|perhaps|possibly|"
    r"no me acuerdo|no recuerdo|no estoy segur[oa]|no se(?: (?:como|cual|cuales|el|los))?|quizas?|tal vez|creo que|forgot|not certain|no idea"
)
AFFIRMED = re.compile(
    r"^(?:(?:oh|um|uh|ah|ok|okay|well|hm|so|sure|uhm|er|yeah|yep|yes)(?![\w'])[ ,]{0,3}){0,8}(?:yes|yeah|yep|yup|yea|correct|i do|i am|i have|right|that's right|that is right|that's it|it is|"
    r"i think that is correct|sure|of course|absolutely|si|claro|correcto|asi es|exacto|uh huh|affirmative|mhm|mm hm|sometimes|every day|occasionally)(?![\w'])"
)
DENIED = re.compile(
    r"^(?:(?:oh|um|uh|ah|ok|okay|well|hm|so|uhm|er|hmm|mmm?|ohh|ahh|allergies|medications|and|i mean|pues|bueno)(?![\w'])[ ,]{0,3}){0,8}(?:no|nope|nah|none|never|nothing|not|n a|nada|ninguno|ninguna|nunca|niego|nil|negative|nkda|nka)(?![\w'])"
)
INEFFECTIVE = _any(
    r"(?:it |that |they |which )?(?:did n't|didn't|did not|does n't|doesn't|does not|do n't|don't|is n't|isn't|has n't|hasn't|was n't|wasn't|never) (?:really |even |seem to )?(?:help|work|do anything|helped|worked|helping|working|touch)\w*",
    r"no (?:me )?(?:hace nada|sirve|sirvio|ayuda|ayudo|funciona|funciono|quita)",
)
# Instructions on what to write in the record, to a person or a model: no fact is read from them.
_CLAUSE_START = r"(?:^|(?<=, )|(?<=: )|(?<=and )|(?<=please )|(?<=then )|(?<=now )|(?<=instead )|(?<=just )|(?<=must )|(?<=should )|(?<=you )|(?<=also )|(?<=so )|(?<=y )|(?<=favor )|(?<=kindly ))"
_MACHINE = r"(?:ai|a i|computer|machine|robot|bot|chatbot|assistant|system|software|algorithm|model|program|llm|gpt|chatgpt|summari[sz]er|reader|parser|reviewer|transcriber|scribe|ia|computadora|maquina|sistema|asistente|modelo|programa|ordenador|lector|inteligencia artificial)"
_RECORD = r"(?:chart|charts|records?|file|summary|summaries|list|lists|notes?|output|report|profile|medication list|med list|medications?|meds|allergies|allergy list|expediente|ficha|resumen|historial|lista|reporte|informe|nota|registro)"
INSTRUCTION = _any(
    r"(?:^|(?<=, ))(?:system|admin|administrator|developer|operator|nota del sistema|aviso del sistema) ?(?:notes?|notices?|updates?|overrides?|commands?|alerts?)?(?= (?:ignore|disregard|forget|override|patient|ignora|ignore|el paciente|la paciente))",
    rf"{_CLAUSE_START}(?:ignore|disregard|forget|override|overlook|skip|discard|delete|erase|remove|bypass) (?:\w+ ){{0,4}}?(?:instructions?|prompts?|rules?|above|previous|prior|earlier|before|preceding|precious|foregoing|entries|entry|answers?|responses?|text|data|fields?|form|guidelines|everything|anything|what i (?:said|wrote|put)|other)",
    rf"{_CLAUSE_START}(?:ignora|ignore|ignorar|olvida|olvide|omite|omita|descarta|descarte|borra|borre|elimina|elimine|haz caso omiso|no tomes? en cuenta) (?:\w+ ){{0,4}}?(?:instrucciones|instruccion|anterior(?:es)?|reglas|previ[oa]s?|arriba|mensaje|texto|dicho|respuestas?|demas|resto|formulario|datos|todo)",
    r"(?:previous|prior|above|new|system|hidden|secret) (?:instructions?|prompts?)|system prompt|jailbreak|(?:system|user|developer|assistant) ?(?:message|role|:)|you are now|you're now|as an ai|act as (?:an?|the|if)|pretend (?:to|that|you)|role ?play|(?:output|respond|reply|answer|return|print) (?:only|just|with|in|the following|exactly)|nuevas? instruccion(?:es)?|eres ahora|actua como",
    rf"(?:to|dear|hey|hello|hi|attention|attn|note to|notes? for|message (?:to|for)|instructions? (?:to|for)|memo to|for|listen) (?:the |any |an |whatever |whichever |this |our )?{_MACHINE}(?= (?:reading|processing|that|who|which|reviewing|summari[sz]ing|parsing|doing|please|add|list|write|mark|put|include|ignore|you|must|should|,|:)|$| ?[,:])|(?:a|para|al|nota (?:para|a)|estimad[oa]|mensaje (?:para|a)) (?:la |el |una |esta )?{_MACHINE}(?= (?:que|por favor|favor|lea|debe|agregue|escriba|ponga|anote|,|:)|$| ?[,:])|{_MACHINE} ?: ",
    rf"{_CLAUSE_START}(?:add|put|write|record|include|insert|enter|document|list|register|note|append|place|save|update|change) (?:down )?(?:[\w.]+ ){{1,8}}?(?:to|in|into|on|under|as part of) (?:the|my|your|this|his|her|their|patient's) (?:\w+ )?{_RECORD}|{_CLAUSE_START}(?:agrega|agregue|anade|anada|pon|ponga|escribe|escriba|incluye|incluya|anota|anote|registra|registre) (?:[\w.]+ ){{1,8}}?(?:a|en|al) (?:el |la |mi |su |tu |los |las )?{_RECORD}",
    rf"{_CLAUSE_START}(?:write|record|report|print|document|state|claim|insert|act|declare|conclude|certify|affirm)(?: down)? (?:that|it as|as|as if|the following|only|this|i take|none|no)(?= |$)|{_CLAUSE_START}(?:say|note|enter) (?:(?:that )?(?:the patient|patient|he is|she is)|that there (?:is|are) no)(?= )|{_CLAUSE_START}(?:escribe|escriba|anota|anote|reporta|reporte|registra|registre|indica|indique|di|diga|responde|responda|declara|declare|afirma|pon|ponga) (?:que|solo|solamente|como)(?= )",
    rf"{_CLAUSE_START}(?:mark|list|set|record|report|treat|classify|flag|label|code|enter|register|marca|marque|clasifica) (?:(?:me|it|this|them|him|her|everything|all|the patient|patient|my \w{{2,14}}|the \w{{2,14}}|[\w.]{{4,20}}|todo|esto|al paciente) ){{1,3}}(?:as|to|como)(?= )",
    rf"{_CLAUSE_START}(?:do not|don't|dont|never|no) (?:mention|list|include|report|show|flag|record|display|mencione?s?|incluyas?|reportes?|muestres?|registres?)(?= )|(?:the |your |el |tu |su )?(?:summary|output|record|note|response|json|doctor's note|resumen|informe|salida) (?:should|must|has to|needs to|shall|will|debe|tiene que) (?:say|state|read|list|show|be|include|contain|only|decir|incluir|mostrar|contener|indicar)",
)

# In the question, before a name: it is asked whether it is taken, or reacted to; or the name is only an example.
ASKED_USE = re.compile(
    r"(?:you|he|she|patient|still|ever|been|usted|ud|sigue|aun) (?:\w+ ){0,2}?(?:tak\w+|use|using|on|applying|toma|tomando|usa|usando)(?: \w+| ,){0,12}$"
)
ASKED_ALLERGY = re.compile(r"(?:allergic to|allergies to|allergy to|reaction to|alergic[oa] a|alergia a)(?: \w+){0,6}$")
ASKED_EXAMPLE = re.compile(
    r"(?:such as|like|for example|e ?g|including|other than|besides|apart from|instead of|as in|should|make sure|can|could|might|would|need to|needs to|recommend\w*|advis\w*|suggest\w*|if you|let's|we|i'll|i'd|to (?:take|use|be on)|stop\w*|start\w*|want you|prescrib\w+|como|por ejemplo|write|going to)(?: \w+| ,){0,8}$"
)

FAMILY_AFTER = _any(rf",? ?(?:my|mi) {RELATIVE}(?= ?$| ?,)", r"runs in (?:my|the) family")
THIRD_PERSON = _any(r"she|he|they|ella|el")
# About an allergen: it is tolerated.
# Before the cues of an allergy, which "reaction to" is.
NO_PROBLEM = _any(
    r"(?:no|never any|never had any?|not any|without|have ?n't had any?) (?:problems?|issues?|trouble|reactions?|bad reactions?) (?:with|to|from|on|taking)|no (?:tengo|hay|me da|me dan) (?:ningun )?problemas? con|sin problemas? con",
)
TOLERATED = _any(
    r"(?:can|could) (?:still |now |only |safely |always )?(?:take|eat|have|use|tolerate|drink|handle)(?! (?:care|it|them|that)\b)|(?<!not )(?:okay|ok|fine|good|safe) (?:taking|on)|(?:si|sí) (?:puedo|puede|tolero|tomo|como)(?: (?:tomar|comer|usar))?|(?:tolero|tolera|tomo|como|uso) (?:bien|sin problemas?)",
    r"(?<!not )(?<!n't )(?:tolerate[sd]?|do(?:es)? (?:fine|well|ok|okay) (?:with|on)|(?:fine|ok|okay) with|tolero bien)",
)
HARMLESS_AFTER = _any(
    r"(?:(?:\w{2,12} ){0,8}?(?:without|with no|no|never any|sin)) (?:any |ningun |ninguna |a |bad )?(?:problems?|issues?|trouble|reactions?|side effects?|incident|problemas?|reaccion(?:es)?|inconvenientes?)(?= ?$| ?[,.;)]| (?:at|from|with|so|since|after|before|when|to))|"
    r"(?:(?:is|are|was|were|does|do|seems?|esta|estan|va|me va|me cae|si|sí) )?(?:just |all |perfectly |totally |completely |always |still |me )?(?:fine|ok|okay|good|safe|alright|all right|well|bien|tolerated|tolerada|tolerado)(?: (?:with me|for me|to take|now|though|so far))?(?= ?$| ?[,.;)]| \()|(?:is |are )?(?:no|not an?|never an?|isn't an?) (?:problem|issue|problema)s?|(?:i |we )?(?:can|could|do|am able to) (?:take|eat|have|tolerate|drink|use|handle)(?: (?:it|them|that|those))?|(?:i )?(?:tolerate|tolerated|take|took|have taken|eat|use)(?: (?:it|them|that))? (?:fine|ok|okay|well|without|with no)|(?:without|with no|no|sin) (?:any )?(?:problems?|issues?|trouble|reactions?|problemas?|reaccion(?:es)?)|"
    r"(?:si |sí )?(?:lo |la |los |las )?(?:puedo|tolero|tomo bien|como bien|tolera)(?: (?:tomar|comer|usar|bien))?|no (?:me )?(?:hace|hacen|da|dan|causa|provoca) (?:nada|mal|dano|problema|alergia)|no soy alergic[oa]|"
    r"(?:is|are|was|were) (?:\w+ )?(?:fine|ok|okay|no problem|safe)|fine|(?:has |have )?never (?:gave|given|caused|bothered|hurt)|(?:does n't|doesn't|does not|did n't|didn't|do n't|don't) (?:bother|cause|give|hurt)|"
    r"no me (?:hace|da|causa) (?:nada|mal|reaccion|alergia)|(?:does n't|doesn't|does not|do not|don't|did n't|didn't) (?:\w+ )?(?:bother|hurt|affect|cause|give)|"
    r"(?:and |y )?(?:nothing happened|no pas[oa] nada|not? (?:a )?reaction|no me paso nada|no me hizo nada)|(?:is |was |are )?(?:no longer|not) (?:a |an )?(?:problem|issue|allergy)|"
    r"(?:is |was |were |has been |got )?ruled out|(?:tests? |test (?:came back )?)?(?:neg|negative|negativ[oa])(?= ?$| ?[,.;)])|all the time"
)
