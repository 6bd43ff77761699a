"""A doctor's own settings: visit types, overrides and hours."""

from django.utils.translation import gettext_lazy as _

from clinicflow.clinic_settings.schema.types import Group, Setting, Tab
from clinicflow.clinics.models import DoctorSettings

DOCTOR = Tab(
    slug="doctor",
    label=_("My settings"),
    icon="stethoscope",
    intro=_("How you can be booked."),
    groups=(
        Group(
            title=_("Visits"),
            settings=(
                Setting(
                    name="supported_visit_types",
                    choices=(("in-clinic", _("In clinic")), ("virtual", _("Video"))),
                    label=_("Visit types"),
                    effect="Free times are offered for these types only; bookings of other types are rejected.",
                    model=DoctorSettings,
                ),
                Setting(
                    name="video_visits_enabled",
                    label=_("Accept video visits"),
                    help=_("Turn off temporarily without changing the types above."),
                    effect="When off, no video visit can be booked with the doctor.",
                    model=DoctorSettings,
                ),
                Setting(
                    name="allow_walk_ins",
                    label=_("Accept walk-ins"),
                    help=_("If the clinic accepts them."),
                    effect="When off, no walk-in can be booked with the doctor.",
                    model=DoctorSettings,
                ),
                Setting(
                    name="allow_forced_booking",
                    label=_("The front desk can book outside my calendar, with a reason"),
                    help=_("Outside my hours or over another visit. Each reason is recorded in the audit log."),
                    effect="When off, overrides for this doctor are rejected.",
                    model=DoctorSettings,
                ),
                Setting(
                    name="voice_ai_enabled",
                    label=_("The voice assistant can call my patients"),
                    help=_("If the clinic uses it."),
                    effect="When off, outreach never calls about the doctor's visits.",
                    model=DoctorSettings,
                ),
            ),
        ),
        Group(
            title=_("Hours"),
            settings=(
                Setting(
                    name="working_hours_override",
                    label=_("My hours"),
                    help=_("Booked visits stay."),
                    effect="Free times come from these hours, by date or weekday, instead of the profile's.",
                    model=DoctorSettings,
                ),
            ),
        ),
    ),
)
