"""Texts of the demo's messages, calls, cancellations and notes."""

CONFIRM_YES = ("C", "c", "Yes", "yes I'll be there", "Confirmed, thanks", "Yep see you then", "ok C", "sí, confirmo")
CONFIRM_ASK = (
    "{clinic}: {first}, you have a visit on {day} at {time}. "
    "Reply C to confirm, R to reschedule, X to cancel, STOP to end."
)
CONFIRMED = "{clinic}: Thank you, your visit on {day} at {time} is confirmed."
CANCELLED = "{clinic}: Your visit on {day} at {time} is cancelled. Call us for a new time."
INTAKE_ASK = "{clinic}: please fill in a short form before your visit on {day}, {time}: {link}"
NO_LINK = "…"  # shown to staff in place of a link

# (attention reason, the patient's reply)
ESCALATED_REPLIES = (
    ("requested-human", "¿Puedo hablar con alguien? Necesito intérprete."),
    ("ambiguous-reply", "Maybe, if my mother can drive…"),
    ("complex-question", "do I need to stop my blood thinner before?"),
    ("requested-human", "can someone please call me, I have a question about my bill"),
    ("ambiguous-reply", "is it ok if I come 20 min later"),
    ("complex-question", "Does my insurance cover the video visit or should I come in"),
)

CALL_CONFIRMED = (
    ("clinic", "Hello, this is the automatic assistant of {clinic}, calling about a visit on {day} at {time}."),
    ("patient", "Yes, hello."),
    ("clinic", "Will you be there? Please say yes or no, or ask for a person."),
    ("patient", "Yes, I will be there."),
    ("clinic", "Thank you. Your visit is confirmed. Goodbye."),
)
CALL_PAUSED = (
    ("clinic", "Hello, this is the automatic assistant of {clinic}, calling about a visit on {day} at {time}."),
    ("patient", "Hold on a second… can you wait, I am driving."),
    ("clinic", "Of course. Someone from the clinic will call you back."),
)

CANCEL_REASONS = (
    ("patient-cancelled", "Work schedule changed"),
    ("patient-cancelled", "Feels better"),
    ("patient-cancelled", "No ride that day"),
    ("patient-cancelled", "Child is sick"),
    ("patient-cancelled", "Out of town"),
    ("patient-cancelled", "Insurance not settled yet"),
    ("rescheduled-externally", "Seen at urgent care"),
    ("clinic-cancelled", "Doctor called to the hospital"),
    ("clinic-cancelled", "Equipment out of order"),
    ("other", "Weather"),
)

WAITLIST_NOTES = ("Any morning", "After school", "Can come at short notice", "Prefers afternoons", "")
RESOLUTIONS = ("Called back, all settled.", "Answered by phone.", "Interpreter arranged.", "Moved to a later time.")
# Added to the reason for a visit: the front desk and the doctor are alerted.
DANGER = "Since last night my chest hurts and I can't catch my breath."
