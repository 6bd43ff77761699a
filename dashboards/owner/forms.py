"""Forms of the owner's pages: the period, and the minutes per task."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinicflow.core.errors import Invalid
from clinicflow.web.forms import add_domain_errors
from clinicflow.web.widgets import DateInput
from dashboards.figures.rules.periods import Comparison, Period, Step
from dashboards.models import TaskMinutes

FIRST, LAST = dt.date(1990, 1, 1), dt.date(2199, 12, 31)


class PeriodForm(forms.Form):
    """The period of the figures: a preset that ends today, else `from` and `to`. Invalid values are ignored."""

    period = forms.CharField(required=False)
    step = forms.ChoiceField(
        required=False,
        label=_("Group by"),
        choices=[(Step.DAY, _("Day")), (Step.WEEK, _("Week")), (Step.MONTH, _("Month"))],
        initial=Step.WEEK,
    )
    compare = forms.ChoiceField(
        required=False,
        label=_("Compare with"),
        choices=[
            (Comparison.PREVIOUS, _("Previous period")),
            (Comparison.YEAR, _("A year earlier")),
            (Comparison.NONE, _("No comparison")),
        ],
        initial=Comparison.PREVIOUS,
    )

    def __init__(self, data: Any, *, today: dt.date) -> None:
        super().__init__(data, auto_id="period-%s")
        self.today = today
        for name, label in (("from", _("From")), ("to", _("To"))):
            self.fields[name] = forms.DateField(
                required=False, label=label, input_formats=["%Y-%m-%d"], widget=DateInput
            )
        self.fields["to"].widget.attrs["max"] = today.isoformat()

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        for name in ("from", "to"):
            if values.get(name) and not FIRST <= values[name] <= LAST:
                self.add_error(name, _("Enter a date between 1990 and 2199."))
        return values

    @property
    def chosen(self) -> Period:
        """The requested period. The default one, with errors on the form, when it is invalid."""
        options: dict[str, Any] = {
            "step": Step(self._value("step") or Step.WEEK),
            "compare": Comparison(self._value("compare") or Comparison.PREVIOUS),
        }
        first, last = self._value("from"), self._value("to")
        if self.errors or self._value("period") or not (first or last):
            return Period.preset(self._value("period") or "", self.today, **options)
        try:
            return Period.between(first, last, self.today, **options)
        except Invalid as refused:
            add_domain_errors(self, refused)
            return Period.preset("", self.today, **options)

    def showing(self, period: Period) -> "PeriodForm":
        """The form to show beside the figures of `period`: with its days, or with what was sent and refused."""
        if self.errors:
            return self
        how = {"step": period.step.value, "compare": period.compare.value}
        days = {"from": period.start.isoformat(), "to": period.last_day.isoformat()}
        return PeriodForm(days | how, today=self.today)

    def _value(self, name: str) -> Any:
        return self.cleaned_data.get(name) if self.is_bound and not self.has_error(name) else None


class TaskMinutesForm(forms.ModelForm):
    """The clinic's minutes per task."""

    class Meta:
        model = TaskMinutes
        fields = ("confirmation", "message", "intake", "summary")
        labels = {
            "confirmation": _("Confirming a visit by phone"),
            "message": _("Sending a link or a reminder"),
            "intake": _("Entering a paper form"),
            "summary": _("Writing a summary of a form"),
        }
        widgets = {name: forms.NumberInput(attrs={"inputmode": "numeric"}) for name in fields}
