"""The types of the settings schema: setting, group and tab."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinicflow.clinics.models import Clinic, ClinicSettings

DAYS = (
    ("mon", _("Mon")),
    ("tue", _("Tue")),
    ("wed", _("Wed")),
    ("thu", _("Thu")),
    ("fri", _("Fri")),
    ("sat", _("Sat")),
    ("sun", _("Sun")),
)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting.

    `help` is shown on the settings page; `effect` is for docs/settings.md. `low` and `high` are in `unit`. `zero` is
    the label of 0 where 0 has a meaning of its own, such as "off".
    """

    name: str
    label: Any
    help: Any = ""
    effect: str
    unit: Any = ""
    low: int | None = None
    high: int | None = None
    zero: Any = ""
    choices: tuple[tuple[Any, Any], ...] = ()
    model: type[models.Model] = ClinicSettings

    @property
    def field(self) -> Any:
        """The model field, which has the type and the default."""
        return self.model._meta.get_field(self.column)

    @property
    def column(self) -> str:
        """The name of the model field. Fields of `Clinic` have the prefix `clinic_` in forms and in the API."""
        return self.name.removeprefix("clinic_") if self.model is Clinic else self.name

    def value(self, row: Any) -> Any:
        """The setting's value in a `ClinicSettings` or `DoctorSettings` row."""
        return getattr(row.clinic if self.model is Clinic else row, self.column)


@dataclass(frozen=True, kw_only=True)
class Group:
    """Settings under one heading."""

    title: Any
    settings: tuple[Setting, ...]
    intro: Any = ""


@dataclass(frozen=True, kw_only=True)
class Tab:
    """A page of settings, or a doctor's own settings. With `asks_again`, saving requires a recent password."""

    slug: str
    label: Any
    icon: str
    intro: Any
    groups: tuple[Group, ...]
    asks_again: bool = False

    @property
    def settings(self) -> list[Setting]:
        return [setting for group in self.groups for setting in group.settings]

    def values(self, row: Any) -> dict[str, Any]:
        """The tab's values by name. Fields of `Clinic` are read from `row.clinic`."""
        return {setting.name: setting.value(row) for setting in self.settings}

    def fingerprint(self, row: Any) -> str:
        """A hash of the tab's values, which a form sends back so that an edit conflict is detected."""
        return hashlib.sha256(repr(self.values(row)).encode()).hexdigest()[:20]
