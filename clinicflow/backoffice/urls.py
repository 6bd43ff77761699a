from django.urls import path

from clinicflow.backoffice import views

urlpatterns = [
    path("audit", views.audit, name="audit"),
    path("audit/check", views.audit_check, name="audit_check"),
]
