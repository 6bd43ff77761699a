"""Security settings: sessions and second factors."""

from django.utils.translation import gettext_lazy as _

from clinicflow.clinic_settings.schema.types import Group, Setting, Tab

SECURITY = Tab(
    slug="security",
    label=_("Security & users"),
    icon="shield-check",
    intro=_("How members sign in."),
    asks_again=True,
    groups=(
        Group(
            title=_("Sign-in"),
            settings=(
                Setting(
                    name="session_timeout",
                    label=_("Sign out after"),
                    unit=_("minutes"),
                    low=5,
                    high=1440,
                    help=_(
                        "Of inactivity. Applies to open sessions too: members who have been inactive for longer "
                        "must sign in again."
                    ),
                    effect="A session without a request for this long ends; open sessions included.",
                ),
                Setting(
                    name="require_mfa",
                    label=_("Require a second factor"),
                    help=_(
                        "An authenticator app or a passkey. Turning this on immediately signs out members without "
                        "one; they set one up when they next sign in."
                    ),
                    effect="Members cannot work without a second factor; sessions of those without one end at once.",
                ),
            ),
        ),
    ),
)
