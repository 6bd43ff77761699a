"""Words of danger, in English and Spanish: their classes and macros in the notation of phrases.py.

Words are folded: no capitals, no accents.
"""

CLASSES = {
    # body
    "chest": "chest chests sternum breastbone chst pecho torax",
    "heart": "heart hart hert corazon",
    "airway": "throat throats tongue tounge toung lips lip face mouth eyes airway windpipe garganta lengua labios labio cara boca ojos traquea",
    "limb": "arm leg arms legs hand face side body foot brazo pierna mano lado cara piernas brazos",
    "head": "head skull cabeza craneo",
    "baby": "baby babies newborn infant fetus bebe recien",
    "child": "baby babies newborn infant toddler son daughter kid child boy girl grandson granddaughter grandbaby grandchild he's she's hes shes he she him her bebe nino nina hijo hija nieto nieta recien",
    # complaints
    "ache": "pain pains painful hurt hurts hurting ache aches aching tight tightness tightening pressure heavy heaviness crushing squeezing squeezed burning burns stabbing sharp discomfort pounding sitting weight weighing constricted tightens crushed squeezes cramping elephant dolor dolores duele duelen doliendo opresion apretado apretada aprieta apretando presion ardor arde punzada punzadas pesadez pesado oprime oprimido oprimida quema peso apreton apretazon punzante feo explotar explota reventar explode exploding bursting",
    "breathe": "breathe breath breathing breathin breth brethe breathes breathed respirar respiro respirando respiracion respira",
    "cannot": "can't cant cannot couldn't couldnt unable struggling struggle struggles hard harder hardly trouble troubles difficulty difficult difficulties barely tough fighting",
    "pain": "pain pains headache headaches cramps stomachache ache bellyache dolor dolores migraine jaqueca",
    "severe": "unbearable excruciating agonizing intolerable insufferable insoportable inaguantable fortisimo agonising",
    "swelling": "swelling swollen swelled swells swell puffy puffed closing closed closes tightening ballooning ballooned hinchada hinchado hinchados hinchadas hinchando hincha hincharon hincho cierra cerrando cerro inflamada inflamado inflamando inflamaron inflamo hinchazon",
    "swelling-now": "swelling swollen closing tightening ballooning ballooned puffed hinchando hincho hinchada hinchado hinchados cerrando cierra inflamando inflamo",
    # self
    "suicide": "suicide suicidal suicidality suicides suicidarme suicidar suicidarse suicidio suicida suicidas",
    "self": "myself himself herself themself themselves meself",
    "kill": "kill killing hang hanging shoot shooting drown drowning strangle",
    "wound": "hurt hurting harm harming cut cutting burn burning stab stabbing",
    "will": "want wanna wants wanted going gonna will might thinking thoughts thought urge urges urged plan planning plans feel feeling feels like try tried trying started been about afraid scared i'll keep ready need",
    "dead": "die dead dying",
    "live": "live living life vivir viviendo",
    "matarme": "matarme suicidarme ahorcarme colgarme cortarme lastimarme matar morirme morir desaparecer herirme",
    # poison
    "swallowed": "drank drunk drink drinking swallowed swallow swallowing ate eaten eating ingested ingest inhaled took taken taking sipped licked bit chewed got gotten bebio tomo trago comio ingirio inhalo tome bebi trague tragado tomado bebido comido tragaron tomaron trague bebiendo metio",
    "swallowed-past": "swallowed took taken ingested downed tome tomo trague trago tomado ingeri ingirio tragado takin",
    "many": "ten twelve fifteen twenty thirty forty fifty sixty hundred dozen dozens diez doce quince veinte treinta cuarenta cincuenta cien docena",
    "poison": "bleach bleech poison antifreeze detergent cleaner cleaners drano ammonia gasoline kerosene pesticide insecticide lye battery batteries magnet magnets pods turpentine acetone chlorine sanitizer windex lysol clorox paraquat cloro lejia veneno detergente limpiador gasolina pila pilas iman imanes raticida insecticida anticongelante amoniaco desinfectante solvente thinner",
    "pills": "pills pill tablets tablet capsules meds medicine medicines medication medications gummies doses dose pastillas pastilla medicina medicinas medicamento medicamentos tabletas capsulas tylenol insulin insulina sleeping opioids oxycodone xanax",
    "overdose": "overdose overdosed overdosing overdoses od'd oding od'ed overdoze sobredosis",
    # blood
    "bleed": "bleeding bleding bleed bleeds bled bleading hemorrhage hemorrhaging sangrando sangrado sangra sangro sangran hemorragia desangrando desangra sangrar",
    "bring-up": "coughing cough coughed coughs vomiting vomit vomited throwing threw throw spitting spit spat peeing pee peed pooping poop puking puked passing urinating vomito vomite vomitando vomita tosiendo toso tose tosi escupiendo escupo escupe orino orinando orina orine evacuo evacuando defecando popo",
    # pregnancy
    "weeks": "weeks week wks wk months semanas semana sem meses",
    "pregnant": "pregnant pregnancy preggers embarazada embarazo gestacion",
    "pregnancy-sign": "bleeding bleed blood spotting cramping cramps cramp contraction contractions leaking fluid fainted dizzy blurry blurred fell sangrando sangrado sangre sangro manchado manchando contracciones colicos mareada liquido",
    # stroke, fainting, seizures
    "stroke": "stroke strokes stoke derrame embolia ictus acv",
    "numb": "numb limp weak paralyzed paralysed dead tingling tingly numbness weakness dormido dormida entumecido entumecida paralizado paralizada debil",
    "fainted": "fainted fainting unconscious unresponsive collapsed collapsing collapse concussed desmaye desmayo desmayando desmayado desmayada inconsciente desmayarme desmaya desvanecio desvaneci desplomo",
    "seizure": "seizure seizures seizing convulsion convulsions convulsing convulsed convulsiono convulsionar convulsionando convulsiones convulsiona",
    # violence
    "attacker": "he she husband boyfriend wife partner ex dad father son stepdad stepfather girlfriend someone somebody they man neighbor novio esposo marido pareja papa el novia",
    "attack": "hit hits hitting beat beats beating choked strangled strangling threatened threatening threatens hurting hurt stabbed raped attacked punched kicked slapped abusing abuses strangles chokes touches touched touching molested molests",
    "attacked": "abused raped assaulted stabbed beaten attacked strangled threatened molested shot",
}

MACROS = {
    "my": "(my|his|her|the|our|their|your|mi|su|el|la|los|las|mis|sus)",
    "cannot": "(<cannot>|can not|not [been] able to|no (puedo|puede|podia|logro|consigo|podemos)|(me|le|nos) cuesta [mucho] [trabajo]|dificultad [para|al]|apenas (puedo|puede)|batallo para|batallando para)",
    "not": "(not|isn't|isnt|won't|wont|can't|cant|cannot|doesn't|doesnt|hasn't|hasnt|wouldn't|no|never)",
    "er": "(er|the er|e r|the emergency room|emergency room|the emergency department|urgencias|la sala de emergencias|emergencias)",
    "no_more": "(don't|dont|do not|no longer|never|didn't)",
}
