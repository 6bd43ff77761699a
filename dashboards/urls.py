from django.urls import include, path

from dashboards.navigation import role_menu

urlpatterns = [
    path("roles", role_menu, name="roles"),
    path("", include("dashboards.notification_center.urls")),
    path("", include("dashboards.board.urls")),
    path("", include("dashboards.patient_record.urls")),
    path("", include("dashboards.owner.urls")),
]
