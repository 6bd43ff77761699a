"""Forms of the settings tabs, generated from the schema. The rules are in the operation."""

from collections.abc import Mapping
from typing import Any, TypedDict

from django import forms
from django.db import models
from phonenumber_field.formfields import PhoneNumberField

from clinicflow.clinic_settings.rules.regions import countries, regions_of, zones
from clinicflow.clinic_settings.schema import Setting, Tab


class FieldTexts(TypedDict):
    """The texts of a form field."""

    label: Any
    help_text: Any


class TabForm(forms.Form):
    """The form of one tab. `seen` is the tab's fingerprint when it was displayed."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)

    def __init__(self, tab: Tab, data: Any = None, *, values: Mapping[str, Any], seen: str) -> None:
        super().__init__(data, initial={**values, "seen": seen})
        self.tab = tab
        for setting in tab.settings:
            self.fields[setting.name] = field_of(setting, values)

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The groups of the tab, each with its settings and their bound fields."""
        return [
            {
                "title": group.title,
                "intro": group.intro,
                "rows": [{"setting": setting, "field": self[setting.name]} for setting in group.settings],
            }
            for group in self.tab.groups
        ]

    @property
    def regions(self) -> tuple[str, ...]:
        """The codes suggested in the region field; empty on a tab without one."""
        return regions_of(self.initial["country"]) if "region" in self.fields else ()

    def values(self) -> dict[str, Any]:
        """The cleaned data by names of settings."""
        return {setting.name: self.cleaned_data[setting.name] for setting in self.tab.settings}

    def focus_first_error(self) -> None:
        """Give the first invalid field the focus when the page opens."""
        invalid = next((name for name in self.fields if name in self.errors), None)
        if invalid is not None:
            self.fields[invalid].widget.attrs["autofocus"] = True


def field_of(setting: Setting, values: Mapping[str, Any]) -> forms.Field:
    """The form field for a setting, by the type of its model field."""
    texts: FieldTexts = {"label": setting.label, "help_text": setting.help}
    if setting.name in LOCATION_FIELDS:
        return LOCATION_FIELDS[setting.name](values, texts)
    field = setting.field
    if isinstance(field, models.BooleanField):
        return forms.BooleanField(required=False, widget=forms.CheckboxInput(attrs={"role": "switch"}), **texts)
    if isinstance(field, models.JSONField):
        return forms.MultipleChoiceField(
            choices=setting.choices, required=False, widget=forms.CheckboxSelectMultiple, **texts
        )
    if setting.choices:
        kind = int if isinstance(field, models.IntegerField) else str
        return forms.TypedChoiceField(choices=setting.choices, coerce=kind, widget=forms.RadioSelect, **texts)
    if isinstance(field, models.TimeField):
        return forms.TimeField(widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}), **texts)
    if isinstance(field, models.DecimalField):
        return forms.DecimalField(min_value=setting.low, max_value=setting.high, decimal_places=2, **texts)
    if isinstance(field, models.IntegerField):
        return forms.IntegerField(min_value=setting.low, max_value=setting.high, **texts)
    return forms.CharField(max_length=field.max_length, required=not field.blank, **texts)


def _zone(values: Mapping[str, Any], texts: FieldTexts) -> forms.Field:
    current = values["timezone"]
    choices = zones() if current in zones() else (current, *zones())
    return forms.ChoiceField(choices=[(zone, zone.replace("_", " ")) for zone in choices], **texts)


def _country(values: Mapping[str, Any], texts: FieldTexts) -> forms.Field:
    return forms.ChoiceField(choices=list(countries().items()), **texts)


def _region(values: Mapping[str, Any], texts: FieldTexts) -> forms.Field:
    """A text field with suggestions: the valid codes depend on the country chosen in the same form."""
    field = forms.CharField(max_length=10, required=False, **texts)
    field.widget.attrs |= {"list": "regions", "autocomplete": "off", "autocapitalize": "characters"}
    return field


def _phone(values: Mapping[str, Any], texts: FieldTexts) -> forms.Field:
    return PhoneNumberField(required=False, max_length=20, **texts)


LOCATION_FIELDS = {"timezone": _zone, "country": _country, "region": _region, "clinic_phone": _phone}
