"""Serializers of the front desk's and the doctor's day."""

import datetime as dt
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from clinicflow.clinics.models import Doctor
from dashboards.board.selectors import alerts, attention
from scheduling.api.fields import DayField
from scheduling.api.serializers import AppointmentOutput, CancellationOutput
from scheduling.models import Cancellation

FIGURES_EXAMPLE = {
    "date": "2026-11-24", "total": 54, "confirmed": 30, "unconfirmed": 6, "completed": 14, "cancelled": 2, "no_show": 2,
    "arrived": 4, "intake_missing": 4, "needs_attention": 2,
}  # fmt: skip
PATIENT_EXAMPLE = {"patient_id": "01926f5e-8a53-7c4e-9d0a-3c2f1b0e7a11", "patient_name": "Hannah Lindqvist"}
DOCTOR_EXAMPLE = {"doctor_id": "01926f5e-8a53-7c4e-9d0a-3c2f1b0e7a22", "doctor_name": "Dr. Amara Okafor"}
VISIT_EXAMPLE = {"appointment_id": "01926f5e-8a53-7c4e-9d0a-3c2f1b0e7a33", "starts_at": "2026-11-24T11:15:00-05:00"}


class DayQuery(serializers.Serializer):
    """`date` is the clinic's local date, by default today."""

    date = DayField(required=False)


class KindQuery(serializers.Serializer):
    kind = serializers.ChoiceField(attention.KINDS, required=False)


class AlertQuery(DayQuery):
    kind = serializers.ChoiceField(alerts.KINDS, required=False)


@extend_schema_serializer(examples=[OpenApiExample("A day", value=FIGURES_EXAMPLE)])
class DayFigures(serializers.Serializer):
    """Visits of one local day. The five statuses add up to `total`; a rescheduled visit counts at its new time.
    `arrived` (in the clinic now) and `intake_missing` (never sent) count open visits."""

    date = serializers.DateField()
    total = serializers.IntegerField()
    confirmed = serializers.IntegerField()
    unconfirmed = serializers.IntegerField()
    completed = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    no_show = serializers.IntegerField()
    arrived = serializers.IntegerField()
    intake_missing = serializers.IntegerField()
    needs_attention = serializers.IntegerField()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A doctor's day",
            value={
                **FIGURES_EXAMPLE,
                "running_late_minutes": 10,
                "next_appointment_id": VISIT_EXAMPLE["appointment_id"],
                "summaries_to_review": 3,
            },
        )
    ]
)
class DoctorFigures(DayFigures):
    """The doctor's own day. `running_late_minutes` is how long after its planned time the next visit can begin;
    `next_appointment_id` is the next visit, null when the day is done."""

    running_late_minutes = serializers.IntegerField()
    next_appointment_id = serializers.UUIDField(allow_null=True)
    summaries_to_review = serializers.IntegerField()


class DoctorDay(serializers.Serializer):
    doctor_id = serializers.UUIDField()
    doctor_name = serializers.CharField()
    specialty = serializers.CharField()
    color = serializers.ChoiceField(Doctor.Hue.choices)
    appointments = AppointmentOutput(many=True)


class ClinicDay(serializers.Serializer):
    """A day by doctor: every active doctor, and others who have visits. Rescheduled visits are left out."""

    date = serializers.DateField()
    doctors = DoctorDay(many=True)


class TodayVisit(serializers.Serializer):
    appointment = AppointmentOutput()
    expected_at = serializers.DateTimeField(
        allow_null=True, help_text="When the visit can begin; null once it has begun or is closed."
    )
    summary_status = serializers.CharField(allow_null=True, help_text="Status of the newest intake summary.")
    summary_reviewed = serializers.BooleanField()


class DoctorToday(serializers.Serializer):
    date = serializers.DateField()
    running_late_minutes = serializers.IntegerField()
    next_appointment_id = serializers.UUIDField(allow_null=True)
    results = TodayVisit(many=True)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A conversation",
            value={
                "kind": "ai-attention", "object_type": "interaction",
                "object_id": "01926f5e-8a53-7c4e-9d0a-3c2f1b0e7a44", "due_on": None, "reason": "requested-human",
                "fits": 0, **PATIENT_EXAMPLE, **DOCTOR_EXAMPLE, **VISIT_EXAMPLE,
            },
        )
    ],
)  # fmt: skip
class WantOutput(serializers.Serializer):
    """An item that needs the front desk's attention. `reason` is why a conversation waits or the status of an intake
    form, `fits` the number of waitlist entries that match a freed slot, `due_on` the due date of a follow-up."""

    kind = serializers.ChoiceField(attention.KINDS)
    object_type = serializers.CharField()
    object_id = serializers.UUIDField()
    appointment_id = serializers.UUIDField(allow_null=True)
    patient_id = serializers.UUIDField()
    patient_name = serializers.CharField()
    doctor_id = serializers.UUIDField(allow_null=True)
    doctor_name = serializers.CharField()
    starts_at = serializers.SerializerMethodField()
    due_on = serializers.DateField(allow_null=True)
    reason = serializers.CharField()
    fits = serializers.IntegerField()

    def get_starts_at(self, item: attention.AttentionItem) -> dt.datetime | None:
        return item.starts_at.astimezone(self.context["view"].zone) if item.starts_at else None


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A patient waits",
            value={"kind": "arrived", "minutes": 18, "details": [], **PATIENT_EXAMPLE, **VISIT_EXAMPLE},
        )
    ],
)
class AlertOutput(serializers.Serializer):
    """`minutes`: how long the patient waits or is late; `details`: allergens."""

    kind = serializers.ChoiceField(alerts.KINDS)
    appointment_id = serializers.UUIDField()
    patient_id = serializers.UUIDField()
    patient_name = serializers.CharField()
    starts_at = serializers.SerializerMethodField()
    minutes = serializers.IntegerField(allow_null=True)
    details = serializers.ListField(child=serializers.CharField())

    def get_starts_at(self, alert: alerts.Alert) -> dt.datetime:
        return alert.starts_at.astimezone(self.context["view"].zone)


class RecentCancellation(CancellationOutput):
    """A cancellation with the names of its patient and doctor."""

    patient_name = serializers.CharField(source="patient.full_name")
    doctor_name = serializers.CharField(source="appointment.doctor.name")

    class Meta:
        model = Cancellation
        fields: Any = (*CancellationOutput.Meta.fields, "patient_name", "doctor_name")
