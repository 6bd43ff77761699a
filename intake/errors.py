from clinicflow.core.errors import DomainError


class FormExists(DomainError):
    code = "intake_form_exists"
    title = "This visit has a form already"


class FormClosed(DomainError):
    """The form is sent in or reviewed, or its visit is off: nothing can be written into it."""

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
    title = "The form of this visit is completed already"


class QuestionnaireFrozen(DomainError):
    code = "questionnaire_published"
    title = "A published version does not change: make a new one"
