"""What a patient's reply to an appointment message means. English and Spanish, by rules, without guessing.

Only `confirm`, `cancel` and `opt_out` act on their own, and only when the message is clear; everything else goes to a
person. The order of the checks is the order of what a mistake would cost: urgent words, exact keywords, opting out, a
wrong number, the wish for a person, then cancel, reschedule, negation, hedge, yes, and last a question.
"""

import re
from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from aiassist.engine.text import norm_word


class Kind(StrEnum):
    """The meanings of a reply. The values are stored; never rename one."""

    CONFIRM = "confirm"
    CANCEL = "cancel"
    OPT_OUT = "opt_out"
    RESCHEDULE = "reschedule"
    HUMAN = "human"
    WRONG_NUMBER = "wrong_number"
    URGENT = "urgent"
    QUESTION = "question"
    AMBIGUOUS = "ambiguous"


AUTOMATIC = frozenset({Kind.CONFIRM, Kind.CANCEL, Kind.OPT_OUT})


@dataclass(frozen=True, slots=True)
class Reply:
    """The verdict.

    `question`: something is asked as well, so a person should answer. `opt_out`: also wants no more messages,
    whatever else.
    """

    kind: Kind
    question: bool = False
    opt_out: bool = False

    @property
    def automatic(self) -> bool:
        """Whether the meaning may act without a person."""
        return self.kind in AUTOMATIC


def _any(*parts: str) -> re.Pattern[str]:
    return re.compile(r"(?<![\w'])(?:" + "|".join(parts) + r")(?![\w'])")


_URGENT = _any(
    r"chest (?:pains?|pressure|tightness)|pain in my chest|heart attack|(?:can'?t|cannot|can not|trouble|hard to|difficulty|struggling to|hard time) breath\w*|short(?:ness)? of breath|"
    r"suicid\w*|kill (?:myself|me)|end my life|want to die|hurt(?:ing)? myself|harm(?:ing)? myself|self harm|overdos\w+|took too many|too many (?:pills|tablets)|"
    r"(?:bleeding (?:a lot|heavily|badly|and|that|won'?t)|heavy bleeding|won'?t stop bleeding|can'?t stop (?:the )?bleeding|vomiting blood|coughing (?:up )?blood|blood in my)|"
    r"stroke|face (?:is )?droop\w*|slurr\w+|unconscious|passed out|fainted|seizures?|convulsion\w*|911|emergency|ambulance|anaphyla\w+|throat (?:is )?(?:closing|swelling)|"
    r"severe (?:pain|headache|allergic)|worst headache|not breathing|turning blue|can'?t feel my (?:arm|leg|face)|water broke|(?:baby|he|she) (?:is )?not moving",
    r"dolor (?:de|en el|en mi) pecho|me duele (?:mucho )?el pecho|no puedo respirar|falta de aire|me falta el aire|dificultad para respirar|suicid\w+|matarme|quitarme la vida|quiero morir|hacerme dano|sobredosis|"
    r"tome demasiadas|sangrado fuerte|sangrando mucho|vomitando sangre|derrame|infarto|desmay\w+|convulsion\w*|emergencia|urgencia|ambulancia|se me cierra la garganta|dolor muy fuerte",
)
_NOT_URGENT = _any(
    r"not (?:an )?(?:urgent|emergency)|no es (?:una )?(?:urgencia|emergencia)|in case of (?:an )?emergency|nothing urgent|emergency contact"
)

_KEYWORDS = {
    **dict.fromkeys(
        [
            "c",
            "confirm",
            "confirmed",
            "yes",
            "y",
            "yep",
            "yeah",
            "yup",
            "ok",
            "okay",
            "si",
            "confirmo",
            "confirmar",
            "confirmado",
            "yess",
            "yesss",
            "yea",
            "ya confirmo",
        ],
        Kind.CONFIRM,
    ),
    **dict.fromkeys(["x", "cancel", "cancelar", "cancelo", "cancela", "cancelled", "canceled"], Kind.CANCEL),
    **dict.fromkeys(["r", "reschedule", "reprogramar", "cambiar"], Kind.RESCHEDULE),
    **dict.fromkeys(
        [
            "stop",
            "stopall",
            "stop all",
            "end",
            "quit",
            "unsubscribe",
            "optout",
            "opt out",
            "opt-out",
            "revoke",
            "remove",
            "alto",
            "parar",
            "pare",
            "baja",
            "detener",
            "unsub",
            "stopp",
            "stop stop",
            "stop please",
            "please stop",
            "no more",
            "enough",
            "not interested",
            "block",
            "exit",
            "spam",
            "arret",
            "quit it",
            "discontinue",
            "remove me",
            "go away",
            "get lost",
        ],
        Kind.OPT_OUT,
    ),
    **dict.fromkeys(
        ["help", "info", "ayuda", "agent", "human", "operator", "representative", "persona", "humano"], Kind.HUMAN
    ),
    **dict.fromkeys(
        ["no", "n", "nope", "nah", "thanks", "thank you", "gracias", "k", "?", "2", "hello", "hi", "hola"],
        Kind.AMBIGUOUS,
    ),
}

