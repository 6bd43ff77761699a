"""Escalation settings: when a conversation needs a staff member."""

from django.utils.translation import gettext_lazy as _

from clinicflow.clinic_settings.schema.types import Group, Setting, Tab

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
