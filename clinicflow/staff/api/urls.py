from django.urls import include, path
from rest_framework.routers import SimpleRouter

from clinicflow.staff.api import auth, members

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("settings/users", members.MemberViewSet, "api_users")

urlpatterns = [
    path("auth/login", auth.LoginView.as_view(), name="api_login"),
    path("auth/refresh", auth.RefreshView.as_view(), name="api_refresh"),
    path("auth/logout", auth.LogoutView.as_view(), name="api_logout"),
    path("auth/switch-role", auth.SwitchRoleView.as_view(), name="api_switch_role"),
    path("auth/me", auth.MeView.as_view(), name="api_me"),
    path("", include(router.urls)),
]
