"""Security settings: sessions and second factors."""

from django.utils.translation import gettext_lazy as _

from clinicflow.clinic_settings.schema.types import Group, Setting, Tab

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
