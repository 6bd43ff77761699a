"""Messaging settings: channels, call window and language model."""

from django.utils.translation import gettext_lazy as _

from clinicflow.clinic_settings.schema.types import Group, Setting, Tab

MESSAGING = Tab(
    slug="messaging",
    label=_("Voice AI & messaging"),
    icon="message-square",
    intro=_("How the clinic contacts patients. A channel that a patient has opted out of is never used."),
    groups=(
        Group(
            title=_("Channels"),
            settings=(
                Setting(
                    name="sms_enabled",
                    label=_("Text messages"),
                    help=_("When off, patients with an email address get an email instead."),
                    effect="Messages are sent by SMS; when off, by the next channel that the patient accepts.",
                ),
                Setting(
                    name="email_enabled",
                    label=_("Email"),
                    effect="Messages are sent by email where SMS is not possible; when off, never.",
                ),
                Setting(
                    name="voice_enabled",
                    label=_("Calls by the voice assistant"),
                    help=_("Doctors can turn it off for their own patients."),
                    effect="Outreach calls the day before a visit, earlier without a written channel; when off, never.",
                ),
            ),
        ),
        Group(
            title=_("Calls and quiet hours"),
            settings=(
                Setting(
                    name="call_window_start",
                    label=_("No earlier than"),
                    help=_("Applies to calls and reminders, in the clinic's time zone."),
                    effect="Calls and reminders are not sent earlier in the day.",
                ),
                Setting(
                    name="call_window_end",
                    label=_("No later than"),
                    effect="Calls and reminders are not sent later in the day; they are deferred to the next morning.",
                ),
                Setting(
                    name="max_call_attempts",
                    label=_("Call attempts"),
                    unit=_("calls"),
                    low=1,
                    high=10,
                    help=_("After the last unanswered call, a staff member can take over: see Escalation."),
                    effect="Outreach stops after this many unanswered calls.",
                ),
                Setting(
                    name="retry_delay",
                    label=_("Time between attempts"),
                    unit=_("minutes"),
                    low=5,
                    high=1440,
                    effect="The minimum time between one attempt and the next.",
                ),
            ),
        ),
        Group(
            title=_("Language model"),
            intro=_("Usage and cost are on the language model page."),
            settings=(
                Setting(
                    name="ai_agreement_confirmed",
                    label=_("We have a BAA and zero data retention with the model's provider"),
                    help=_("Without it, patients' answers never leave this server and rules write the summaries."),
                    effect="A model, if one is configured, writes the summaries; when off, rules do.",
                ),
                Setting(
                    name="ai_monthly_cap_usd",
                    label=_("Monthly limit"),
                    unit=_("US dollars"),
                    low=0,
                    high=100_000,
                    help=_("Once it is reached, rules write the summaries until the next month."),
                    effect="The model is not called again in a month in which it has cost this much.",
                ),
            ),
        ),
    ),
)
