"""The schedule in the back office: visits to look at, and the time in which nobody books to change."""

from collections.abc import Callable, Sequence
from functools import partial

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from clinicflow.clinics.actors import Actor
from clinicflow.clinics.admin import ClinicModelAdmin, attempt, site
from clinicflow.core import clock
from patients.admin import OfPatientAdmin
from scheduling.models import Appointment, Cancellation, Closure, FollowUp, Message, TimeOff, WaitlistEntry
from scheduling.operations import appointments, time_off


@admin.register(Appointment, site=site)
class AppointmentAdmin(OfPatientAdmin):
    """Read here; visits change on the schedule, where the rules of booking are."""

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

    def _each(self, request: HttpRequest, rows: QuerySet[Appointment], act: Callable[..., Appointment]) -> None:
        """The operation of the schedule for each; those that refuse say why."""
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        now = clock.now()
        done = sum(attempt(request, partial(act, self._actor(request), pk, at=now)) for pk in ids)
        messages.success(request, f"{done} of {len(ids)} done.")


@admin.register(Cancellation, site=site)
class CancellationAdmin(OfPatientAdmin):
    list_display = ("created_at", "patient", "cancellation_type", "late", "notice_minutes", "cancelled_by_name")
    list_filter = ("cancellation_type", "late")
    list_select_related = ("patient",)
    ordering = ("-created_at", "pk")


@admin.register(FollowUp, site=site)
class FollowUpAdmin(OfPatientAdmin):
    list_display = ("scheduled_date", "patient", "doctor", "status")
    list_filter = ("status", "doctor")
    list_select_related = ("patient", "doctor")


@admin.register(WaitlistEntry, site=site)
class WaitlistEntryAdmin(OfPatientAdmin):
    list_display = ("created_at", "patient", "doctor", "date_from", "date_to", "status")
    list_filter = ("status", "doctor")
    list_select_related = ("patient", "doctor")


@admin.register(Message, site=site)
class MessageAdmin(OfPatientAdmin):
    """What was written to and by patients, and what became of it. Working links are not kept here."""

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
