"""Pages of intake: for patients behind a link, then for staff."""

from django.urls import include, path

from intake.views import form_list, forms, patient, patient_visit, questionnaires

patient_pages = [
    path("", patient.start, name="patient_start"),
    path("/form/<slug:section_id>", patient.section, name="patient_section"),
    path("/check", patient.check, name="patient_check"),
    path("/done", patient.done, name="patient_done"),
    path("/change", patient.change, name="patient_change"),
    path("/visit", patient_visit.visit, name="patient_visit"),
]
visit_pages = [
    path("", form_list.visit_intake, name="intake_visit"),
    path("/send", form_list.visit_send, name="intake_send"),
    path("/revoke", form_list.visit_revoke, name="intake_revoke"),
    path("/link", form_list.visit_link, name="intake_link"),
    path("/tablet", form_list.visit_tablet, name="intake_tablet"),
    path("/waive", form_list.visit_waive, name="intake_waive"),
    path("/paper", forms.paper, name="intake_paper"),
    path("/print", forms.form_print, name="intake_print"),
]
questionnaire_pages = [
    path("", questionnaires.editor, name="questionnaire"),
    path("/revise", questionnaires.revise, name="questionnaire_revise"),
    path("/publish", questionnaires.publish, name="questionnaire_publish"),
    path("/discard", questionnaires.discard, name="questionnaire_discard"),
    path("/compare", questionnaires.compare, name="questionnaire_compare"),
    path("/file", questionnaires.download, name="questionnaire_file"),
]
urlpatterns = [
    path("i/<str:token>", include(patient_pages)),
    path("intake", form_list.intake, name="intake"),
    path("intake/visits/<uuid:pk>", include(visit_pages)),
    path("intake/questionnaires", questionnaires.listing, name="questionnaires"),
    path("intake/questionnaires/defaults", questionnaires.defaults, name="questionnaire_defaults"),
    path("intake/questionnaires/import", questionnaires.upload, name="questionnaire_import"),
    path("intake/questionnaires/<uuid:pk>", include(questionnaire_pages)),
    path("intake/forms/<uuid:pk>", forms.form, name="intake_form"),
    path("intake/forms/<uuid:pk>/review", forms.form_review, name="intake_review"),
]
