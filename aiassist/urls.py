from django.urls import path

from aiassist import views

urlpatterns = [
    path("i/<str:token>/names", views.names, name="patient_names"),
    path("visits/<uuid:appointment_id>/summary", views.visit_summary, name="visit_summary"),
    path("visits/<uuid:appointment_id>/summary/versions", views.summary_versions, name="summary_versions"),
    path("summaries/<uuid:pk>/edit", views.summary_edit, name="summary_edit"),
    path("summaries/<uuid:pk>/regenerate", views.summary_regenerate, name="summary_regenerate"),
    path("summaries/<uuid:pk>/items/<int:position>/accept", views.summary_accept, name="summary_accept"),
    path("summaries/<uuid:pk>/items/<int:position>/remove", views.summary_remove, name="summary_remove"),
    path("summaries/<uuid:pk>/items/<int:position>/correct", views.summary_correct, name="summary_correct"),
    path("summaries/<uuid:pk>/reviewed", views.summary_reviewed, name="summary_reviewed"),
    path("settings/ai", views.settings_ai, name="settings_ai"),
    path("settings/ai/try", views.settings_ai_try, name="settings_ai_try"),
]
