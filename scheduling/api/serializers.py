"""Serializers of appointments, slots, cancellations, follow-ups, the waitlist and doctors' notes."""

import datetime as dt
from typing import Any

from rest_framework import serializers

from clinicflow.api.serializers import Input
from clinicflow.clinics.rules.working_hours import minutes_between
from scheduling.api.fields import ClockField, DayField, MomentField, VisitLengthField, instant_of
from scheduling.models import Appointment, Cancellation, DoctorNote, FollowUp, WaitlistEntry
from scheduling.rules.limits import LENGTH_ERROR, VISIT_MINUTES
from scheduling.rules.transitions import TRANSITIONS
from scheduling.selectors.availability import MAX_LIMIT

REASON: dict[str, Any] = {"max_length": 200, "allow_blank": True, "required": False}


class AppointmentOutput(serializers.Serializer):
    """A visit. `date`, `start_time`, `end_time` are on the clinic's clock; `starts_at`, `ends_at` have its offset."""

    id = serializers.UUIDField()
    doctor_id = serializers.UUIDField()
    doctor_name = serializers.CharField()
    patient_id = serializers.UUIDField()
    patient_name = serializers.CharField()
    date = serializers.DateField()
    start_time = serializers.CharField(help_text="HH:MM")
    end_time = serializers.CharField(help_text="HH:MM")
    duration = serializers.IntegerField(help_text="Minutes.")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    visit_type = serializers.ChoiceField(Appointment.VisitType.choices)
    visit_category = serializers.ChoiceField(Appointment.VisitCategory.choices)
    reason = serializers.CharField()
    status = serializers.ChoiceField(Appointment.Status.choices)
    intake_status = serializers.ChoiceField(Appointment.IntakeStatus.choices)
    arrived = serializers.BooleanField()
    arrived_at = serializers.DateTimeField(allow_null=True)
    confirmed_at = serializers.DateTimeField(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)
    needs_attention = serializers.BooleanField()
    attention_reason = serializers.CharField()
    meeting_link = serializers.CharField()
    rescheduled = serializers.BooleanField()
    rescheduled_from_id = serializers.UUIDField(allow_null=True)
    series_id = serializers.UUIDField(allow_null=True)
    overlap_allowed = serializers.BooleanField()
    overlap_reason = serializers.CharField()
    walk_in = serializers.BooleanField()
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    allowed_actions = serializers.ListField(child=serializers.ChoiceField([row.action for row in TRANSITIONS]))
    warnings = serializers.ListField(
        child=serializers.ChoiceField(["patient_overlap"]), help_text="Of the request that this answers."
    )

    def to_representation(self, instance: Any) -> dict[str, Any]:
        written: dict[str, Any] = self.context["view"].writer.write(instance)
        return written


class WhenInput(Input):
    """A time: `date` and `start_time` on the clinic's clock, or `starts_at` with an offset. `duration` is in minutes;
    without it, `end_time` determines it."""

    date = DayField(required=False)
    start_time = ClockField(required=False)
    end_time = ClockField(required=False)
    starts_at = MomentField(required=False)
    duration = VisitLengthField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        day, start, end = attrs.pop("date", None), attrs.pop("start_time", None), attrs.pop("end_time", None)
        moment = attrs.pop("starts_at", None)
        if day and start:
            moment = instant_of(self.context["actor"], day, start)
            if end and "duration" not in attrs:
                attrs["duration"] = self._minutes(start, end)
        elif moment is None:
            moment = self._incomplete_time(day, start)
        if moment is not None:
            attrs["starts_at"] = moment
        return attrs

    def _incomplete_time(self, day: dt.date | None, start: dt.time | None) -> dt.datetime | None:
        """The instant for a date without a time or the reverse. ValidationError here; subclasses may complete it."""
        missing = [name for name, value in (("date", day), ("start_time", start)) if value is None]
        raise serializers.ValidationError({name: ["This field is required."] for name in missing})

    def _minutes(self, start: dt.time, end: dt.time) -> int:
        minutes = minutes_between(start, end)
        if minutes not in VISIT_MINUTES:
            raise serializers.ValidationError({"end_time": [LENGTH_ERROR]})
        return minutes


