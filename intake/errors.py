"""Errors of intake forms and questionnaires."""

from clinicflow.core.errors import DomainError


class FormExists(DomainError):
    code = "intake_form_exists"
    title = "This visit already has a form"


class FormClosed(DomainError):
    """The form was submitted or reviewed, or its visit was cancelled or missed, so it cannot be changed."""

    code = "intake_form_closed"
    title = "This form can no longer be changed"


class FormIncomplete(DomainError):
    code = "intake_form_incomplete"
    status = 400
    title = "Some questions still need an answer"


class ManualCompletionOff(DomainError):
    code = "manual_completion_off"
    title = "This clinic does not let staff complete forms"


class AlreadyCompleted(DomainError):
    code = "intake_completed"
    title = "The form of this visit is already completed"


class QuestionnaireFrozen(DomainError):
    code = "questionnaire_published"
    title = "A published version cannot be changed. Create a new version."
