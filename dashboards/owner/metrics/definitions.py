"""What each figure means: the one table that pages, the API's schema and docs/metrics.md are written from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from dashboards.figures.selectors.totals import FEW, Number, Totals, share


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure: its name, unit, the direction that is an improvement (0: neither), its meaning and its sum.

    `of` is None for what needs more than a tally.
    """

    key: str
    label: Any
    says: Any
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
            "Visits that took place, were missed, or are still open although their start has passed. Cancelled, moved "
            "and deleted ones are not among them."
        ),
        of=lambda tally: tally["visits"],
    ),
    Figure(
        key="new_patients",
        label=_("New patients"),
        unit="",
        good=1,
        says=_("Visits of these that were booked as a new patient's."),
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
            "Cancelled visits ÷ visits and cancelled visits together. A visit moved to another time is not cancelled."
        ),
        of=lambda tally: share(tally.cancelled, tally.booked),
    ),
    Figure(
        key="late_rate",
        label=_("Cancelled late"),
        good=-1,
        says=_("Cancellations inside the clinic's notice period ÷ all cancellations."),
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
            "it was counted with. Overtime never makes it more than 100%."
        ),
        of=lambda tally: tally.use,
    ),
    Figure(
        key="intake_rate",
        label=_("Intake in before the visit"),
        good=1,
        says=_("Visits whose form was sent in before their start ÷ visits. Waived forms do not count as sent in."),
        of=lambda tally: share(tally["intake_before"], tally["visits"]),
    ),
    Figure(
        key="intake_reminded_rate",
        label=_("Intake in, with a reminder"),
        good=1,
        says=_("Of the visits with a form whose patient was reminded before it: those whose form came in before it."),
        of=lambda tally: share(tally["reminded_before"], tally["reminded"]),
    ),
    Figure(
        key="intake_unreminded_rate",
        label=_("Intake in, without a reminder"),
        good=1,
        says=_(
            "Of the visits with a form whose patient was not reminded: those whose form came in before the visit. Only "
            "those who are late are reminded, so the two groups are not alike."
        ),
        of=lambda tally: share(tally.unreminded_before, tally.unreminded),
    ),
    Figure(
        key="confirmed_alone_rate",
        label=_("Confirmed without staff"),
        good=1,
        says=_(
            "Visits confirmed by the patient's own link or reply, or by ClinicFlow ÷ visits that were confirmed at "
            "all. Walk-ins are left out."
        ),
        of=lambda tally: share(tally["confirmed_alone"], tally["confirmed"]),
    ),
    Figure(
        key="settled_rate",
        label=_("Conversations settled alone"),
        good=1,
        says=_("Texts, mails and calls with patients that were completed and never waited for a person ÷ all of them."),
        of=lambda tally: share(tally["settled"], tally["conversations"]),
    ),
    Figure(
        key="escalated_rate",
        label=_("Handed to the desk"),
        good=-1,
        says=_("Conversations that waited for a person at any time ÷ all of them."),
        of=lambda tally: share(tally["escalated"], tally["conversations"]),
    ),
    Figure(
        key="summary_time",
        label=_("Form to summary"),
        unit="s",
        good=-1,
        says=_(
            "Mean seconds from a form being sent in to its first summary, for each time it was sent in; what a doctor "
            "wrote by hand is left out."
        ),
        of=lambda tally: tally.summary_time,
    ),
    Figure(
        key="summary_quick_rate",
        label=_("Summary within a minute"),
        good=1,
        says=_("Summaries that were there within 60 seconds ÷ all of them."),
        of=lambda tally: share(tally["summaries_quick"], tally["summaries"]),
    ),
    Figure(
        key="minutes_saved",
        label=_("Staff time saved"),
        unit="min",
        good=1,
        says=_(
            "Confirmations without staff, links and reminders sent, forms filled in online and summaries made, each "
            "times the minutes that the clinic says it would take by hand. An estimate."
        ),
    ),
)
FIGURES = {figure.key: figure for figure in TABLE}
UNITS = {"%": "percent", "s": "seconds", "min": "minutes", "": "a count"}


def as_markdown() -> str:
    """docs/metrics.md."""
    with translation.override("en"):
        rows = [f"| {figure.label} | `{figure.key}` | {UNITS[figure.unit]} | {figure.says} |" for figure in TABLE]
    return "\n".join([*HEAD, *rows, ""])


HEAD = f"""# The owner's figures

Written by `manage.py write_metrics` from `dashboards/owner/metrics/definitions.py`; a test fails when it is not so.

- Each figure belongs to the local day of its visit, also what happened before that day. Deleted visits and those moved
  to another time count nowhere.
- Today's figures are as of now. A day's are counted anew whenever one of its rows changes.
- A period is compared with the days before it, as many, or with the same weekdays 52 weeks earlier. If the clinic's
  first visit came after the first week of those days, there is nothing to compare with.
- **Few**: a group of 1 to {FEW - 1} (the visits of a doctor or an hour, the cancellations for a reason) is shown as
  "<{FEW}" (in the API: null) with all its parts and shares; where that would be one alone, so is the smallest of the
  others, since the missing one could be found by subtraction. The parts of a group that is shown are shown. A share of
  fewer than {FEW} says nothing and is not shown. Totals of the whole clinic and the use of its time are always shown.
  Nothing keeps an owner from subtracting two periods; nobody's name or reason is in any of them.

| figure | name | unit | what it is |
|---|---|---|---|""".split("\n")
