"""Clinics, doctors, memberships and settings."""

import datetime as dt

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from clinicflow.access.querysets import StaffQuerySet
from clinicflow.clinics.querysets import DoctorQuerySet, DoctorSettingsQuerySet, MembershipQuerySet
from clinicflow.core.models import ClinicOwned, Timestamped

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
VISIT_MINUTES = range(5, 481)  # the lengths that a visit may have


class Clinic(Timestamped):
    """A tenant. `timezone` is an IANA name, the zone of every wall-clock time of the clinic."""

    name = models.CharField(max_length=120)
    timezone = models.CharField(max_length=64, default="America/New_York")
    phone = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, default="US")
    region = models.CharField(max_length=10, blank=True)
    settings = models.JSONField(default=dict, blank=True)

    class Meta:
        db_table = "clinics"

    def __str__(self) -> str:
        return self.name


class Doctor(ClinicOwned):
    """A provider whose time can be booked, with or without a user who signs in as them.

    `working_hours` is `{"mon": [["09:00", "12:30"], ["13:15", "17:00"]], …}`, wall-clock times of the clinic.
    """

    class Hue(models.TextChoices):
        TEAL = "teal"
        PLUM = "plum"
        LEAF = "leaf"
        CLAY = "clay"
        IRIS = "iris"
        SKY = "sky"
        ROSE = "rose"
        SAND = "sand"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="doctors")
    name = models.CharField(max_length=120)
    initials = models.CharField(max_length=4)
    specialty = models.CharField(max_length=80, blank=True)
    color = models.CharField(max_length=8, choices=Hue, default=Hue.TEAL)
    room = models.CharField(max_length=40, blank=True)
    working_hours = models.JSONField(default=dict, blank=True)
    default_visit_length = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(VISIT_MINUTES[0]), MaxValueValidator(VISIT_MINUTES[-1])]
    )
    voice_ai_enabled = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    calendar_token_hash = models.BinaryField(max_length=32, null=True, blank=True, editable=False)

    objects = DoctorQuerySet.as_manager()

    class Meta:
        db_table = "doctors"
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(default_visit_length__gte=VISIT_MINUTES[0], default_visit_length__lte=VISIT_MINUTES[-1]),
                name="doctors_visit_length",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(Timestamped):
    """A user's role in one clinic. A user can have several roles, in several clinics."""

    class Role(models.TextChoices):
        FRONT_DESK = "admin", "Front desk"
        DOCTOR = "doctor", "Doctor"
        OWNER = "owner", "Owner"

    class Status(models.TextChoices):
        ACTIVE = "active"
        DISABLED = "disabled"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=6, choices=Role)
    doctor = models.ForeignKey(
        Doctor, models.PROTECT, null=True, blank=True, related_name="memberships", db_constraint=False
    )
    status = models.CharField(max_length=8, choices=Status, default=Status.ACTIVE)
    # When the last invitation was sent, the name that the manager entered, and when the member accepted it.
    invited_at = models.DateTimeField(null=True, blank=True)
    invited_as = models.CharField(max_length=120, blank=True)
    joined_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        db_table = "memberships"
        constraints = [
            models.UniqueConstraint(fields=["user", "clinic", "role"], name="memberships_one_of_each_role"),
            models.CheckConstraint(
                condition=Q(role="doctor", doctor__isnull=False) | (~Q(role="doctor") & Q(doctor__isnull=True)),
                name="memberships_doctor_names_doctor",
            ),
            models.CheckConstraint(condition=Q(role__in=["admin", "doctor", "owner"]), name="memberships_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} at {self.clinic_id}"

    @property
    def is_pending(self) -> bool:
        """Whether the invitation is still open. Until it is accepted, the clinic sees nothing of the user's account."""
        return self.invited_at is not None and self.joined_at is None

    @property
    def shown_name(self) -> str:
        """The user's name; while the invitation is open, the name that the manager entered."""
        return self.invited_as if self.is_pending and self.invited_as else self.user.name


def weekdays() -> list[str]:
    return list(WEEKDAYS[:5])


class ClinicSettings(ClinicOwned):
    """A clinic's settings, by tab of the settings page. Times are the clinic's wall-clock times, durations minutes."""

    class SlotSize(models.IntegerChoices):
        QUARTER = 15
        HALF = 30
        THREE_QUARTERS = 45

    class Delivery(models.TextChoices):
        AUTOMATIC = "automatic"
        MANUAL = "manual"
        ASK = "ask-every-time"

    class DateFormat(models.TextChoices):
        MONTH_FIRST = "MM/DD/YYYY"
        DAY_FIRST = "DD/MM/YYYY"
        ISO = "YYYY-MM-DD"

    class TimeFormat(models.TextChoices):
        TWELVE = "12h"
        TWENTY_FOUR = "24h"

    class FirstPage(models.TextChoices):
        DASHBOARD = "dashboard"
        SCHEDULE = "schedule"
        PATIENTS = "patients"
        INBOX = "inbox"

    # Clinic & hours
    working_days = models.JSONField(default=weekdays)
    opens_at = models.TimeField(default=dt.time(9))
    closes_at = models.TimeField(default=dt.time(17))
    slot_size = models.PositiveSmallIntegerField(choices=SlotSize, default=SlotSize.HALF)
    # Scheduling rules
    allow_overlapping = models.BooleanField(default=False)
    allow_walk_ins = models.BooleanField(default=True)
    require_provider = models.BooleanField(default=True)
    allow_admin_override = models.BooleanField(default=True)
    minimum_cancellation_notice = models.PositiveIntegerField(default=60)
    auto_no_show_threshold = models.PositiveIntegerField(default=15)
    no_show_virtual = models.BooleanField(default=False)
    cancellation_reason_required = models.BooleanField(default=True)
    # Intake
    intake_required = models.BooleanField(default=True)
    lock_appointment_if_missing = models.BooleanField(default=False)
    allow_manual_completion = models.BooleanField(default=True)
    intake_delivery_path = models.CharField(max_length=14, choices=Delivery, default=Delivery.AUTOMATIC)
    # Voice AI & messaging
    voice_enabled = models.BooleanField(default=True)
    sms_enabled = models.BooleanField(default=True)
    email_enabled = models.BooleanField(default=True)
    max_call_attempts = models.PositiveSmallIntegerField(default=3)
    call_window_start = models.TimeField(default=dt.time(9))
    call_window_end = models.TimeField(default=dt.time(18))
    retry_delay = models.PositiveIntegerField(default=30)
    ai_agreement_confirmed = models.BooleanField(default=False)
    ai_monthly_cap_usd = models.DecimalField(max_digits=8, decimal_places=2, default=50)
    # Escalation
    escalate_on_unrecognized = models.BooleanField(default=True)
    escalate_on_human_request = models.BooleanField(default=True)
    escalate_on_no_response = models.BooleanField(default=True)
    escalate_on_ambiguous = models.BooleanField(default=False)
    # Notifications
    notify_unconfirmed = models.BooleanField(default=True)
    notify_missing_intake = models.BooleanField(default=True)
    notify_ai_attention = models.BooleanField(default=True)
    notify_cancellations = models.BooleanField(default=True)
    notify_no_shows = models.BooleanField(default=True)
    notify_via_app = models.BooleanField(default=True)
    notify_via_email = models.BooleanField(default=False)
    # Preferences
    date_format = models.CharField(max_length=10, choices=DateFormat, default=DateFormat.MONTH_FIRST)
    time_format = models.CharField(max_length=3, choices=TimeFormat, default=TimeFormat.TWELVE)
    default_dashboard_view = models.CharField(max_length=10, choices=FirstPage, default=FirstPage.DASHBOARD)
    auto_refresh_interval = models.PositiveIntegerField(default=30)
    # Security & users
    session_timeout = models.PositiveIntegerField(default=480)
    require_mfa = models.BooleanField(default=False)

    objects = StaffQuerySet.as_manager()

    class Meta:
        db_table = "clinic_settings"
        verbose_name_plural = "clinic settings"
        constraints = [
            models.UniqueConstraint(fields=["clinic"], name="clinic_settings_one_a_clinic"),
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")),
                name="clinic_settings_hours_in_order",
                violation_error_message="The clinic must close after it opens.",
            ),
            models.CheckConstraint(
                condition=Q(call_window_start__lt=F("call_window_end")),
                name="clinic_settings_call_window_in_order",
                violation_error_message="The call window must end after it starts.",
            ),
            models.CheckConstraint(condition=Q(slot_size__in=[15, 30, 45]), name="clinic_settings_slot_size_known"),
            models.CheckConstraint(
                condition=Q(session_timeout__gte=5, session_timeout__lte=1440), name="clinic_settings_timeout_range"
            ),
            models.CheckConstraint(
                condition=Q(minimum_cancellation_notice__lte=43200, auto_no_show_threshold__lte=480),
                name="clinic_settings_minutes_range",
            ),
        ]

    @property
    def clinic_hours(self) -> tuple[dt.time, dt.time]:
        return self.opens_at, self.closes_at


def both_visit_types() -> list[str]:
    return ["in-clinic", "virtual"]


class DoctorSettings(ClinicOwned):
    """A doctor's own booking settings.

    `working_hours_override` replaces `Doctor.working_hours` by weekday or by date:
    `{"fri": [["09:00", "12:00"]], "2026-12-28": []}`. A date takes precedence over its weekday.
    """

    doctor = models.ForeignKey(Doctor, models.CASCADE, related_name="preferences", db_constraint=False)
    working_hours_override = models.JSONField(default=dict, blank=True)
    supported_visit_types = models.JSONField(default=both_visit_types)
    video_visits_enabled = models.BooleanField(default=True)
    allow_walk_ins = models.BooleanField(default=True)
    allow_forced_booking = models.BooleanField(default=True)
    voice_ai_enabled = models.BooleanField(default=True)

    objects = DoctorSettingsQuerySet.as_manager()

    class Meta:
        db_table = "doctor_settings"
        verbose_name_plural = "doctor settings"
        constraints = [models.UniqueConstraint(fields=["clinic", "doctor"], name="doctor_settings_one_a_doctor")]

    @property
    def own_week(self) -> dict[str, list[list[str]]]:
        """The part of `working_hours_override` that is by weekday."""
        return {day: ranges for day, ranges in self.working_hours_override.items() if day in WEEKDAYS}

    def takes(self, visit_type: str) -> bool:
        """Whether the doctor offers visits of this type, `in-clinic` or `virtual`."""
        return visit_type in self.supported_visit_types and (visit_type != "virtual" or self.video_visits_enabled)
