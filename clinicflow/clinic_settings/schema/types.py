"""What a setting, a group of them and a tab are."""

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
    """One setting. `help` is for whoever decides, `effect` for docs/settings.md: what changes, where. `low` and
    `high` are in `unit`. `zero` says what 0 means, where that is something of its own."""

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
        """The model's field, which knows type, choices and default."""
        return self.model._meta.get_field(self.column)

    @property
    def column(self) -> str:
        """The field's name on its model: the clinic's own fields carry a prefix in forms and the API."""
        return self.name.removeprefix("clinic_") if self.model is Clinic else self.name

    def value(self, row: Any) -> Any:
        return getattr(row.clinic if self.model is Clinic else row, self.column)


@dataclass(frozen=True, kw_only=True)
class Group:
    """Settings that are read together."""

    title: Any
    settings: tuple[Setting, ...]
    intro: Any = ""


@dataclass(frozen=True, kw_only=True)
class Tab:
    slug: str
    label: Any
    icon: str
    intro: Any
    groups: tuple[Group, ...]
    asks_again: bool = False  # for the password, when saving

    @property
    def settings(self) -> list[Setting]:
        return [setting for group in self.groups for setting in group.settings]

    def values(self, row: Any) -> dict[str, Any]:
        """What is decided, by name; `row.clinic` has the clinic's own fields."""
        return {setting.name: setting.value(row) for setting in self.settings}

    def fingerprint(self, row: Any) -> str:
        """Changes whenever one of the tab's values does: who saves says by this what they had before them."""
        return hashlib.sha256(repr(self.values(row)).encode()).hexdigest()[:20]
