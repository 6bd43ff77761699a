"""Forms of the scheduling pages. They check the shape of the input; the operations check the rules."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from clinicflow.clinics.models import ClinicSettings, Doctor
from clinicflow.core import clock
from clinicflow.web.display import write_gap
from clinicflow.web.widgets import DateInput, Segmented, TimeInput
from patients.models import Patient
from scheduling.models import Appointment, Cancellation, WaitlistEntry
from scheduling.rules.limits import DEFAULT_VISIT, LONGEST_VISIT, SHORTEST_VISIT, lengths_including
from scheduling.rules.slot_values import decode_slot

SPECIALTY = "specialty:"
WHERE_ICONS = {"in-clinic": "building-2", "virtual": "video"}


def offer_doctors(form: forms.Form, doctors: Iterable[Doctor], *, first: Sequence[tuple[str, Any]] = ()) -> None:
    """Let the form's doctor field offer the choices in `first`, then these doctors with their specialty."""
    select: Any = form.fields["doctor"].widget
    named = [(str(one.pk), f"{one.name} · {one.specialty}" if one.specialty else one.name) for one in doctors]
    select.choices = [*first, *named]


def offer_lengths(form: forms.Form, asked: str) -> None:
    """Let the form's duration field offer the usual lengths, and the requested one where it is another."""
    bar: Any = form.fields["duration"].widget
    bar.choices = [(minutes, f"{minutes} min") for minutes in lengths_including(asked)]


class SlotField(forms.CharField):
    """A slot as `encode_slot` writes it. Cleaned into the doctor's id and the instant, None if it is empty."""

    def clean(self, value: Any) -> tuple[UUID, dt.datetime] | None:
        text = super().clean(value)
        try:
            return decode_slot(text) if text else None
        except ValueError as error:
            raise forms.ValidationError(_("Choose one of the free times.")) from error


class VisitLengthField(forms.IntegerField):
    """The length of a visit in minutes."""

    def __init__(self, **kwargs: Any) -> None:
        defaults = {"label": _("Length"), "min_value": SHORTEST_VISIT, "max_value": LONGEST_VISIT}
        super().__init__(**{**defaults, "initial": DEFAULT_VISIT, **kwargs})


class DoctorChoiceForm(forms.Form):
    """A choice of a doctor or of the first available one, of all doctors or of `specialty:<name>`.

    Cleaned into `doctor`, a UUID or None, and `specialty`, empty for all.
    """

    doctor = forms.CharField(label=_("Doctor"), required=False, max_length=100, widget=forms.Select)

    def clean_doctor(self) -> UUID | None:
        text = self.cleaned_data["doctor"]
        self.cleaned_data["specialty"] = text.removeprefix(SPECIALTY) if text.startswith(SPECIALTY) else ""
        if not text or self.cleaned_data["specialty"]:
            return None
        try:
            return UUID(text)
        except ValueError as error:
            raise forms.ValidationError(_("Choose a doctor.")) from error


class PlaceForm(DoctorChoiceForm):
    """A slot: an offered one, or a date and time with a doctor, who is optional if `needs_doctor` is False."""

    needs_doctor = True

    date = forms.DateField(label=_("Date"), widget=DateInput)
    duration = VisitLengthField(label=_("Length"), widget=Segmented)
    slot = SlotField(required=False)
    time = forms.TimeField(label=_("Time"), required=False, widget=TimeInput(attrs={"step": 300}))
    override_reason = forms.CharField(label=_("Reason for booking anyway"), required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("slot") and not data.get("time") and not data.get("walk_in"):
            self.add_error("slot", _("Choose a time."))
        named = bool(data.get("doctor")) or "doctor" in self.errors
        if data.get("time") and not data.get("slot") and not named and self.needs_doctor:
            self.add_error("doctor", _("Choose a doctor, or one of the free times."))
        return data


MISSING_DETAILS = {
    "first_name": _("Enter a first name, or pick an existing patient."),
    "last_name": _("Enter a last name, or pick an existing patient."),
    "date_of_birth": _("Enter a birth date, or pick an existing patient."),
}


class BookingForm(PlaceForm):
    """A new visit, for an existing patient or for one who is registered with it."""

    patient = forms.UUIDField(required=False)
    first_name = forms.CharField(label=_("First name"), max_length=80, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=80, required=False)
    date_of_birth = forms.DateField(label=_("Birth date"), required=False, widget=DateInput)
    phone = PhoneNumberField(label=_("Mobile phone"), required=False)
    email = forms.EmailField(label=_("Email"), required=False, max_length=254)
    language = forms.ChoiceField(label=_("Language"), choices=Patient.Language, required=False)
    guardian_name = forms.CharField(label=_("Guardian"), max_length=80, required=False)
    guardian_phone = PhoneNumberField(label=_("Guardian's phone"), required=False)
    not_the_same = forms.BooleanField(required=False)
    second_visit = forms.BooleanField(required=False)
    visit_type = forms.ChoiceField(label=_("Where"), choices=Appointment.VisitType, widget=Segmented(icons=WHERE_ICONS))
    visit_category = forms.ChoiceField(
        label=_("Kind"),
        choices=Appointment.VisitCategory,
        required=False,
        widget=Segmented,
        help_text=_("Leave blank to set it from the patient's history."),
    )
    meeting_link = forms.CharField(
        label=_("Meeting link (https://…)"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"type": "url"}),
    )
    reason = forms.CharField(label=_("Reason for the visit"), max_length=200, required=False)
    walk_in = forms.BooleanField(required=False)
    follow_up = forms.UUIDField(required=False)
    waitlist = forms.UUIDField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first_name", "last_name", "phone", "email", "guardian_name", "guardian_phone", "reason"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("patient") and "first_name" not in self.data:
            self.add_error("patient", _("Choose a patient from the list, or add a new one."))
        elif not data.get("patient"):
            for name in MISSING_DETAILS:
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, MISSING_DETAILS[name])
        named = bool(data.get("doctor")) or "doctor" in self.errors
        if data.get("walk_in") and not named and self.needs_doctor:
            self.add_error("doctor", _("Choose a doctor for the walk-in."))
        return data


