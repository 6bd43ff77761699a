"""How pages look, and how people sign in."""

from django.utils.translation import gettext_lazy as _

from clinicflow.clinic_settings.schema.types import Group, Setting, Tab

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
