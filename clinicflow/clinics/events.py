"""What happens to a clinic's own facts."""

from dataclasses import dataclass

from clinicflow.core.events import Event


@dataclass(frozen=True, kw_only=True)
class SettingsChanged(Event):
    """The clinic's or a doctor's settings; `subject_id` is the settings row. Open pages show themselves anew."""

    live = "settings_changed"
    object_type = "settings"
