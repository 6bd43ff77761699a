"""The front desk's pages about patients. The list and the record, which show visits too, are in `dashboards`."""

from django.urls import path

from patients.views import files, merging, records

urlpatterns = [
    path("patients/new", records.patient_new, name="patient_new"),
    path("patients/<uuid:pk>/edit", records.patient_edit, name="patient_edit"),
    path("patients/<uuid:pk>/merge", merging.patient_merge, name="patient_merge"),
    path("patients/import", files.patients_import, name="patients_import"),
    path("patients/import/<uuid:pk>", files.patients_import_file, name="patients_import_file"),
    path("patients/import/<uuid:pk>/start", files.patients_import_start, name="patients_import_start"),
    path("patients/export", files.patients_export, name="patients_export"),
    path("patients/export.csv", files.patients_export_file, name="patients_export_file"),
]
