"""Every address, by the app that owns the rows behind it."""

from django.urls import include, path

from clinicflow.clinics.admin import site

urlpatterns = [
    path("", include("clinicflow.jobs.urls")),
    path("", include("clinicflow.clinics.urls")),
    path("admin/", site.urls),
    path("", include("aiassist.urls")),
    path("", include("intake.urls")),
    path("", include("dashboards.urls")),
    path("", include("scheduling.urls")),
    path("api/", include("clinicflow.clinics.api.urls")),
    path("api/", include("patients.api.urls")),
    path("api/", include("scheduling.api.urls")),
    path("api/", include("intake.api.urls")),
    path("api/", include("aiassist.api.urls")),
    path("api/", include("clinicflow.api.urls")),  # last of the API: it answers for what is nobody's
]

handler400 = "clinicflow.web.errors.bad_request"
handler403 = "clinicflow.web.errors.permission_denied"
handler404 = "clinicflow.web.errors.not_found"
handler500 = "clinicflow.web.errors.server_error"
