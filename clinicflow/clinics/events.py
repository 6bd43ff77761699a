"""Events about a clinic's settings and doctors."""

from dataclasses import dataclass

from clinicflow.core.events import Event


@dataclass(frozen=True, kw_only=True)
class SettingsChanged(Event):
    """The clinic's or a doctor's settings changed; `subject_id` is the row. Open pages reload."""

    live = "settings_changed"
    object_type = "settings"
