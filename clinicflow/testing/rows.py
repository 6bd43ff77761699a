"""One row of every tenant table, for tests that cover all of them."""

import datetime as dt
import uuid

from django.apps import apps

from clinicflow.core import clock
from clinicflow.core.models import ClinicOwned


def tenant_models():
    """Every model of a tenant table."""
    return [model for model in apps.get_models() if issubclass(model, ClinicOwned)]


def one_of_each(cast, clinic, doctor, user):
    """Create a row of every tenant model in the clinic; returns `{model: row}`. Call it in the clinic's scope."""
    now = clock.now()
    patient = cast.make_patient(clinic)
    visit = cast.make_appointment(doctor, patient, now + dt.timedelta(days=30))
    own = {"clinic": clinic}
    seen = own | {"patient": patient}
    rows = {type(patient): patient, type(visit): visit}

    def make(label, **fields):
        model = apps.get_model(label)
        rows[model] = model.objects.create(**fields)
        return rows[model]

    make("patients.PatientImport", **own, file_name="patients.csv", content="first_name", started_by=user)
    make("scheduling.Series", **seen, doctor=doctor, rule="FREQ=WEEKLY;COUNT=8")
    make(
        "scheduling.Cancellation",
        **seen,
        appointment=visit,
        cancellation_type="other",
        cancelled_by_name="Dana",
        notice_minutes=60,
    )
    make("scheduling.DoctorNote", **seen, doctor=doctor, appointment=visit, content="Blood pressure 152/94.")
    make("scheduling.FollowUp", **seen, doctor=doctor, scheduled_date=now.date(), note="Review.")
    make("scheduling.WaitlistEntry", **seen, doctor=doctor, date_from=now.date(), date_to=now.date())
    make("scheduling.Closure", **own, starts_at=now, ends_at=now + dt.timedelta(days=1), reason="Holiday")
    make("scheduling.TimeOff", **own, doctor=doctor, starts_at=now, ends_at=now + dt.timedelta(days=1))
    make(
        "scheduling.Message",
        **seen,
        appointment=visit,
        kind="reply",
        channel="sms",
        direction="inbound",
        address="+12125550100",
        body="C",
        status="received",
    )
    questionnaire = make("intake.Questionnaire", **own, family=uuid.uuid4(), name="Adult", sections=[])
    form = make(
        "intake.IntakeForm", **seen, appointment=visit, questionnaire=questionnaire, raw_answers={"reason": "x"}
    )
    make(
        "intake.IntakeRevision",
        **seen,
        form=form,
        number=1,
        raw_answers={"reason": "x"},
        answers_hash="0" * 64,
        submitted_at=now,
    )
    make("aiassist.IntakeSummary", **seen, appointment=visit, intake_form=form, form_revision=1)
    make("aiassist.ModelUse", **own, month=now.date().replace(day=1))
    make("aiassist.Interaction", **seen, appointment=visit, doctor=doctor, channel="sms", direction="outbound")
    make(
        "aiassist.DangerAlert", **seen, appointment=visit, form=form, kind="breath", quote="can't breathe", found_at=now
    )
    make(
        "notifications.Notification",
        **own,
        user=user,
        role="doctor",
        kind="no-show",
        object_type="appointments",
        object_id=visit.pk,
        key="test",
    )
    make("dashboards.FigureState", **own, since=now.date(), through=now.date(), timezone="UTC")
    make("dashboards.StaleDay", **own, day=now.date())
    make("dashboards.DayFigures", **own, day=now.date(), doctor=doctor, visits=1)
    make("dashboards.HourFigures", **own, day=now.date(), hour=9, visits=1)
    make("dashboards.TaskMinutes", **own)
    make("notifications.NotificationPreference", **own, user=user, role="doctor")
    for label in ("clinics.Doctor", "clinics.DoctorSettings", "clinics.ClinicSettings"):
        model = apps.get_model(label)
        rows[model] = model.objects.filter(clinic=clinic).first()
    return rows
