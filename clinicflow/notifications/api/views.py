"""`/api/notifications`: the caller's notifications and preferences."""

from uuid import UUID

import django_filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clinicflow.api.base import ClinicView, ClinicViewSet, ListMixin
from clinicflow.api.errors import PreconditionFailed
from clinicflow.api.etags import check_precondition, etag_of
from clinicflow.api.filters import BooleanFilter
from clinicflow.api.serializers import EmptySerializer
from clinicflow.core import clock
from clinicflow.notifications.api.serializers import AllRead, NotificationOutput, PreferenceInput, PreferenceOutput
from clinicflow.notifications.models import Notification, NotificationPreference
from clinicflow.notifications.operations import notifications, preferences
from clinicflow.notifications.querysets import NotificationQuerySet

NOTIFIED_ROLES = ("admin", "doctor")


class NotificationFilters(django_filters.FilterSet):
    unread = BooleanFilter(field_name="read_at", lookup_expr="isnull")
    kind = django_filters.MultipleChoiceFilter(choices=Notification.Kind.choices)

    class Meta:
        model = Notification
        fields: list[str] = []


@extend_schema_view(list=extend_schema(summary="Your notifications, newest first"))
class NotificationViewSet(ListMixin, ClinicViewSet):
    roles = NOTIFIED_ROLES
    output_class = NotificationOutput
    filterset_class = NotificationFilters
    ordering = ("-created_at", "pk")
    ordering_fields = ("created_at",)

    def get_queryset(self) -> NotificationQuerySet[Notification]:
        return Notification.objects.visible_to(self.actor).in_app()

    @extend_schema(summary="Mark one as read", request=EmptySerializer, responses={200: NotificationOutput})
    @action(detail=True, methods=["post"], url_path="read")
    def read_one(self, request: Request, pk: UUID) -> Response:
        self.read(EmptySerializer)
        return Response(NotificationOutput(notifications.mark_read(self.actor, pk, at=clock.now())).data)

    @extend_schema(summary="Mark all as read", request=EmptySerializer, responses={200: AllRead})
    @action(detail=False, methods=["post"], url_path="read-all")
    def read_all(self, request: Request) -> Response:
        self.read(EmptySerializer)
        return Response({"marked": notifications.mark_all_read(self.actor, at=clock.now())})


class PreferenceView(ClinicView):
    """The caller's notification preferences in the current role."""

    roles = NOTIFIED_ROLES
    input_class = PreferenceInput

    def _answer(self, row: NotificationPreference) -> Response:
        """The preferences, with an entity tag unless they are the unsaved defaults."""
        headers = {} if row._state.adding else {"ETag": etag_of(row)}
        return Response(PreferenceOutput(row).data, headers=headers)

    def _change(self, request: Request, *, partial: bool) -> Response:
        row = preferences.preferences_of(self.actor, lock=True)
        if not row._state.adding:
            check_precondition(request, row)
        elif request.headers.get("If-Match", "*").strip() != "*":
            raise PreconditionFailed()
        current = {"muted": row.muted, "email": row.email}
        return self._answer(preferences.save(self.actor, **(current | self.read(partial=partial))))

    @extend_schema(summary="Your notification preferences", responses=PreferenceOutput)
    def get(self, request: Request) -> Response:
        return self._answer(preferences.preferences_of(self.actor))

    @extend_schema(summary="Replace your notification preferences", request=PreferenceInput, responses=PreferenceOutput)
    def put(self, request: Request) -> Response:
        return self._change(request, partial=False)

    @extend_schema(summary="Change your notification preferences", request=PreferenceInput, responses=PreferenceOutput)
    def patch(self, request: Request) -> Response:
        return self._change(request, partial=True)
