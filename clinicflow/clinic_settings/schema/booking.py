"""Clinic and hours, scheduling rules, and intake settings."""

from django.utils.translation import gettext_lazy as _

from clinicflow.clinic_settings.schema.types import DAYS, Group, Setting, Tab
from clinicflow.clinics.models import Clinic

CLINIC = Tab(
    slug="clinic",
    label=_("Clinic & hours"),
    icon="building-2",
    intro=_("Your clinic's details, and when patients can be seen."),
    groups=(
        Group(
            title=_("The clinic"),
            settings=(
                Setting(
                    name="clinic_name",
                    label=_("Name"),
                    help=_("Shown to patients in messages and on their form."),
                    effect="Shown on every page, in messages to patients and on their form.",
                    model=Clinic,
                ),
                Setting(
                    name="clinic_phone",
                    label=_("Phone"),
                    help=_("Patients are asked to call this number when they need help from staff."),
                    effect="Shown on the patients' pages wherever they need help from staff.",
                    model=Clinic,
                ),
                Setting(
                    name="clinic_address",
                    label=_("Address"),
                    help=_("Shown to patients with their visit."),
                    effect="Shown to patients with their visit.",
                    model=Clinic,
                ),
                Setting(
                    name="timezone",
                    label=_("Time zone"),
                    help=_(
                        "All times are shown in this zone. If you change it, booked visits keep their moment in time, "
                        "so their clock time changes."
                    ),
                    effect="All dates and times on pages are in this zone, and so are dates in the API.",
                    model=Clinic,
                ),
                Setting(
                    name="country",
                    label=_("Country"),
                    help=_("Determines the public holidays suggested as closures."),
                    effect="Determines which public holidays are suggested as closures.",
                    model=Clinic,
                ),
                Setting(
                    name="region",
                    label=_("State or region"),
                    help=_("Enter its code, such as NY. If blank, only national holidays are suggested."),
                    effect="Adds the region's public holidays to the suggested closures.",
                    model=Clinic,
                ),
            ),
        ),
        Group(
            title=_("Opening hours"),
            intro=_("Doctors can be booked within these hours and their own."),
            settings=(
                Setting(
                    name="working_days",
                    choices=DAYS,
                    label=_("Working days"),
                    help=_("Booking on other days requires an override."),
                    effect="Free times are offered on these days only; booking on other days requires an override.",
                ),
                Setting(
                    name="opens_at",
                    label=_("Opens at"),
                    effect="Free times of a day start here at the earliest; the day grid starts here.",
                ),
                Setting(
                    name="closes_at",
                    label=_("Closes at"),
                    help=_("Must be later on the same day."),
                    effect="Free times of a day end here at the latest; the day grid ends here.",
                ),
                Setting(
                    name="slot_size",
                    choices=((15, _("15 minutes")), (30, _("30 minutes")), (45, _("45 minutes"))),
                    label=_("Free times every"),
                    help=_("Counted from opening time."),
                    effect="Free times start at this interval, counted from opening time.",
                ),
            ),
        ),
    ),
)
SCHEDULING = Tab(
    slug="scheduling",
    label=_("Scheduling rules"),
    icon="calendar-check",
    intro=_("What can be booked, and how cancellations and no-shows are handled."),
    groups=(
        Group(
            title=_("Booking"),
            settings=(
                Setting(
                    name="allow_overlapping",
                    label=_("Allow overlapping visits"),
                    help=_("When off, a doctor cannot be booked twice at the same time."),
                    effect="A visit that overlaps another one is booked instead of rejected (409).",
                ),
                Setting(
                    name="allow_walk_ins",
                    label=_("Accept walk-ins"),
                    help=_("Patients without an appointment, booked as arrived now. Doctors can opt out."),
                    effect="Walk-ins can be booked; when off, they are rejected and not offered.",
                ),
                Setting(
                    name="require_provider",
                    label=_("Require a doctor for each booking"),
                    help=_("When off, a booking without a doctor gets the first one available."),
                    effect="A booking without a doctor is rejected; when off, it gets the first doctor available.",
                ),
                Setting(
                    name="allow_admin_override",
                    label=_("The front desk can book anyway, with a reason"),
                    help=_("For bookings outside hours, on closed days or over other visits. Each reason is recorded."),
                    effect="With a reason, the front desk can override a soft rule; when off, soft rules always apply.",
                ),
            ),
        ),
        Group(
            title=_("Cancellations and no-shows"),
            settings=(
                Setting(
                    name="minimum_cancellation_notice",
                    label=_("Cancellation notice"),
                    unit=_("minutes"),
                    low=0,
                    high=43_200,
                    zero=_("no notice required"),
                    help=_("Later cancellations count as short notice, and patients cannot cancel online."),
                    effect="A later cancellation is recorded as late, and cannot be made with the patient's own link.",
                ),
                Setting(
                    name="cancellation_reason_required",
                    label=_("Require a note when the front desk cancels"),
                    effect="A cancellation by the front desk without a note is rejected.",
                ),
                Setting(
                    name="auto_no_show_threshold",
                    label=_("Mark as no-show after"),
                    unit=_("minutes"),
                    low=0,
                    high=480,
                    zero=_("never automatically"),
                    help=_("Counted from the start of the visit, if the patient has not arrived."),
                    effect="A job marks visits as no-show this long after their start.",
                ),
                Setting(
                    name="no_show_virtual",
                    label=_("Include video visits"),
                    help=_("Video visits have no check-in, so by default they are not marked."),
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
    intro=_("The form that patients fill in before their visit."),
    groups=(
        Group(
            title=_("Form"),
            settings=(
                Setting(
                    name="intake_required",
                    label=_("Require an intake form for every visit"),
                    help=_("When off, forms and reminders are not sent, and no form counts as missing."),
                    effect="Forms and reminders are sent, and missing forms count as needing attention.",
                ),
                Setting(
                    name="intake_delivery_path",
                    choices=(
                        ("automatic", _("Automatically, when a visit is booked")),
                        ("ask-every-time", _("Ask when booking")),
                        ("manual", _("Only when staff send it")),
                    ),
                    label=_("Send the form"),
                    effect="`automatic` sends the link on booking, `manual` never, `ask-every-time` asks on booking.",
                ),
                Setting(
                    name="lock_appointment_if_missing",
                    label=_("Require the form before confirming or checking in"),
                    help=_(
                        "Only if every visit requires a form. Staff can still override with a reason, if you allow it."
                    ),
                    effect="Confirming or checking in without a completed form is rejected.",
                ),
                Setting(
                    name="allow_manual_completion",
                    label=_("Staff can complete a form for the patient"),
                    help=_("By entering it from paper, or by marking it as completed with a reason."),
                    effect="Entering a form from paper and marking it as completed are offered and accepted.",
                ),
            ),
        ),
    ),
)
