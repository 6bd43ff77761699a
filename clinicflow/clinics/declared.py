"""Every setting, declared once: where it stands, what it is called, its unit and bounds, and what it does.

The pages, the operations' bounds and docs/settings.md are made from this. Types, choices and defaults are the model's.
The test that shows the effect of a setting is `test_<name>` in `tests/effects/test_<tab>.py`.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinicflow.clinics.models import Clinic, ClinicSettings, DoctorSettings

DAYS = (
    ("mon", _("Mon")),
    ("tue", _("Tue")),
    ("wed", _("Wed")),
    ("thu", _("Thu")),
    ("fri", _("Fri")),
    ("sat", _("Sat")),
    ("sun", _("Sun")),
)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting. `help` is for whoever decides, `effect` for docs/settings.md: what changes, where. `low` and
    `high` are in `unit`. `zero` says what 0 means, where that is something of its own."""

    name: str
    label: Any
    help: Any = ""
    effect: str
    unit: Any = ""
    low: int | None = None
    high: int | None = None
    zero: Any = ""
    choices: tuple[tuple[Any, Any], ...] = ()
    model: type[models.Model] = ClinicSettings

    @property
    def field(self) -> Any:
        """The model's field, which knows type, choices and default."""
        return self.model._meta.get_field(self.column)

    @property
    def column(self) -> str:
        """The field's name on its model: the clinic's own fields carry a prefix in forms and the API."""
        return self.name.removeprefix("clinic_") if self.model is Clinic else self.name

    def value(self, row: Any) -> Any:
        return getattr(row.clinic if self.model is Clinic else row, self.column)


@dataclass(frozen=True, kw_only=True)
class Group:
    """Settings that are read together."""

    title: Any
    settings: tuple[Setting, ...]
    intro: Any = ""


