"""The owner's figures once more, in plain Python over the rows, slowly: what the SQL and the stored sums must equal."""

import datetime as dt
from collections import defaultdict

from aiassist.models import IntakeSummary, Interaction
from clinicflow.core import clock
from intake.models import IntakeForm, IntakeRevision
from scheduling.models import Appointment, Cancellation, Closure, Message, TimeOff

REASONS = {"patient-cancelled": "patient", "rescheduled-externally": "elsewhere", "clinic-cancelled": "clinic"}


def recount(actor, now):
    """`{(day, doctor): figures}` of every day with visits, and `{(day, hour): figures}`."""
    by_doctor = defaultdict(lambda: defaultdict(int))
    by_hour = defaultdict(lambda: defaultdict(int))
    for visit in Appointment.objects.filter(clinic_id=actor.clinic_id, deleted_at=None, rescheduled=False):
        starts = clock.local(visit.starts_at, actor.timezone)
        day = starts.date()
        due = visit.status in ("completed", "no-show") or (visit.is_open and visit.starts_at <= now)
        row, hour = by_doctor[day, visit.doctor_id], by_hour[day, starts.hour]
        _visit(row, visit, due, clock.day_bounds(day, actor.timezone)[0])
        _cancellation(row, visit)
        _intake(row, visit, due)
        _talks(row, visit)
        hour["visits"] += due
        hour["no_shows"] += visit.status == "no-show"
        if visit.status not in ("cancelled", "no-show"):
            for minute in range(visit.duration):
                by_hour[day, min(23, (starts.hour * 60 + starts.minute + minute) // 60)]["booked_minutes"] += 1
    return _plain(by_doctor), _plain(by_hour)


def open_minutes(actor, days, doctors):
    """`{(day, doctor): minutes}`, minute by minute, of doctors of the cast, who all keep the same hours."""
    spans = [(None, row) for row in Closure.objects.filter(clinic_id=actor.clinic_id)]
    spans += [(row.doctor_id, row) for row in TimeOff.objects.filter(clinic_id=actor.clinic_id)]
    minutes = defaultdict(int)
    for day in days:
        at, end = clock.day_bounds(day, actor.timezone)
        while at < end:
            wall = clock.local(at, actor.timezone)
            if day.weekday() < 5 and _is_working(wall.hour * 60 + wall.minute):
                blocked = {owner for owner, row in spans if row.starts_at <= at < row.ends_at}
                for doctor in doctors:
                    minutes[day, doctor.pk] += not blocked & {None, doctor.pk}
            at += dt.timedelta(minutes=1)
    return {place: count for place, count in minutes.items() if count}


def _is_working(minute):
    return 9 * 60 <= minute < 12 * 60 + 30 or 13 * 60 + 15 <= minute < 17 * 60


def _visit(row, visit, due, day_began):
    row["visits"] += due
    row["completed"] += visit.status == "completed"
    row["no_shows"] += visit.status == "no-show"
    row["new_patients"] += due and visit.visit_category == "new-patient"
    row["confirmed_before"] += bool(due and visit.confirmed_at and visit.confirmed_at < day_began)
    if due and visit.confirmed_at and not visit.walk_in:
        row["confirmed"] += 1
        row["confirmed_alone"] += visit.confirmed_by in ("patient", "system")
    if visit.status not in ("cancelled", "no-show"):
        row["booked_minutes"] += visit.duration


def _cancellation(row, visit):
    if visit.status != "cancelled":
        return
    standing = Cancellation.objects.filter(appointment=visit, reverted_at=None).exclude(cancellation_type="no-show")
    last = standing.order_by("created_at", "id").last()
    word = REASONS.get(last.cancellation_type if last else "", "other")
    row[f"cancelled_{word}"] += 1
    row[f"late_{word}"] += bool(last and last.late)


def _intake(row, visit, due):
    messages = Message.objects.filter(appointment=visit, status="sent")
    row["intake_messages"] += messages.filter(kind__in=["intake-link", "intake-reminder"]).count()
    form = IntakeForm.objects.filter(appointment=visit, completed_reason="").first()
    if form is None:
        return
    reminded = messages.filter(kind="intake-reminder", sent_at__lte=visit.starts_at).exists()
    came = bool(form.submitted_at and form.submitted_at <= visit.starts_at)
    row["intake_online"] += bool(form.submitted_at and form.entered_by_id is None)
    row["intake_forms"] += due
    row["intake_before"] += due and came
    row["reminded"] += due and reminded
    row["reminded_before"] += due and reminded and came
    for revision in IntakeRevision.objects.filter(form=form):
        made = IntakeSummary.objects.filter(intake_form=form, form_revision=revision.number)
        first = made.exclude(engine="doctor").exclude(generated_at=None).order_by("version").first()
        if first is None:
            continue
        seconds = max(0, round((first.generated_at - revision.submitted_at).total_seconds()))
        row["summaries"] += 1
        row["summaries_quick"] += seconds <= 60
        row["summary_seconds"] += seconds


def _talks(row, visit):
    for talk in Interaction.objects.filter(appointment=visit):
        row["conversations"] += 1
        row["settled"] += talk.status == "completed" and not talk.attention_reason
        row["escalated"] += talk.status == "escalated" or bool(talk.attention_reason)


def _plain(rows):
    return {place: {name: int(count) for name, count in row.items() if count} for place, row in rows.items()}