_MESSAGES = r"(?:te?xts?|te?xting|txtin|communications?|contacting|messages?|messaging|msgs?|sms|notifications?|reminders?|alerts?|emails?|calls?|spam|mensajes?|textos?|recordatorios?|notificaciones?|avisos?|correos?|llamadas?)"
_OPT_OUT = _any(
    r"(?:i want to be|please be|get me|be) removed|(?:remove|delete|erase|take) (?:me|my (?:info\w*|data|details)|it)? ?(?:from )?(?:the |your |this )?(?:list|database|system)|delete my (?:info\w*|data|details)|"
    r"(?:i will|i'?ll|gonna|going to) report (?:you|this)|(?:this is |it'?s )?spam(?:mers?)?(?= ?$| ?[,.!])|do not disturb|stop (?:to )?all|discontinue|desist|cancel (?:my |the )?(?:subscription|texts?|messages?|sms|alerts?)|s t o p",
    rf"(?:parar|detener|cancelar|quitar|suspender|eliminar) (?:los |las |estos |mis |mi )?(?:{_MESSAGES}|numero|suscripcion)|no autorizo|revoco|alto ya|ya basta|no molest\w+|retir(?:o|en|ar) (?:mi )?(?:consentimiento|numero)",
    rf"stop(?:ped)? (?:(?:all|with|the|these|this|those|your|my|it|please|now|to|any|more|fucking|damn) ){{0,4}}(?:{_MESSAGES}|sending|contacting|bothering|harassing|spamming|writing|calling|it|that|this|now|please|everything|contact|communication)(?! by)",
    r"stop(?= ?$| ?[,.!;]| me (?!and)| please| pls| plz| thanks?| thank you| thx| gracias| now| already| asap)|(?:please )?(?:stop|cease|halt|desist)(?= ?$| ?[,.!;])|stop stop",
    rf"(?:cancel|cease|halt|end|quit|enough|discontinue|disable|turn off|no) (?:(?:all|with|the|these|this|those|your|my|of|more|further|sending|receiving|getting|any) ){{0,3}}{_MESSAGES}|(?:didn'?t|did not|never) (?:sign up|subscribe|agree|consent|opt in)",
    r"unsub\w*|unsubs?cr?ib\w*|un subscribe|unsuscribe|opt(?:ing|ed)?[ -]?(?:me )?out|unenroll|sign me off",
    r"(?:remove|delete|erase|take|drop|scratch|get) (?:me|us|my (?:\w+ )?(?:number|phone|name|cell|contact|info\w*)|this (?:number|phone)|our number) (?:off|from|out)|(?:remove|delete|erase) (?:me|my (?:\w+ )?(?:number|phone|contact)|this number)|take (?:me|this number) off",
    rf"(?:do not|don'?t|dont|do n't|never|no longer|quit|cease|please no|refrain from|wish you would not|must not|shouldn'?t) (?:(?:please|ever|want|to|you|wish|like|need|be|get|receive|receiving|getting|any|more|of|your|these|those|the|this) )*(?:text|message|contact|msg|send|write|email|sms|texting|messaging|contacting|sending|bother|{_MESSAGES})(?! (?:the|my|a) (?:doctor|nurse|office|insurance|pharmacy|results?|refill|prescription))",
    rf"no (?:more|further) (?:\w+ )?(?:{_MESSAGES}|contact)|enough (?:\w+ )?{_MESSAGES}|stop(?:ping)? receiving|not interested in (?:\w+ )?{_MESSAGES}",
    r"leave me (?:alone|be)|lose (?:my|this) number|(?:revoke|withdraw|withdrawing|revoking) (?:\w+ )?(?:my )?(?:consent|permission|authorization)|i (?:do not|don'?t) consent|(?:i'?m |i am )?(?:blocking|reporting) (?:you|this|as spam)|i (?:revoke|want out)",
    r"(?:don'?t|dont|do not) (?:text|message|contact|call) (?:me|this|us)|off (?:your|the|this) (?:\w+ )?list",
    rf"alto(?= ?$| ?[,.!;]| por favor)|no (?:me |nos )?(?:vuelv\w+ a (?:escribir|mandar|enviar|contactar|llamar|molestar)\w*|manden|mande|envien|envie|escriban|escriba|contacten|contacte|molesten|moleste|textee\w*|mandes|envies|escribas|llamen)|no (?:quiero|deseo|necesito) (?:\w+ ){{0,3}}{_MESSAGES}|no mas {_MESSAGES}",
    r"deje(?:n)? de (?:\w+ )?(?:mandar\w*|enviar\w*|escribir\w*|molestar\w*|contactar\w*|textear\w*)|(?:darme|dar|denme|deme|quiero|dame) (?:de )?(?:la )?baja|(?:quite|quiten|saque|saquen|borre|borren|elimine|eliminen|remueva\w*)(?:me| mi (?:numero|telefono|contacto)| este numero)|"
    r"cancelar (?:la |mi )?suscripcion|desuscrib\w+|(?:ya )?no (?:quiero|deseo) (?:recibir|que me)|paren (?:de|los|ya)|basta|alto(?: a)?(?: los)? mensajes|dejen(?:me)? en paz|dejeme en paz",
)
_NOT_OPT_OUT = _any(
    r"(?:do not|don'?t|dont|never) (?:stop|unsubscribe|remove me|opt me out)|(?:will|can|going to|gonna|just|i'?ll|let me|should i|may|could) stop (?:by|in|at|over|there|and|for|to)|bus stop|(?:won'?t|can'?t|cannot|cant|wont|doesn'?t|does not|didn'?t|wouldn'?t|never|should i|do i|i (?:need|have|had) to|not|not going to) stop(?! (?:\w+ ){0,3}(?:texts?|messages?|reminders?|texting|receiving|getting|sending))|no (?:text|message|call|email|reminder)s? (?:yet|received|came|from|about)|no calls? (?:before|after|until)|(?:didn'?t|did not|haven'?t|never|don'?t|not) (?:get|got|received?|see|saw|seen|getting|receiving) (?:\w+ )?(?:\w+ )?(?:text|message|reminder|email|call|confirmation|reminders|messages|texts)|"
    r"(?:should|do|must) i stop (?:taking|eating|drinking|my)|stop(?:ped)? (?:taking|eating|drinking|smoking|my|the (?:pill|med|insulin|warfarin|aspirin))|no recibi|no (?:dejen|deje) de",
)
_WRONG = _any(
    r"wrong (?:number|person|guy|girl|lady|phone|contact|one|no|num|patient|party)|(?:you have|you've got|this is|got) the wrong|(?:this|that) (?:is not|isn'?t|isnt|ain'?t) (?:\w+'s |his |her |their |the right )?(?:phone|number|cell|\w+)(?= ?$| ?[,.!])|"
    r"(?:i'?m|i am|im) not (?:the person|the patient|him|her|that person|who you|the one)|(?:no one|nobody) (?:here )?(?:by|with|named|called|of) (?:that )?(?:name)?|no \w+ (?:lives|at this number|here)|(?:don'?t|do not|dont) know (?:any|a|who|anyone|this|that) (?:\w+ )?(?:is|person|named|called|by that)|"
    r"(?:she|he|they) (?:no longer|doesn'?t) (?:has|have|live|use)\w*|changed (?:her|his|their) number|(?:never|not) (?:been )?(?:a patient|your patient)|i'?ve never been (?:to|a)|not a patient|new owner of this number|(?:passed away|deceased|is dead|has died)",
    r"numero (?:equivocado|incorrecto|erroneo)|persona equivocada|se equivoc\w+|equivocad[oa]|no soy (?:esa persona|el paciente|la paciente|esa|ese|el|ella|\w+(?= ?$| ?[.,!]))|no conozco a|aqui no (?:vive|hay)|fallecio|murio",
)
_HUMAN = _any(
    r"(?:call|phone|ring) (?:me|us|back|my|him|her)|give (?:me|us) a (?:call|ring)|(?:can|could|would|will|please have|have|need|want) (?:someone|somebody|you|anyone|the (?:nurse|doctor|office)|a (?:nurse|doctor)) (?:to )?(?:please )?(?:call|phone|contact|ring)|"
    r"(?:talk|speak|spoke|chat) (?:to|with)|real (?:person|human)|(?:a|an|actual|live) (?:human|person|agent|representative|receptionist)|(?:are you|is this) (?:a )?(?:bot|robot|human|real|machine|computer)|customer service|front desk|operator|receptionist|"
    r"who(?:'s| is)? (?:this|it|are you)|who r u|complain\w*|call (?:the )?(?:office|clinic)|need (?:help|assistance)|callback|call back",
    r"llamame|llameme|llamenme|me (?:pueden?|podrian?) (?:llamar|marcar|hablar)|(?:hablar|comunicarme) con|una persona|quien es|quien habla|necesito ayuda|que me llamen|llamar\w*|marquenme",
)
_CANCEL_WORD = r"(?:cancel\w*|cancl\w*|cancal\w*|cansel\w*|canc)"
_NOT_CANCEL = _any(
    rf"(?:do not|don'?t|dont|did not|didn'?t|not|never|won'?t|no need to|without) (?:\w+ ){{0,2}}{_CANCEL_WORD}|no (?:la |lo |me |quiero |voy a |vayan a )*cancel\w*|(?:was|were|been|is|got|already|just|you|office|clinic|they|have|had|i|fue|he|she|date|friend|wife|husband|ride|driver|meeting|flight) {_CANCEL_WORD}(?:ed|led|ada|ado)(?! (?:please|it))|"
    rf"(?:can|could|may|should|do|did|what if|how (?:do|can)|is it|when|will|would|if|whether|puedo|podria|debo|si) (?:\w+ ){{0,3}}{_CANCEL_WORD}|{_CANCEL_WORD} (?:\w+ )?(?:fee|policy|list|charge|another|other|dental|insurance|prescription|order|my (?:other|dental|insurance|subscription|prescription|card|old|second|ride|meeting|uber|flight|order|membership|plan))|{_CANCEL_WORD}ations?|cancelacion(?:es)?"
)
_CANCEL = _any(
    rf"{_CANCEL_WORD}",
    r"(?:can'?t|cannot|can not|cant|won'?t|wont|will not|not going to|not gonna|couldn'?t|unable to|not able to|won'?t be able to|wont be able to|will not be able to|not be able to|i'?m not|i am not|im not|we'?re not|we are not|not gon na)"
    r" (?:be (?:able to )?)?(?:make(?: it| that| the (?:appointment|appt|apt|visit|date)| this| my (?:appointment|appt|apt|visit)| tomorrow| today)(?!\w)|come|coming|attend|attending|be there|go(?! to)|going(?! to)|show up|keep (?:the|my|this) (?:appointment|appt|apt|visit)|be coming|be attending|get there|making it|be in)",
    r"(?:i|we) (?:have|need) to (?:miss|skip)|(?:i'?m|i am) (?:unable|not able)|no longer (?:need|coming|able|want|require)|don'?t need (?:the|this|that|an|my|it) ?(?:appointment|appt|visit|anymore)?|(?:i|we) (?:moved|have moved)(?: away)?(?=.*\bcancel)",
    r"no (?:puedo|podre|voy a poder|podemos|podremos|pudo|podra) (?:ir|asistir|llegar|venir|acudir|estar)|no (?:ire|asistire|vamos|voy|voy a ir|vamos a ir|llegare|podre|puedo)(?= ?$| ?[,.!]| manana| hoy| a la cita)|anular|cancel\w*",
)
_PARTLY = _any(
    r"(?:make it|come|be there|get there|attend|go|arrive|keep) (?:\w+ )?(?:until|till|before|by|at|on time|any earlier|that early|earlier|so early|for \d|this early|in time|alone|without|with)|(?:can'?t|won'?t|not) (?:come|go|make it) (?:alone|without|if|unless)|can'?t wait|running late|be late|llegar tarde|"
    r"(?:antes|hasta|a las|a tiempo|temprano)"
)
_RESCHEDULE = _any(
    r"re ?-?s[ch]{0,3}e?d[aeu]+l\w*|resched\w*|reskedul\w*|rebook|(?:different|another|other|new|better|later|earlier|sooner|alternate|alternative) (?:day|time|date|slot|appointment|appt|week|hour|opening)s?|(?:some ?other|any ?other) (?:time|day)|some ?time (?:else|later|next)|"
    r"(?:change|move|switch|push|bump|shift|postpone|delay) (?:(?:my|the|this|that|our|it|me|back|up|to|for|date|time|around) ){0,4}(?:appointment|appt|apt|app|visit|time|date|day|it|back|to|slot|schedule|booking|earlier|later|out|that|my)|postpone|"
    r"(?:do you|can (?:we|i|you)|could (?:we|i|you)|would|may i|how about|what about|is there|are there|any|have any\w*|got any\w*) (?:\w+ ){0,6}(?:next (?:week|month|monday|tuesday|wednesday|thursday|friday)|(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|afternoon|evening)|later|earlier|sooner|instead|\d{1,2} ?(?:am|pm|a m|p m))|instead|"
    r"(?:how|what) about|make (?:it|that|this)(?: for| on| at| to)? (?:\d|the|a|this|next|monday|tuesday|wednesday|thursday|friday|saturday|sunday|march|for|later|earlier|in|half|quarter|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)|rather (?:have|come|do|go|be)|prefer|next (?:week|month) (?:is|would|works?)|"
    r"(?:anything|something|openings?|availab\w+|slots?) (?:\w+ ){0,3}(?:next|later|earlier|sooner|else|on|in the|for|after|before)|(?:come|go|be seen|in) (?:earlier|later|sooner|another)|too (?:early|late) for me",
    r"(?:otro|otra|diferente|distint[oa]) (?:dia|hora|fecha|horario|semana|momento)|(?:mas|un poco) (?:tarde|temprano)|reprogram\w*|reagend\w*|posponer|aplazar|(?:cambiar|mover|pasar|adelantar|atrasar|recorrer|cambio)(?:la|lo)? ?(?:de )?(?:la|mi|el|esta|a|para)? ?(?:cita|hora|fecha|dia|otro|otra)?|"
    r"la (?:proxima|otra|siguiente) semana|en (?:la tarde|la manana) mejor|mejor (?:el|la|a las|otro)|tiene\w* (?:algo|lugar|espacio|disponib\w+)",
)
_NEGATIVE = re.compile(
    r"^(?:(?:oh|um|uh|sorry|hi|hello|hey|actually|well|i'?m sorry|thanks|thank you|ok|unfortunately|perdon|lo siento|gracias|hola|disculpe)(?![\w'])[ ,.!]*)*(?:no|nope|nah|not|never|negative|nop|para nada|don'?t|dont)(?![\w'])"
)
_DENIES = _any(
    r"(?:not|isn'?t|is not|that'?s not|wasn'?t|incorrect|wrong|mistake\w*|changed? my mind|actually|wait|hold on|hang on|sorry|unfortunately|except|forgot|need to|don'?t|dont|do not|didn'?t|no|never|neither|cannot|can'?t|cant|won'?t|wont|isnt|change|modify|update|"
    r"add|correction|rather|want it|i want(?! to confirm)|i'?d like|i would like(?! to confirm)|i need|should be|it'?s (?:for|at|on|in)|book|make|let'?s|set it|let it|equivocado|incorrecto|cambio|cambiar|quiero|necesito)"
)
_HEDGE = _any(
    r"may ?be|might|probably|possibly|perhaps|hopefully|hoping|hope (?:so|to)|i'?ll try|i will try|will try|trying|try to|going to try|not (?:sure|certain|positive)|unsure|i think(?: so)?|i guess|i suppose|depend\w*|if|unless|until|as long as|assuming|provided|let me (?:check|see|get back|know|ask|look|think)|"
    r"get back to you|need to check|have to check|should be (?:able|there|ok|okay|fine)|might be late|be late|running late|late|but|however|though|except|only|tentativ\w+|we'?ll see|not yet|don'?t know|idk|dunno|almost|sort of|kind of|kinda|remind me|later|waiting|pending|once|when i|after i|lol|haha|jk|wish|would if|could|would have|supposed",
    r"quizas?|tal vez|creo|puede ser|a lo mejor|depende|posiblemente|probablemente|no se|intentare|tratare|voy a tratar|espero|a ver|si puedo|si (?:el|la|mi|me|no|se|todo|hay|tengo|consigo|logro|alcanzo|puedo|llego)|cuando|pero|aunque|todavia|a menos|siempre y cuando|tarde|dejame|luego",
)
_YES = _any(
    r"y+e+s+|y+e+p+|y+e+a+h*|y+u+p+|yessir|yeppers|affirmative|ok(?:ay|ie|ey)?|sure|confirm(?:ed|ing|s)?|correct|right|exactly|absolutely|definitely|certainly|of course|indeed|perfect(?:ly)?|great|cool|super|proceed|set it up|everything is|good|fine|wonderful|awesome|excellent|lovely|sounds (?:\w+ )?(?:good|great|right|perfect|fine|correct|like)|looks (?:\w+ )?(?:good|right|correct|great|fine|perfect)|"
    r"(?:that|it|this|all)(?:'s| is|s)? (?:\w+ )?(?:works?|suits?|correct|right|fine|good|great|perfect|ok|okay|it|accurate|exactly|true|all|what i)|works (?:for|great|fine|perfectly|well)?|suits me|i agree|agreed|alright|all right|go ahead|please do|that'?ll (?:work|do|be)|that (?:will|would) (?:be|work|do)|seems (?:\w+ )?(?:good|fine|nice|right|great|ok|correct|perfect)|"
    r"(?:i'?ll|i will|we'?ll|we will|ill|i'?m going to|i am going to|we are going to) (?:definitely |certainly |surely )?(?:be there|be in|come|attend|make it|see you|be coming|be attending)|see (?:you|u|ya)(?: then| there| soon| tomorrow)?|(?:i'?m|i am|im|we'?re|we are) (?:coming|confirmed|in|good|on my way|attending|still coming)|i can (?:make|come|attend|be there)|we can make|"
    r"looking forward|can'?t wait|will do|will be there|be there|got it|you got it|count (?:me|us) in|i do|i am|it is|it does|yes please|good to go|planning (?:on|to)|\U0001f44d|✅|👌|✔️?",
    r"si|sip|claro|confirm\w+|ahi (?:estare|estaremos|nos vemos|voy|estoy)|alli (?:estare|estaremos)|de acuerdo|esta bien|perfecto|correcto|vale|listo|por supuesto|asistire|asistiremos|si (?:ire|voy|asisto|puedo|estare|claro|por favor|confirmo|señora|señor)|nos vemos|exacto|excelente|muy bien|ahi (?:le|les) (?:caigo|veo)|con gusto|cuenten conmigo|iremos|estare ahi|estaremos ahi|voy a ir|claro que si",
)
_ASKS = re.compile(
    r"\?|¿|^(?:(?:and|so|also|y|ok|yes|yeah|yep|sure|please|by the way|btw|hi|hello|hey)(?![\w'])[ ,.!]*)*(?:what|what's|whats|where|where's|when|who|why|how|which|whose|is|are|was|do|does|did|can|could|would|will (?!be there|do\b|come|attend|see)|should|may|has|have|am|any|(?:please )?(?:tell me|let me (?:know|have)|give me|get me|find (?:me|out)|send me|provide|check|show me|share)|also|i (?:would )?(?:also )?(?:need|want|like) (?:a |the |their |its |his |her |some |to (?:know|get|have|ask))|whether|que|cual|donde|cuando|quien|por que|como|cuanto|cuanta|hay|puedo|tengo que|debo|es|son|find|show|i(?:'d| would) (?:also )?like to know|i (?:want|need) to know|i wonder|wondering)(?![\w'])"
)
_TIME = re.compile(
    r"(?<![\w$])(?:(\d{1,2})[:.](\d{2})\s?(a\.?m|p\.?m)?|(\d{1,2})\s?(a\.?m|p\.?m))(?![\w])|(?<=at )(\d{1,2})(?![\w:.])|(?<=a las )(\d{1,2})(?![\w:.])"
)
_CALENDAR = _any(
    r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|june|july|august|september|october|november|december|lunes|martes|miercoles|jueves|viernes|sabado|domingo|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)|"
    r"\d{1,2}(?:st|nd|rd|th)|next|half past|quarter|noon|midnight|o ?clock|(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) (?:people|persons?|tickets?|rooms?|days?|nights?|in the|am|pm|o)|morning|evening|afternoon"
)
_CLOSING = _any(
    r"thanks?|thank you|thx|ty|please|pls|gracias|por favor|muchas|hi|hello|hey|hola|good (?:morning|afternoon|evening)|buenos dias|buenas tardes|bye|you|so much|a lot|very much|have a (?:good|great|nice) (?:day|one)|god bless"
)


