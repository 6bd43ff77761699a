"""The schedule in the back office: visits to look at, and the time in which nobody books to change."""

from collections.abc import Sequence

from django.contrib import admin

from clinicflow.clinics.actors import Actor
from clinicflow.clinics.admin import ClinicModelAdmin, site
from scheduling.models import Appointment, Cancellation, Closure, FollowUp, TimeOff, WaitlistEntry
from scheduling.operations import time_off


@admin.register(Appointment, site=site)
class AppointmentAdmin(ClinicModelAdmin):
    """Read here; visits change on the schedule, where the rules of booking are."""

    list_display = ("starts_at", "doctor", "patient", "status", "visit_type", "intake_status", "arrived")
    list_filter = ("status", "visit_type", "intake_status", "doctor")
    list_select_related = ("doctor", "patient")
    date_hierarchy = "starts_at"
    ordering = ("-starts_at", "pk")


@admin.register(Cancellation, site=site)
class CancellationAdmin(ClinicModelAdmin):
    list_display = ("created_at", "patient", "cancellation_type", "late", "notice_minutes", "cancelled_by_name")
    list_filter = ("cancellation_type", "late")
    list_select_related = ("patient",)
    ordering = ("-created_at", "pk")


@admin.register(FollowUp, site=site)
class FollowUpAdmin(ClinicModelAdmin):
    list_display = ("scheduled_date", "patient", "doctor", "status")
    list_filter = ("status", "doctor")
    list_select_related = ("patient", "doctor")


@admin.register(WaitlistEntry, site=site)
class WaitlistEntryAdmin(ClinicModelAdmin):
    list_display = ("created_at", "patient", "doctor", "date_from", "date_to", "status")
    list_filter = ("status", "doctor")
    list_select_related = ("patient", "doctor")


@admin.register(TimeOff, site=site)
class TimeOffAdmin(ClinicModelAdmin):
    list_display = ("starts_at", "ends_at", "doctor", "reason")
    list_filter = ("doctor",)
    list_select_related = ("doctor",)
    may_add = may_change = True

    def store(self, actor: Actor, obj: TimeOff, changed: Sequence[str]) -> None:
        time_off.save(actor, obj)


@admin.register(Closure, site=site)
class ClosureAdmin(ClinicModelAdmin):
    list_display = ("starts_at", "ends_at", "reason")
    may_add = may_change = True

    def store(self, actor: Actor, obj: Closure, changed: Sequence[str]) -> None:
        time_off.save(actor, obj)
