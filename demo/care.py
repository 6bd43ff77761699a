"""Doctor notes, follow-ups and waitlist entries."""

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from clinicflow.clinics.models import Doctor
from demo.backgrounds import FOLLOW_UP_NOTES, NOTES
from demo.calendar import Calendar
from demo.factories import SeededRandom
from demo.phrases import WAITLIST_NOTES
from demo.visits import DemoVisit
from scheduling.models import DoctorNote, FollowUp, WaitlistEntry

WAITLIST_SIZE = 9


def notes_of(visits: Sequence[DemoVisit]) -> list[DoctorNote]:
    """A note for most completed visits."""
    notes = []
    for visit in visits:
        rng = SeededRandom("note", visit.row.pk)
        at = visit.row.completed_at
        if at is None or not rng.happens(0.6):
            continue
        notes.append(
            DoctorNote(
                id=rng.id_at(at),
                clinic_id=visit.row.clinic_id,
                doctor=visit.row.doctor,
                patient=visit.row.patient,
                appointment=visit.row,
                content=rng.one(NOTES),
                created_at=at,
                updated_at=at,
            )
        )
    return notes


def follow_ups_of(visits: Sequence[DemoVisit], calendar: Calendar, authors: Mapping[UUID, UUID]) -> list[FollowUp]:
    """Follow-ups of some completed visits: completed, scheduled, pending, and a few overdue."""
    by_patient: dict[UUID, list[DemoVisit]] = {}
    for visit in visits:
        by_patient.setdefault(visit.row.patient_id, []).append(visit)
    rows = []
    for visit in visits:
        rng = SeededRandom("follow-up", visit.row.pk)
        at = visit.row.completed_at
        if at is None or not rng.happens(0.14):
            continue
        due = visit.day + dt.timedelta(days=rng.one((14, 21, 28, 42, 90)))
        later = [
            other
            for other in by_patient[visit.row.patient_id]
            if other.row.starts_at > visit.row.starts_at and other.is_live and other.plan is visit.plan
        ]
        # Most that were due have been cancelled; the rest is overdue.
        if not later and due < calendar.today and not rng.happens(0.12):
            status = FollowUp.Status.CANCELLED
        elif not later:
            status = FollowUp.Status.PENDING
        else:
            is_completed = later[0].row.status == "completed"
            status = FollowUp.Status.COMPLETED if is_completed else FollowUp.Status.SCHEDULED
        rows.append(
            FollowUp(
                id=rng.id_at(at),
                clinic_id=visit.row.clinic_id,
                patient=visit.row.patient,
                appointment=visit.row,
                doctor=visit.row.doctor,
                scheduled_date=due,
                note=rng.one(FOLLOW_UP_NOTES),
                status=status,
                created_by_id=authors.get(visit.row.doctor_id),
                booked_appointment=later[0].row if later else None,
                created_at=at,
                updated_at=later[0].row.created_at if later else at,
            )
        )
    return rows


def waitlist_of(visits: Sequence[DemoVisit], doctors: Sequence[Doctor], calendar: Calendar) -> list[WaitlistEntry]:
    """Waitlist entries of patients who have a later visit and would take an earlier time."""
    rng = SeededRandom(calendar.plan.key, "waitlist")
    ahead = [visit for visit in visits if visit.steps > 4 and visit.is_live]
    rows = []
    for visit in rng.sample(ahead, min(WAITLIST_SIZE, len(ahead))):
        at = calendar.now - rng.minutes(60, 8 * 1440)
        rows.append(
            WaitlistEntry(
                id=rng.id_at(at),
                clinic_id=visit.row.clinic_id,
                patient=visit.row.patient,
                doctor=visit.row.doctor if rng.happens(0.7) else None,
                date_from=calendar.today,
                date_to=visit.day - dt.timedelta(days=1),
                duration=visit.row.duration,
                note=rng.one(WAITLIST_NOTES),
                created_at=at,
                updated_at=at,
            )
        )
    return sorted(rows, key=lambda row: row.created_at)
