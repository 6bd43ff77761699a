"""Notification settings: events and channels."""

from django.utils.translation import gettext_lazy as _

from clinicflow.clinic_settings.schema.types import Group, Setting, Tab

NOTIFICATIONS = Tab(
    slug="notifications",
    label=_("Notifications"),
    icon="bell",
    intro=_("What members are notified about. Notifications never contain clinical details."),
    groups=(
        Group(
            title=_("Notify us about"),
            settings=(
                Setting(
                    name="notify_unconfirmed",
                    label=_("Unconfirmed visits"),
                    effect="A notification for upcoming visits without a confirmation.",
                ),
                Setting(
                    name="notify_missing_intake",
                    label=_("Missing intake forms"),
                    effect="A notification for upcoming visits without a form.",
                ),
                Setting(
                    name="notify_ai_attention",
                    label=_("Conversations that need a reply"),
                    effect="A notification when a conversation is escalated.",
                ),
                Setting(
                    name="notify_cancellations",
                    label=_("Cancellations"),
                    effect="A notification when a visit is cancelled.",
                ),
                Setting(
                    name="notify_no_shows",
                    label=_("No-shows"),
                    effect="A notification when a visit becomes a no-show.",
                ),
            ),
        ),
        Group(
            title=_("Channels"),
            settings=(
                Setting(
                    name="notify_via_app",
                    label=_("In the app"),
                    help=_("Live, in the notification menu."),
                    effect="Notifications are shown in the notification menu; when off, none are.",
                ),
                Setting(
                    name="notify_via_email",
                    label=_("By email"),
                    help=_("Immediately or as a digest, as each member prefers."),
                    effect="Notifications are also sent by email.",
                ),
            ),
        ),
    ),
)