def _plain(text: str) -> str:
    """Folded, without accents, one space between words, marks kept."""
    text = norm_word(text.replace("’", "'").replace("`", "'").replace("´", "'"))
    text = re.sub(r"[\u200b-\u200f\ufeff]", "", text)
    text = re.sub(r"(?<=[a-z])n ?'t\b", "n't", text)
    return re.sub(r"\s+", " ", text).strip()


def classify(text: str, starts_at: time | None = None) -> Reply:
    """The meaning of a reply.

    `starts_at`, the appointment's local time, tells "yes, at 9" from a wish for another time.
    """
    plain = _plain(text)
    bare = re.sub(r"[^\w\s?'-]|(?<=\w)\?+$", "", plain).strip(" -'")
    opt_out = _opts_out(plain, bare)
    question = bool(_ASKS.search(plain))
    if _URGENT.search(plain) and not _NOT_URGENT.search(plain):
        return Reply(Kind.URGENT, question, opt_out)
    if not re.search(r"\w", plain) and not _YES.search(plain):
        return Reply(Kind.AMBIGUOUS, "?" in plain)
    if bare in _KEYWORDS and not (question and "?" in plain):
        return Reply(_KEYWORDS[bare], False, _KEYWORDS[bare] is Kind.OPT_OUT)
    if opt_out:
        return Reply(Kind.OPT_OUT, question, True)
    if _WRONG.search(plain):
        return Reply(Kind.WRONG_NUMBER, question)
    if _HUMAN.search(plain):
        return Reply(Kind.HUMAN, question)
    return _about_the_visit(plain, question, starts_at)


