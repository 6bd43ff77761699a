"""The Django admin of scheduling: appointments and related rows are read-only, time off and closures editable."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from clinicflow.access.actor import Actor
from clinicflow.backoffice.admin import ClinicModelAdmin, run_operation, site
from clinicflow.clinics.http import clinic_request
from clinicflow.core import clock
from patients.admin import PatientRelatedAdmin
from scheduling.models import Appointment, Cancellation, Closure, FollowUp, Message, TimeOff, WaitlistEntry
from scheduling.operations import appointments, follow_ups, time_off, waitlist


def run_for_each(request: HttpRequest, rows: QuerySet[Any], operation: Callable[..., Any]) -> None:
    """Run the operation for the key of each row. Errors and the number of successes are shown as messages."""
    actor = clinic_request(request).actor
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    done = sum(run_operation(request, partial(operation, actor, pk)) for pk in ids)
    messages.success(request, f"{done} of {len(ids)} done.")


@admin.register(Appointment, site=site)
class AppointmentAdmin(PatientRelatedAdmin):
    """Read-only, except for two actions; appointments are changed on the schedule."""

    list_display = ("starts_at", "doctor", "patient", "status", "visit_type", "intake_status", "arrived")
    list_filter = ("status", "visit_type", "intake_status", "doctor")
    list_select_related = ("doctor", "patient")
    date_hierarchy = "starts_at"
    ordering = ("-starts_at", "pk")
    actions = ("confirm", "mark_no_show")

    @admin.action(description="Confirm")
    def confirm(self, request: HttpRequest, rows: QuerySet[Appointment]) -> None:
        self._each(request, rows, appointments.confirm)

    @admin.action(description="Mark as no-show")
    def mark_no_show(self, request: HttpRequest, rows: QuerySet[Appointment]) -> None:
        self._each(request, rows, appointments.mark_no_show)

    def _each(self, request: HttpRequest, rows: QuerySet[Appointment], operation: Callable[..., Appointment]) -> None:
        run_for_each(request, rows, partial(operation, at=clock.now()))


@admin.register(Cancellation, site=site)
class CancellationAdmin(PatientRelatedAdmin):
    list_display = ("created_at", "patient", "cancellation_type", "late", "notice_minutes", "cancelled_by_name")
    list_filter = ("cancellation_type", "late")
    list_select_related = ("patient",)
    ordering = ("-created_at", "pk")


@admin.register(FollowUp, site=site)
class FollowUpAdmin(PatientRelatedAdmin):
    """Read-only, except for two actions; follow-ups are changed on their page."""

    list_display = ("scheduled_date", "patient", "doctor", "status", "booked_appointment")
    list_filter = ("status", "doctor")
    list_select_related = ("patient", "doctor", "booked_appointment")
    date_hierarchy = "scheduled_date"
    actions = ("cancel", "reopen")

    @admin.action(description="Cancel")
    def cancel(self, request: HttpRequest, rows: QuerySet[FollowUp]) -> None:
        run_for_each(request, rows, follow_ups.cancel)

    @admin.action(description="Reopen")
    def reopen(self, request: HttpRequest, rows: QuerySet[FollowUp]) -> None:
        run_for_each(request, rows, follow_ups.reopen)


@admin.register(WaitlistEntry, site=site)
class WaitlistEntryAdmin(PatientRelatedAdmin):
    """Read-only, except for two actions; the waitlist is changed on its page."""

    list_display = ("created_at", "patient", "doctor", "date_from", "date_to", "status", "offered_at")
    list_filter = ("status", "doctor")
    list_select_related = ("patient", "doctor")
    actions = ("remove", "restore")

    @admin.action(description="Remove from the waitlist")
    def remove(self, request: HttpRequest, rows: QuerySet[WaitlistEntry]) -> None:
        run_for_each(request, rows, waitlist.remove)

    @admin.action(description="Restore to the waitlist")
    def restore(self, request: HttpRequest, rows: QuerySet[WaitlistEntry]) -> None:
        run_for_each(request, rows, waitlist.restore)


@admin.register(Message, site=site)
class MessageAdmin(PatientRelatedAdmin):
    """Messages to and from patients with their status, without the working links."""

    list_display = ("created_at", "patient", "kind", "channel", "direction", "status", "error")
    list_filter = ("kind", "channel", "direction", "status")
    list_select_related = ("patient",)
    ordering = ("-created_at", "pk")
    exclude = ("console_body",)


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
