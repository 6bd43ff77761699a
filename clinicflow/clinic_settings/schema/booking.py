"""The clinic and its hours, the rules of booking, intake."""

from django.utils.translation import gettext_lazy as _

from clinicflow.clinic_settings.schema.types import DAYS, Group, Setting, Tab
from clinicflow.clinics.models import Clinic

CLINIC = Tab(
    slug="clinic",
    label=_("Clinic & hours"),
    icon="building-2",
    intro=_("Who you are, and when patients can be seen."),
    groups=(
        Group(
            title=_("The clinic"),
            settings=(
                Setting(
                    name="clinic_name",
                    label=_("Name"),
                    help=_("As patients read it in messages and on their form."),
                    effect="Stands on every page, in messages to patients and on their form.",
                    model=Clinic,
                ),
                Setting(
                    name="clinic_phone",
                    label=_("Phone"),
                    help=_("Patients are asked to call this number when a person has to help."),
                    effect="Shown to patients on their pages where a person has to help.",
                    model=Clinic,
                ),
                Setting(
                    name="clinic_address",
                    label=_("Address"),
                    help=_("Where patients come."),
                    effect="Shown to patients with their visit.",
                    model=Clinic,
                ),
                Setting(
                    name="timezone",
                    label=_("Time zone"),
                    help=_(
                        "Every time of the clinic is on this clock. Visits that are booked keep their instant: "
                        "in another zone they show another time."
                    ),
                    effect="Every date and time that a person or the API gives or gets is in this zone.",
                    model=Clinic,
                ),
                Setting(
                    name="country",
                    label=_("Country"),
                    help=_("For the public holidays that closures offer."),
                    effect="Decides which public holidays are offered as closures.",
                    model=Clinic,
                ),
                Setting(
                    name="region",
                    label=_("State or region"),
                    help=_("Its code, such as NY; without one only the country's own holidays are offered."),
                    effect="Adds the region's public holidays to those that are offered as closures.",
                    model=Clinic,
                ),
            ),
        ),
        Group(
            title=_("Opening hours"),
            intro=_("Doctors can be booked inside these hours and inside their own."),
            settings=(
                Setting(
                    name="working_days",
                    choices=DAYS,
                    label=_("Working days"),
                    help=_("On other days nothing can be booked without an override."),
                    effect="Free times are offered on these days only; elsewhere booking needs an override.",
                ),
                Setting(
                    name="opens_at",
                    label=_("Opens at"),
                    effect="The first free time of a day is not earlier; the day grid starts here.",
                ),
                Setting(
                    name="closes_at",
                    label=_("Closes at"),
                    help=_("After it opens, on the same day."),
                    effect="The last free time of a day ends here at the latest; the day grid ends here.",
                ),
                Setting(
                    name="slot_size",
                    choices=((15, _("15 minutes")), (30, _("30 minutes")), (45, _("45 minutes"))),
                    label=_("Free times every"),
                    help=_("Free times start on this grid, counted from the opening hour."),
                    effect="Free times start on this grid, counted from the opening hour.",
                ),
            ),
        ),
    ),
)
SCHEDULING = Tab(
    slug="scheduling",
    label=_("Scheduling rules"),
    icon="calendar-check",
    intro=_("What may be booked, and what happens when patients cancel or do not come."),
    groups=(
        Group(
            title=_("Booking"),
            settings=(
                Setting(
                    name="allow_overlapping",
                    label=_("Let visits of one doctor overlap"),
                    help=_("Off, the database itself refuses a second visit at the same time."),
                    effect="A visit on top of another is booked instead of refused (409).",
                ),
                Setting(
                    name="allow_walk_ins",
                    label=_("Take walk-ins"),
                    help=_("Patients without an appointment, booked as arrived now. A doctor can opt out."),
                    effect="Walk-ins can be booked; off, they are refused and the choice is not offered.",
                ),
                Setting(
                    name="require_provider",
                    label=_("A booking must name a doctor"),
                    help=_("Off, a booking without one gets whoever is free first."),
                    effect="Off, a booking without a doctor gets the first available one; on, it is refused.",
                ),
                Setting(
                    name="allow_admin_override",
                    label=_("The front desk may override, with a reason"),
                    help=_("For bookings outside hours, on closed days or on top of others. Each reason is kept."),
                    effect="With a reason, the front desk can do what a soft rule refuses; off, nobody can.",
                ),
            ),
        ),
        Group(
            title=_("Cancelling and not coming"),
            settings=(
                Setting(
                    name="minimum_cancellation_notice",
                    label=_("Notice for cancelling"),
                    unit=_("minutes"),
                    low=0,
                    high=43_200,
                    zero=_("never late"),
                    help=_("Later cancellations count as late, and patients cannot cancel by themselves."),
                    effect="A cancellation later than this is kept as late, and a patient's own link refuses it.",
                ),
                Setting(
                    name="cancellation_reason_required",
                    label=_("The front desk must note why a visit is cancelled"),
                    effect="A cancellation by the front desk without a note is refused.",
                ),
                Setting(
                    name="auto_no_show_threshold",
                    label=_("Mark as no-show after"),
                    unit=_("minutes"),
                    low=0,
                    high=480,
                    zero=_("never by itself"),
                    help=_("Counted from the start of a visit whose patient has not arrived."),
                    effect="A job marks visits as no-show this long after their start.",
                ),
                Setting(
                    name="no_show_virtual",
                    label=_("Video visits too"),
                    help=_("Nobody arrives for a video visit, so it is left alone unless you want otherwise."),
                    effect="The no-show job also marks video visits.",
                ),
            ),
        ),
    ),
)
INTAKE = Tab(
    slug="intake",
    label=_("Intake"),
    icon="clipboard-list",
    intro=_("The form that patients fill in before they come."),
    groups=(
        Group(
            title=_("The form"),
            settings=(
                Setting(
                    name="intake_required",
                    label=_("Every visit needs an intake form"),
                    help=_("Off, nothing is sent by itself, nobody is reminded, and nothing counts as missing."),
                    effect="Forms are sent and reminded of, and missing ones are counted as needing attention.",
                ),
                Setting(
                    name="intake_delivery_path",
                    choices=(
                        ("automatic", _("By itself, when a visit is booked")),
                        ("ask-every-time", _("Whoever books is asked each time")),
                        ("manual", _("Only by hand")),
                    ),
                    label=_("When it is sent"),
                    effect="`automatic` sends the link on booking, `manual` never, `ask-every-time` asks who books.",
                ),
                Setting(
                    name="lock_appointment_if_missing",
                    label=_("No confirmation and no arrival without the form"),
                    help=_("Only where every visit needs one. An override with a reason still works, if you allow it."),
                    effect="Confirming or arriving without a completed form is refused.",
                ),
                Setting(
                    name="allow_manual_completion",
                    label=_("Staff may complete a form for the patient"),
                    help=_("From paper, or marked as done with a reason."),
                    effect="Entering a form from paper and marking it as completed are offered and accepted.",
                ),
            ),
        ),
    ),
)
