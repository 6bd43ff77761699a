from django.urls import path

from clinicflow.clinic_settings.api import views

urlpatterns = [
    path("settings/clinic", views.ClinicSettingsView.as_view(), name="api_clinic_settings"),
    path("settings/doctor/<uuid:pk>", views.DoctorSettingsView.as_view(), name="api_doctor_settings"),
]
