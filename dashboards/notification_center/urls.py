from django.urls import path

from dashboards.notification_center import views

urlpatterns = [
    path("notifications", views.notification_list, name="notifications"),
    path("notifications/bell", views.notification_bell, name="notifications_bell"),
    path("notifications/latest", views.notification_latest, name="notifications_latest"),
    path("notifications/read-all", views.notification_read_all, name="notifications_read_all"),
    path("notifications/settings", views.notification_settings, name="notification_settings"),
    path("notifications/<uuid:pk>/open", views.notification_open, name="notification_open"),
    path("notifications/<uuid:pk>/read", views.notification_read, name="notification_read"),
]
