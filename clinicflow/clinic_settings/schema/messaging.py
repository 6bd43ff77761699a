"""How patients and the clinic's own people are reached."""

from django.utils.translation import gettext_lazy as _

from clinicflow.clinic_settings.schema.types import Group, Setting, Tab

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