class SlotSearchForm(DoctorChoiceForm):
    """The criteria of the free slots that the dialogs offer."""

    date = forms.DateField()
    duration = VisitLengthField()
    visit_type = forms.ChoiceField(choices=Appointment.VisitType, required=False)
    time = forms.TimeField(required=False)
    slot = SlotField(required=False)


class CancelForm(forms.Form):
    """The reason of a cancellation."""

    cancellation_type = forms.ChoiceField(
        label=_("Reason"),
        choices=[(value, label) for value, label in Cancellation.Type.choices if value in Cancellation.STAFF_REASONS],
        widget=forms.RadioSelect,
    )
    reason_note = forms.CharField(
        label=_("Note"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, settings: ClinicSettings, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if settings.cancellation_reason_required:
            self.fields["reason_note"].help_text = _("Your clinic requires a note for each cancellation.")


class MoveForm(forms.Form):
    """The target of a drag on the schedule: a doctor and a local date and time."""

    doctor = forms.UUIDField(label=_("Doctor"), widget=forms.Select)
    date = forms.DateField(label=_("Move this visit to"), widget=DateInput)
    time = forms.TimeField(label=_("Time"), widget=TimeInput)
    override_reason = forms.CharField(required=False, max_length=200)


class StretchForm(forms.Form):
    """A new length of a visit, from its start."""

    duration = VisitLengthField(
        label=_("Minutes from its start"),
        initial=None,
        widget=forms.NumberInput(attrs={"step": 5, "inputmode": "numeric", "autofocus": True}),
    )
    override_reason = forms.CharField(required=False, max_length=200)


class NoteForm(forms.Form):
    """A doctor's note on a patient, optionally about one visit."""

    content = forms.CharField(
        label=_("New note"),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 20000, "dir": "auto"}),
        required=False,
    )
    appointment = forms.UUIDField(required=False)

    def note(self) -> dict[str, Any]:
        """The fields as `doctor_notes.create` names them."""
        return {"content": self.cleaned_data["content"], "appointment_id": self.cleaned_data["appointment"]}


class FollowUpForm(forms.Form):
    """A follow-up visit and its due date. For a doctor, `doctor` is the doctor's own."""

    patient = forms.UUIDField(required=False)
    doctor = forms.UUIDField(label=_("Doctor"), required=False, widget=forms.Select)
    scheduled_date = forms.DateField(label=_("Due by"), widget=DateInput)
    note = forms.CharField(label=_("What for (the front desk reads it)"), required=False, max_length=500)


class FollowUpFilterForm(forms.Form):
    """Filters of the list, from the query string; invalid parameters are ignored."""

    STATES = ("pending", "overdue", "scheduled", "completed", "cancelled")
    DUE = {"week": 7, "month": 30, "quarter": 91}

    state = forms.ChoiceField(choices=[(name, name) for name in STATES], required=False)
    doctor = forms.UUIDField(required=False)
    due = forms.ChoiceField(choices=[(name, name) for name in DUE], required=False)

    def filters(self) -> dict[str, Any]:
        """The filters by name, None for one that is not set; `state` defaults to pending."""
        self.is_valid()
        filters = {name: self.cleaned_data.get(name) or None for name in self.fields}
        return filters | {"state": filters["state"] or "pending"}


