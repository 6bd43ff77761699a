"""The settings schema: each setting's tab, label, unit, bounds and effect, declared once.

The settings pages, the validation in the operations and docs/settings.md are generated from it. Types and defaults are
the model's. The effect of a setting is tested by `test_<name>` in `tests/effects/test_<tab>.py`.
"""

from collections.abc import Iterable, Iterator

from clinicflow.clinic_settings.schema.booking import CLINIC, INTAKE, SCHEDULING
from clinicflow.clinic_settings.schema.doctor import DOCTOR
from clinicflow.clinic_settings.schema.escalation import ESCALATION
from clinicflow.clinic_settings.schema.messaging import MESSAGING
from clinicflow.clinic_settings.schema.notifications import NOTIFICATIONS
from clinicflow.clinic_settings.schema.preferences import PREFERENCES
from clinicflow.clinic_settings.schema.security import SECURITY
from clinicflow.clinic_settings.schema.types import Group, Setting, Tab
from clinicflow.clinics.models import Clinic

TABS = (CLINIC, SCHEDULING, INTAKE, MESSAGING, ESCALATION, NOTIFICATIONS, PREFERENCES, SECURITY)
TAB_BY_SLUG = {tab.slug: tab for tab in TABS}


def all_settings(tabs: Iterable[Tab] = (*TABS, DOCTOR)) -> Iterator[tuple[Tab, Setting]]:
    """All settings with their tab, in the order of the pages."""
    return ((tab, setting) for tab in tabs for setting in tab.settings)


CLINIC_COLUMNS = {setting.name: setting.column for _tab, setting in all_settings(TABS) if setting.model is Clinic}
BOUNDS = {setting.name: (setting.low, setting.high) for _tab, setting in all_settings(TABS) if setting.low is not None}
ASKING_PASSWORD = frozenset(setting.name for tab, setting in all_settings(TABS) if tab.asks_again)

__all__ = [
    "ASKING_PASSWORD",
    "BOUNDS",
    "CLINIC_COLUMNS",
    "DOCTOR",
    "TABS",
    "TAB_BY_SLUG",
    "Group",
    "Setting",
    "Tab",
    "all_settings",
]
