"""What the owner's pages ask for: which days to look at, and how long tasks take; what a person wants to be told of."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinicflow.core.errors import Invalid
from clinicflow.notifications.models import Notification, NotificationPreference
from dashboards.figures.rules.periods import Comparison, Period, Step
from dashboards.models import TaskMinutes

FIRST, LAST = dt.date(1990, 1, 1), dt.date(2199, 12, 31)


class PeriodForm(forms.Form):
    """`period` names one that ends today; without it `from` and `to` count. Whatever is wrong means the default."""

    period = forms.CharField(required=False)
    step = forms.ChoiceField(
        required=False,
        label=_("In steps of"),
        choices=[(Step.DAY, _("Days")), (Step.WEEK, _("Weeks")), (Step.MONTH, _("Months"))],
        initial=Step.WEEK,
    )
    compare = forms.ChoiceField(
        required=False,
        label=_("Compared with"),
        choices=[
            (Comparison.PREVIOUS, _("The days before")),
            (Comparison.YEAR, _("A year earlier")),
            (Comparison.NONE, _("Nothing")),
        ],
        initial=Comparison.PREVIOUS,
    )

    def __init__(self, data: Any, *, today: dt.date) -> None:
        super().__init__(data)
        self.today = today
        for name, label in (("from", _("From")), ("to", _("To, included"))):
            self.fields[name] = forms.DateField(required=False, label=label, input_formats=["%Y-%m-%d"])

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        for name in ("from", "to"):
            if values.get(name) and not FIRST <= values[name] <= LAST:
                self.add_error(name, _("No such day is known here."))
        return values

    @property
    def chosen(self) -> Period:
        """The period that is asked for; where it is refused, the default one, and the form has errors."""
        how: dict[str, Any] = {
            "step": Step(self._value("step") or Step.WEEK),
            "compare": Comparison(self._value("compare") or Comparison.PREVIOUS),
        }
        first, last = self._value("from"), self._value("to")
        if self.errors or self._value("period") or not (first or last):
            return Period.preset(self._value("period") or "", self.today, **how)
        try:
            return Period.between(first, last, self.today, **how)
        except Invalid as refused:
            for name, errors in refused.fields.items():
                self.add_error(name, list(errors))
            return Period.preset("", self.today, **how)

    def _value(self, name: str) -> Any:
        return self.cleaned_data.get(name) if self.is_bound and not self.has_error(name) else None


class TaskMinutesForm(forms.ModelForm):
    class Meta:
        model = TaskMinutes
        fields = ("confirmation", "message", "intake", "summary")
        labels = {
            "confirmation": _("Confirming a visit by phone"),
            "message": _("Sending a link or a reminder"),
            "intake": _("Typing in a form from paper"),
            "summary": _("Writing a summary of a form"),
        }


KINDS = (
    (Notification.Kind.CANCELLATION, _("Cancellations"), _("A visit was cancelled, by whomever.")),
    (Notification.Kind.NO_SHOW, _("No-shows"), _("A patient did not come.")),
    (Notification.Kind.UNCONFIRMED, _("Unconfirmed visits"), _("A visit is near and nobody has confirmed it.")),
    (Notification.Kind.MISSING_INTAKE, _("Missing intake"), _("A visit is near and its form is not in.")),
    (
        Notification.Kind.AI_ATTENTION,
        _("Needs a person"),
        _("A patient asks for somebody, or a summary holds something to ask about."),
    ),
    (Notification.Kind.SUMMARY_FAILED, _("Failed summaries"), _("No summary could be made of a form.")),
)


class PreferencesForm(forms.Form):
    """Which kinds one wants to hear of, and when by mail."""

    wanted = forms.MultipleChoiceField(choices=[(kind, label) for kind, label, _help in KINDS], required=False)
    email = forms.ChoiceField(choices=NotificationPreference.Email.choices)

    @property
    def muted(self) -> list[str]:
        return [kind for kind in Notification.Kind.values if kind not in self.cleaned_data["wanted"]]
