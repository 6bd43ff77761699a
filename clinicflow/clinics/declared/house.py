"""How pages look, and how people sign in."""

from django.utils.translation import gettext_lazy as _

from clinicflow.clinics.declared.shape import Group, Setting, Tab

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
