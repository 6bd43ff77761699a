"""The form of a member's notification preferences."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinicflow.notifications.models import Notification, NotificationPreference

KINDS = (
    (Notification.Kind.CANCELLATION, _("Cancellations"), _("A visit was cancelled.")),
    (Notification.Kind.NO_SHOW, _("No-shows"), _("A patient did not show up.")),
    (Notification.Kind.UNCONFIRMED, _("Unconfirmed visits"), _("An upcoming visit is not confirmed.")),
    (Notification.Kind.MISSING_INTAKE, _("Missing intake"), _("The form of an upcoming visit is not submitted.")),
    (
        Notification.Kind.AI_ATTENTION,
        _("Needs a reply"),
        _("A patient asks to talk to someone, or a summary has items to check."),
    ),
    (Notification.Kind.SUMMARY_FAILED, _("Failed summaries"), _("A form could not be summarized.")),
)


class PreferencesForm(forms.Form):
    """The kinds of notifications that a member receives, and how often by email."""

    wanted = forms.MultipleChoiceField(choices=[(kind, label) for kind, label, _help in KINDS], required=False)
    email = forms.ChoiceField(choices=NotificationPreference.Email.choices)

    @property
    def muted(self) -> list[str]:
        """The kinds that are turned off."""
        return [str(kind) for kind, _label, _help in KINDS if kind not in self.cleaned_data["wanted"]]