class AppointmentInput(WhenInput):
    """A new visit. Without a doctor the first available one is booked, unless the clinic requires a doctor."""

    patient_id = serializers.UUIDField()
    doctor_id = serializers.UUIDField(required=False, allow_null=True)
    specialty = serializers.CharField(max_length=80, required=False, help_text="Restricts the first available doctor.")
    visit_type = serializers.ChoiceField(Appointment.VisitType.choices, default=Appointment.VisitType.IN_CLINIC)
    visit_category = serializers.ChoiceField(Appointment.VisitCategory.choices, required=False)
    reason = serializers.CharField(**REASON)
    meeting_link = serializers.URLField(max_length=300, allow_blank=True, required=False)
    override_reason = serializers.CharField(help_text="Books although a rule forbids it, if permitted.", **REASON)
    follow_up_id = serializers.UUIDField(required=False)
    waitlist_entry_id = serializers.UUIDField(required=False)


class WalkInInput(Input):
    """A walk-in: starts now, confirmed and arrived. Without a doctor the first available one is booked."""

    patient_id = serializers.UUIDField()
    doctor_id = serializers.UUIDField(required=False, allow_null=True)
    specialty = serializers.CharField(max_length=80, required=False, help_text="Restricts the first available doctor.")
    duration = VisitLengthField(required=False)
    visit_category = serializers.ChoiceField(Appointment.VisitCategory.choices, required=False)
    reason = serializers.CharField(**REASON)
    override_reason = serializers.CharField(**REASON)


UNCHANGING = ("patient_id", "status", "arrived", "intake_status")


class AppointmentChange(WhenInput):
    """A change of a visit. Read-only fields may be sent back unchanged; statuses change by their own actions."""

    echoed = (
        *("id", "doctor_name", "patient_name", "ends_at", "arrived_at", "confirmed_at", "completed_at"),
        *("needs_attention", "attention_reason", "rescheduled", "rescheduled_from_id", "series_id"),
        *("overlap_allowed", "overlap_reason", "walk_in", "version", "created_at", "updated_at"),
        *("allowed_actions", "warnings"),
    )
    doctor_id = serializers.UUIDField()
    visit_type = serializers.ChoiceField(Appointment.VisitType.choices, required=False)
    visit_category = serializers.ChoiceField(Appointment.VisitCategory.choices, required=False)
    reason = serializers.CharField(**REASON)
    meeting_link = serializers.URLField(max_length=300, allow_blank=True, required=False)
    override_reason = serializers.CharField(**REASON)
    patient_id = serializers.UUIDField(required=False)
    status = serializers.CharField(required=False)
    arrived = serializers.BooleanField(required=False)
    intake_status = serializers.CharField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        visit: Appointment = self.context["visit"]
        for name in UNCHANGING:
            if name in attrs and attrs.pop(name) != getattr(visit, name):
                raise serializers.ValidationError({name: ["This field cannot be edited. Use the visit's actions."]})
        return super().validate(attrs)

    def _incomplete_time(self, day: dt.date | None, start: dt.time | None) -> dt.datetime | None:
        if day is None and start is None:
            if not self.partial:
                super()._incomplete_time(day, start)
            return None
        actor = self.context["actor"]
        begins = self.context["visit"].starts_at.astimezone(self.context["view"].writer.zone)
        return instant_of(actor, day or begins.date(), start or begins.time())


class RescheduleInput(WhenInput):
    doctor_id = serializers.UUIDField(required=False, allow_null=True)
    override_reason = serializers.CharField(**REASON)


class OverrideInput(Input):
    override_reason = serializers.CharField(help_text="Overrides a rule that permits it; audited.", **REASON)


