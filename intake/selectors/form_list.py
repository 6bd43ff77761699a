"""The list of intake forms: appointments with the state of their forms, and counts by state."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy

from clinicflow.access.actor import Actor
from clinicflow.core import clock
from intake.models import IntakeForm
from scheduling.models import Appointment, Message

FUTURE_RANGE, PAST_RANGE = dt.timedelta(days=31), dt.timedelta(days=31)
PAGE_SIZE = 50


@dataclass(frozen=True)
class FormState:
    """A state of an appointment's form, with its label, icon, badge tone and condition."""

    key: str
    word: Any
    icon: str
    tone: str
    rule: Q


_waiting = Q(intake_forms__submitted_at=None, intake_forms__completed_reason="") | Q(intake_forms=None)
_opened = Q(intake_forms__opened_at__isnull=False) | Q(intake_forms__saved_at__isnull=False)
_sent = Q(intake_status=Appointment.IntakeStatus.SENT)
STATES = (
    FormState("missing", gettext_lazy("Not sent"), "clipboard-x", "warn", _waiting & ~_opened & ~_sent),
    FormState("sent", gettext_lazy("Sent"), "send", "info", _waiting & ~_opened & _sent),
    FormState("started", gettext_lazy("Being filled in"), "pencil", "info", _waiting & _opened),
    FormState("submitted", gettext_lazy("To review"), "clipboard-list", "", Q(intake_forms__status="submitted")),
    FormState("reviewed", gettext_lazy("Reviewed"), "clipboard-check", "ok", Q(intake_forms__status="reviewed")),
    FormState(
        "waived",
        gettext_lazy("Without a form"),
        "minus",
        "",
        Q(intake_forms__submitted_at=None) & ~Q(intake_forms__completed_reason="") & Q(intake_forms__isnull=False),
    ),
)
STATE_BY_KEY = {state.key: state for state in STATES}


@dataclass(frozen=True)
class FormRow:
    """A row of the list. `form` is None until it is created; `message` is the latest one about the form."""

    visit: Appointment
    form: IntakeForm | None
    message: Message | None = None

    @property
    def key(self) -> str:
        return str(self.visit.pk)

    @property
    def state(self) -> FormState:
        form = self.form
        if form is None or not (form.submitted_at or form.completed_reason):
            opened = form is not None and (form.opened_at or form.saved_at)
            if opened:
                return STATE_BY_KEY["started"]
            return STATE_BY_KEY["sent" if self.visit.intake_status == Appointment.IntakeStatus.SENT else "missing"]
        return STATE_BY_KEY[form.status if form.submitted_at else "waived"]

    @property
    def is_open(self) -> bool:
        """Whether the form is not submitted."""
        return self.state.key in {"missing", "sent", "started"}


@dataclass(frozen=True)
class FormFilters:
    """Filters of the list: state, doctor, and the past instead of the coming month."""

    state: str = ""
    past: bool = False
    doctor_id: UUID | None = None


def visits_with_forms(actor: Actor, filters: FormFilters) -> QuerySet[Appointment]:
    """Appointments of the coming month, earliest first, or of the past month, latest first."""
    start, _end = clock.day_bounds(clock.today(actor.timezone), actor.timezone)
    rows: QuerySet[Appointment] = Appointment.objects.visible_to(actor).live().select_related("patient", "doctor")
    if filters.doctor_id:
        rows = rows.filter(doctor_id=filters.doctor_id)
    if filters.past:
        return rows.filter(starts_at__gte=start - PAST_RANGE, starts_at__lt=start).order_by("-starts_at", "id")
    return rows.filter(starts_at__gte=start, starts_at__lt=start + FUTURE_RANGE).order_by("starts_at", "id")


def count_by_state(actor: Actor, filters: FormFilters) -> dict[str, int]:
    """The number of appointments by state. One query."""
    totals = {state.key: Count("pk", filter=state.rule) for state in STATES}
    totals_by_state: dict[str, int] = visits_with_forms(actor, filters).order_by().aggregate(**totals)
    return totals_by_state


def visits_in_state(actor: Actor, filters: FormFilters) -> QuerySet[Appointment]:
    """Appointments in the filtered state; `form_rows` turns a page of them into rows."""
    appointments = visits_with_forms(actor, filters)
    state = STATE_BY_KEY.get(filters.state)
    return appointments.filter(state.rule) if state else appointments


def form_rows(actor: Actor, page: list[Appointment]) -> list[FormRow]:
    """Appointments with their forms (without answers) and the latest message about each. Two queries."""
    forms = {
        form.appointment_id: form
        for form in IntakeForm.objects.visible_to(actor)
        .filter(appointment__in=[visit.pk for visit in page])
        .defer("raw_answers")
    }
    about_forms = Message.objects.visible_to(actor).filter(
        appointment__in=[visit.pk for visit in page],
        kind__in=[Message.Kind.INTAKE_LINK, Message.Kind.INTAKE_REMINDER],
    )
    latest = about_forms.defer("console_body").order_by("appointment_id", "-created_at").distinct("appointment_id")
    last = {message.appointment_id: message for message in latest}
    return [FormRow(visit, forms.get(visit.pk), last.get(visit.pk)) for visit in page]


def form_row(actor: Actor, appointment_id: UUID) -> FormRow:
    """One appointment with its form. NotFound if it is not visible to the actor."""
    visit = Appointment.objects.visible_to(actor).select_related("patient", "doctor").fetch(appointment_id)
    return form_rows(actor, [visit])[0]
