from django.urls import path

from clinicflow.clinics.api import auth

urlpatterns = [
    path("auth/login", auth.LoginView.as_view(), name="api_login"),
    path("auth/refresh", auth.RefreshView.as_view(), name="api_refresh"),
    path("auth/logout", auth.LogoutView.as_view(), name="api_logout"),
    path("auth/switch-role", auth.SwitchRoleView.as_view(), name="api_switch_role"),
    path("auth/me", auth.MeView.as_view(), name="api_me"),
]
