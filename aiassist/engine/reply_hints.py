"""What an unclear reply is about, for the person who reads it: none of this acts by itself."""

from collections.abc import Sequence
from functools import lru_cache

from aiassist.engine import reply_vocabulary as vocabulary
from aiassist.engine.phrases import SENTENCE_END, Finder
from aiassist.engine.reply_tokens import Piece
from aiassist.engine.speller import Speller

_CLASSES = {
    "day": "monday tuesday wednesday thursday friday saturday sunday tomorrow today weekend week month mon tue tues wed thu thur thurs fri lunes martes miercoles jueves viernes sabado domingo semana mes",
    "reschedule": "reschedule rescheduled rescheduling resched reskedule rescedule reschdule rescheduel reschedual reshedule reeschedule rebook rebooking postpone postponed reprogramar reprogramarla reprogramen reprograme reprogramo reagendar reagendarla reagenden reagende posponer posponerla posponen aplazar aplazarla aplacen",
    "change": "change changed move switch push bump shift delay swap transfer",
    "cambiar": "cambiar cambiarla cambiarme cambien cambie cambio mover moverla muevan adelantar adelantarla atrasar atrasarla recorrer correr pasarla pasar",
    "other": "different another other new better later earlier sooner alternate alternative",
    "slot": "day time date slot appointment appt appointments week hour opening openings times days spot",
    "call": "call phone ring dial callback",
    "person": "person human agent representative receptionist operator someone somebody nurse doctor anyone staff manager secretary",
    "persona": "persona alguien humano recepcionista enfermera doctor doctora operadora operador secretaria encargado encargada gerente agente",
    "ask": "what what's whats where where's wheres when when's who who's whos why how how's which whose que cual cuando donde quien como cuanto cuanta cuantos cuantas adonde",
    "aux": "is are was were do does did can could would will should may has have am must shall puedo podria debo hay tengo tienen pueden puede necesito",
}
_MACROS = {
    "change": "<change> [it|{visit}|that|things] [around|back|up|to]",
    "visit": "((my|the|this|that|our) (appointment|appt|apt|app|visit|time|date|day|slot|booking|schedule))",
}
_GROUPS = {
    "wrong_number": [
        "wrong (number|person|guy|girl|lady|phone|contact|one|no|num|patient|party|cell|text)",
        "(this|that) (is not|isn't|isnt|ain't|is no longer|isn't) _2 (phone|number|cell|mobile)",
        "(this|that|it) (is not|isn't|isnt|ain't|not) (<patient>|him|her|them|me|the right)",
        "<end> [no|sorry|hi|hey|hello] (this|that) (is not|isn't|isnt|ain't) _2 <end>",
        "({im}|i am) not (the (person|patient|one)|him|her|that person|who you|<patient>|your patient|a patient)",
        "{im} not <patient>",
        "(no one|nobody|no) _1 (here|by that|named|called|with that|of that|lives here|at this number)",
        "there (is|is no|isn't) [no|any|a] (one|<patient>|body|nobody|anyone|_1) (by|with|named|called|at this|here) [that|name|number]",
        "(don't|dont|do not) know (anyone|any|a|who|this|that|him|her|no|anybody|nobody|<patient>) _2 (is|person|named|called|by|name|lady|guy|man|woman|<end>|<patient>)",
        "(no longer|doesn't|does not|don't) (has|have|live|lives|use|uses|own|owns) (here|this|that|at this)",
        "(changed|got a new|has a new|have a new) [her|his|their] number",
        "(never|not) [been] (a|your) patient",
        "new owner of this",
        "(passed away|deceased|is dead|has died|died last|died in|no longer with us|passed last|passed on)",
        "you (have|got|have got|reached|texted) the wrong",
        "(have|has|got|had) the wrong",
        "numero (equivocado|incorrecto|erroneo|mal|equivocada)",
        "(persona|numero|telefono) (equivocada|equivocado|incorrecta|incorrecto|erroneo)",
        "(se|esta|estan|te) (equivoco|equivocaron|equivocado|equivocados|equivocada|equivocaste|equivoca|equivocan)",
        "equivocado",
        "no soy (esa|ese|el|ella|la|<patient>|yo|quien|paciente|_1 <end>)",
        "(no|ni) conozco a _3",
        "no (conozco|se quien) [es|a] (ella|el|ese|esa|esta|este|esa persona)",
        "(aqui no|no) (vive|hay|es) (ningun|ninguna|nadie|aqui|ese|esa|<patient>|este numero|el numero|su numero)",
        "aqui no (vive|hay|es)",
        "(fallecio|murio|ya no (vive|usa|tiene este) _2)",
        "(este|ese) (ya no es|no es) (el|su) (numero|telefono)",
    ],
    "human": [
        "<call> (me|us|back|my|him|her|them)",
        "give (me|us) a (call|ring|callback)",
        "(can|could|would|will|have|need|want|please have|get|like) (someone|somebody|you|anyone|the (nurse|doctor|office)|a (nurse|doctor|person|human)|dr|<titled>) [to] [please] (call|phone|contact|ring|reach)",
        "(talk|speak|spoke|chat|talking|speaking) (to|with)",
        "(real|live|actual|a) (person|human|agent|representative|receptionist|operator)",
        "(are you|is this|am i talking to|r u) [a|an] (bot|robot|human|real|machine|computer|ai|person|automated)",
        "(customer service|front desk|operator|representative|receptionist|agent|human)",
        "(who's this|who is this|who are you|who dis|who r u|whos this|who is it|who is texting)",
        "(complain|complaint|complaints|complaining)",
        "(call|contact) (the|your) (office|clinic)",
        "need (help|assistance|some help)",
        "(callback|call back|phone call)",
        "<end> (help|info|ayuda|persona|humano) <end>",
        "(llamame|llameme|llamenme|marquenme|marqueme|llamen|llame|llamarme|llamada)",
        "me (pueden|puede|podrian|podria|puedes) [por favor] (llamar|marcar|hablar|contactar)",
        "(hablar|comunicarme|platicar|paseme|paseme|comuniqueme|comuniquenme|conecteme|comuniqueme|transfierame|paseme) [por favor] (con|a)",
        "(una persona|con alguien|quien es|quien habla|quien eres|necesito ayuda|que me llamen|que me llame|servicio al cliente)",
    ],
    "reschedule": [
        "<end> (r|reschedule|cambiar|reprogramar) <end>",
        "<reschedule>",
        "<other> <slot>",
        "(some other|any other|some) (time|day) [else|later|next]",
        "(time|day|date|appointment) (later|else|other than)",
        "(anytime|any time|another time|some time) (else|later|next|other)",
        "{change} <slot>",
        "<change> (it|{visit}|my|the|this|that)",
        "(do you|can (we|i|you)|could (we|i|you)|would|may i|how about|what about|is there|are there|any|have any|got any|anything|something|possible) _5 (next|<day>|<other>|instead|afternoon|evening|morning|am|pm)",
        "(how|what) about (<other>|<day>|next|the|at|<time>|<hour>)",
        "instead",
        "(would|i'd|rather|prefer) [rather] (prefer|have|come|do|go|be) _4 (<day>|<other>|am|pm|morning|afternoon|evening|at)",
        "prefer",
        "next (week|month|<day>)",
        "(anything|something|openings|opening|availability|available|slots) _3 (next|<other>|else|on|in|for|after|before)",
        "(come|go|be seen|in|get in|fit me in) (earlier|later|sooner|another)",
        "(too (early|late)) for me",
        "make (it|that) (<other>|<day>|for|at|on|a)",
        "(push|move|bump) it",
        "can't (do|make) _1 (<day>|mornings|afternoons)",
        "(otro|otra|diferente|distinto|distinta|proximo|proxima|siguiente|nueva) (dia|hora|fecha|horario|semana|momento|cita|mes)",
        "(mas|un poco mas|poquito mas) (tarde|temprano)",
        "<cambiar> [la|mi|el|esta|a|para|de|me|lo] [cita|hora|fecha|dia|otro|otra|horario|consulta]",
        "(mejor|puede ser|podria ser|podemos|puedo ir|prefiero|tiene|tienen|hay|para) [el|la|a las|otro|algo|lugar|espacio|para] (<day>|otro|otra|disponible|disponibilidad|lugar|espacio|tarde|manana)",
        "en la (tarde|manana) mejor",
    ],
    "question": [
        "<end> [and|so|also|y|ok|yes|yeah|si|sí|sure|please|but|btw|hi|hello|hey|no|c|confirm|confirmed|confirmo] [<thanks>] (<ask>|<aux>)",
        "(tell me|let me know|i wonder|wondering|question|pregunta|duda|quisiera saber|me gustaria saber|quiero saber|want to know|like to know|need to know|can you|could you|do i|should i|can i|is there|are you|is it|do you|where is|what is|what time|how long|how much|a que hora|donde esta|cuanto cuesta|tengo que)",
    ],
}


@lru_cache(maxsize=1)
def _finder() -> tuple[Finder, Speller]:
    finder = Finder(_GROUPS, vocabulary.CLASSES | _CLASSES, vocabulary.MACROS | _MACROS)
    return finder, Speller(finder.words)


def known_words() -> frozenset[str]:
    """All words that say something about a reply."""
    return frozenset(_finder()[0].words)


def hints(pieces: Sequence[Piece]) -> set[str]:
    """Which of wrong_number, human, reschedule and question a reply has words of."""
    finder, speller = _finder()
    symbols = [SENTENCE_END]
    for piece in pieces:
        if piece.kind in ("end", "ask"):
            symbols.append(SENTENCE_END)
        elif piece.kind != "comma":
            word = speller.read(piece.word) if piece.kind == "word" else piece.word
            symbols.append(finder.symbol(word) | piece.labels)
    symbols.append(SENTENCE_END)
    found = {match.name for match in finder.find(symbols)}
    if any(piece.kind == "ask" for piece in pieces):
        found.add("question")
    return found
