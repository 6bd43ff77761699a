"""Alerts about a doctor's visits, for the page and the API."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aiassist.models import IntakeSummary
from clinicflow.access.actor import Actor
from scheduling.models import Appointment

KINDS = ("arrived", "allergy", "summary-failed", "summary-unreviewed", "intake-missing", "late", "no-show")
ICONS = {
    "arrived": "map-pin",
    "allergy": "shield-alert",
    "summary-failed": "sparkles",
    "summary-unreviewed": "sparkles",
    "intake-missing": "clipboard-x",
    "late": "clock",
    "no-show": "user-x",
}
SUMMARY_READY = (IntakeSummary.Status.GENERATED, IntakeSummary.Status.EDITED)

TONES = {
    "arrived": "ok",
    "allergy": "bad",
    "summary-failed": "bad",
    "no-show": "bad",
    "intake-missing": "warn",
    "late": "warn",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert about a visit. `minutes` is how long the patient waits or is late; `details` are allergens."""

    kind: str
    appointment_id: UUID
    patient_id: UUID
    patient_name: str
    starts_at: dt.datetime
    minutes: int | None = None
    details: tuple[str, ...] = ()

    @property
    def icon(self) -> str:
        return ICONS[self.kind]

    @property
    def tone(self) -> str:
        return TONES.get(self.kind, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitAlerts:
    """A visit with its alerts."""

    appointment_id: UUID
    patient_name: str
    starts_at: dt.datetime
    alerts: list[Alert]


def by_visit(alerts: Iterable[Alert]) -> list[VisitAlerts]:
    """Alerts grouped by visit: arrived patients first, then in the order of the day."""
    visits: dict[UUID, VisitAlerts] = {}
    for alert in alerts:
        visit = visits.setdefault(
            alert.appointment_id,
            VisitAlerts(
                appointment_id=alert.appointment_id,
                patient_name=alert.patient_name,
                starts_at=alert.starts_at,
                alerts=[],
            ),
        )
        visit.alerts.append(alert)
    return sorted(visits.values(), key=lambda visit: (visit.alerts[0].kind != "arrived", visit.starts_at))


def newest_summaries(actor: Actor, visits: Iterable[UUID]) -> dict[UUID, IntakeSummary]:
    """The newest summaries of visits, by visit id. One query."""
    rows = IntakeSummary.objects.visible_to(actor).newest().filter(appointment_id__in=list(visits))
    return {row.appointment_id: row for row in rows}


def alerts_of(
    visits: Iterable[Appointment],
    summaries: dict[UUID, IntakeSummary],
    now: dt.datetime,
    *,
    intake_required: bool,
) -> list[Alert]:
    """The alerts of a day, in the order of KINDS and of the visits."""
    alerts = [
        alert for visit in visits for alert in _alerts_of_visit(visit, summaries.get(visit.pk), now, intake_required)
    ]
    return sorted(alerts, key=lambda alert: KINDS.index(alert.kind))


def _alerts_of_visit(
    visit: Appointment, summary: IntakeSummary | None, now: dt.datetime, intake_required: bool
) -> Iterator[Alert]:
    if visit.status == Appointment.Status.NO_SHOW:
        yield _alert(visit, "no-show")
    if not visit.is_open:
        return
    if visit.arrived_at:
        yield _alert(visit, "arrived", minutes=_minutes(now - visit.arrived_at))
    elif visit.starts_at < now:
        yield _alert(visit, "late", minutes=_minutes(now - visit.starts_at))
    if intake_required and visit.intake_status != Appointment.IntakeStatus.COMPLETED:
        yield _alert(visit, "intake-missing")
    if summary is not None:
        yield from _alerts_of_summary(visit, summary)


def _alerts_of_summary(visit: Appointment, summary: IntakeSummary) -> Iterator[Alert]:
    if summary.allergies:
        yield _alert(visit, "allergy", details=tuple(str(row.get("substance", "")) for row in summary.allergies))
    if summary.status == IntakeSummary.Status.FAILED:
        yield _alert(visit, "summary-failed")
    elif summary.status in SUMMARY_READY and summary.reviewed_at is None:
        yield _alert(visit, "summary-unreviewed")


def _alert(visit: Appointment, kind: str, **fields: Any) -> Alert:
    return Alert(
        kind=kind,
        appointment_id=visit.pk,
        patient_id=visit.patient_id,
        patient_name=visit.patient.full_name,
        starts_at=visit.starts_at,
        **fields,
    )


def _minutes(length: dt.timedelta) -> int:
    return max(0, int(length.total_seconds() // 60))
