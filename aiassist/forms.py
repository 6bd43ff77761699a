"""The shape of what is typed in on the page of the model."""

from django import forms
from django.utils.translation import gettext_lazy


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
