"""The URL configuration; a URL belongs to the app that owns the rows behind it."""

from django.urls import include, path

from clinicflow.backoffice.admin import site

# URLs are matched in this order. The API comes first, because its requests are the most frequent.
urlpatterns = [
    path(
        "api/",
        include(
            [
                path("", include("scheduling.api.urls")),
                path("", include("patients.api.urls")),
                path("", include("intake.api.urls")),
                path("", include("aiassist.api.urls")),
                path("", include("dashboards.api_urls")),
                path("", include("clinicflow.notifications.api.urls")),
                path("", include("clinicflow.staff.api.urls")),
                path("", include("clinicflow.clinic_settings.api.urls")),
                path("", include("clinicflow.clinics.api.urls")),
                path("", include("clinicflow.backoffice.api.urls")),
                path("", include("clinicflow.api.urls")),  # last: it answers unknown paths
            ]
        ),
    ),
    path("", include("clinicflow.jobs.urls")),
    path("", include("clinicflow.staff.urls")),
    path("", include("clinicflow.clinic_settings.urls")),
    path("", include("clinicflow.backoffice.urls")),
    path("admin/", site.urls),
    path("", include("dashboards.urls")),
    path("", include("patients.urls")),
    path("", include("scheduling.urls")),
    path("", include("intake.urls")),
    path("", include("aiassist.urls")),
]

handler400 = "clinicflow.web.errors.bad_request"
handler403 = "clinicflow.web.errors.permission_denied"
handler404 = "clinicflow.web.errors.not_found"
handler500 = "clinicflow.web.errors.server_error"
