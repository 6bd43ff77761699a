"""Texts of automatic messages and calls to patients, in the patient's language.

They name the clinic, the first name, day and time, never the reason for the visit or the doctor. None asks the patient
to text CANCEL, which carriers treat as an opt-out.
"""

from collections.abc import Iterable

from django.utils import translation
from django.utils.translation import gettext as _

from clinicflow.access.actor import Actor
from clinicflow.clinics.models import Clinic, ClinicSettings
from clinicflow.clinics.rules.emergency import emergency_lines
from clinicflow.web import display
from scheduling.models import Appointment


def compose_text(actor: Actor, visit: Appointment, settings: ClinicSettings, *keys: str) -> str:
    """The texts of these keys, joined in this order. `visit` has its patient loaded.

    Keys: ask, ask_again, confirmed, cancelled, no_more_sms, no_more_email, no_more_voice, passed_on, emergency,
    unclear, call_us, too_late, greeting, keypad, goodbye.
    """
    clinic = Clinic.objects.get(pk=actor.clinic_id)
    clinic_display = display.Display.of(clinic.timezone, settings)
    with translation.override(visit.patient.preferred_language), display.display_as(clinic_display):
        values = {
            "clinic": clinic.name,
            "first": visit.patient.first_name,
            "day": display.write_date(visit.starts_at, "full"),
            "time": display.write_clock(visit.starts_at),
            "phone": clinic.phone,
            "emergency": emergency_lines(clinic.country).emergency,
        }
        return _joined(_texts(has_phone=bool(clinic.phone)), keys) % values


def subject(actor: Actor, visit: Appointment) -> str:
    """The subject line of an email about a visit."""
    with translation.override(visit.patient.preferred_language):
        return _("Your visit at %(clinic)s") % {"clinic": actor.clinic_name}


def _joined(texts: dict[str, str], keys: Iterable[str]) -> str:
    return " ".join(texts[key] for key in keys)


def _texts(*, has_phone: bool) -> dict[str, str]:
    return {
        "ask": _("%(clinic)s: %(first)s, you have a visit on %(day)s at %(time)s.") + " " + _keys(),
        "ask_again": _("%(clinic)s: %(first)s, please confirm your visit on %(day)s at %(time)s.") + " " + _keys(),
        "confirmed": _("Thank you. Your visit on %(day)s at %(time)s is confirmed."),
        "cancelled": _("Your visit on %(day)s at %(time)s is cancelled. Call us for a new time."),
        "no_more_sms": _("%(clinic)s: You will get no more texts from us."),
        "no_more_email": _("%(clinic)s: You will get no more emails from us."),
        "no_more_voice": _("You will get no more calls from us. Goodbye."),
        "passed_on": _("Someone from the clinic will get back to you."),
        "emergency": _(
            "If this is an emergency, call %(emergency)s now. We do not monitor these messages around the clock; "
            "the clinic has been notified."
        ),
        "unclear": _("Sorry, we did not understand that.") + " " + _keys(),
        "call_us": _("We cannot answer that here. Please call us at %(phone)s.")
        if has_phone
        else _("We cannot answer that here. Please call us."),
        "too_late": _("It is too close to your visit to cancel it this way."),
        "greeting": _(
            "Hello, this is the automatic assistant of %(clinic)s, calling about a visit on %(day)s at %(time)s. "
            "Will you be there?"
        ),
        "keypad": _(
            "Say yes or no, or press 1 to confirm, 2 to reschedule, 3 to cancel, 0 to talk to someone, "
            "9 to get no more calls."
        ),
        "goodbye": _("Goodbye."),
    }


def _keys() -> str:
    return _("Reply C to confirm, R to reschedule, X to cancel, STOP to end.")
