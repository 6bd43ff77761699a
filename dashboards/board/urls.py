from django.urls import path

from dashboards.board.views import cancellations, doctor_day, front_desk, week_and_list

urlpatterns = [
    # front desk
    path("schedule", front_desk.schedule, name="schedule"),
    path("schedule/month", front_desk.schedule_month, name="schedule_month"),
    path("schedule/week", week_and_list.schedule_week, name="schedule_week"),
    path("schedule/week/changes", week_and_list.week_changes, name="week_changes"),
    path("schedule/list", week_and_list.schedule_list, name="schedule_list"),
    path("schedule/cancellations", cancellations.cancellations, name="cancellations"),
    path("day/changes", front_desk.day_changes, name="day_changes"),
    path("find", front_desk.find, name="find"),
    # doctor
    path("my-day", doctor_day.my_day, name="my_day"),
    path("my-day/<uuid:visit_id>", doctor_day.my_day, name="my_day_visit"),
    path("my-day/<uuid:visit_id>/note", doctor_day.my_day_note, name="my_day_note"),
]