def _opts_out(plain: str, bare: str) -> bool:
    if _KEYWORDS.get(bare) is Kind.OPT_OUT:
        return True
    without = _NOT_OPT_OUT.sub(" ", plain)
    return bool(_OPT_OUT.search(without))


def _about_the_visit(plain: str, question: bool, starts_at: time | None) -> Reply:
    """Cancel, reschedule, negation, hedge, yes and question, in this order."""
    uncancelled = _NOT_CANCEL.sub(" ", plain)
    cancels = bool(_CANCEL.search(uncancelled))
    reschedules = bool(_RESCHEDULE.search(plain))
    if reschedules:
        return Reply(Kind.RESCHEDULE, question)
    if cancels:
        rest = _CANCEL.sub(" ", uncancelled)
        taken_back = re.search(
            r"\?\s*(?:no|nope|nah)\b|make it work|\bcancel\w* (?:that|the|my) (?:last )?(?:message|text|reply)",
            uncancelled,
        )
        unclear = (
            taken_back
            or _PARTLY.search(uncancelled)
            or _HEDGE.search(re.sub(r"\bbut\b|\bpero\b", " ", rest))
            or _other_time(plain, starts_at)
            or _mixed(rest, plain)
        )
        return Reply(Kind.AMBIGUOUS if unclear or _asks_whether(plain) else Kind.CANCEL, question)
    if _NOT_CANCEL.search(plain):
        positive = (
            _YES.search(uncancelled)
            and re.search(r"(?:do not|don'?t|dont|no) (?:\w+ )?cancel", plain)
            and not _HEDGE.search(uncancelled)
            and not question
        )
        return Reply(Kind.CONFIRM) if positive else Reply(Kind.QUESTION if question else Kind.AMBIGUOUS, question)
    if _NEGATIVE.match(plain):
        return Reply(Kind.AMBIGUOUS, question)
    return _yes_or_question(plain, question, starts_at)


