"""Django's admin for the front desk, limited to the member's clinic.

An app registers its models in its own `admin.py`:

    from clinicflow.backoffice.admin import ClinicModelAdmin, site

    @admin.register(Room, site=site)
    class RoomAdmin(ClinicModelAdmin):
        list_display = ("name", "floor")
        search_fields = ("name",)
        may_add = may_change = True

        def store(self, actor, obj, changed):
            rooms.save(actor, obj)          # an operation; the default saves the row itself

The base class reads through `visible_to`, limits choices to the clinic's rows, audits reads of models with a patient
(`patient_field`), and shows domain errors as messages. It is read-only by default. Django's log of admin actions is
disabled: it would copy patients' names, and the audit triggers record every change anyway.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from functools import partial, update_wrapper
from typing import Any, ClassVar, cast
from uuid import UUID

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.widgets import AdminSplitDateTime
from django.contrib.auth.views import redirect_to_login
from django.db import models, transaction
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from clinicflow.access.actor import Actor
from clinicflow.access.guards import redirect_to_sign_in
from clinicflow.access.http import request_actor
from clinicflow.accounts.models import User
from clinicflow.audit.models import AuditLog
from clinicflow.audit.recorder import record_access
from clinicflow.backoffice.selectors import without_fingerprints
from clinicflow.clinic_settings.operations import settings as clinic_settings
from clinicflow.clinic_settings.schema import ASKING_PASSWORD
from clinicflow.clinics.http import clinic_request
from clinicflow.clinics.models import ClinicSettings, Doctor, DoctorSettings, Membership
from clinicflow.clinics.querysets import MembershipQuerySet
from clinicflow.core.errors import DomainError, Forbidden, NotFound
from clinicflow.jobs import queue
from clinicflow.jobs.models import Job
from clinicflow.staff.operations import members


class ClinicAdminSite(admin.AdminSite):
    """For the front desk only. Sign-in and sign-out are those of the web pages."""

    site_header = _("ClinicFlow back office")
    site_title = _("ClinicFlow")
    index_title = _("Your clinic")
    site_url = "/"
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        actor = request_actor(request)
        return actor is not None and str(actor.role) == "admin"

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request_actor(request) is None:
                return redirect_to_sign_in(request)
            if not self.has_permission(request):
                raise Forbidden()
            response: HttpResponseBase = inner(request, *args, **kwargs)
            return response

        return update_wrapper(guarded, inner)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect_to_login(reverse("admin:index"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account_change_password")

    def get_log_entries(self, request: HttpRequest) -> models.QuerySet[LogEntry]:
        return LogEntry.objects.none()


site = ClinicAdminSite(name="admin")


class ClinicModelAdmin(admin.ModelAdmin):
    """Rows of the member's clinic. `may_add` and `may_change` allow writes; rows are never deleted here."""

    may_add: ClassVar[bool] = False
    may_change: ClassVar[bool] = False
    asks_password_for: ClassVar[frozenset[str]] = frozenset()  # fields that only a recent password may change
    patient_field: ClassVar[str] = "patient_id"  # "pk" for the model of patients itself
    list_per_page = 50
    show_full_result_count = False

    def _actor(self, request: HttpRequest) -> Actor:
        return clinic_request(request).actor

    # ------------------------------------------------------------------ permissions
    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_add and self.admin_site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_change and self.admin_site.has_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # ------------------------------------------------------------------ reading
    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = self.model._default_manager.visible_to(self._actor(request))
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        obj = super().get_object(request, object_id, from_field)
        if obj is not None:
            self._record_read(request, [obj], resource_id=obj.pk)
        return obj

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        changelist = (getattr(response, "context_data", None) or {}).get("cl")
        if changelist is not None:
            self._record_read(request, changelist.result_list)
        return response

    def _record_read(self, request: HttpRequest, rows: Iterable[Any], *, resource_id: UUID | str = "") -> None:
        patients = [getattr(row, self.patient_field, None) for row in rows]
        shown = [patient for patient in patients if patient]
        record_access(self._actor(request), self.model._meta.db_table, shown, resource_id=resource_id)

    def formfield_for_foreignkey(self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        """Limit the choices to the clinic's rows, and of users to its members."""
        if db_field.related_model is User:
            joined = Membership.objects.visible_to(self._actor(request)).joined()
            kwargs["queryset"] = User.objects.filter(pk__in=joined.values("user_id"))
        else:
            rows: Any = db_field.related_model._default_manager
            kwargs["queryset"] = rows.visible_to(self._actor(request)) if hasattr(rows, "visible_to") else rows.none()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: models.Field, request: Any, **kwargs: Any) -> Any:
        """Label the two inputs of a date and time field separately."""
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(db_field, models.DateTimeField) and isinstance(field.widget, AdminSplitDateTime):
            for part, name in zip(field.widget.widgets, (_("date"), _("time")), strict=True):
                part.attrs["aria-label"] = f"{field.label}, {name}"
        return field

    # ------------------------------------------------------------------ writing
    def store(self, actor: Actor, obj: Any, changed: Sequence[str]) -> None:
        """Save a valid row. Subclasses call their operation here; a DomainError is shown as a message."""
        obj.save()

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        actor = self._actor(request)
        if self.asks_password_for.intersection(form.changed_data):
            raise_if_reauthentication_required(request, app="clinics")
        if not change:
            obj.clinic_id = actor.clinic_id
        self.store(actor, obj, form.changed_data)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                return super().changeform_view(request, *args, **kwargs)
        except NotFound:
            raise
        except DomainError as error:
            field_errors = [message for field in error.fields.values() for message in field]
            messages.error(request, " ".join(map(str, field_errors)) or error.detail)
            return HttpResponseRedirect(request.get_full_path())

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Redirect to the audit entries of the row."""
        query = f"resource_type={self.model._meta.db_table}&resource_id={object_id}"
        return HttpResponseRedirect(f"{reverse('admin:audit_auditlog_changelist')}?{query}")

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Do nothing: the audit trigger has recorded it."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Do nothing: the audit trigger has recorded it."""


