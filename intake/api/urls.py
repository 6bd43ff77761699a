from django.urls import include, path
from rest_framework.routers import SimpleRouter

from intake.api import views

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("intake/forms", views.FormViewSet, "api_intake_forms")

urlpatterns = [
    path(
        "intake/questionnaires",
        views.QuestionnaireViewSet.as_view({"get": "list", "post": "create"}),
        name="api_questionnaires-list",
    ),
    path(
        "intake/questionnaires/<uuid:pk>",
        views.QuestionnaireViewSet.as_view({"get": "retrieve", "post": "revise"}),
        name="api_questionnaires-detail",
    ),
    path("", include(router.urls)),
]
