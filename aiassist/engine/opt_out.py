"""Whether a reply takes back the consent to be written to, in any reasonable words and whatever surrounds them.

Wider than the grammars of yes and cancel: an opt-out is one although angry words or another wish stand beside it. What
only sounds like one is refused by the words before and after: "stop by", "stop taking my pills", "don't stop", "what
happens if I reply STOP", "don't call me at work".
"""

from collections.abc import Sequence
from functools import lru_cache

from aiassist.engine import reply_vocabulary as vocabulary
from aiassist.engine.phrases import SENTENCE_END, Cover, Finder, Found, Symbol, word_set
from aiassist.engine.reply_tokens import Piece
from aiassist.engine.speller import Speller

_CLASSES = {
    "stop": "stop sto stp stopp stpo sotp stap cease halt quit desist discontinue kwit",
    "unsubscribe": "unsubscribe unsubscribed unsubscribing unsub unsubcribe unsubscibe unsuscribe unsubscrib unsubscribes desuscribir desuscribirme desuscribanme desuscribame desuscribeme desuscribase unenroll disenroll deregister desinscribir desinscribirme desinscribanme",
    "send": "send sending sendin text texting txting txtin textin message messaging msging contact contacting email emailing mailing call calling bother bothering bug bugging harass harassing spam spamming write writing annoy annoying pester pestering notify notifying remind reminding hitting blowing robocalling robotexting",
    "contact": "text message msg txt contact email mail call bother write spam sms annoy remind notify harass bug disturb pester",
    "contacted": "contacted texted called bothered messaged reminded emailed notified disturbed spammed",
    "message": "text texts txt txts message messages msgs msg massages sms emails email mails notifications notification reminders alerts alert calls communications communication updates spam texting messaging notices newsletters robocalls robotexts",
    "messages": "texts txts messages msgs sms emails mails notifications reminders alerts calls communications updates spam texting messaging notices newsletters robocalls",
    "mensajes": "mensajes mensaje textos texto recordatorios recordatorio notificaciones avisos correos correo llamadas sms alertas mensajitos emails msjs comunicaciones",
    "kind": "text sms email automated automatic annoying stupid appointment reminder phone marketing promotional constant dumb silly damn robo unwanted daily",
    "det": "all the these this those your ur any more further my of such with dem them",
    "not": "don't dont never not",
    "get": "get getting receive receiving recieve recieving",
    "data": "address number phone name cell contact info information details email data no num mobile cellphone",
    "remove": "remove delete erase take drop scratch get cross strike pull",
}
_MACROS = {
    "me": "(me|us|this [phone|cell] number|my [cell|phone] (number|phone|cell)|here|at this number|to (me|us|this number|my phone))",
    "list": "([<det>] [<det>] [<kind>|mailing|calling|contact|distribution|call|texting] (list|lists|database|system|records|contacts|directory|thread|group|rotation|<messages>))",
    "these": "([all] [of] (these|this|those|it|that|them|your|the|any) [more|of] [<det>] [<kind>] [<message>])",
    "over": "(<end>|please|pls|plz|thanks|thank|thx|now|already|immediately|asap|anymore|again|ever|ya|gracias|por|i|i'm|im|you|u|it's|we|or|this)",
    "mas": "([mas] [de] [los|las|estos|estas|sus|esos|esas|mas|tantos|tantas|este|esta|ningun|ninguna|ningunos] <mensajes>)",
    "num": "([mi|este|el|a] [este|mi] (numero|telefono|celular|contacto|nombre|numeros|datos|informacion|correo))",
}
_PHRASES = [
    # stop + messages
    "<stop> [it] [with|all|of|to] [of] [<det>] [<det>] [<kind>] [<kind>] <messages>",
    "<stop> [with] (these|this|those|your|the|all) [<kind>] [<message>] {over}",
    "<stop> [please|to|ever|with] (texting|txting|txtin|textin|messaging|msging|contacting|emailing|calling|bothering|bugging|harassing|spamming|annoying|pestering|reminding|notifying|writing|mailing|robocalling) ({me}|{these}|{over}|all|people|every|constantly)",
    "<stop> [please] [with the] (sending|sendin|send|get|getting|receiving) [{me}] [{these}] ([any] [more] [of] <message>|{over}|anything|stuff|things|shit|crap|me|us|these|this|those|to {me})",
    "<stop> [all] (txt|sms|text|texts|communication|contact|messages|msgs|alerts)",
    "stop (all|everything|it|that|this) <end>",
    "stop all",
    "<stop> [all] <send> (and|or) (<send>|<message>)",
    "<stop> to (all|everything|it) <end>",
    "<end> [please|pls|just|ok|okay|no|yes|hey|god|omg|ugh] <stop> (i|i'm|im|i've|you|u|your|we|wrong|please|pls|plz|no|don't|dont|ya|now|already|leave|who|why|never|asap|immediately|thank|thanks|stop|me|y'all|gracias)",
    "(you|u|guys|y'all|yall|people) [all|really|just|guys|should] [need|have|must|better] [to] [please] <stop> <end>",
    "(asked|told|telling|said|asking|begging|want|need|like) (you|u|guys|yall|this|these|them|y'all|all of this|all this) [guys|people] [to|must] [please] <stop>",
    "(i|we) said <stop>",
    "(say|saying) <stop> (<end>|before|to)",
    "(harassment|spam|ridiculous|annoying|enough|serious|seriously) [please] <stop> <end>",
    "(<not>|do not) (give|have|got) [you] [my|any|the] (permission|consent|authorization)",
    "no (tienen|tiene|doy|les doy|le doy) [mi|el] (permiso|consentimiento|autorizacion)",
    "<message> _4 (make|please|just|to|and|must|should|gotta) [it|this|them] [please] <stop> <end>",
    "cease and desist",
    "<stop> (blowing up|hitting up|filling up|lighting up) my (phone|cell|inbox|line)",
    "<stop> [de|los|las|sus|con los|mandar|enviar] <mensajes>",
    "(make|get) (it|these|this|the|all these|those) [<kind>] [<message>] [to] <stop>",
    # keywords
    "<unsubscribe>",
    "un subscribe",
    "(opt|opting|opted) [me|us|my number] out",
    "(optout|stopall|optingout)",
    # remove me
    "<remove> (me|us|my [<kind>|cell|phone] <data>|this [phone] <data>|our <data>|it|him|her) (off|out|from) (<end>|please|pls|plz|now|{list}|of {list}|your|here|all|everything|whatever|this)",
    "(remove|delete|erase|unlist) (me|us|my [<kind>|cell|phone] <data>|this [phone] <data>|our <data>) {over}",
    "(remove|delete|erase) [me] from {list}",
    "(be|get|getting|taken|want|wanna|need) [taken|removed|me] (removed|off|out) [from|of] ({list}|<end>|please|asap|now)",
    "want to be (removed|taken off|deleted|unsubscribed)",
    "(off|out of) (your|this) {list}",
    "(lose|forget|delete) (my|this) number",
    # do not
    "(<not>|do not) [you] [ever|please|want (you|u) to|wish to|need (you|u) to] [be|keep] (<contact>|texting|calling|messaging|emailing|contacting|bothering) ({me}|{over}|or)",
    "(<not>|do not) [ever|please] (<contact>) (or|and) <contact> ({me}|{over})",
    "(<not>|do not|no longer) [ever|please|want (you|u) to|need (you|u) to|keep] (send|sending) [{me}] [any|anymore] [more] [of] [<det>] [<kind>] (<message>|anything|more|these|this|those|stuff|shit|{over})",
    "(<not>|do not|no longer|doesn't|doesnt) [really|even] (want|need|like|wish|care|wanna|desire|consent) [to|for] [<get>|be sent|you sending] [me] [any] [more] [of] [<det>] [<kind>] <messages>",
    "(<not>|do not|no longer) (want|wanna|wish|like|need|consent) [to] (<get>|receiving) ([<det>] [<det>] [<kind>] <message>|(these|this|those|any|anything) [<end>])",
    "no longer (want|wish for|need) (these|this|those|your <messages>)",
    "no <messages> no <messages>",
    "(<not>|do not|no longer) (want|wanna|wish|like|need|consent) [to] be (<contacted>|<contact>) [anymore|by|again|at|on|<end>]",
    "(<not>|do not|no longer) (want|wish|care) to hear from (you|u|this|your|any)",
    "(<not>|do not|never) (consent|agree|subscribe|opt in|sign up|signed up|subscribed|agreed|consented|authorize|authorized|ask|asked) [to|for] [<get>] (this|these|those|it|any|be|being|your|<message>) [of] [these|this|those] [<message>|<end>|<contacted>]",
    "(didn't|didnt|did not) (consent|agree|subscribe|opt in|sign up|ask|authorize) [to|for] [<get>] (this|these|those|<message>|your <messages>|any of (this|these)|be <contacted>) [<message>] ",
    "(didn't|didnt|did not|never|don't|do not) (consent|subscribe|opt in|sign up|signed up|subscribed|opted in) <end>",
    "no (more|further) [<kind>] [of] [these|this|your] [<kind>] (<message>|contact|of this|of these|communication)",
    "(enough [already]|fed up|sick|tired|sick and tired|done) (with|of) [all] [of] (the|these|this|those|your|all these) [<kind>] <message>",
    "<end> [please|pls|and|hi|yes] no <messages> (please|pls|thanks|thank|anymore|ever|<end>)",
    "no (texts|calls|messages) or (texts|calls|emails|messages)",
    "not interested in [<get>] [<det>] [<kind>] <message>",
    # other ways
    "leave (me|us|my phone|my family) [the] (alone|be|tf alone)",
    "(revoke|revoking|withdraw|withdrawing|revoked|rescind) [<det>] [<kind>] (consent|permission|authorization|consents)",
    "(blocking|reporting|report|reported|block) (you|u|this number|your number|this as spam|as spam|you guys|this spam)",
    "(going to|gonna|i'll|will) (block|report) (you|u|this number|your number)",
    "(this is|it's|its|considered) spam",
    "(cancel|end|disable|deactivate|discontinue|suspend|turn off|shut off|switch off|disactivate) [<det>] [<det>] [<kind>] [<kind>] (<messages>|subscription|notification)",
    "(turn|shut|switch) (these|this|those|them|the [<kind>] <messages>|it|<messages>) off",
    "(get|take) me off (<end>|please|pls|now|this|your|of your|{list})",
    "(i want|want|wants) (out|off) [of] [{list}|<end>]",
    "(lose|wipe|purge) my (number|contact|info)",
    "(not|no) (want|wanting) (any|more|these|your) <message>",
    "arret <end>",
    # Spanish
    "alto (<end>|<mensajes>|ya|por favor|a|con|los|porfavor|gracias|al|de)",
    "no [me|nos|quiero que me|quiero que|deseo que me|se] [vuelvan a|vuelva a|vuelvas a|sigan|siga] [me] (escriban|escriba|escribas|escribir|escribirme|escribiendo|contacten|contacte|contactes|contactar|contactarme|molesten|moleste|molestes|molestar|molestarme|molestando|llamen|llame|llames|llamar|llamarme|llamando|texteen|textee|textien|texten|textear|textearme|mensajeen|busquen|spam) ({num}|mas|<end>|por|nunca|de|ya|otra|porfavor|gracias|a este|a mi|aqui|nunca)",
    "no [me|nos|quiero que me|quiero que|deseo que me|vuelvan a|vuelva a|sigan|siga] [vuelvan a|vuelva a|sigan|siga] [me] (manden|mande|mandes|mandar|mandarme|mandando|envien|envie|envies|enviar|enviarme|enviando) ([mas] [de] [los|estos|sus|esos|mas] <mensajes>|mas|<end>|nada|esto|estos|por favor|cosas)",
    "no (quiero|queremos|deseo|necesito|acepto|autorizo|quisiera|me interesa|me interesan|consiento) [recibir|que me (manden|envien)|que me lleguen] [ya] [ningun|ninguna|tantos|nada de|mas] {mas}",
    "no (quiero|deseo|queremos) [que] [me|nos] [recibir|manden|envien|escriban|contacten|llamen|molesten|sigan (escribiendo|mandando|llamando|molestando)|saber] [nada] (mas [de ustedes]|nada mas|nada de ustedes|de ustedes) <end>",
    "(ya no|no) (quiero|deseo|queremos) que (me|nos) (escriban|contacten|llamen|molesten|texteen|envien|manden|escriba|contacte|llame|moleste|mande|envie)",
    "no [me] interesa [recibir] {mas}",
    "no (autorizo|doy (permiso|consentimiento|autorizacion)) (<end>|para|a|que)",
    "(no mas|nomas|ya no mas|basta de|basta ya de|suficientes|cero|sin) {mas}",
    "(paren|pare|para|parar|parenle|parele|detener|detengan|detenga|detenganse|suspender|suspendan|suspenda|anular|anulen|cancelar|cancelen|cancele|quitar|quiten|eliminar|eliminen|desactivar|desactiven|dejar de recibir|frenar|corten|paro|cancelo|detengo|elimino|quito|desactivo) [ya] [de|con|a] [enviar|mandar|recibir] [los|las|estos|estas|mis|mi|sus|la|esos|tantos|todos los] ({mas}|suscripcion|suscripciones)",
    "(paren|pare|parenle|parele) (de (mandar|enviar|escribir|molestar|llamar|textear|mandarme|enviarme|escribirme|molestarme|llamarme|textearme|chingar|joder)|ya <end>|con esto|por favor <end>|<end>)",
    "(dejen|deje|deja|dejenme|dejeme|dejame|dejar|dejo) [ya] de (mandar|enviar|escribir|molestar|llamar|contactar|textear|mandarme|enviarme|escribirme|molestarme|llamarme|contactarme|textearme|fastidiar|fastidiarme|chingar|joder|joderme|recibir|mandarnos|escribirnos|llamarnos|molestarnos|acosar|acosarme|estar (mandando|enviando|escribiendo|molestando|llamando))",
    "(dejen|deje|deja|dejenme|dejeme|dejame|dejenos|dejennos) [ya] (en paz|tranquilo|tranquila|tranquilos)",
    "(darme|dar|denme|deme|dame|darse|doy|den|dan|dado) de baja",
    "(quiero|deseo|solicito|pido) [mi|la] baja",
    "(quiteme|quitenme|saqueme|saquenme|borreme|borrenme|elimineme|eliminenme|remuevanme|remuevame|sacame|quitame|borrame|eliminame|quitarme|borrarme|salirme|sacarme) (<end>|de [la|su|esta|esa|sus|los|estos] (lista|listas|base|sistema|mensajes|registros|contactos|aqui|ahi|grupo)|por favor|ya|porfavor)",
    "(quite|quiten|saque|saquen|borre|borren|elimine|eliminen|remueva|remuevan|quitar|borrar|eliminar|sacar) {num}",
    "(revoco|retiro|revocar|retirar|cancelo) [mi|el] (consentimiento|permiso|autorizacion)",
    "(los|voy a) (reporto|bloqueo|reportar|bloquear|reportarlos|bloquearlos|denunciar|denunciarlos)",
    "(no molestar|no molesten|no moleste|no me molesten|no me molesten mas|ya no (me|nos) (escriban|manden|envien|llamen|molesten|contacten|escriba|mande|llame|texteen))",
]
# The whole reply, beside courtesies and anger, is one of these.
_KEYWORDS = [
    "<stop> [it|now|this|that|all|everything]",
    "(stopall|end [it|this|all|everything]|blocked|dar baja|unsubscribe|optout|opt out|revoke|remove [me]|block|exit|spam|enough|enough already|no more|not interested|discontinue|unlist me|take me off|delete me)",
    "({im}|i am) (not interested|done)",
    "(go away|get lost|fuck off|piss off|f off|screw off|buzz off|bug off|back off|shut up|get out|bugger off|do not disturb|eff off)",
    "(alto|alto ya|parar|pare|paren|baja|detener|basta|ya basta|suficiente|detenganse|no mas|ya no mas|no me interesa|fuera|terminar|cancelar suscripcion|cancelar mensajes|eliminar|salir|larguense|arret)",
]
_BESIDE_KEYWORDS = [
    "(no [thanks|thank you]|no,|yes|ok|okay|just|i said|now|already|asap|immediately|ya|si|sí|and|please|kindly)",
    "(you (idiots|people|guys|all|morons|assholes|jerks)|idiots|people|assholes|morons|jerks|pendejos|idiotas|cabrones)",
    "(🛑|✋|😡|🤬|😠|🚫|⛔|🖕|🙄|😤|❌)",
]
_STRONG = word_set("stop stopall alto unsubscribe paren")  # these have no other use, alone in a clause
_ANGER = word_set(
    "fuck fucking fuckin fkn fking effing freaking frickin fricking goddamn goddam damn damned dammit hell heck bloody shit shitty ass the-hell pinche pinches puta maldita maldito malditos chingada carajo jodidos jodido puto putos joder chingados"
)
_NEGATIONS = word_set(
    "don't dont not never won't wont can't cant cannot didn't didnt doesn't doesnt wouldn't no haven't ain't without nunca sin"
)
_LINKS = word_set(
    "to want wanted you i please ever going need have would like just say saying said can should will it be really even ask asked asking wish plan trying try me us we gonna wanna mean meant do did quiero que deseo se les los quise vayan vaya"
)
_ASIDE = word_set(
    "if whether unless should does did happens have accidentally accident mistake mistakenly resubscribe undo before after says said word debo pasa"
)
_LIMITS = word_set(
    "at before after during until till between while when on so about unless except antes despues durante hasta al cuando en sobre"
)
_NO_LIMITS = word_set("this all here my these your anything anymore este mi the any esta absoluto")
_NOT_AFTER = word_set("by taking in over smoking drinking eating there bleeding using")
_WINDOW = 6  # words before that may turn an opt-out into something else


