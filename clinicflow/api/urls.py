"""The schema and the reference pages; and, last of all, everything that is nobody's."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny

from clinicflow.api.errors import no_such_address

OPEN = {"permission_classes": [AllowAny], "authentication_classes": []}

urlpatterns = [
    path("schema", SpectacularAPIView.as_view(**OPEN), name="api_schema"),
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="api_schema", **OPEN), name="api_docs"),
    re_path("", no_such_address, name="api_nothing"),
]
