from typing import Any

from django.urls import path

from dashboards.api import admin, doctor, owner

LIST: Any = {"get": "list"}

urlpatterns = [
    path("dashboard/admin/summary", admin.SummaryView.as_view(), name="api_admin_summary"),
    path("dashboard/admin/schedule/<str:date>", admin.ScheduleView.as_view(), name="api_admin_schedule"),
    path(
        "dashboard/admin/needs-attention",
        admin.NeedsAttentionViewSet.as_view(LIST),
        name="api_admin_needs_attention",
    ),
    path(
        "dashboard/admin/cancellations",
        admin.RecentCancellationsViewSet.as_view(LIST),
        name="api_admin_cancellations",
    ),
    path("dashboard/doctor/summary", doctor.SummaryView.as_view(), name="api_doctor_summary"),
    path("dashboard/doctor/today", doctor.TodayView.as_view(), name="api_doctor_today"),
    path("dashboard/doctor/alerts", doctor.AlertsViewSet.as_view(LIST), name="api_doctor_alerts"),
    path("dashboard/owner/metrics", owner.MetricsView.as_view(), name="api_owner_metrics"),
    path("dashboard/owner/no-show-rate", owner.NoShowRateView.as_view(), name="api_owner_no_show_rate"),
    path("dashboard/owner/ai-impact", owner.AiImpactView.as_view(), name="api_owner_ai_impact"),
    path("dashboard/owner/efficiency", owner.EfficiencyView.as_view(), name="api_owner_efficiency"),
]
