"""The tabs of the settings as forms, made from what is declared; the rules are in the operation."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db import models
from phonenumber_field.formfields import PhoneNumberField

from clinicflow.clinic_settings.rules.regions import countries, regions_of, zones
from clinicflow.clinic_settings.schema import Setting, Tab


class TabForm(forms.Form):
    """One tab. `seen` is the tab's fingerprint when it was shown."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)

    def __init__(self, tab: Tab, data: Any = None, *, values: Mapping[str, Any], seen: str) -> None:
        super().__init__(data, initial={**values, "seen": seen})
        self.tab = tab
        for setting in tab.settings:
            self.fields[setting.name] = field_of(setting, values)

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The groups of the tab with their fields, as the page shows them."""
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
        """The codes that the region's field offers."""
        return regions_of(self.initial["country"]) if "region" in self.fields else ()

    def decided(self) -> dict[str, Any]:
        """What was chosen, by name."""
        return {setting.name: self.cleaned_data[setting.name] for setting in self.tab.settings}

    def refuse(self, fields: Mapping[str, Sequence[str]]) -> None:
        """Put the operation's refusals beside their fields."""
        for name, problems in fields.items():
            self.add_error(name if name in self.fields else None, list(problems))

    def focus_first_error(self) -> None:
        wrong = next((name for name in self.fields if name in self.errors), None)
        if wrong is not None:
            self.fields[wrong].widget.attrs["autofocus"] = True


def field_of(setting: Setting, values: Mapping[str, Any]) -> forms.Field:
    """The form field that a setting's type asks for."""
    words = {"label": setting.label, "help_text": setting.help}
    if setting.name in OF_PLACES:
        return OF_PLACES[setting.name](values, words)
    field = setting.field
    if isinstance(field, models.BooleanField):
        return forms.BooleanField(required=False, widget=forms.CheckboxInput(attrs={"role": "switch"}), **words)
    if isinstance(field, models.JSONField):
        return forms.MultipleChoiceField(
            choices=setting.choices, required=False, widget=forms.CheckboxSelectMultiple, **words
        )
    if setting.choices:
        kind = int if isinstance(field, models.IntegerField) else str
        return forms.TypedChoiceField(choices=setting.choices, coerce=kind, widget=forms.RadioSelect, **words)
    if isinstance(field, models.TimeField):
        return forms.TimeField(widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}), **words)
    if isinstance(field, models.DecimalField):
        return forms.DecimalField(min_value=setting.low, max_value=setting.high, decimal_places=2, **words)
    if isinstance(field, models.IntegerField):
        return forms.IntegerField(min_value=setting.low, max_value=setting.high, **words)
    return forms.CharField(max_length=field.max_length, required=not field.blank, **words)


def _zone(values: Mapping[str, Any], words: dict[str, Any]) -> forms.Field:
    present = values["timezone"]
    offered = zones() if present in zones() else (present, *zones())
    return forms.ChoiceField(choices=[(zone, zone.replace("_", " ")) for zone in offered], **words)


def _country(values: Mapping[str, Any], words: dict[str, Any]) -> forms.Field:
    return forms.ChoiceField(choices=list(countries().items()), **words)


def _region(values: Mapping[str, Any], words: dict[str, Any]) -> forms.Field:
    """Typed, since it depends on the country; the present country's codes are offered."""
    field = forms.CharField(max_length=10, required=False, **words)
    field.widget.attrs |= {"list": "regions", "autocomplete": "off", "autocapitalize": "characters"}
    return field


def _phone(values: Mapping[str, Any], words: dict[str, Any]) -> forms.Field:
    return PhoneNumberField(required=False, max_length=20, **words)


OF_PLACES = {"timezone": _zone, "country": _country, "region": _region, "clinic_phone": _phone}
