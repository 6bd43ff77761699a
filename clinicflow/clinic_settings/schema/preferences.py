"""Preferences: formats, first page and refresh interval."""

from django.utils.translation import gettext_lazy as _

from clinicflow.clinic_settings.schema.types import Group, Setting, Tab

PREFERENCES = Tab(
    slug="preferences",
    label=_("Preferences"),
    icon="sliders-horizontal",
    intro=_("Formats for every member of the clinic, and for messages to patients."),
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
                    label=_("Date format"),
                    effect="Dates on pages, in messages and in patient imports have this format.",
                ),
            ),
        ),
        Group(
            title=_("Pages"),
            settings=(
                Setting(
                    name="default_dashboard_view",
                    choices=(
                        ("dashboard", _("Today's schedule")),
                        ("schedule", _("Week")),
                        ("patients", _("Patients")),
                        ("inbox", _("Inbox")),
                    ),
                    label=_("Front desk's first page"),
                    help=_("Shown after sign-in. Doctors start on My day, owners on Overview."),
                    effect="The page that the front desk is sent to after signing in.",
                ),
                Setting(
                    name="auto_refresh_interval",
                    label=_("Refresh every"),
                    unit=_("seconds"),
                    low=0,
                    high=3600,
                    zero=_("off"),
                    help=_("Pages update live. This is a fallback for unreliable connections."),
                    effect="Open pages refresh at this interval, even without a live connection; 0 turns it off.",
                ),
            ),
        ),
    ),
)
