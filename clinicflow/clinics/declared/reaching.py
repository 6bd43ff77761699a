"""How patients and the clinic's own people are reached."""

from django.utils.translation import gettext_lazy as _

from clinicflow.clinics.declared.shape import Group, Setting, Tab

MESSAGING = Tab(
    slug="messaging",
    label=_("Voice AI & messaging"),
    icon="message-square",
    intro=_("How patients are reached. What a patient has opted out of is never used."),
    groups=(
        Group(
            title=_("Channels"),
            settings=(
                Setting(
                    name="sms_enabled",
                    label=_("Text messages"),
                    help=_("Off, whoever has an e-mail address gets that instead."),
                    effect="Messages go out as SMS; off, by the next channel the patient accepts.",
                ),
                Setting(
                    name="email_enabled",
                    label=_("E-mail"),
                    effect="Messages go out as e-mail where SMS is not possible; off, never.",
                ),
                Setting(
                    name="voice_enabled",
                    label=_("Phone calls by the voice assistant"),
                    help=_("A doctor can switch it off for their own patients."),
                    effect="Outreach calls the day before a visit, earlier where it cannot write; off, it never calls.",
                ),
            ),
        ),
        Group(
            title=_("Calls and when to write"),
            settings=(
                Setting(
                    name="call_window_start",
                    label=_("Not before"),
                    help=_("On the clinic's clock: for calls, and for reminders by message."),
                    effect="No call and no reminder goes out earlier in the day.",
                ),
                Setting(
                    name="call_window_end",
                    label=_("Not after"),
                    effect="No call and no reminder goes out later in the day; it waits for the next morning.",
                ),
                Setting(
                    name="max_call_attempts",
                    label=_("Attempts"),
                    unit=_("calls"),
                    low=1,
                    high=10,
                    help=_("After the last one without an answer a person takes over, if you want it so."),
                    effect="Outreach gives up after this many unanswered attempts.",
                ),
                Setting(
                    name="retry_delay",
                    label=_("Between attempts"),
                    unit=_("minutes"),
                    low=5,
                    high=1440,
                    effect="The next attempt is this much later than the one before it.",
                ),
            ),
        ),
        Group(
            title=_("Language model"),
            intro=_("What it does, costs and did last is on the page of the model."),
            settings=(
                Setting(
                    name="ai_agreement_confirmed",
                    label=_("We have a BAA and zero data retention with the provider of the model"),
                    help=_("Without it no answer leaves this machine, and rules write the summaries."),
                    effect="A model, where one is set up, writes summaries; off, rules do.",
                ),
                Setting(
                    name="ai_monthly_cap_usd",
                    label=_("At most a month"),
                    unit=_("US dollars"),
                    low=0,
                    high=100_000,
                    help=_("When it is spent, rules write the summaries until the next month."),
                    effect="A model that has cost this much in a month is not called again in it.",
                ),
            ),
        ),
    ),
)
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
