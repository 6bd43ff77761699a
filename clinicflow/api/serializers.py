"""Bases of what goes in and out. Serializers check shape; operations do the writing."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers


class Input(serializers.Serializer):
    """A body of named fields; an unknown name is an error.

    `echoed` are names that an answer of ours has and a client may send back unchanged: they are let through and
    dropped, so that what was read can be put back.
    """

    echoed: tuple[str, ...] = ()

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = set(data) - set(self.fields) - set(self.echoed)
            if unknown:
                raise serializers.ValidationError({name: ["This field is not known here."] for name in sorted(unknown)})
        return super().to_internal_value(data)


class EmptySerializer(Input):
    """The body of an action that needs no words."""


class Problem(serializers.Serializer):
    """Any error (RFC 9457)."""

    type = serializers.CharField(help_text="A URN that names the kind of error.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="A sentence for a person.")
    code = serializers.CharField(help_text="A stable word for a program, e.g. `slot_taken`.")
    errors = serializers.DictField(  # type: ignore[assignment]  # a field; the metaclass takes it off the class
        child=serializers.ListField(child=serializers.CharField()), help_text="Field name to sentences."
    )
