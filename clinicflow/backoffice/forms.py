"""The filter form of the audit log."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinicflow.web.widgets import DateInput


class AuditForm(forms.Form):
    """Filters from the query string, with the names of `GET /api/audit`. `from` and `to` are dates, both inclusive."""

    user = forms.UUIDField(label=_("Who"), required=False, widget=forms.Select)
    action = forms.CharField(label=_("Action"), required=False, max_length=40, widget=forms.Select)
    resource_type = forms.CharField(label=_("Record"), required=False, max_length=40, widget=forms.Select)
    resource_id = forms.CharField(required=False, max_length=40)
    outcome = forms.CharField(required=False, max_length=10)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("from", _("From")), ("to", _("To"))):  # `from` is a Python keyword
            self.fields[name] = forms.DateField(label=label, required=False, widget=DateInput)

    def offer(self, **choices: Iterable[tuple[Any, Any]]) -> None:
        """Set the choices of the selects, by the name of the field."""
        for name, offered in choices.items():
            select: Any = self.fields[name].widget
            select.choices = offered

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("from", "to"):
            day = data.get(name)
            if day and not dt.date(1900, 1, 1) <= day <= dt.date(2199, 12, 31):
                self.add_error(name, _("Enter a date from 1900 to 2199."))
        return data
