"""Escalation settings: when a conversation needs a staff member."""

from django.utils.translation import gettext_lazy as _

from clinicflow.clinic_settings.schema.types import Group, Setting, Tab

ESCALATION = Tab(
    slug="escalation",
    label=_("Escalation"),
    icon="flag",
    intro=_("When a conversation with a patient needs a reply from staff. It is then listed under Needs attention."),
    groups=(
        Group(
            title=_("Staff take over when the patient"),
            settings=(
                Setting(
                    name="escalate_on_human_request",
                    label=_("asks to talk to someone"),
                    effect="Such a reply escalates the conversation with the reason requested-human.",
                ),
                Setting(
                    name="escalate_on_unrecognized",
                    label=_("asks a question or is not understood"),
                    effect="Such a reply escalates the conversation with the reason complex-question.",
                ),
                Setting(
                    name="escalate_on_ambiguous",
                    label=_("gives an ambiguous answer"),
                    help=_("When off, the patient is asked once more instead."),
                    effect="Such a reply escalates the conversation with the reason ambiguous-reply.",
                ),
                Setting(
                    name="escalate_on_no_response",
                    label=_("does not answer the last attempt"),
                    effect="A conversation without any answer is escalated after the last attempt.",
                ),
            ),
        ),
    ),
)
