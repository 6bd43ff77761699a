"""The shape of what is typed in: the model's settings, a doctor's edit of a summary, the Inbox."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from aiassist.models import IntakeSummary, Interaction
from aiassist.operations import calls, interactions
from aiassist.selectors import inbox


class AgreementForm(forms.Form):
    ai_agreement_confirmed = forms.BooleanField(
        required=False,
        label=gettext_lazy("We have a BAA and zero data retention with the provider of the model"),
    )
    ai_monthly_cap_usd = forms.DecimalField(
        min_value=0,
        max_value=100_000,
        decimal_places=2,
        label=gettext_lazy("At most this much a month, in US dollars"),
    )


def _lines(label: Any, rows: int) -> forms.CharField:
    return forms.CharField(
        required=False, label=label, max_length=20_000, widget=forms.Textarea(attrs={"rows": rows}), strip=True
    )


class SummaryForm(forms.Form):
    """The sentences of a summary, one a line, and the version that is being edited."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    summary_text = _lines(gettext_lazy("Summary, one sentence a line"), 6)
    patient_concerns = _lines(gettext_lazy("Concerns, one a line"), 3)
    key_notes = _lines(gettext_lazy("Also said, one a line"), 3)


class MedicationForm(forms.Form):
    """One medicine; a row without a name is taken off."""

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
    """One allergy; a row without a substance is taken off."""

    substance = forms.CharField(required=False, max_length=200, label=gettext_lazy("Allergic to"))
    reaction = forms.CharField(required=False, max_length=300, label=gettext_lazy("What happens"), empty_value=None)


class LineForm(forms.Form):
    """One sentence of a summary."""

    text = forms.CharField(
        max_length=1000, label=gettext_lazy("What it should say"), widget=forms.Textarea(attrs={"rows": 3})
    )


_ITEM_FORMS = {"medications": (MedicationForm, "name"), "allergies": (AllergyForm, "substance")}


class CorrectionForm:
    """One item of a summary as a form; `fields` is what was typed in place of it."""

    def __init__(self, summary: IntakeSummary, entry: dict[str, Any], data: QueryDict | None = None) -> None:
        kind, name = _ITEM_FORMS.get(entry["section"], (LineForm, "text"))
        self.form = kind(data, initial=entry["item"])
        self.form.fields[name].required = True
        self.form.fields["version"] = forms.IntegerField(min_value=1, widget=forms.HiddenInput, initial=summary.version)

    def is_valid(self) -> bool:
        return bool(self.form.is_valid())

    @property
    def version(self) -> int:
        """The version that the doctor had before them."""
        return int(self.form.cleaned_data["version"])

    @property
    def fields(self) -> dict[str, Any]:
        """The item's fields as typed."""
        typed = {name: value for name, value in self.form.cleaned_data.items() if name != "version"}
        return typed | ({"status": typed["status"] or "current"} if "status" in typed else {})


class EditForm:
    """A whole summary as it is edited in place: sentences and two lists with room for more rows."""

    def __init__(self, summary: IntakeSummary, data: QueryDict | None = None) -> None:
        lines = {"patient_concerns": "\n".join(summary.patient_concerns), "key_notes": "\n".join(summary.key_notes)}
        start = {"version": summary.version, "summary_text": summary.summary_text} | lines
        self.lines = SummaryForm(data, initial=start)
        self.medications = _Medications(data, initial=summary.medications, prefix="medications")
        self.allergies = _Allergies(data, initial=summary.allergies, prefix="allergies")

    def is_valid(self) -> bool:
        return all([self.lines.is_valid(), self.medications.is_valid(), self.allergies.is_valid()])

    @property
    def version(self) -> int:
        """The version that the doctor had before them."""
        return int(self.lines.cleaned_data["version"])

    def arrays(self) -> dict[str, list[Any]]:
        """What was typed, as the API's arrays."""
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
    """What the Inbox is narrowed by; a value that is none of these counts as none."""

    view = forms.ChoiceField(required=False, choices=[(view.key, view.key) for view in inbox.VIEWS])
    channel = forms.ChoiceField(required=False, choices=[("", ""), *Interaction.Channel.choices])
    status = forms.ChoiceField(required=False, choices=[("", ""), *Interaction.Status.choices])
    doctor = forms.UUIDField(required=False)
    day = forms.DateField(required=False, input_formats=["%Y-%m-%d"])

    def asked(self) -> inbox.InboxFilters:
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
        error_messages={"required": gettext_lazy("Write something.")},
    )


class ResolveForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("What was done"),
        max_length=interactions.NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Say what was done.")},
    )


class PatientSaysForm(forms.Form):
    """Typed as the patient, in the demo's own provider."""

    channel = forms.ChoiceField(choices=[("sms", gettext_lazy("Text")), ("email", gettext_lazy("E-mail"))])
    text = forms.CharField(max_length=1600)


class CallEndForm(forms.Form):
    """How a call ends in the demo: a key, some words, or neither."""

    call = forms.CharField(max_length=40)
    how = forms.ChoiceField(required=False, choices=[(end, end) for end in calls.ENDS])
    key = forms.ChoiceField(required=False, choices=[(key, key) for key in "1234567890*#"])
    words = forms.CharField(required=False, max_length=calls.WORDS_LENGTH)