def _mixed(rest: str, plain: str) -> bool:
    """Whether a cancellation also says yes: "yes I can't make it" is clear, "I'm coming, cancel that" is not."""
    return bool(
        re.search(
            r"(?:\b(?:please )?(?:make|book|switch|set) (?:the|it|that|me|a)|i'?ll be there|i will be there|see you|i'?m coming|confirm\w*|ahi estare)",
            rest,
        )
    ) or bool(re.match(r"(?:yes|si|ok)\b.*\?", plain))


def _asks_whether(plain: str) -> bool:
    return bool(re.match(r"^(?:can|could|should|do|may|what|how|is|if|puedo|debo|que pasa)\b", plain) and "?" in plain)


def _other_time(plain: str, starts_at: time | None) -> bool:
    """Whether a clock time is named that is not the appointment's (or cannot be compared)."""
    for match in _TIME.finditer(plain):
        hour = int(next(g for g in (match.group(1), match.group(4), match.group(6), match.group(7)) if g))
        minute = int(match.group(2) or 0)
        half = (match.group(3) or match.group(5) or "")[:1]
        if starts_at is None:
            continue
        hours = {hour % 12 + (12 if half == "p" else 0)} if half else {hour % 24, (hour + 12) % 24}
        if starts_at.hour not in hours or starts_at.minute != minute:
            return True
    return False


