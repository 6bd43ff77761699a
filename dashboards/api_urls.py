from typing import Any

from django.urls import path

from dashboards.board.api import doctor_day, front_desk
from dashboards.owner import api as owner

LIST: Any = {"get": "list"}

urlpatterns = [
    path("dashboard/admin/summary", front_desk.SummaryView.as_view(), name="api_admin_summary"),
    path("dashboard/admin/schedule/<str:date>", front_desk.ScheduleView.as_view(), name="api_admin_schedule"),
    path(
        "dashboard/admin/needs-attention",
        front_desk.NeedsAttentionViewSet.as_view(LIST),
        name="api_admin_needs_attention",
    ),
    path(
        "dashboard/admin/cancellations",
        front_desk.RecentCancellationsViewSet.as_view(LIST),
        name="api_admin_cancellations",
    ),
    path("dashboard/doctor/summary", doctor_day.SummaryView.as_view(), name="api_doctor_summary"),
    path("dashboard/doctor/today", doctor_day.TodayView.as_view(), name="api_doctor_today"),
    path("dashboard/doctor/alerts", doctor_day.AlertsViewSet.as_view(LIST), name="api_doctor_alerts"),
    path("dashboard/owner/metrics", owner.MetricsView.as_view(), name="api_owner_metrics"),
    path("dashboard/owner/no-show-rate", owner.NoShowRateView.as_view(), name="api_owner_no_show_rate"),
    path("dashboard/owner/ai-impact", owner.AiImpactView.as_view(), name="api_owner_ai_impact"),
    path("dashboard/owner/efficiency", owner.EfficiencyView.as_view(), name="api_owner_efficiency"),
]
