from django.urls import include, path
from rest_framework.routers import SimpleRouter

from clinicflow.clinics.api import auth, views

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("doctors", views.DoctorViewSet, "api_doctors")
router.register("settings/users", views.MemberViewSet, "api_users")
router.register("audit", views.AuditViewSet, "api_audit")

urlpatterns = [
    path("auth/login", auth.LoginView.as_view(), name="api_login"),
    path("auth/refresh", auth.RefreshView.as_view(), name="api_refresh"),
    path("auth/logout", auth.LogoutView.as_view(), name="api_logout"),
    path("auth/switch-role", auth.SwitchRoleView.as_view(), name="api_switch_role"),
    path("auth/me", auth.MeView.as_view(), name="api_me"),
    path("settings/clinic", views.ClinicSettingsView.as_view(), name="api_clinic_settings"),
    path("settings/doctor/<uuid:pk>", views.DoctorSettingsView.as_view(), name="api_doctor_settings"),
    path("", include(router.urls)),
]
