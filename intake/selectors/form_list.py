"""The front desk's list: every visit with the state of its form, and how many there are of each."""

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

AHEAD, BACK = dt.timedelta(days=31), dt.timedelta(days=31)
PAGE = 50


@dataclass(frozen=True)
class State:
    """One of the states that a visit's form can be in, as the page names and shows it."""

    key: str
    word: Any
    icon: str
    tone: str
    rule: Q


_waiting = Q(intake_forms__submitted_at=None, intake_forms__completed_reason="") | Q(intake_forms=None)
_opened = Q(intake_forms__opened_at__isnull=False) | Q(intake_forms__saved_at__isnull=False)
_sent = Q(intake_status=Appointment.IntakeStatus.SENT)
STATES = (
    State("missing", gettext_lazy("Not sent"), "clipboard-x", "warn", _waiting & ~_opened & ~_sent),
    State("sent", gettext_lazy("Sent"), "send", "info", _waiting & ~_opened & _sent),
    State("started", gettext_lazy("Being filled in"), "pencil", "info", _waiting & _opened),
    State("submitted", gettext_lazy("To review"), "clipboard-list", "", Q(intake_forms__status="submitted")),
    State("reviewed", gettext_lazy("Reviewed"), "clipboard-check", "ok", Q(intake_forms__status="reviewed")),
    State(
        "waived",
        gettext_lazy("Without a form"),
        "minus",
        "",
        Q(intake_forms__submitted_at=None) & ~Q(intake_forms__completed_reason="") & Q(intake_forms__isnull=False),
    ),
)
BY_KEY = {state.key: state for state in STATES}


@dataclass(frozen=True)
class FormRow:
    """One visit of the list; `form` is None while nobody has needed one, `message` is the last one about it."""

    visit: Appointment
    form: IntakeForm | None
    message: Message | None = None

    @property
    def key(self) -> str:
        return str(self.visit.pk)

    @property
    def state(self) -> State:
        form = self.form
        if form is None or not (form.submitted_at or form.completed_reason):
            opened = form is not None and (form.opened_at or form.saved_at)
            if opened:
                return BY_KEY["started"]
            return BY_KEY["sent" if self.visit.intake_status == Appointment.IntakeStatus.SENT else "missing"]
        return BY_KEY[form.status if form.submitted_at else "waived"]

    @property
    def is_open(self) -> bool:
        """Whether the patient still has something to fill in."""
        return self.state.key in {"missing", "sent", "started"}


@dataclass(frozen=True)
class FormFilters:
    """What the page is asked for: one state or all, the coming or the past month, one doctor or all."""

    state: str = ""
    past: bool = False
    doctor_id: UUID | None = None


def visits_with_forms(actor: Actor, asked: FormFilters) -> QuerySet[Appointment]:
    """The visits of the coming month that take place, nearest first, or those of the past one, latest first."""
    start, _end = clock.day_bounds(clock.today(actor.timezone), actor.timezone)
    rows: QuerySet[Appointment] = Appointment.objects.visible_to(actor).live().select_related("patient", "doctor")
    if asked.doctor_id:
        rows = rows.filter(doctor_id=asked.doctor_id)
    if asked.past:
        return rows.filter(starts_at__gte=start - BACK, starts_at__lt=start).order_by("-starts_at", "id")
    return rows.filter(starts_at__gte=start, starts_at__lt=start + AHEAD).order_by("starts_at", "id")


def counts(actor: Actor, asked: FormFilters) -> dict[str, int]:
    """How many of those visits are in each state."""
    totals = {state.key: Count("pk", filter=state.rule) for state in STATES}
    found: dict[str, int] = visits_with_forms(actor, asked).order_by().aggregate(**totals)
    return found


def rows(actor: Actor, asked: FormFilters) -> QuerySet[Appointment]:
    """Those visits in the asked state; `rows_of` makes rows of a page of them."""
    found = visits_with_forms(actor, asked)
    state = BY_KEY.get(asked.state)
    return found.filter(state.rule) if state else found


def rows_of(actor: Actor, page: list[Appointment]) -> list[FormRow]:
    """The visits with their forms, without the answers, and the last message about each."""
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


def row_of(actor: Actor, appointment_id: UUID) -> FormRow:
    """One visit with its form. NotFound if it is not there for the actor."""
    visit = Appointment.objects.visible_to(actor).select_related("patient", "doctor").fetch(appointment_id)
    return rows_of(actor, [visit])[0]
