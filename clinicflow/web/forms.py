"""Domain errors as form errors, so that a page shows them beside the field."""

from collections.abc import Mapping

from django import forms

from clinicflow.core.errors import DomainError, Invalid


def add_domain_errors(form: forms.Form, error: DomainError, *, rename: Mapping[str, str] | None = None) -> None:
    """Add an operation's error to a form: `Invalid` beside its fields, anything else above the form.

    `rename` maps the operation's field names to the form's. A field that the form does not have is reported above the
    form too, so that no message is lost.
    """
    if not isinstance(error, Invalid) or not error.fields:
        form.add_error(None, error.detail)
        return
    for name, messages in error.fields.items():
        field = (rename or {}).get(name, name)
        for message in messages:
            form.add_error(field if field in form.fields else None, message)


def invalid_of(form: forms.Form) -> Invalid:
    """The errors of a bound form as the domain error, for a request without a page to show them on."""
    return Invalid(fields={name: [str(message) for message in messages] for name, messages in form.errors.items()})
