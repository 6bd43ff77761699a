"""Forms of the model settings, of summaries, of the Inbox and of the simulator."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from aiassist.models import IntakeSummary, Interaction
from aiassist.operations import calls, interactions
from aiassist.selectors import inbox
from scheduling.messaging.inbound_message import MAX_LENGTH


class AgreementForm(forms.Form):
    ai_agreement_confirmed = forms.BooleanField(
        required=False,
        label=gettext_lazy("We have a BAA and zero data retention with the model provider"),
    )
    ai_monthly_cap_usd = forms.DecimalField(
        min_value=0,
        max_value=100_000,
        decimal_places=2,
        label=gettext_lazy("Monthly limit in US dollars"),
    )


def _lines(label: Any, rows: int) -> forms.CharField:
    return forms.CharField(
        required=False, label=label, max_length=20_000, widget=forms.Textarea(attrs={"rows": rows}), strip=True
    )


class SummaryForm(forms.Form):
    """The sentences of a summary, one per line, and the version that is edited."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    summary_text = _lines(gettext_lazy("Summary, one sentence per line"), 6)
    patient_concerns = _lines(gettext_lazy("Concerns, one per line"), 3)
    key_notes = _lines(gettext_lazy("Also said, one per line"), 3)


class MedicationForm(forms.Form):
    """One medicine; a row without a name is removed."""

    name = forms.CharField(required=False, max_length=200, label=gettext_lazy("Medicine"))
    dose = forms.CharField(required=False, max_length=200, label=gettext_lazy("How much"), empty_value=None)
    frequency = forms.CharField(required=False, max_length=200, label=gettext_lazy("How often"), empty_value=None)
    status = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Taken"),
        choices=[
            ("current", gettext_lazy("now")),
            ("past", gettext_lazy("in the past")),
            ("unclear", gettext_lazy("unclear")),
        ],
    )


class AllergyForm(forms.Form):
    """One allergy; a row without a substance is removed."""

    substance = forms.CharField(required=False, max_length=200, label=gettext_lazy("Allergic to"))
    reaction = forms.CharField(required=False, max_length=300, label=gettext_lazy("What happens"), empty_value=None)


class LineForm(forms.Form):
    """One sentence of a summary."""

    text = forms.CharField(
        max_length=1000, label=gettext_lazy("What it should say"), widget=forms.Textarea(attrs={"rows": 3})
    )


_ITEM_FORMS = {"medications": (MedicationForm, "name"), "allergies": (AllergyForm, "substance")}


class CorrectionForm:
    """The form of one item of a summary; `fields` are its corrected values."""

    def __init__(self, summary: IntakeSummary, entry: dict[str, Any], data: QueryDict | None = None) -> None:
        kind, name = _ITEM_FORMS.get(entry["section"], (LineForm, "text"))
        self.form = kind(data, initial=entry["item"])
        self.form.fields[name].required = True
        self.form.fields["version"] = forms.IntegerField(min_value=1, widget=forms.HiddenInput, initial=summary.version)

    def is_valid(self) -> bool:
        return bool(self.form.is_valid())

    @property
    def version(self) -> int:
        """The version that the doctor edited."""
        return int(self.form.cleaned_data["version"])

    @property
    def fields(self) -> dict[str, Any]:
        """The item's corrected fields."""
        fields = {name: value for name, value in self.form.cleaned_data.items() if name != "version"}
        return fields | ({"status": fields["status"] or "current"} if "status" in fields else {})


class EditForm:
    """The form of a whole summary: its sentences, and formsets of medicines and allergies with two extra rows."""

    def __init__(self, summary: IntakeSummary, data: QueryDict | None = None) -> None:
        lines = {"patient_concerns": "\n".join(summary.patient_concerns), "key_notes": "\n".join(summary.key_notes)}
        initial = {"version": summary.version, "summary_text": summary.summary_text} | lines
        self.lines = SummaryForm(data, initial=initial)
        self.medications = _Medications(data, initial=summary.medications, prefix="medications")
        self.allergies = _Allergies(data, initial=summary.allergies, prefix="allergies")

    def is_valid(self) -> bool:
        return all([self.lines.is_valid(), self.medications.is_valid(), self.allergies.is_valid()])

    @property
    def version(self) -> int:
        """The version that the doctor edited."""
        return int(self.lines.cleaned_data["version"])

    def arrays(self) -> dict[str, list[Any]]:
        """The submitted values, as the arrays of the API."""
        fields = self.lines.cleaned_data
        texts = {
            name: [line.strip()[:1000] for line in fields[name].splitlines() if line.strip()][:40]
            for name in ("summary_text", "patient_concerns", "key_notes")
        }
        medications = [row | {"status": row["status"] or "current"} for row in _rows(self.medications, "name")]
        return texts | {"medications": medications, "allergies": _rows(self.allergies, "substance")}


_Medications = forms.formset_factory(MedicationForm, extra=2, max_num=60, absolute_max=60)
_Allergies = forms.formset_factory(AllergyForm, extra=2, max_num=60, absolute_max=60)


def _rows(formset: Any, name: str) -> list[dict[str, Any]]:
    return [dict(form.cleaned_data) for form in formset if form.cleaned_data.get(name)]


class InboxForm(forms.Form):
    """Filters of the Inbox, from the query string; invalid values are ignored."""

    view = forms.ChoiceField(required=False, choices=[(view.key, view.key) for view in inbox.VIEWS])
    channel = forms.ChoiceField(required=False, choices=[("", ""), *Interaction.Channel.choices])
    status = forms.ChoiceField(required=False, choices=[("", ""), *Interaction.Status.choices])
    doctor = forms.UUIDField(required=False)
    day = forms.DateField(required=False, input_formats=["%Y-%m-%d"])

    def filters(self) -> inbox.InboxFilters:
        self.is_valid()
        data = self.cleaned_data
        return inbox.InboxFilters(
            view=data.get("view", ""),
            channel=data.get("channel", ""),
            status=data.get("status", ""),
            doctor_id=data.get("doctor"),
            day=data.get("day"),
        )


class ReplyForm(forms.Form):
    body = forms.CharField(
        label=gettext_lazy("Write to the patient"),
        max_length=interactions.REPLY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write a message.")},
    )


class ResolveForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("What did you do?"),
        max_length=interactions.NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Add a short note.")},
    )


class PatientSaysForm(forms.Form):
    """A message of the patient, in the simulator."""

    channel = forms.ChoiceField(choices=[("sms", gettext_lazy("Text")), ("email", gettext_lazy("Email"))])
    text = forms.CharField(max_length=MAX_LENGTH)


class CallEndForm(forms.Form):
    """The end of a call in the simulator: a key, spoken words, or neither."""

    call = forms.CharField(max_length=40)
    how = forms.ChoiceField(required=False, choices=[(end, end) for end in calls.ENDS])
    key = forms.ChoiceField(required=False, choices=[(key, key) for key in "1234567890*#"])
    words = forms.CharField(required=False, max_length=calls.MAX_WORDS)
