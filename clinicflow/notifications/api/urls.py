from django.urls import include, path
from rest_framework.routers import SimpleRouter

from clinicflow.notifications.api import views

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("notifications", views.NotificationViewSet, "api_notifications")

urlpatterns = [
    path("notifications/settings", views.PreferenceView.as_view(), name="api_notification_settings"),
    path("", include(router.urls)),
]
