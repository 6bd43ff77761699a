from django.urls import include, path
from rest_framework.routers import SimpleRouter

from clinicflow.backoffice.api import views

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("audit", views.AuditViewSet, "api_audit")

urlpatterns = [path("", include(router.urls))]
