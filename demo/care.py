"""What hangs on visits: notes, follow-ups, the waitlist."""

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from clinicflow.clinics.models import Doctor
from demo.backgrounds import FOLLOW_UP_NOTES, NOTES
from demo.calendar import Calendar
from demo.factories import Chance
from demo.phrases import WAITLIST_NOTES
from demo.visits import Visit
from scheduling.models import DoctorNote, FollowUp, WaitlistEntry

WAITING = 9


def notes_of(visits: Sequence[Visit]) -> list[DoctorNote]:
    """A note for most completed visits."""
    notes = []
    for visit in visits:
        chance = Chance("note", visit.row.pk)
        at = visit.row.completed_at
        if at is None or not chance.happens(0.6):
            continue
        notes.append(
            DoctorNote(
                id=chance.id_at(at),
                clinic_id=visit.row.clinic_id,
                doctor=visit.row.doctor,
                patient=visit.row.patient,
                appointment=visit.row,
                content=chance.one(NOTES),
                created_at=at,
                updated_at=at,
            )
        )
    return notes


def follow_ups_of(visits: Sequence[Visit], calendar: Calendar, authors: Mapping[UUID, UUID]) -> list[FollowUp]:
    """Wishes to see somebody again: done, booked, waiting, and a few that are overdue."""
    by_patient: dict[UUID, list[Visit]] = {}
    for visit in visits:
        by_patient.setdefault(visit.row.patient_id, []).append(visit)
    rows = []
    for visit in visits:
        chance = Chance("follow-up", visit.row.pk)
        at = visit.row.completed_at
        if at is None or not chance.happens(0.14):
            continue
        due = visit.day + dt.timedelta(days=chance.one((14, 21, 28, 42, 90)))
        later = [
            other
            for other in by_patient[visit.row.patient_id]
            if other.row.starts_at > visit.row.starts_at and other.is_live and other.plan is visit.plan
        ]
        # Most that are due were dealt with; what is left is the front desk's list.
        if not later and due < calendar.today and not chance.happens(0.12):
            status = FollowUp.Status.CANCELLED
        elif not later:
            status = FollowUp.Status.PENDING
        else:
            done = later[0].row.status == "completed"
            status = FollowUp.Status.COMPLETED if done else FollowUp.Status.SCHEDULED
        rows.append(
            FollowUp(
                id=chance.id_at(at),
                clinic_id=visit.row.clinic_id,
                patient=visit.row.patient,
                appointment=visit.row,
                doctor=visit.row.doctor,
                scheduled_date=due,
                note=chance.one(FOLLOW_UP_NOTES),
                status=status,
                created_by_id=authors.get(visit.row.doctor_id),
                booked_appointment=later[0].row if later else None,
                created_at=at,
                updated_at=later[0].row.created_at if later else at,
            )
        )
    return rows


def waitlist_of(visits: Sequence[Visit], doctors: Sequence[Doctor], calendar: Calendar) -> list[WaitlistEntry]:
    """Patients with a visit far ahead who would come sooner."""
    chance = Chance(calendar.plan.key, "waitlist")
    ahead = [visit for visit in visits if visit.steps > 4 and visit.is_live]
    rows = []
    for visit in chance.sample(ahead, min(WAITING, len(ahead))):
        at = calendar.now - chance.minutes(60, 8 * 1440)
        rows.append(
            WaitlistEntry(
                id=chance.id_at(at),
                clinic_id=visit.row.clinic_id,
                patient=visit.row.patient,
                doctor=visit.row.doctor if chance.happens(0.7) else None,
                date_from=calendar.today,
                date_to=visit.day - dt.timedelta(days=1),
                duration=visit.row.duration,
                note=chance.one(WAITLIST_NOTES),
                created_at=at,
                updated_at=at,
            )
        )
    return sorted(rows, key=lambda row: row.created_at)