_PARTS = re.compile(
    r"(?<=[.!?])\s*|\n|(?<=[a-z]),? (?:and|also|y) (?=(?:what|where|how|do|does|can|could|who|when|which|may i|tell|is|are|give|get|que|donde|cuanto|como)\b)|"
    r"(?<=[a-z]), ?(?=(?:what|where|how|do|does|can|could|who|when|which|may i|tell me|is|are|give|get|any|que|donde|cuanto|como)\b)"
)


def _yes_or_question(plain: str, question: bool, starts_at: time | None) -> Reply:
    """A yes counts when its own sentence hedges, denies and changes nothing; questions after it are left to a person."""
    parts = [part.strip(" ,;-") for part in _PARTS.split(plain) if part and part.strip(" ,;.!?-")]
    yes = asks = other = False
    for part in parts:
        if _ASKS.search(part) and not re.match(
            r"^(?:yes|yeah|yep|yup|sure|ok|okay|si|correct|right|perfect)\b[^?]*$", part
        ):
            asks = True
            other = other or bool(_RESCHEDULE.search(part)) or bool(_CHANGES.search(part))
            lead = re.match(r"^((?:yes|yeah|yep|yup|sure|ok|okay|si|correct|confirm(?:ed)?))[ ,.!-]+", part)
            yes = yes or bool(lead)
        elif _YES.search(part) and not _HEDGE.search(part) and not _denies(part):
            yes = True
        elif _CLOSING.sub("", part).strip(" ,.!'") == "":
            continue
        else:
            other = True
    if yes and not other and not _other_time(plain, starts_at) and not _foreign_time(plain, starts_at):
        return Reply(Kind.CONFIRM, asks)
    if asks and not yes and not other:
        return Reply(Kind.QUESTION, True)
    return Reply(Kind.AMBIGUOUS, question)


