"""Refusals about patients' records."""

from clinicflow.core.errors import DomainError


class LooksLikeAnother(DomainError):
    """The new patient may be in the clinic's records already. Extras: `candidates`."""

    code = "possible_duplicate"
    title = "This patient may be here already"


class CannotMerge(DomainError):
    code = "cannot_merge"
    title = "These records cannot be merged"


class ChangedMeanwhile(DomainError):
    """Somebody else has saved the record since it was read."""

    code = "changed_meanwhile"
    status = 412
    title = "Somebody has changed this record since you opened it"


class ImportOver(DomainError):
    """The file has been imported already, or was given up."""

    code = "import_over"
    title = "This file has been read already"
