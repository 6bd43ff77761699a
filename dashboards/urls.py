from django.urls import path

from dashboards.views import admin, cancellations, doctor, notifications, owner, patients, person, schedule

urlpatterns = [
    path("roles", person.roles, name="roles"),
    path("notifications", notifications.notification_list, name="notifications"),
    path("notifications/bell", notifications.notification_bell, name="notifications_bell"),
    path("notifications/latest", notifications.notification_latest, name="notifications_latest"),
    path("notifications/read-all", notifications.notification_read_all, name="notifications_read_all"),
    path("notifications/settings", notifications.notification_settings, name="notification_settings"),
    path("notifications/<uuid:pk>/open", notifications.notification_open, name="notification_open"),
    path("notifications/<uuid:pk>/read", notifications.notification_read, name="notification_read"),
    # front desk
    path("schedule", admin.schedule, name="schedule"),
    path("schedule/month", admin.schedule_month, name="schedule_month"),
    path("schedule/week", schedule.schedule_week, name="schedule_week"),
    path("schedule/week/changes", schedule.week_changes, name="week_changes"),
    path("schedule/list", schedule.schedule_list, name="schedule_list"),
    path("schedule/cancellations", cancellations.cancellations, name="cancellations"),
    path("day/changes", admin.day_changes, name="day_changes"),
    path("find", admin.find, name="find"),
    # front desk and doctors
    path("patients", patients.patients, name="patients"),
    path("patients/<uuid:pk>", patients.patient, name="patient"),
    # doctor
    path("my-day", doctor.my_day, name="my_day"),
    path("my-day/<uuid:visit_id>", doctor.my_day, name="my_day_visit"),
    path("my-day/<uuid:visit_id>/note", doctor.my_day_note, name="my_day_note"),
    # owner
    path("overview", owner.overview, name="overview"),
    path("overview/minutes", owner.minutes, name="overview_minutes"),
    path("overview/files/<slug:key>.csv", owner.panel_file, name="overview_file"),
    *(
        path(f"overview/{section}", owner.overview, {"section": section}, name=f"overview_{section.replace('-', '_')}")
        for section in ("no-shows", "ai", "efficiency")
    ),
]
