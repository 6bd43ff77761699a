"""What every endpoint of a clinic does: role, known names, entity tags, repeated POSTs, the audit of reads."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.api import idempotency
from clinicflow.api.etags import check_precondition, etag_of
from clinicflow.api.filters import OF_LISTS, refuse_unknown_names
from clinicflow.api.models import KeptAnswer
from clinicflow.api.permissions import DenyAll, HasRole
from clinicflow.audit import log

SCHEMA_ACTOR = Actor(clinic_id=UUID(int=0), role=Role.FRONT_DESK)
RoleTable = tuple[str, ...] | Mapping[str, tuple[str, ...]]


class ClinicView(APIView):
    """An endpoint of one clinic, for one thing that is no collection: a summary, settings, a search.

    `roles` is a tuple, or a mapping from action (a view set's) or method (`"get"`) to a tuple; `"*"` is the rest.
    Nobody may call what is not named. `query_class` is a serializer of the query parameters, `input_class` of the
    body. Patients that an answer shows are named with `shows`. An answer that holds tokens is not kept for
    `Idempotency-Key`.
    """

    roles: ClassVar[RoleTable] = ()
    query_class: ClassVar[type[BaseSerializer] | None] = None
    input_class: ClassVar[type[BaseSerializer] | None] = None
    keeps_answers: ClassVar[bool] = True

    _key: KeptAnswer | None = None
    _seen: tuple[str, list[UUID], UUID | str] | None = None

    @property
    def actor(self) -> Actor:
        """Whoever calls; only behind the role check. While the schema is written, nobody in no clinic."""
        if getattr(self, "swagger_fake_view", False):
            return SCHEMA_ACTOR
        actor: Actor = self.request._request.actor
        return actor

    def get_permissions(self) -> Any:
        """By `roles`, unless the view names `permission_classes` itself."""
        if self.permission_classes != APIView.permission_classes:
            return super().get_permissions()
        roles = self.roles
        if isinstance(roles, Mapping):
            name = getattr(self, "action", None) or (self.request.method or "").lower()
            roles = roles.get(name, roles.get("*", ()))
        return [HasRole(*roles)] if roles else [DenyAll()]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        refuse_unknown_names(request, self.known_names())
        actor = getattr(request._request, "actor", None)
        if request.method != "POST" or not self.keeps_answers or actor is None or actor.user_id is None:
            return
        self._key = idempotency.reserve(request, clinic_id=actor.clinic_id, user_id=actor.user_id, role=str(actor.role))
        if self._key is not None and self._key.status is not None:
            self._answer_again(self._key)

    def _answer_again(self, kept: KeptAnswer) -> None:
        """Put the kept answer where the handler would be."""
        self._key = None
        patients = [UUID(patient_id) for patient_id in kept.patient_ids]
        self.shows(kept.resource_type, patients)
        self.post = lambda request, *args, **kwargs: idempotency.replay(kept)

    def known_names(self) -> set[str]:
        """The query parameters that this endpoint understands."""
        return set(self.query_class().fields) if self.query_class is not None else set()

    def query(self) -> dict[str, Any]:
        """The query parameters, checked by `query_class`; 400 when they do not fit."""
        assert self.query_class is not None  # noqa: S101  # a mistake in the view, not in the request
        # A plain dict: QueryDict would make every absent boolean False.
        serializer = self.query_class(data=self.request.query_params.dict(), context={"request": self.request})
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def read(self, input_class: type[BaseSerializer] | None = None, *, partial: bool = False) -> dict[str, Any]:
        """The body, checked by `input_class`; 400 when it does not fit."""
        wanted = input_class or self.input_class
        assert wanted is not None  # noqa: S101  # a mistake in the view, not in the request
        serializer = wanted(
            data=self.request.data, partial=partial, context={"request": self.request, "actor": self.actor}
        )
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def shows(self, resource_type: str, patient_ids: Iterable[UUID | None], resource_id: UUID | str = "") -> None:
        """Note that the answer shows these patients; it is audited when it leaves, once."""
        patients = [patient_id for patient_id in patient_ids if patient_id]
        if patients:
            earlier = self._seen[1] if self._seen else []
            self._seen = (resource_type, [*earlier, *patients], resource_id)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        if response.status_code < 400:
            resource_type, patients, resource_id = self._seen or ("", [], "")
            if patients:
                log.record_access(self.actor, resource_type, patients, resource_id=resource_id)
            if self._key is not None:
                idempotency.store(self._key, response, resource_type=resource_type, patient_ids=patients)
        return super().finalize_response(request, response, *args, **kwargs)


class ClinicViewSet(ClinicView, GenericViewSet):
    """A collection of one clinic. Mix in `Lists`, `Shows`, `Changes`, add `create`, `destroy` and one `@action` a
    transition. `get_queryset` starts at `visible_to`; `get_output_class` chooses the fields by role."""

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
        """For REST framework's own machinery: what comes out. What goes in is `input_class`."""
        return self.get_output_class()

    def get_object(self) -> Any:
        return self.get_queryset().fetch(self.kwargs["pk"])

    def get_object_to_change(self) -> Any:
        """The row, its If-Match checked; locked when there is one, so that the check still holds at the write."""
        rows: Any = self.get_queryset()
        pk = self.kwargs["pk"]
        if "If-Match" not in self.request.headers:
            return rows.fetch(pk)
        obj = rows.lock(pk)
        check_precondition(self.request, obj)
        return obj

    def patients_of(self, rows: Iterable[Any]) -> list[UUID]:
        """The patients that these rows show, for the audit. The default is the rows' own patient, if they have one."""
        return [row.patient_id for row in rows if getattr(row, "patient_id", None)]

    def represent(self, rows: Any, *, many: bool = False) -> Any:
        """The rows as their output class writes them for this actor, noted for the audit."""
        shown = list(rows) if many else [rows]
        self.shows(self.resource_type, self.patients_of(shown), "" if many else rows.pk)
        context = {"request": self.request, "actor": self.actor, "view": self}
        return self.get_output_class()(shown if many else rows, many=many, context=context).data

    def answer(self, obj: Any, *, status: int = 200) -> Response:
        """One object, with its entity tag."""
        headers = {"ETag": etag_of(obj)} if hasattr(obj, "updated_at") else {}
        return Response(self.represent(obj), status=status, headers=headers)

    def answer_page(self, rows: QuerySet[Any]) -> Response:
        """A page of the rows, filtered and ordered as the query says."""
        page = self.paginate_queryset(self.filter_queryset(rows))
        return self.get_paginated_response(self.represent(page, many=True))


class ListMixin:
    """`GET /things`, or the things `of` what else the address names."""

    def list(self: Any, request: Request, **of: UUID) -> Response:
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
        """Call the operation with the checked fields (for PATCH, only those that came) and return the row."""
        raise NotImplementedError

    def update(self: Any, request: Request, pk: UUID) -> Response:
        """Replace it. 412 if it has changed since the `If-Match` tag was read."""
        obj = self.get_object_to_change()
        return self.answer(self.change(obj, self.read()))

    def partial_update(self: Any, request: Request, pk: UUID) -> Response:
        """Change only the fields that come."""
        obj = self.get_object_to_change()
        return self.answer(self.change(obj, self.read(partial=True)))
