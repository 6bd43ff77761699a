"""Refusals about patients' records."""

from clinicflow.core.errors import DomainError


class LooksLikeAnother(DomainError):
    """The new patient may be in the clinic's records already. Extras: `candidates`."""

    code = "possible_duplicate"
    title = "This patient may be here already"


class CannotMerge(DomainError):
    code = "cannot_merge"
    title = "These records cannot be merged"
