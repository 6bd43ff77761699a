"""The OpenAPI document, its reference page and, last of all, the 404 of unknown paths."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny

from clinicflow.api.document import schema
from clinicflow.api.errors import not_found

OPEN = {"permission_classes": [AllowAny], "authentication_classes": []}

urlpatterns = [
    path("schema", schema, name="api_schema"),
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="api_schema", **OPEN), name="api_docs"),
    re_path("", not_found, name="api_nothing"),
]
