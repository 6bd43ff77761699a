"""Notification settings: events and channels."""

from django.utils.translation import gettext_lazy as _

from clinicflow.clinic_settings.schema.types import Group, Setting, Tab

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
