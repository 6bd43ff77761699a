"""Shared code of the HTML forms."""

from collections.abc import Mapping

from django import forms

from clinicflow.core.errors import DomainError, Invalid


def add_domain_errors(form: forms.Form, error: DomainError, *, names: Mapping[str, str] | None = None) -> None:
    """Add an operation's error to a form: messages with a field beside that field, others above the form.

    `names` maps fields of the error to fields of the form where the two differ. A field that the form does not have is
    reported above the form, so that no message is lost.
    """
    if not error.fields:
        form.add_error(None, error.detail)
    for field, messages in error.fields.items():
        name = (names or {}).get(field, field)
        form.add_error(name if name in form.fields else None, [str(message) for message in messages])


def invalid_of(form: forms.Form) -> Invalid:
    """The errors of a bound form as a domain error, for a request without a page to show them on."""
    return Invalid(fields={name: [str(message) for message in messages] for name, messages in form.errors.items()})
