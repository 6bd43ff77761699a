"""Errors of patient records."""

from clinicflow.core.errors import DomainError


class PossibleDuplicate(DomainError):
    """The clinic may have a record of this patient already. Extras: `candidates`."""

    code = "possible_duplicate"
    title = "This patient may already have a record"


class CannotMerge(DomainError):
    """The records cannot be merged: it is the same record, or one was merged before."""

    code = "cannot_merge"
    title = "These records cannot be merged"


class PatientEditConflict(DomainError):
    """The record was saved by another user after it was read."""

    code = "changed_meanwhile"
    status = 412
    title = "This record has changed since you opened it"


class ImportFinished(DomainError):
    """The import has finished or failed, and cannot be started again."""

    code = "import_over"
    title = "This file has already been imported"