def run_operation(request: HttpRequest, operation: Callable[[], object]) -> bool:
    """Run an operation on one of several rows. A DomainError is rolled back and shown as a message; returns success."""
    try:
        with transaction.atomic():
            operation()
    except DomainError as error:
        messages.error(request, error.detail)
        return False
    return True


@admin.register(Doctor, site=site)
class DoctorAdmin(ClinicModelAdmin):
    list_display = ("name", "specialty", "room", "color", "is_active")
    list_filter = ("is_active", "specialty")
    search_fields = ("name", "specialty")
    fields = (
        "name",
        "initials",
        "specialty",
        "color",
        "room",
        "user",
        "working_hours",
        "default_visit_length",
        "voice_ai_enabled",
        "is_active",
    )
    may_add = may_change = True

    def store(self, actor: Actor, obj: Doctor, changed: Sequence[str]) -> None:
        clinic_settings.save_doctor_profile(actor, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Explain the format of weekly hours, and link to the page that has an editor for them."""
        help_text = _(
            'Format: {"mon": [["09:00", "12:30"], ["13:15", "17:00"]]}. Leave empty to use the clinic\'s hours.'
        )
        link = format_html(' <a href="{}">{}</a>', reverse("doctor", args=[obj.pk]), _("Edit by day")) if obj else ""
        kwargs["help_texts"] = {"working_hours": format_html("{}{}", help_text, link)}
        return super().get_form(request, obj, change, **kwargs)


@admin.register(ClinicSettings, site=site)
class ClinicSettingsAdmin(ClinicModelAdmin):
    list_display = ("clinic", "opens_at", "closes_at", "slot_size", "updated_at")
    may_change = True
    asks_password_for = ASKING_PASSWORD

    def store(self, actor: Actor, obj: ClinicSettings, changed: Sequence[str]) -> None:
        clinic_settings.save_clinic(actor, **{name: getattr(obj, name) for name in changed})


@admin.register(DoctorSettings, site=site)
class DoctorSettingsAdmin(ClinicModelAdmin):
    list_display = ("doctor", "video_visits_enabled", "allow_walk_ins", "allow_forced_booking", "voice_ai_enabled")
    list_select_related = ("doctor",)
    readonly_fields = ("doctor",)
    may_change = True

    def store(self, actor: Actor, obj: DoctorSettings, changed: Sequence[str]) -> None:
        clinic_settings.save_doctor(actor, obj.doctor_id, **{name: getattr(obj, name) for name in changed})


@admin.register(Membership, site=site)
class MembershipAdmin(ClinicModelAdmin):
    """Read-only, with actions to deactivate and reactivate. Roles are changed in the settings, by member."""

    list_display = ("member", "email", "role", "doctor", "status", "invited_at", "joined_at")
    list_filter = ("role", "status")
    list_select_related = ("user", "doctor")
    search_fields = ("user__email", "invited_as")
    fields = ("member", "email", "role", "doctor", "status", "invited_at", "joined_at")
    readonly_fields = ("member", "email")
    actions = ("deactivate", "reactivate")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Membership]:
        return cast(MembershipQuerySet[Membership], super().get_queryset(request)).with_listed_name()

    @admin.display(description=_("name"), ordering="listed_name")
    def member(self, membership: Membership) -> str:
        return membership.shown_name

    @admin.display(description=_("email"))
    def email(self, membership: Membership) -> str:
        return membership.user.email

    @admin.action(description=_("Deactivate"))
    def deactivate(self, request: HttpRequest, rows: models.QuerySet[Membership]) -> None:
        self._set_status(request, rows, Membership.Status.DISABLED)

    @admin.action(description=_("Reactivate"))
    def reactivate(self, request: HttpRequest, rows: models.QuerySet[Membership]) -> None:
        self._set_status(request, rows, Membership.Status.ACTIVE)

    def _set_status(self, request: HttpRequest, rows: models.QuerySet[Membership], status: str) -> None:
        """Set the access of the selected members. Requires a recent password, as on the members' pages."""
        raise_if_reauthentication_required(request, app="clinics")
        for user_id in rows.values_list("user_id", flat=True).distinct():
            run_operation(request, partial(members.set_access, self._actor(request), user_id, status=status))


@admin.register(AuditLog, site=site)
class AuditLogAdmin(ClinicModelAdmin):
    list_display = ("at", "user", "role", "action", "resource_type", "resource_id", "outcome", "ip_address")
    list_filter = ("action", "resource_type", "outcome")
    list_select_related = ("user",)
    search_fields = ("resource_id", "request_id")
    ordering = ("-id",)
    show_facets = admin.ShowFacets.NEVER
    exclude = ("old_values", "new_values")
    readonly_fields = ("before", "after")

    @admin.display(description=_("before"))
    def before(self, entry: AuditLog) -> str:
        return self._values(entry.old_values)

    @admin.display(description=_("after"))
    def after(self, entry: AuditLog) -> str:
        return self._values(entry.new_values)

    def _values(self, values: dict[str, Any] | None) -> str:
        return json.dumps(without_fingerprints(values), ensure_ascii=False, indent=2) if values else "–"

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        return lookup in {"resource_type", "resource_id"} or super().lookup_allowed(lookup, value, request)

    def _record_read(self, request: HttpRequest, rows: Iterable[Any], *, resource_id: UUID | str = "") -> None:
        shown = [patient for row in rows for patient in row.patient_ids]
        record_access(self._actor(request), self.model._meta.db_table, shown, resource_id=resource_id)


@admin.register(Job, site=site)
class JobAdmin(ClinicModelAdmin):
    list_display = ("kind", "state", "attempts", "run_after", "last_error", "created_at")
    list_filter = ("state", "kind")
    search_fields = ("kind", "key")
    ordering = ("-created_at",)
    actions = ("retry",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Job]:
        return Job.objects.filter(clinic_id=self._actor(request).clinic_id).order_by(*self.ordering)

    @admin.action(description=_("Retry dead jobs"))
    def retry(self, request: HttpRequest, rows: models.QuerySet[Job]) -> None:
        dead = list(rows.filter(state=Job.State.DEAD))
        for job in dead:
            queue.retry(job)
        messages.success(request, _("%(count)d jobs will be retried.") % {"count": len(dead)})
