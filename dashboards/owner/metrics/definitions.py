"""Definitions of the figures, from which the pages, the API schema and docs/metrics.md are generated."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dashboards.figures.selectors.totals import FEW, Number, Totals, share


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure. `good` is the direction of an improvement (0: neither), `says` its definition.

    `of` computes it from totals; None if it depends on more than totals.
    """

    key: str
    label: str | Promise
    says: str | Promise
    unit: str = "%"
    good: int = 0
    of: Callable[[Totals], Number] | None = None


TABLE = (
    Figure(
        key="visits",
        label=_("Visits"),
        unit="",
        good=1,
        says=_(
            "Visits that took place, were missed, or are still open after their start. Cancelled, rescheduled and "
            "deleted visits are not included."
        ),
        of=lambda tally: tally["visits"],
    ),
    Figure(
        key="new_patients",
        label=_("New patients"),
        unit="",
        good=1,
        says=_("Visits that were booked for new patients."),
        of=lambda tally: tally["new_patients"],
    ),
    Figure(
        key="returning",
        label=_("Returning patients"),
        unit="",
        good=1,
        says=_("Visits that were booked as follow-ups."),
        of=lambda tally: tally.returning,
    ),
    Figure(
        key="no_show_rate",
        label=_("No-show rate"),
        good=-1,
        says=_("No-shows ÷ visits."),
        of=lambda tally: share(tally["no_shows"], tally["visits"]),
    ),
    Figure(
        key="cancelled_rate",
        label=_("Cancelled"),
        good=-1,
        says=_(
            "Cancelled visits ÷ visits and cancelled visits together. A rescheduled visit does not count as cancelled."
        ),
        of=lambda tally: share(tally.cancelled, tally.booked),
    ),
    Figure(
        key="late_rate",
        label=_("Cancelled late"),
        good=-1,
        says=_("Cancellations within the clinic's notice period ÷ all cancellations."),
        of=lambda tally: share(tally.late, tally.cancelled),
    ),
    Figure(
        key="confirmed_rate",
        label=_("Confirmed before the day"),
        good=1,
        says=_("Visits confirmed before their local day began ÷ visits."),
        of=lambda tally: share(tally["confirmed_before"], tally["visits"]),
    ),
    Figure(
        key="use",
        label=_("Open hours booked"),
        good=1,
        says=_(
            "Booked minutes ÷ open minutes. Booked are visits that are neither cancelled nor missed. Open are the "
            "doctors' hours minus closures and time off, from the clinic's first visit on; a past day keeps the hours "
            "that it was counted with. Overtime does not raise it above 100%."
        ),
        of=lambda tally: tally.use,
    ),
    Figure(
        key="intake_rate",
        label=_("Intake submitted before the visit"),
        good=1,
        says=_("Visits whose form was submitted before they started ÷ visits. Waived forms do not count as submitted."),
        of=lambda tally: share(tally["intake_before"], tally["visits"]),
    ),
    Figure(
        key="intake_reminded_rate",
        label=_("Intake submitted, with a reminder"),
        good=1,
        says=_("Share of visits with a reminder whose form was submitted before the visit."),
        of=lambda tally: share(tally["reminded_before"], tally["reminded"]),
    ),
    Figure(
        key="intake_unreminded_rate",
        label=_("Intake submitted, without a reminder"),
        good=1,
        says=_(
            "Share of visits without a reminder whose form was submitted before the visit. Only patients who have not "
            "submitted their form are reminded, so the two groups differ."
        ),
        of=lambda tally: share(tally.unreminded_before, tally.unreminded),
    ),
    Figure(
        key="confirmed_alone_rate",
        label=_("Confirmed without staff"),
        good=1,
        says=_(
            "Visits confirmed by the patient's link or reply, or by ClinicFlow ÷ all confirmed visits. Walk-ins are "
            "not included."
        ),
        of=lambda tally: share(tally["confirmed_alone"], tally["confirmed"]),
    ),
    Figure(
        key="settled_rate",
        label=_("Conversations resolved automatically"),
        good=1,
        says=_("Text, email and phone conversations that were completed and never needed a staff reply ÷ all of them."),
        of=lambda tally: share(tally["settled"], tally["conversations"]),
    ),
    Figure(
        key="escalated_rate",
        label=_("Passed on to the front desk"),
        good=-1,
        says=_("Conversations that needed a staff reply at any time ÷ all of them."),
        of=lambda tally: share(tally["escalated"], tally["conversations"]),
    ),
    Figure(
        key="summary_time",
        label=_("Form to summary"),
        unit="s",
        good=-1,
        says=_(
            "Mean seconds from the submission of a form to its first summary, for each submission. Summaries written "
            "by a doctor are not included."
        ),
        of=lambda tally: tally.summary_time,
    ),
    Figure(
        key="summary_quick_rate",
        label=_("Summary within a minute"),
        good=1,
        says=_("Summaries that were ready within 60 seconds ÷ all of them."),
        of=lambda tally: share(tally["summaries_quick"], tally["summaries"]),
    ),
    Figure(
        key="minutes_saved",
        label=_("Staff time saved"),
        unit="min",
        good=1,
        says=_(
            "Confirmations without staff, links and reminders sent, forms filled in online and summaries generated, "
            "each times the minutes that it would take the staff. An estimate."
        ),
    ),
)
FIGURES = {figure.key: figure for figure in TABLE}
UNITS = {"%": "percent", "s": "seconds", "min": "minutes", "": "a count"}


def as_markdown() -> str:
    """The text of docs/metrics.md."""
    with translation.override("en"):
        rows = [f"| {figure.label} | `{figure.key}` | {UNITS[figure.unit]} | {figure.says} |" for figure in TABLE]
    return "\n".join([*HEAD, *rows, ""])


HEAD = f"""# The owner's figures

Generated by `manage.py write_metrics` from `dashboards/owner/metrics/definitions.py`; a test fails when it is outdated.

- Each figure belongs to the local day of its visit, including what happened before that day. Deleted and rescheduled
  visits do not count.
- Today's figures are as of now. Those of a day are counted again whenever one of its rows changes.
- A period is compared with the same number of days before it, or with the same weekdays 52 weeks earlier. If the
  clinic's first visit came after the first week of those days, there is no earlier data.
- **Few**: a group of 1 to {FEW - 1} (the visits of a doctor or an hour, the cancellations for a reason) is shown as
  "<{FEW}" (in the API: null) with all its parts and shares. If it is the only such group, so is the smallest of the
  others, because a single missing value could be found by subtraction. The parts of a group that is shown are shown. A
  share of fewer than {FEW} is not shown. Totals of the whole clinic and the use of its time are always shown.
  An owner can still subtract two periods; no name or reason of a patient is in any of them.

| figure | name | unit | definition |
|---|---|---|---|""".split("\n")
