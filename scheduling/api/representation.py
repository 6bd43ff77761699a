"""The API representation of appointments, from ORM instances and from the rows of the day query alike."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from clinicflow.access.actor import Actor
from clinicflow.clinics.models import ClinicSettings
from scheduling.models import Appointment
from scheduling.rules.transitions import allowed_actions
from scheduling.selectors.day_rows import DayRow

Visit = Appointment | DayRow  # both have the same fields


class VisitWriter:
    """Represents appointments for one actor at one instant. Allowed actions are computed once per state and cached."""

    def __init__(self, actor: Actor, *, settings: ClinicSettings, at: dt.datetime) -> None:
        self.actor, self.settings, self.at = actor, settings, at
        self.zone = ZoneInfo(actor.timezone)
        self._allowed: dict[tuple[Any, ...], list[str]] = {}

    def write(self, visit: Visit, warnings: Sequence[str] = ()) -> dict[str, Any]:
        """The fields of `AppointmentOutput`; local times are on the clinic's clock, instants have its UTC offset.

        `warnings` are those of the operation that the response reports.
        """
        begins, ends = visit.starts_at.astimezone(self.zone), visit.ends_at.astimezone(self.zone)
        doctor_name, patient_name = names_of(visit)
        return {
            "id": visit.pk,
            "doctor_id": visit.doctor_id,
            "doctor_name": doctor_name,
            "patient_id": visit.patient_id,
            "patient_name": patient_name,
            "date": begins.date(),
            "start_time": f"{begins:%H:%M}",
            "end_time": f"{ends:%H:%M}",
            "duration": int((visit.ends_at - visit.starts_at).total_seconds() // 60),
            "starts_at": begins,
            "ends_at": ends,
            "visit_type": visit.visit_type,
            "visit_category": visit.visit_category,
            "reason": visit.reason,
            "status": visit.status,
            "intake_status": visit.intake_status,
            "arrived": visit.arrived,
            "arrived_at": self._local(visit.arrived_at),
            "confirmed_at": self._local(visit.confirmed_at),
            "completed_at": self._local(visit.completed_at),
            "needs_attention": visit.needs_attention,
            "attention_reason": visit.attention_reason,
            "meeting_link": visit.meeting_link,
            "rescheduled": visit.rescheduled,
            "rescheduled_from_id": visit.rescheduled_from_id,
            "series_id": visit.series_id,
            "overlap_allowed": visit.overlap_allowed,
            "overlap_reason": visit.overlap_reason,
            "walk_in": visit.walk_in,
            "version": visit.version,
            "created_at": self._local(visit.created_at),
            "updated_at": self._local(visit.updated_at),
            "allowed_actions": self.allowed(visit, begins.date()),
            "warnings": list(warnings),
        }

    def allowed(self, visit: Visit, day: dt.date) -> list[str]:
        """The actions that the actor may take; `day` is the local day of the start."""
        state = (
            *(visit.status, visit.arrived, visit.visit_type, visit.intake_status, visit.rescheduled),
            *(day, visit.starts_at <= self.at),
        )
        actions = self._allowed.get(state)
        if actions is None:
            settings: Any = visit if isinstance(visit, DayRow) else self.settings
            row: Any = visit
            actions = self._allowed[state] = allowed_actions(self.actor, row, settings=settings, at=self.at)
        return actions

    def _local(self, instant: dt.datetime | None) -> dt.datetime | None:
        return instant.astimezone(self.zone) if instant else None


def names_of(visit: Visit) -> tuple[str, str]:
    """The doctor's and the patient's name; an ORM instance needs both selected."""
    if isinstance(visit, DayRow):
        return visit.doctor_name, visit.patient_name
    return visit.doctor.name, visit.patient.full_name