@lru_cache(maxsize=1)
def _finder() -> tuple[Finder, Speller]:
    finder = Finder({"opt_out": _PHRASES}, _CLASSES, _MACROS)
    return finder, Speller(finder.words)


@lru_cache(maxsize=1)
def _keywords() -> tuple[Cover, Speller]:
    macros = vocabulary.MACROS | _MACROS
    cover = Cover(_KEYWORDS, [*vocabulary.COURTESY, *_BESIDE_KEYWORDS], vocabulary.CLASSES | _CLASSES, macros)
    return cover, Speller(cover.words)


def opts_out(pieces: Sequence[Piece]) -> bool:
    """Whether the patient wants no more messages."""
    said = _spelled_out([piece for piece in pieces if piece.word not in _ANGER])
    return _is_keyword(said) or _has_phrase(said)


def _spelled_out(pieces: list[Piece]) -> list[Piece]:
    """ "s t o p" as one word."""
    letters = [piece.word for piece in pieces if piece.kind not in ("comma", "end")]
    if 4 <= len(letters) <= 12 and all(len(letter) == 1 and letter.isalpha() for letter in letters):
        return [Piece("".join(letters), "word")]
    return pieces


def _is_keyword(pieces: Sequence[Piece]) -> bool:
    """Whether the reply, or a clause of it, is a keyword: a clause only with a word that has no other use."""
    cover, speller = _keywords()
    symbols = [cover.symbol(speller.read(piece.word) if piece.kind == "word" else piece.word) for piece in pieces]
    silent = ("comma", "end", "ask")
    whole = [symbol for piece, symbol in zip(pieces, symbols, strict=True) if piece.kind not in silent]
    if len(whole) <= 40 and cover.covers(whole):
        return True
    clause: list[Symbol] = []
    for piece, symbol in [*zip(pieces, symbols, strict=True), (Piece("", "end"), SENTENCE_END)]:
        if piece.kind not in silent:
            clause.append(symbol)
        elif clause:
            if len(clause) <= 8 and any(_STRONG & symbol for symbol in clause) and cover.covers(clause):
                return True
            clause = []
    return False