class SeriesForm(forms.Form):
    """Recurring visits: the first one and how it repeats."""

    DAYS = [("MO", _("Mo")), ("TU", _("Tu")), ("WE", _("We")), ("TH", _("Th")), ("FR", _("Fr")), ("SA", _("Sa"))]
    UNITS = [("WEEKLY", _("weeks")), ("DAILY", _("days")), ("MONTHLY", _("months"))]

    patient = forms.UUIDField(error_messages={"required": _("Choose a patient.")})
    doctor = forms.UUIDField(label=_("Doctor"), error_messages={"required": _("Choose a doctor.")}, widget=forms.Select)
    date = forms.DateField(label=_("First visit"), widget=DateInput)
    time = forms.TimeField(label=_("Time"), widget=TimeInput)
    duration = VisitLengthField(label=_("Length"), widget=Segmented)
    visit_type = forms.ChoiceField(label=_("Where"), choices=Appointment.VisitType, widget=Segmented(icons=WHERE_ICONS))
    reason = forms.CharField(label=_("Reason for the visits"), required=False, max_length=200)
    every = forms.IntegerField(label=_("Every how many"), min_value=1, max_value=26, initial=1)
    unit = forms.ChoiceField(label=_("Weeks, days or months"), choices=UNITS)
    weekdays = forms.MultipleChoiceField(choices=DAYS, required=False, widget=forms.CheckboxSelectMultiple)
    ends = forms.ChoiceField(choices=[("count", "count"), ("until", "until")])
    count = forms.IntegerField(label=_("Number of visits"), min_value=2, max_value=52, required=False)
    until = forms.DateField(label=_("Last day"), required=False, widget=DateInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("every", "unit", "count", "until"):  # they stand in a sentence, without labels of their own
            self.fields[name].widget.attrs["aria-label"] = self.fields[name].label

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        end = data.get("ends", "count")
        if not data.get(end) and end not in self.errors:
            self.add_error(end, _("Enter the number of visits or an end date."))
        return data

    def rule(self) -> str:
        """The recurrence as an RFC 5545 rule."""
        data = self.cleaned_data
        parts = [f"FREQ={data['unit']}", f"INTERVAL={data['every']}"]
        if data["weekdays"] and data["unit"] == "WEEKLY":
            parts.append("BYDAY=" + ",".join(data["weekdays"]))
        last = f"COUNT={data['count']}" if data["ends"] == "count" else f"UNTIL={data['until']:%Y%m%d}"
        return ";".join([*parts, last])


class PickForm(forms.Form):
    """The choice for one date of a series: an instant, `skip`, or `other` with a date and a time."""

    pick = forms.CharField(max_length=40)
    date = forms.DateField(required=False)
    time = forms.TimeField(required=False)

    def clean_pick(self) -> Any:
        text = self.cleaned_data["pick"]
        if text in {"skip", "other"}:
            return text
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError as error:
            raise forms.ValidationError(_("Choose one of the times.")) from error
        if moment.tzinfo is None:
            raise forms.ValidationError(_("Choose one of the times."))
        return moment

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("pick") == "other":
            for name in ("date", "time"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("Enter a date and a time."))
        return data


class ChosenSlotForm(forms.Form):
    """One of the free slots that were offered."""

    slot = SlotField()


class WaitlistForm(forms.Form):
    """A waitlist entry: the dates, times and kind of visit that a patient waits for."""

    patient = forms.UUIDField(required=False)
    doctor = forms.UUIDField(label=_("Doctor"), required=False, widget=forms.Select)
    date_from = forms.DateField(label=_("First day"), widget=DateInput)
    date_to = forms.DateField(label=_("Last day"), widget=DateInput)
    time_from = forms.TimeField(label=_("Starts after (optional)"), required=False, widget=TimeInput)
    time_to = forms.TimeField(label=_("Starts before (optional)"), required=False, widget=TimeInput)
    duration = VisitLengthField(label=_("Length"), widget=Segmented)
    visit_type = forms.ChoiceField(label=_("Where"), choices=Appointment.VisitType, widget=Segmented(icons=WHERE_ICONS))
    note = forms.CharField(label=_("Note (optional)"), required=False, max_length=300)

    def entry_fields(self) -> dict[str, Any]:
        """The fields as `operations.waitlist.WaitlistRequest` names them."""
        data = {name: value for name, value in self.cleaned_data.items() if name not in {"patient", "doctor"}}
        return data | {"doctor_id": self.cleaned_data["doctor"]}


class WaitlistFilterForm(forms.Form):
    """Filters of the list, from the query string; invalid parameters are ignored."""

    STATES = {
        "": (WaitlistEntry.Status.WAITING, WaitlistEntry.Status.OFFERED),
        "waiting": (WaitlistEntry.Status.WAITING,),
        "offered": (WaitlistEntry.Status.OFFERED,),
        "booked": (WaitlistEntry.Status.BOOKED,),
        "removed": (WaitlistEntry.Status.REMOVED,),
    }

    state = forms.ChoiceField(choices=[(name, name) for name in STATES], required=False)
    doctor = forms.UUIDField(required=False)
    day = forms.DateField(required=False)

    def filters(self) -> dict[str, Any]:
        """The filters by name, None for one that is not set."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or None for name in self.fields}


class AbsenceForm(forms.Form):
    """A closed time: whole local days, or between two times. Cleaned into the instants `starts_at` and `ends_at`."""

    first = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    start = forms.TimeField(label=_("From"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    end = forms.TimeField(
        label=_("Until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
    )
    reason = forms.CharField(label=_("Reason"), max_length=120)

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "first" in self.errors or "last" in self.errors:
            return data
        days = data["first"], data.get("last") or data["first"]
        for name, day in zip(("first", "last"), days, strict=True):
            if not dt.date(2000, 1, 1) <= day <= dt.date(2199, 12, 31):
                self.add_error(name, _("Enter a date from 2000 to 2199."))
        if not self.errors:
            data["starts_at"] = self._instant("start", days[0], data.get("start"), last=False)
            data["ends_at"] = self._instant("end", days[1], data.get("end"), last=True)
            if None not in (data["starts_at"], data["ends_at"]) and data["ends_at"] <= data["starts_at"]:
                self.add_error("end" if data.get("end") else "last", _("Enter an end after the start."))
        return data

    def _instant(self, name: str, day: dt.date, time: dt.time | None, *, last: bool) -> dt.datetime | None:
        if time is None:
            return clock.day_bounds(day, self.zone)[1 if last else 0]
        try:
            return clock.at_wall_clock(day, time, self.zone)
        except clock.NoSuchTime as error:
            self.add_error(name, write_gap(error))
            return None


class TimeOffForm(AbsenceForm):
    """A doctor's time off; the reason is optional."""

    field_order = ("doctor", "first", "last", "start", "end", "reason")
    doctor = forms.ModelChoiceField(label=_("Doctor"), queryset=Doctor.objects.none(), empty_label=None)

    def __init__(self, *args: Any, doctors: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        doctor: Any = self.fields["doctor"]
        doctor.queryset = doctors
        self.fields["reason"].required = False


class PlanForm(forms.Form):
    """The action for the visits in an absence. None is preselected, because it moves visits and notifies patients."""

    what = forms.ChoiceField(
        label=_("What should happen to these visits?"),
        choices=(
            ("move", _("Move each to that doctor's next free time")),
            ("hand-over", _("Hand them over to another doctor, at the same time if that doctor is free")),
            ("cancel", _("Cancel them")),
            ("leave", _("Leave them for now")),
        ),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what should happen to these visits.")},
    )
    to_doctor = forms.ModelChoiceField(label=_("Other doctor"), queryset=Doctor.objects.none(), required=False)
    note = forms.CharField(
        label=_("Reason for cancelling"),
        required=False,
        max_length=500,
        help_text=_("Saved with each cancellation; not shown to patients."),
    )
    visits = forms.TypedMultipleChoiceField(coerce=UUID, required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, doctors: Any, visits: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to_doctor: Any = self.fields["to_doctor"]
        to_doctor.queryset = doctors
        selected: Any = self.fields["visits"]
        selected.choices = [(str(visit.pk), "") for visit in visits]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        what = data.get("what")
        if what == "hand-over" and not data.get("to_doctor") and "to_doctor" not in self.errors:
            self.add_error("to_doctor", _("Choose the doctor who takes the visits."))
        if what in {"move", "hand-over", "cancel"} and not data.get("visits") and "visits" not in self.errors:
            self.add_error("visits", _("Select at least one visit, or choose to leave them."))
        return data


class LeavingForm(PlanForm):
    """The action for the upcoming visits of a doctor who leaves."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        what: Any = self.fields["what"]
        what.choices = [choice for choice in what.choices if choice[0] in {"hand-over", "cancel"}]
        what.initial = "hand-over"


class HolidayForm(forms.Form):
    """The public holidays to close the clinic on."""

    year = forms.IntegerField(min_value=1970, max_value=2199)
    days = forms.TypedMultipleChoiceField(coerce=dt.date.fromisoformat, required=False)

    def __init__(self, *args: Any, offered: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days: Any = self.fields["days"]
        days.choices = [(holiday.day.isoformat(), holiday.name) for holiday in offered]
