"""Base serializers. Serializers validate shape; operations write."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers


class Input(serializers.Serializer):
    """A request body; unknown fields are an error."""

    # Fields of the response that a client may send back unchanged: they are accepted and ignored, so that an object
    # can be PUT as it was read.
    echoed: tuple[str, ...] = ()

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = set(data) - set(self.fields) - set(self.echoed)
            if unknown:
                raise serializers.ValidationError({name: ["Unknown field."] for name in sorted(unknown)})
        return super().to_internal_value(data)


@extend_schema_serializer(component_name="Nothing")
class EmptySerializer(Input):
    """The body of an action without parameters."""


class Problem(serializers.Serializer):
    """Any error (RFC 9457)."""

    type = serializers.CharField(help_text="A URN that names the kind of error.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="A message to show to the user.")
    code = serializers.CharField(help_text="A stable error code, e.g. `slot_taken`.")
    errors = serializers.DictField(  # type: ignore[assignment]  # a field; the metaclass takes it off the class
        child=serializers.ListField(child=serializers.CharField()), help_text="Messages by field name."
    )