def _has_phrase(pieces: Sequence[Piece]) -> bool:
    finder, speller = _finder()
    words: list[str] = ["<end>"]
    for piece in pieces:
        if piece.kind in ("end", "ask"):
            words.append("<end>")
        elif piece.kind != "comma":
            words.append(speller.read(piece.word.rstrip(",")) if piece.kind == "word" else piece.word)
    words.append("<end>")
    symbols: list[Symbol] = [SENTENCE_END if word == "<end>" else finder.symbol(word) for word in words]
    return any(_means_it(words, found) for found in finder.find(symbols))


def _governed_by_a_negation(before: Sequence[str]) -> bool:
    """Whether a negation just before reaches the phrase: "I don't want to", not "this is not Maria"."""
    for word in reversed(before[-5:]):
        if word in _NEGATIONS:
            return True
        if word not in _LINKS:
            return False
    return False


def _means_it(words: Sequence[str], found: Found) -> bool:
    """Whether the words around a phrase leave it an opt-out."""
    start = found.start + (words[found.start] == "<end>")
    first = max(0, start - _WINDOW)
    before = list(words[first:start])
    if "<end>" in before:
        before = before[len(before) - before[::-1].index("<end>") :]
    after = list(words[found.end : found.end + 2])
    threatens = before[-3:-1] == ["if", "you"] or before[-2:] == ["if", "you"] or "why" in before
    inside = words[start : found.end]
    if not threatens:
        if _governed_by_a_negation(before) and inside[0] not in ("leave", "lose", "no", "not", "don't", "dont", "do"):
            return False
        if set(before) & _ASIDE and not set(before) & {"said", "asked", "told"}:
            return False
    if after[:1] and after[0] in _NOT_AFTER:
        return False
    limited = bool(after) and after[0] in _LIMITS and not (len(after) > 1 and after[1] in _NO_LIMITS)
    return not limited
