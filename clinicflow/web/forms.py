"""Domain errors as form errors."""

from django import forms

from clinicflow.core.errors import DomainError, Invalid


def add_domain_errors(form: forms.Form, error: DomainError) -> None:
    """Add an operation's error to a form: `Invalid` beside its fields, anything else above the form.

    A field that the form does not have is reported above the form too, so that no message is lost.
    """
    if not isinstance(error, Invalid):
        form.add_error(None, error.detail)
        return
    for name, messages in error.fields.items():
        for message in messages:
            form.add_error(name if name in form.fields else None, message)
