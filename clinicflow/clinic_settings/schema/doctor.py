"""What doctors decide for themselves."""

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
                    choices=(("in-clinic", _("In the clinic")), ("virtual", _("By video"))),
                    label=_("Kinds of visit"),
                    effect="Free times are offered for these kinds only; others are refused.",
                    model=DoctorSettings,
                ),
                Setting(
                    name="video_visits_enabled",
                    label=_("Take video visits"),
                    help=_("Off for a while, without changing the kinds above."),
                    effect="Off, no video visit can be booked with the doctor.",
                    model=DoctorSettings,
                ),
                Setting(
                    name="allow_walk_ins",
                    label=_("Take walk-ins"),
                    help=_("Where the clinic takes them."),
                    effect="Off, no walk-in can be booked with the doctor.",
                    model=DoctorSettings,
                ),
                Setting(
                    name="allow_forced_booking",
                    label=_("The front desk may override the calendar, with a reason"),
                    help=_("Outside hours, or on top of another visit. Each reason is in the audit log."),
                    effect="Off, no override books into the doctor's calendar.",
                    model=DoctorSettings,
                ),
                Setting(
                    name="voice_ai_enabled",
                    label=_("The voice assistant may call about these visits"),
                    help=_("Where the clinic uses it."),
                    effect="Off, outreach never calls about the doctor's visits.",
                    model=DoctorSettings,
                ),
            ),
        ),
        Group(
            title=_("Hours"),
            settings=(
                Setting(
                    name="working_hours_override",
                    label=_("Own hours"),
                    help=_("Visits that are booked stay."),
                    effect="Free times come from these hours, of a date or of a weekday, instead of the front desk's.",
                    model=DoctorSettings,
                ),
            ),
        ),
    ),
)
