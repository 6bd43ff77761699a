from django.urls import include, path
from rest_framework.routers import SimpleRouter

from clinicflow.clinics.api import views

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("doctors", views.DoctorViewSet, "api_doctors")

urlpatterns = [path("", include(router.urls))]
