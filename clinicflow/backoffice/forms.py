"""The filter form of the audit log."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class AuditForm(forms.Form):
    """Filters from the query string, with the names of `GET /api/audit`. `from` and `to` are dates, both inclusive."""

    user = forms.UUIDField(required=False)
    action = forms.CharField(required=False, max_length=40)
    resource_type = forms.CharField(required=False, max_length=40)
    resource_id = forms.CharField(required=False, max_length=40)
    outcome = forms.CharField(required=False, max_length=10)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("from", "to"):  # `from` is a Python keyword
            self.fields[name] = forms.DateField(required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("from", "to"):
            day = data.get(name)
            if day and not dt.date(1900, 1, 1) <= day <= dt.date(2199, 12, 31):
                self.add_error(name, _("Enter a date from 1900 to 2199."))
        return data
