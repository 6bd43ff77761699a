from django.urls import path

from dashboards.patient_record import views

urlpatterns = [
    path("patients", views.patients, name="patients"),
    path("patients/<uuid:pk>", views.patient, name="patient"),
]
