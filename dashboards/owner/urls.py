from django.urls import path

from dashboards.owner import views

urlpatterns = [
    path("overview", views.overview, name="overview"),
    path("overview/minutes", views.minutes, name="overview_minutes"),
    path("overview/files/<slug:key>.csv", views.panel_file, name="overview_file"),
    *(
        path(f"overview/{section}", views.overview, {"section": section}, name=f"overview_{section.replace('-', '_')}")
        for section in ("no-shows", "ai", "efficiency")
    ),
]
