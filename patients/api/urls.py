from django.urls import include, path
from rest_framework.routers import SimpleRouter

from patients.api import views

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("patients", views.PatientViewSet, "api_patients")

urlpatterns = [
    path("patients/import", views.ImportView.as_view(), name="api_patients_import"),
    path("patients/export", views.ExportView.as_view(), name="api_patients_export"),
    path("", include(router.urls)),
]
