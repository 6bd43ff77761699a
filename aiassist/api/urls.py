from django.urls import path

from aiassist.api import views

urlpatterns = [
    path("intake/summaries/<uuid:pk>", views.SummaryView.as_view(), name="api_summary"),
    path("intake/summaries/<uuid:pk>/regenerate", views.SummaryRegenerateView.as_view(), name="api_summary_regenerate"),
]
