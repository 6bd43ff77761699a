"""Pages of intake: the patient's by link, then the clinic's."""

from django.urls import include, path

from intake.views import patient, patient_visit

patient_pages = [
    path("", patient.start, name="patient_start"),
    path("/form/<slug:section_id>", patient.section, name="patient_section"),
    path("/check", patient.check, name="patient_check"),
    path("/done", patient.done, name="patient_done"),
    path("/change", patient.change, name="patient_change"),
    path("/visit", patient_visit.visit, name="patient_visit"),
]
urlpatterns = [
    path("i/<str:token>", include(patient_pages)),
]