_CHANGES = _any(
    r"(?:can|could|would|will|may) (?:you|we|i) (?:please )?(?:make|change|book|do|switch|move|add|set|reserve|schedule|go|come|start|put|update)(?! (?:a )?(?:question|parking))|(?:podemos|pueden|puede|podria) (?:cambiar|hacer|mover|poner|ser)|instead|change|different|another"
)


def _denies(part: str) -> bool:
    """Words that change or deny what a yes in the same sentence says; "can't wait" and "no problem" do not."""
    return bool(
        _DENIES.search(
            re.sub(
                r"can'?t wait|no (?:problem|worries|hay problema)|not a problem|that'?s what i(?:'d)? (?:want|wanted|need|like|would like)|what i (?:want|wanted|need|asked|requested|was looking)\w*|(?:make|making) it|let'?s (?:do (?:it|that)|go)|book it|go ahead and book(?: it)?|please book(?: it)?",
                " ",
                part,
            )
        )
    )


def _foreign_time(plain: str, starts_at: time | None) -> bool:
    """Whether a day or a time is named that no known appointment explains; "see you at 9" and "tomorrow" are fine."""
    if starts_at is not None:
        return bool(
            _CALENDAR.search(re.sub(r"(?:see (?:you|u)|be there|there|confirm\w*)(?: \w+){0,4}", " ", plain))
            and not _TIME.search(plain)
        )
    rest = re.sub(
        r"(?:be there|see (?:you|u)(?: then| there)?|there|estare|coming)(?: tomorrow)?(?: at| a las| on)?(?: \d{1,2}(?::\d{2})?\s?(?:am|pm)?)?",
        " ",
        plain,
    )
    rest = re.sub(r"[^.!?]*\?", " ", rest)
    return bool(_TIME.search(rest) or _CALENDAR.search(rest))