class CancelInput(Input):
    cancellation_type = serializers.ChoiceField(Cancellation.Type.choices)
    reason_note = serializers.CharField(max_length=500, allow_blank=True, required=False)


class SlotQuery(serializers.Serializer):
    """`date_from` defaults to today and `date_to` to six days later; `after` and `before` are on the clinic's clock."""

    doctor = serializers.UUIDField(required=False)
    specialty = serializers.CharField(required=False, max_length=80)
    date_from = DayField(required=False)
    date_to = DayField(required=False)
    duration = VisitLengthField(required=False)
    visit_type = serializers.ChoiceField(Appointment.VisitType.choices, default=Appointment.VisitType.IN_CLINIC)
    after = ClockField(required=False)
    before = ClockField(required=False)
    limit = serializers.IntegerField(required=False, min_value=1, max_value=MAX_LIMIT, default=50)


class SlotOutput(serializers.Serializer):
    doctor_id = serializers.UUIDField()
    doctor_name = serializers.CharField()
    date = serializers.DateField()
    start_time = serializers.CharField(help_text="HH:MM")
    end_time = serializers.CharField(help_text="HH:MM")
    starts_at = serializers.DateTimeField()


class SlotsOutput(serializers.Serializer):
    results = SlotOutput(many=True)


class CancellationOutput(serializers.ModelSerializer):
    appointment_id = serializers.UUIDField()
    patient_id = serializers.UUIDField()
    cancelled_by_id = serializers.UUIDField(allow_null=True)
    doctor_id = serializers.UUIDField(source="appointment.doctor_id")
    starts_at = serializers.SerializerMethodField(help_text="Of the visit.")

    class Meta:
        model = Cancellation
        fields = (
            *("id", "appointment_id", "patient_id", "doctor_id", "starts_at", "cancellation_type", "reason_note"),
            *("cancelled_by_id", "cancelled_by_name", "late", "notice_minutes", "reverted_at", "created_at"),
        )

    def get_starts_at(self, row: Cancellation) -> dt.datetime:
        return row.appointment.starts_at.astimezone(self.context["view"].writer.zone)


class FollowUpOutput(serializers.ModelSerializer):
    patient_id = serializers.UUIDField()
    patient_name = serializers.CharField(source="patient.full_name")
    doctor_id = serializers.UUIDField()
    doctor_name = serializers.CharField(source="doctor.name")
    appointment_id = serializers.UUIDField(allow_null=True)
    booked_appointment_id = serializers.UUIDField(allow_null=True)
    created_by_id = serializers.UUIDField(allow_null=True)

    class Meta:
        model = FollowUp
        fields = (
            *("id", "patient_id", "patient_name", "doctor_id", "doctor_name", "appointment_id", "scheduled_date"),
            *("note", "status", "booked_appointment_id", "created_by_id", "created_at", "updated_at"),
        )


class FollowUpInput(Input):
    patient_id = serializers.UUIDField()
    doctor_id = serializers.UUIDField(required=False, allow_null=True, help_text="Ignored for a doctor's own.")
    appointment_id = serializers.UUIDField(required=False, allow_null=True)
    scheduled_date = DayField()
    note = serializers.CharField(max_length=500, allow_blank=True, required=False)


class FollowUpChange(Input):
    echoed = tuple(name for name in FollowUpOutput.Meta.fields if name not in {"scheduled_date", "note", "status"})
    scheduled_date = DayField()
    note = serializers.CharField(max_length=500, allow_blank=True, required=False)
    status = serializers.ChoiceField(FollowUp.Status.choices, required=False)


WAITLIST_INPUT = frozenset(
    {"doctor_id", "date_from", "date_to", "duration", "visit_type", "time_from", "time_to", "note"}
)


