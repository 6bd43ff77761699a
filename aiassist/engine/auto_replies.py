"""Replies that no person wrote: phones that drive, absences, offices and mailboxes, and the reactions that phones send as
text.

Nothing in them is the patient's word, so nothing acts, and answering them would make two machines talk.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from aiassist.engine.phrases import SENTENCE_END, Finder
from aiassist.engine.reply_tokens import Piece

_CLASSES = {
    "away": "driving out away unavailable traveling travelling busy conduciendo manejando ocupado ocupada",
    "closed": "closed open cerrado cerrada cerrados abierto abierta",
}
_MACROS = {
    "office": "(office|offices|clinic|business|store|practice|hours|department|oficina|oficinas|negocio|consultorio|tienda)",
    "mailbox": "(mailbox|inbox|number|email|e mail|address|account|line|phone number|email address|message|buzon|correo|numero|cuenta)",
}
_PHRASES = [
    "(auto|automatic|automated|automatico|automatica) (reply|response|message|responder|email|text|mensaje|respuesta|notification|answer)",
    "(respuesta|mensaje|correo) (automatica|automatico|automatizado|automatizada)",
    "(autoreply|autoresponder|autorespuesta|autoresponse)",
    "sent automatically",
    "(out of [the] office|ooo) _4",
    "(fuera de [la] oficina|fuera del consultorio|ausente de la oficina)",
    "(i'm|im|i am) [currently|now|probably] driving",
    "(i'm|im|i am) [currently] (<away>|on vacation|on leave|in a meeting|unable to) _5 (will|i'll) _3 (get back|reply|respond|see|return|call|text|answer) _4 (later|when|soon|as soon|possible|back|return|message|arrive|get)",
    "(driving|do not disturb|focus|sleep) (mode|focus)",
    "(with|have|has|having) notifications (silenced|turned off|off)",
    "(driving|conduciendo|manejando) _4 (will|i'll|see|responder|respondere|contesto|contestare|llamo|llamare|leere|vere)",
    "(estoy|voy) (conduciendo|manejando)",
    "(i'll|i will|will|we will|we'll) (get back to you|respond|reply|return your|answer your) _4 (as soon as|when i (get|return|am)|once i|within|business|shortly)",
    "(on|de) (vacation|annual leave|maternity leave|paternity leave|holiday|holidays|medical leave|vacaciones|licencia) (until|till|through|and will|hasta|y)",
    "(away|out|absent|ausente) (until|from) _6 (with no|limited|no access|without|will|back|email|access|for urgent|urgent)",
    "(limited|no) access to (email|my email|e mail|phone)",
    "<thanks> [you] for (contacting|your (message|email|text|inquiry|interest|call)|reaching|texting|messaging|emailing|calling|writing) _7 (closed|hours|received|respond|reply|get back|as soon|shortly|within|stop|office|business|monitored|open|team|contact you|representative|be in touch)",
    "<thanks> [you] for (contacting|your (message|email|inquiry|interest)|reaching out|calling|texting) [us|to us] (<end>|at|here)",
    "(we|i) have received your (message|email|text|inquiry|request)",
    "(our|the|this) {office} (is|are|hours are|hours|opens|will be) [currently|now] (<closed>|monday|mon|from|reopen)",
    "(business|office|regular|normal) hours (are|is|:|monday|from)",
    "{mailbox} (is not|isn't|is no longer|not|is un|is never) (monitored|checked|read|attended|staffed|in service|active|in use|being monitored|able to receive|accepting)",
    "(not|no longer|never|isn't) (monitored|checked regularly)",
    "(unmonitored|undeliverable|noreply|donotreply)",
    "(do not|don't|please do not) reply to this (message|email|text|number|e mail|mail)",
    "(no longer) (with|at|works|working|employed) [at|for|with] (the|this|our) (company|organization|firm)",
    "(text|reply|send) (help|stop) (for|to) (help|opt|end|unsubscribe|cancel|info|stop)",
    "(msg|message|data) [and|&] [data] rates may apply",
    "(delivery|message) (has failed|failed|status notification|not delivered|could not be delivered|blocking is active|wasn't delivered)",
    "(mail delivery|address not found|recipient not found|user unknown|mailbox full|mailbox is full|returned mail)",
    "(person|customer|subscriber|number) you (are|have) (trying|called|dialed|reached) _4",
    "(forwarded to|reached) (voicemail|the voicemail|an automatic|an automated)",
    "(leave a message|after the tone|after the beep)",
    "gracias por (contactarnos|contactar|comunicarse|su (mensaje|correo|llamada)|escribirnos|escribir|llamar|ponerse en contacto|tu mensaje) _8 (horario|pronto|breve|posible|respond|responderemos|responderemos|cerrada|cerrado|cerrados|atencion|oficina|asesor|agente|contestaremos|comunicaremos|recibido)",
    "gracias por (contactarnos|comunicarse con nosotros|escribirnos|su mensaje) <end>",
    "(hemos recibido su|recibimos su) (mensaje|correo|solicitud)",
    "(nuestro|el) horario (de atencion|es|de oficina)",
    "(nuestra|nuestras|la|el|nuestro) {office} (esta|estan|se encuentra) (cerrada|cerradas|cerrado)",
    "(este|esta) {mailbox} (no|de correo no|electronico no) (es|esta|se|recibe|son) _2 (revisado|monitoreado|monitoreada|supervisado|monitorea|revisa|respuestas|atendido|supervisada)",
    "(no responda|no responder|favor de no responder|no conteste) a este (mensaje|correo|numero)",
    "(estare|estoy|me encuentro) (de vacaciones|fuera|ausente|de licencia|fuera de la oficina) _3 (hasta|del|y|con|regreso|volvere|sin)",
    "(le|te|les) (respondere|contestare|respondo|responderemos|contestaremos|llamare) _2 (cuando|en cuanto|tan pronto|lo antes|a la brevedad|al llegar|mas tarde|despues)",
    "(envie|responda|escriba|texto) (alto|stop|ayuda|baja) para",
]
# What phones write for a reaction: a verb, then the message in quotation marks.
_REACTION = re.compile(
    r"^\s*(?:(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted .{1,12}(?: to)?|removed an? \w+ from|"
    r"le gust[oó]|le encant[oó]|no le gust[oó]|se ri[oó] de|enfatiz[oó]|pregunt[oó](?: por| sobre)?|reaccion[oó] .{1,24}|"
    r"me gusta|me encanta|exclam[oó](?: por)?|puso en duda|elimin[oó] un .{1,24})\s*(?:a |to |en )?[\"“”«'‘].{0,2000}|"
    r"(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned) an? (?:image|message|photo|attachment|video|sticker|movie|link|audio message)\W*$|"
    r".{1,4}\s+(?:to|a)\s+[\"“”«].{0,2000})",
    re.IGNORECASE | re.DOTALL,
)


@lru_cache(maxsize=1)
def _finder() -> Finder:
    classes = {"thanks": "thank thanks thx"} | _CLASSES
    return Finder({"auto": _PHRASES}, classes, _MACROS)


def is_reaction(text: str) -> bool:
    """Whether a phone wrote a reaction to one of our messages, whose words are then in it."""
    return bool(_REACTION.match(text[:2200]))


def is_automatic(pieces: Sequence[Piece]) -> bool:
    """Whether a machine answered."""
    finder = _finder()
    symbols = [SENTENCE_END]
    for piece in pieces:
        if piece.kind in ("end", "ask"):
            symbols.append(SENTENCE_END)
        elif piece.kind != "comma":
            symbols.append(finder.symbol(piece.word))
    symbols.append(SENTENCE_END)
    return next(finder.find(symbols), None) is not None
