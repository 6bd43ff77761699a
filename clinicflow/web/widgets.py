"""Form widgets that the pages share: native date and time inputs, choices as a segmented control."""

from collections.abc import Mapping
from typing import Any

from django import forms


class DateInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", **(attrs or {})}, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The browser's own time picker."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", **(attrs or {})}, format="%H:%M")


class Segmented(forms.RadioSelect):
    """Radio buttons as one bar; `icons` maps a value to the name of the icon before its label."""

    template_name = "ui/widgets/segmented.html"

    def __init__(self, *args: Any, icons: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.icons = icons or {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        return option | {"icon": self.icons.get(str(value), "")}