class WaitlistOutput(serializers.ModelSerializer):
    patient_id = serializers.UUIDField()
    patient_name = serializers.CharField(source="patient.full_name")
    doctor_id = serializers.UUIDField(allow_null=True)
    doctor_name = serializers.SerializerMethodField()
    time_from = ClockField(allow_null=True)
    time_to = ClockField(allow_null=True)
    offered_starts_at = serializers.SerializerMethodField()
    offered_doctor_id = serializers.UUIDField(allow_null=True)
    offer_channel = serializers.SerializerMethodField(help_text="sms or email; empty if no message was sent.")
    booked_appointment_id = serializers.UUIDField(allow_null=True)

    class Meta:
        model = WaitlistEntry
        fields = (
            *("id", "patient_id", "patient_name", "doctor_id", "doctor_name", "date_from", "date_to", "duration"),
            *("visit_type", "time_from", "time_to", "note", "status", "offered_at", "offered_starts_at"),
            *("offered_doctor_id", "offer_channel", "booked_appointment_id", "created_at", "updated_at"),
        )

    def get_offered_starts_at(self, entry: WaitlistEntry) -> dt.datetime | None:
        return entry.offered_starts_at and entry.offered_starts_at.astimezone(self.context["view"].writer.zone)

    def get_offer_channel(self, entry: WaitlistEntry) -> str:
        return entry.offer_message.channel if entry.offer_message else ""

    def get_doctor_name(self, entry: WaitlistEntry) -> str:
        return entry.doctor.name if entry.doctor else ""


class WaitlistMatches(serializers.Serializer):
    results = WaitlistOutput(many=True)


class WaitlistInput(Input):
    patient_id = serializers.UUIDField()
    doctor_id = serializers.UUIDField(required=False, allow_null=True)
    date_from = DayField()
    date_to = DayField()
    duration = VisitLengthField(required=False)
    visit_type = serializers.ChoiceField(Appointment.VisitType.choices, required=False)
    time_from = ClockField(required=False, allow_null=True, help_text="The earliest start, HH:MM.")
    time_to = ClockField(required=False, allow_null=True, help_text="The start is before this time, HH:MM.")
    note = serializers.CharField(max_length=300, allow_blank=True, required=False)


class WaitlistChange(WaitlistInput):
    echoed = tuple(name for name in WaitlistOutput.Meta.fields if name not in WAITLIST_INPUT)

    def get_fields(self) -> dict[str, Any]:
        return {name: each for name, each in super().get_fields().items() if name != "patient_id"}


class OfferInput(WhenInput):
    """A free time and its doctor; an empty body records that a time was offered by other means."""

    doctor_id = serializers.UUIDField(required=False)

    def get_fields(self) -> dict[str, Any]:
        return {name: each for name, each in super().get_fields().items() if name not in {"duration", "end_time"}}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        for name, other in (("doctor_id", "starts_at"), ("starts_at", "doctor_id")):
            if name not in attrs and other in attrs:
                raise serializers.ValidationError({name: ["This field is required."]})
        return attrs

    def _incomplete_time(self, day: dt.date | None, start: dt.time | None) -> dt.datetime | None:
        return None if day is None and start is None else super()._incomplete_time(day, start)


class DoctorNoteOutput(serializers.ModelSerializer):
    doctor_id = serializers.UUIDField()
    doctor_name = serializers.CharField(source="doctor.name")
    patient_id = serializers.UUIDField()
    appointment_id = serializers.UUIDField(allow_null=True)

    class Meta:
        model = DoctorNote
        fields = (
            *("id", "doctor_id", "doctor_name", "patient_id", "appointment_id", "content"),
            *("created_at", "updated_at"),
        )


class DoctorNoteInput(Input):
    patient_id = serializers.UUIDField()
    appointment_id = serializers.UUIDField(required=False, allow_null=True)
    content = serializers.CharField(max_length=20_000)


class DoctorNoteChange(Input):
    echoed = tuple(name for name in DoctorNoteOutput.Meta.fields if name != "content")
    content = serializers.CharField(max_length=20_000)
