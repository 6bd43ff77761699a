"""Base classes of the API: role checks, parameter checks, entity tags, idempotency and the audit of reads."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, cast
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, Serializer
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from clinicflow.access.actor import Actor
from clinicflow.access.guards import require_recent_password
from clinicflow.access.http import request_actor
from clinicflow.access.querysets import RowQuerySet
from clinicflow.access.roles import Role
from clinicflow.api import idempotency
from clinicflow.api.etags import check_precondition, etag_of
from clinicflow.api.filters import OF_LISTS, refuse_unknown_names
from clinicflow.api.models import IdempotencyRecord
from clinicflow.api.permissions import DenyAll, HasRole
from clinicflow.audit import recorder

SCHEMA_ACTOR = Actor(clinic_id=UUID(int=0), role=Role.FRONT_DESK)
RoleTable = tuple[str, ...] | Mapping[str, tuple[str, ...]]


class Replay(Exception):
    """The request repeats one with the same `Idempotency-Key`; `record` holds the response to send again."""

    def __init__(self, record: IdempotencyRecord) -> None:
        super().__init__(record.key)
        self.record = record


class ClinicView(APIView):
    """An endpoint of one clinic that is no collection: a summary, settings, a search."""

    # The roles that may call it: a tuple, or a mapping from action (of a view set) or method (`"get"`) to a tuple, with
    # `"*"` for the rest. What is not named is denied.
    roles: ClassVar[RoleTable] = ()
    query_class: ClassVar[type[Serializer] | None] = None  # of the query parameters
    input_class: ClassVar[type[Serializer] | None] = None  # of the body
    # The actions (of a view set) or methods for which a web session needs a recent password: a stranger at an open page
    # must not be able to add a member, change how members sign in, or export the patients.
    asks_password: ClassVar[tuple[str, ...]] = ()
    # Whether responses to POST are stored for `Idempotency-Key`; False where they carry tokens.
    replayable: ClassVar[bool] = True

    _record: IdempotencyRecord | None = None
    _shown: tuple[str, list[UUID], UUID | str] | None = None

    @property
    def actor(self) -> Actor:
        """The caller. NotAuthenticated (401) without one; while the schema is generated, `SCHEMA_ACTOR`."""
        if getattr(self, "swagger_fake_view", False):
            return SCHEMA_ACTOR
        actor = request_actor(self.request._request)
        if actor is None:
            raise NotAuthenticated()
        return actor

    def get_permissions(self) -> list[BasePermission]:
        """By `roles`, unless the view sets `permission_classes` itself."""
        if self.permission_classes != APIView.permission_classes:
            return cast(list[BasePermission], super().get_permissions())
        roles = self.roles
        if isinstance(roles, Mapping):
            roles = roles.get(self._called(), roles.get("*", ()))
        return [HasRole(*roles)] if roles else [DenyAll()]

    def _called(self) -> str:
        """The action of a view set, else the method in lower case."""
        return getattr(self, "action", None) or (self.request.method or "").lower()

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """The checks before the handler runs. Replay when this `Idempotency-Key` has a response already."""
        super().initial(request, *args, **kwargs)
        if self._called() in self.asks_password:
            require_recent_password(request._request)
        refuse_unknown_names(request, self.known_names())
        actor = request_actor(request._request)
        if request.method != "POST" or not self.replayable or actor is None or actor.user_id is None:
            return
        record = idempotency.reserve(request, clinic_id=actor.clinic_id, user_id=actor.user_id, role=str(actor.role))
        if record is not None and record.status is not None:
            raise Replay(record)
        self._record = record

    def handle_exception(self, exc: Exception) -> Response:
        """The response of an exception; for Replay the stored one, whose patients are audited again."""
        if not isinstance(exc, Replay):
            return super().handle_exception(exc)
        self.shows(exc.record.resource_type, [UUID(patient_id) for patient_id in exc.record.patient_ids])
        return idempotency.replay(exc.record)

    def known_names(self) -> set[str]:
        """The query parameters that this endpoint accepts."""
        return set(self.query_class().fields) if self.query_class is not None else set()

    def query(self) -> dict[str, Any]:
        """The query parameters, validated by `query_class`; ValidationError (400) otherwise."""
        if self.query_class is None:
            raise ImproperlyConfigured(f"{type(self).__name__} needs a query_class to read query parameters.")
        # A plain dict: QueryDict would make every absent boolean False.
        serializer = self.query_class(data=self.request.query_params.dict(), context={"request": self.request})
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def read(self, input_class: type[Serializer] | None = None, *, partial: bool = False) -> dict[str, Any]:
        """The body, validated by `input_class`; ValidationError (400) otherwise."""
        serializer_class = input_class or self.input_class
        if serializer_class is None:
            raise ImproperlyConfigured(f"{type(self).__name__} needs an input_class to read a body.")
        serializer = serializer_class(
            data=self.request.data, partial=partial, context={"request": self.request, "actor": self.actor}
        )
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def shows(self, resource_type: str, patient_ids: Iterable[UUID | None], resource_id: UUID | str = "") -> None:
        """Register that the response shows these patients; one audit entry is written when it is sent."""
        patients = [patient_id for patient_id in patient_ids if patient_id]
        if patients:
            earlier = self._shown[1] if self._shown else []
            self._shown = (resource_type, [*earlier, *patients], resource_id)

    def finalize_response(self, request: Request, response: Response, *args: object, **kwargs: object) -> Response:
        """Audit the patients shown and store the response for its `Idempotency-Key`, both for a success only."""
        if response.status_code < 400:
            resource_type, patients, resource_id = self._shown or ("", [], "")
            if patients:
                recorder.record_access(self.actor, resource_type, patients, resource_id=resource_id)
            if self._record is not None:
                idempotency.store(self._record, response, resource_type=resource_type, patient_ids=patients)
        return super().finalize_response(request, response, *args, **kwargs)


class ClinicViewSet(ClinicView, GenericViewSet):
    """A collection of one clinic. Mix in `ListMixin`, `RetrieveMixin`, `UpdateMixin`; add `create`, `destroy` and one
    `@action` per transition. `get_queryset` starts at `visible_to`; `get_output_class` selects the fields by role."""

    output_class: ClassVar[type[BaseSerializer]]
    lookup_value_converter = "uuid"
    ordering: tuple[str, ...] = ("pk",)
    ordering_fields: tuple[str, ...] = ()
    resource_type: ClassVar[str] = ""

    def known_names(self) -> set[str]:
        names = super().known_names()
        if self.action == "list":
            names |= OF_LISTS
            filterset_class = getattr(self, "filterset_class", None)
            if filterset_class is not None:
                names |= set(filterset_class.base_filters)
        return names

    def get_output_class(self) -> type[BaseSerializer]:
        return self.output_class

    def get_serializer_class(self) -> type[BaseSerializer]:
        """The output class, for REST framework's own machinery; input is `input_class`."""
        return self.get_output_class()

    def _rows(self) -> RowQuerySet[Any]:
        return cast("RowQuerySet[Any]", self.get_queryset())

    def get_object(self) -> Any:
        """The row of the URL, or NotFound."""
        return self._rows().fetch(self.kwargs["pk"])

    def get_object_to_change(self) -> Any:
        """The row, with `If-Match` checked; then it is locked too, so that the check still holds at the write."""
        pk = self.kwargs["pk"]
        if "If-Match" not in self.request.headers:
            return self._rows().fetch(pk)
        obj = self._rows().lock(pk)
        check_precondition(self.request, obj)
        return obj

    def patients_of(self, rows: Iterable[Any]) -> list[UUID]:
        """The patients that these rows show, for the audit. By default each row's own patient, if it has one."""
        return [row.patient_id for row in rows if getattr(row, "patient_id", None)]

    def represent(self, rows: Any, *, many: bool = False) -> Any:
        """The rows as the output class serializes them for this actor, registered for the audit."""
        shown = list(rows) if many else [rows]
        self.shows(self.resource_type, self.patients_of(shown), "" if many else rows.pk)
        context = {"request": self.request, "actor": self.actor, "view": self}
        return self.get_output_class()(shown if many else rows, many=many, context=context).data

    def answer(self, obj: Any, *, status: int = 200) -> Response:
        """One object, with its entity tag."""
        headers = {"ETag": etag_of(obj)} if hasattr(obj, "updated_at") else {}
        return Response(self.represent(obj), status=status, headers=headers)

    def answer_page(self, rows: QuerySet[Any]) -> Response:
        """A page of the rows, filtered and ordered by the query parameters."""
        page = self.paginate_queryset(self.filter_queryset(rows))
        return self.get_paginated_response(self.represent(page, many=True))


class ListMixin:
    """`GET /things`, or those of a parent named in the URL (`parent`)."""

    def list(self: Any, request: Request, **parent: UUID) -> Response:
        """One page of them, filtered and ordered as the query says."""
        return self.answer_page(self.get_queryset())


class RetrieveMixin:
    """`GET /things/:id`."""

    def retrieve(self: Any, request: Request, pk: UUID) -> Response:
        """With its `ETag`, for a later `If-Match`."""
        return self.answer(self.get_object())


class UpdateMixin:
    """`PUT` and `PATCH /things/:id`, both through `change`, which calls the operation."""

    def change(self: Any, obj: Any, fields: dict[str, Any]) -> Any:
        """Call the operation with the validated fields (for PATCH, only those sent) and return the row."""
        raise NotImplementedError

    def update(self: Any, request: Request, pk: UUID) -> Response:
        """Replace it. 412 if it has changed since the `If-Match` tag was read."""
        obj = self.get_object_to_change()
        return self.answer(self.change(obj, self.read()))

    def partial_update(self: Any, request: Request, pk: UUID) -> Response:
        """Change only the fields that come."""
        obj = self.get_object_to_change()
        return self.answer(self.change(obj, self.read(partial=True)))