@dataclass(frozen=True, kw_only=True)
class Tab:
    slug: str
    label: Any
    icon: str
    intro: Any
    groups: tuple[Group, ...]
    asks_again: bool = False  # for the password, when saving

    @property
    def settings(self) -> list[Setting]:
        return [setting for group in self.groups for setting in group.settings]

    def values(self, row: Any) -> dict[str, Any]:
        """What is decided, by name; `row.clinic` has the clinic's own fields."""
        return {setting.name: setting.value(row) for setting in self.settings}

    def fingerprint(self, row: Any) -> str:
        """Changes whenever one of the tab's values does: who saves says by this what they had before them."""
        return hashlib.sha256(repr(self.values(row)).encode()).hexdigest()[:20]


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
MESSAGING = Tab(
    slug="messaging",
    label=_("Voice AI & messaging"),
    icon="message-square",
    intro=_("How patients are reached. What a patient has opted out of is never used."),
    groups=(
        Group(
            title=_("Channels"),
            settings=(
                Setting(
                    name="sms_enabled",
                    label=_("Text messages"),
                    help=_("Off, whoever has an e-mail address gets that instead."),
                    effect="Messages go out as SMS; off, by the next channel the patient accepts.",
                ),
                Setting(
                    name="email_enabled",
                    label=_("E-mail"),
                    effect="Messages go out as e-mail where SMS is not possible; off, never.",
                ),
                Setting(
                    name="voice_enabled",
                    label=_("Phone calls by the voice assistant"),
                    help=_("A doctor can switch it off for their own patients."),
                    effect="Outreach calls the day before a visit, earlier where it cannot write; off, it never calls.",
                ),
            ),
        ),
        Group(
            title=_("Calls and when to write"),
            settings=(
                Setting(
                    name="call_window_start",
                    label=_("Not before"),
                    help=_("On the clinic's clock: for calls, and for reminders by message."),
                    effect="No call and no reminder goes out earlier in the day.",
                ),
                Setting(
                    name="call_window_end",
                    label=_("Not after"),
                    effect="No call and no reminder goes out later in the day; it waits for the next morning.",
                ),
                Setting(
                    name="max_call_attempts",
                    label=_("Attempts"),
                    unit=_("calls"),
                    low=1,
                    high=10,
                    help=_("After the last one without an answer a person takes over, if you want it so."),
                    effect="Outreach gives up after this many unanswered attempts.",
                ),
                Setting(
                    name="retry_delay",
                    label=_("Between attempts"),
                    unit=_("minutes"),
                    low=5,
                    high=1440,
                    effect="The next attempt is this much later than the one before it.",
                ),
            ),
        ),
        Group(
            title=_("Language model"),
            intro=_("What it does, costs and did last is on the page of the model."),
            settings=(
                Setting(
                    name="ai_agreement_confirmed",
                    label=_("We have a BAA and zero data retention with the provider of the model"),
                    help=_("Without it no answer leaves this machine, and rules write the summaries."),
                    effect="A model, where one is set up, writes summaries; off, rules do.",
                ),
                Setting(
                    name="ai_monthly_cap_usd",
                    label=_("At most a month"),
                    unit=_("US dollars"),
                    low=0,
                    high=100_000,
                    help=_("When it is spent, rules write the summaries until the next month."),
                    effect="A model that has cost this much in a month is not called again in it.",
                ),
            ),
        ),
    ),
)
ESCALATION = Tab(
    slug="escalation",
    label=_("Escalation"),
    icon="flag",
    intro=_("When a conversation with a patient waits for a person. It then stands in Needs attention."),
    groups=(
        Group(
            title=_("A person takes over when the patient"),
            settings=(
                Setting(
                    name="escalate_on_human_request",
                    label=_("asks for a person"),
                    effect="Such a reply escalates the conversation with the reason requested-human.",
                ),
                Setting(
                    name="escalate_on_unrecognized",
                    label=_("asks or says something that is not understood"),
                    effect="Such a reply escalates the conversation with the reason complex-question.",
                ),
                Setting(
                    name="escalate_on_ambiguous",
                    label=_("gives an answer that could mean both"),
                    help=_("Off, the patient is asked once more instead."),
                    effect="Such a reply escalates the conversation with the reason ambiguous-reply.",
                ),
                Setting(
                    name="escalate_on_no_response",
                    label=_("does not answer even the last attempt"),
                    effect="A conversation without any answer is escalated after the last attempt.",
                ),
            ),
        ),
    ),
)
NOTIFICATIONS = Tab(
    slug="notifications",
    label=_("Notifications"),
    icon="bell",
    intro=_("What the clinic's people are told of. Messages never hold anything clinical."),
    groups=(
        Group(
            title=_("Tell us about"),
            settings=(
                Setting(
                    name="notify_unconfirmed",
                    label=_("Visits that are still unconfirmed"),
                    effect="A notification for visits that come near without a confirmation.",
                ),
                Setting(
                    name="notify_missing_intake",
                    label=_("Intake forms that are missing"),
                    effect="A notification for visits that come near without a form.",
                ),
                Setting(
                    name="notify_ai_attention",
                    label=_("Conversations that need a person"),
                    effect="A notification when a conversation is escalated.",
                ),
                Setting(
                    name="notify_cancellations",
                    label=_("Cancellations"),
                    effect="A notification when a visit is cancelled.",
                ),
                Setting(
                    name="notify_no_shows",
                    label=_("Patients who did not come"),
                    effect="A notification when a visit becomes a no-show.",
                ),
            ),
        ),
        Group(
            title=_("How"),
            settings=(
                Setting(
                    name="notify_via_app",
                    label=_("In the app"),
                    help=_("The bell, live."),
                    effect="Notifications stand under the bell; off, none do.",
                ),
                Setting(
                    name="notify_via_email",
                    label=_("By e-mail"),
                    help=_("At once or as a digest, as each person has chosen."),
                    effect="Notifications are also sent by e-mail.",
                ),
            ),
        ),
    ),
)
PREFERENCES = Tab(
    slug="preferences",
    label=_("Preferences"),
    icon="sliders-horizontal",
    intro=_("How pages look for everybody in the clinic. Messages to patients follow too."),
    groups=(
        Group(
            title=_("Dates and times"),
            settings=(
                Setting(
                    name="time_format",
                    choices=(("12h", _("12 hours: 3:30 pm")), ("24h", _("24 hours: 15:30"))),
                    label=_("Clock"),
                    effect="Times on pages and in messages are written `3:00 pm` or `15:00`.",
                ),
                Setting(
                    name="date_format",
                    choices=(
                        ("MM/DD/YYYY", _("Month first: 11/23/2026")),
                        ("DD/MM/YYYY", _("Day first: 23/11/2026")),
                        ("YYYY-MM-DD", _("Year first: 2026-11-23")),
                    ),
                    label=_("Order of a date"),
                    effect="Dates on pages, in messages and in patient imports have this order.",
                ),
            ),
        ),
        Group(
            title=_("Pages"),
            settings=(
                Setting(
                    name="default_dashboard_view",
                    choices=(
                        ("dashboard", _("Today on one screen")),
                        ("schedule", _("The week")),
                        ("patients", _("Patients")),
                        ("inbox", _("Inbox")),
                    ),
                    label=_("First page of the front desk"),
                    help=_("After signing in. Doctors start at My day, owners at the Overview."),
                    effect="The page that the front desk sees first after signing in.",
                ),
                Setting(
                    name="auto_refresh_interval",
                    label=_("Look again every"),
                    unit=_("seconds"),
                    low=0,
                    high=3600,
                    zero=_("off"),
                    help=_("Changes come by themselves; this is the net under a bad connection."),
                    effect="Open pages ask again for what they show after this long; 0 switches it off.",
                ),
            ),
        ),
    ),
)
SECURITY = Tab(
    slug="security",
    label=_("Security & users"),
    icon="shield-check",
    intro=_("How people of the clinic sign in."),
    asks_again=True,
    groups=(
        Group(
            title=_("Signing in"),
            settings=(
                Setting(
                    name="session_timeout",
                    label=_("Sign out after"),
                    unit=_("minutes"),
                    low=5,
                    high=1440,
                    help=_(
                        "Without a click or a key. It holds for every sign-in of the clinic that is open now: "
                        "whoever has been away longer signs in again."
                    ),
                    effect="A sign-in without a request for this long ends, those that are open included.",
                ),
                Setting(
                    name="require_mfa",
                    label=_("Everybody needs a second factor"),
                    help=_(
                        "An authenticator app or a passkey. Switching this on ends the sign-ins of all who have "
                        "none at once; they set one up when they sign in next."
                    ),
                    effect="Nobody works in the clinic without a second factor; sign-ins without one end at once.",
                ),
            ),
        ),
    ),
)
TABS = (CLINIC, SCHEDULING, INTAKE, MESSAGING, ESCALATION, NOTIFICATIONS, PREFERENCES, SECURITY)
TAB_BY_SLUG = {tab.slug: tab for tab in TABS}

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


def every(tabs: Iterable[Tab] = (*TABS, DOCTOR)) -> Iterator[tuple[Tab, Setting]]:
    """All settings, in the order of the pages."""
    return ((tab, setting) for tab in tabs for setting in tab.settings)


OF_CLINIC = {setting.name: setting.column for _tab, setting in every(TABS) if setting.model is Clinic}
RANGES = {setting.name: (setting.low, setting.high) for _tab, setting in every(TABS) if setting.low is not None}
