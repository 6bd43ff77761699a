from django.urls import include, path
from rest_framework.routers import SimpleRouter

from aiassist.api import dangers, interactions, views, webhooks

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("ai/interactions", interactions.InteractionViewSet, "api_interactions")
router.register("danger-alerts", dangers.DangerAlertViewSet, "api_danger_alerts")

urlpatterns = [
    path("intake/summaries/<uuid:pk>", views.SummaryView.as_view(), name="api_summary"),
    path("intake/summaries/<uuid:pk>/regenerate", views.SummaryRegenerateView.as_view(), name="api_summary_regenerate"),
    path("webhooks/sms", webhooks.sms, name="webhook_sms"),
    path("webhooks/email", webhooks.email, name="webhook_email"),
    path("webhooks/voice", webhooks.voice, name="webhook_voice"),
    path("", include(router.urls)),
]
