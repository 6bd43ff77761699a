"""Reasons for visits: as booked by the front desk, and as patients type them, with spelling errors."""

from typing import NamedTuple


class Complaint(NamedTuple):
    """`booked` is the reason on the visit; `reason` and `symptoms` are answers of the intake form."""

    booked: str
    reason: str
    symptoms: str


FAMILY = (
    Complaint(
        "Dizziness on standing",
        "Dizzy when I stand up, most mornings, about two weeks now",
        "room tilts for a few seconds. nearly fell twice, never fainted. worse since the new BP tablet",
    ),
    Complaint("Blood pressure check", "blood pressure checkup, home readings around 150 over 90", "no symtoms really"),
    Complaint(
        "Diabetes review",
        "diabetis follow up and my feet tingle at night",
        "tingling in both feet for 3 months. sugar in the morning 160 to 180. no chest pain",
    ),
    Complaint(
        "Cough for three weeks",
        "cough that wont go away, 3 weeks",
        "dry cough mostly at night, no fever, a bit short of breath on stairs",
    ),
    Complaint("Annual physical", "yearly physical, nothing special", "sleeping badly since I started night shifts"),
    Complaint(
        "Headaches",
        "headaches almost every afternoon for a month",
        "pressure behind the eyes, worse with screens. no vomiting. ibuprofin helps a little",
    ),
    Complaint(
        "Low back pain",
        "my lower back went out lifting boxes on saturday",
        "pain 7 out of 10 going down the left leg to the knee. no numbness, bladder is fine",
    ),
    Complaint(
        "Tired all the time",
        "always tired, even after 9 hours of sleep",
        "tired for about 4 months, hair falling out, feel cold. gained 10 lbs",
    ),
    Complaint(
        "Burning when urinating",
        "burns when I pee since sunday",
        "going every hour, a little blood yesterday. no fever, no back pain",
    ),
    Complaint(
        "Anxiety", "anxious since the accident, want to talk about options", "heart racing at night, trouble sleeping"
    ),
    Complaint("Heartburn", "heartburn after dinner, most days", "burning up to my throat, sour taste. tums help"),
    Complaint(
        "Knee pain",
        "right knee hurts going down stairs",
        "swollen on and off for 2 months, clicks. no fall. Tylenol does nothing",
    ),
    Complaint("Medication refill", "need my refills and a flu shot", "doing ok, no new problems"),
    Complaint(
        "Sore throat",
        "sore throat and fever since Tuesday",
        "fever 101.5, hurts to swallow, swollen glands. my son had strep last week",
    ),
    Complaint("Lab results", "to go over my blood results", "none. I do get cramps in my calfs at night"),
    Complaint(
        "Shoulder pain",
        "can't lift my left arm above my head",
        "started 6 weeks ago after painting the ceiling, wakes me when I roll on it",
    ),
)

CARDIOLOGY = (
    Complaint(
        "Palpitations",
        "heart skips and races, a few times a week",
        "lasts 5 to 10 minutes, light headed with it, never passed out. more with coffee",
    ),
    Complaint(
        "Chest tightness on stairs",
        "tight chest when I climb two flights",
        "goes away in 3 minutes when I rest. no pain at night. a little out of breath",
    ),
    Complaint("Atrial fibrillation review", "a-fib check up and blood thinner", "bruise easy, otherwise good"),
    Complaint(
        "Ankle swelling",
        "both ankles swell by the evening",
        "socks leave deep marks, up 6 pounds in 2 weeks, sleep on 3 pillows now",
    ),
    Complaint(
        "After a stent", "3 months after my stent", "walking 2 miles a day, no chest pain. sore arm from BP cuff"
    ),
    Complaint("Cholesterol review", "cholestrol numbers were high", "muscle aches in my thighs since the new pill"),
    Complaint(
        "High blood pressure",
        "pressure still high with two pills, 160s at home",
        "headache in the morning sometimes, no vision changes",
    ),
    Complaint("Heart murmur", "my doctor heard a murmur", "none that I notice. I get winded faster than last year"),
    Complaint(
        "Fainting episode", "passed out at the pharmacy on the 3rd", "felt hot and sweaty first, out for seconds"
    ),
    Complaint("Pacemaker check", "pacemaker check, every 6 months", "no problems, itching near the scar"),
)

PEDIATRICS = (
    Complaint("Ear pain", "ear ache since last night", "pulling at the left ear, fever 100.9, crying at night"),
    Complaint("Well-child visit", "check up and shots for school", "no worries, eats well, sleeps 10 hours"),
    Complaint(
        "Asthma review",
        "coughing at night and after soccer",
        "uses the blue inhaler 3 times a week, no hospital since last winter",
    ),
    Complaint("Rash", "itchy rash on arms and behind knees", "worse after swimming, scratching until it bleeds"),
    Complaint("Fever", "fever for two days", "102 at night, runny nose, drinking ok, two wet diapers less than usual"),
    Complaint("Stomach aches", "tummy ache before school, most mornings", "no vomiting, goes every other day, hard"),
    Complaint("Follow-up on weight", "weight check like you asked", "eating better, still very picky"),
    Complaint("Sports physical", "needs the form for track", "sprained ankle in spring, fine now"),
    Complaint("Attention at school", "teacher says she cant sit still", "homework takes 3 hours, forgets everything"),
    Complaint("Vomiting", "threw up 4 times since midnight", "no fever, sips of water stay down now, tired"),
)

DERMATOLOGY = (
    Complaint("Mole check", "mole on my back got darker", "itches sometimes, my wife says it grew since summer"),
    Complaint(
        "Acne", "acne on jaw and back, two years", "worse before my period, the wash from the store dries me out"
    ),
    Complaint("Eczema flare", "exzema on hands came back", "cracked and bleeding since I wash dishes at the new job"),
    Complaint(
        "Psoriasis review", "psoriasis follow up", "elbows better, scalp still flaky. joints are stiff in the am"
    ),
    Complaint(
        "Hives", "hives almost every day for 3 weeks", "come and go in hours, arms and belly, no swelling of lips"
    ),
    Complaint("Hair loss", "losing hair in the shower, handfulls", "since about 2 months after I had my baby"),
    Complaint("Rash after medicine", "rash after an antibiotic", "red spots on chest, started day 5, no fever"),
    Complaint("Skin check", "yearly full skin check", "a rough spot on my ear that keeps coming back"),
    Complaint("Warts", "warts on my foot", "two of them, hurts to run. freezing kit did not work"),
    Complaint("Toenail fungus", "yellow thick toenail", "big toe left side, about a year"),
)

SPANISH = (
    Complaint(
        "Headaches", "dolor de cabeza casi todos los dias", "desde hace un mes, peor en la tarde, sin vomito ni fiebre"
    ),
    Complaint("Diabetes review", "control de la diabetes", "se me duermen los pies en la noche. azucar en 170"),
    Complaint(
        "Low back pain", "me duele la espalda baja", "desde el sabado, cargue una caja. el dolor baja a la pierna"
    ),
    Complaint("Blood pressure check", "revision de la precion", "me mareo cuando me levanto rapido"),
    Complaint(
        "Cough for three weeks", "tos que no se me quita", "tres semanas, seca, mas en la noche. no tengo fiebre"
    ),
    Complaint("Tired all the time", "mucho cansancio", "unos cuatro meses, tengo frio todo el tiempo"),
)

BY_SPECIALTY = {
    "Family medicine": FAMILY,
    "Cardiology": CARDIOLOGY,
    "Pediatrics": PEDIATRICS,
    "Dermatology": DERMATOLOGY,
}
