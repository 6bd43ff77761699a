"""Conversations in the back office, read only, and alerts of danger, which can be closed with a note."""

from collections.abc import Sequence

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from aiassist.models import DangerAlert, Interaction
from aiassist.operations import dangers
from aiassist.selectors.dangers import kind_label
from clinicflow.access.actor import Actor
from clinicflow.backoffice.admin import ClinicModelAdmin, site
from clinicflow.core import clock


@admin.register(Interaction, site=site)
class InteractionAdmin(ClinicModelAdmin):
    list_display = ("last_message_at", "patient", "doctor", "channel", "status", "attention_reason", "needs_attention")
    list_filter = ("channel", "status", "needs_attention", "attention_reason", "doctor")
    list_select_related = ("patient", "doctor")
    ordering = ("-last_message_at", "-pk")


@admin.register(DangerAlert, site=site)
class DangerAlertAdmin(ClinicModelAdmin):
    """Alerts of danger. The patient's words are not shown, because answers on a form are for doctors."""

    list_display = ("found_at", "patient", "danger", "doctor", "source", "resolved_at")
    list_filter = ("kind", ("resolved_at", admin.EmptyFieldListFilter), "appointment__doctor")
    list_select_related = ("patient", "appointment__doctor")
    ordering = ("-found_at", "-pk")
    fields = (
        *("patient", "danger", "doctor", "source", "found_at", "withdrawn_at", "resolved_at", "resolved_by"),
        "resolution_note",
    )
    readonly_fields = fields[:-1]
    may_change = True

    def has_change_permission(self, request: HttpRequest, obj: DangerAlert | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.resolved_at is None)

    @admin.display(description=_("danger"), ordering="kind")
    def danger(self, alert: DangerAlert) -> str:
        return str(kind_label(alert))

    @admin.display(description=_("doctor"))
    def doctor(self, alert: DangerAlert) -> str:
        return alert.appointment.doctor.name

    @admin.display(description=_("source"))
    def source(self, alert: DangerAlert) -> str:
        return str(_("Intake form") if alert.form_id else _("Message"))

    def store(self, actor: Actor, obj: DangerAlert, changed: Sequence[str]) -> None:
        dangers.resolve(actor, obj.pk, note=obj.resolution_note, at=clock.now())
