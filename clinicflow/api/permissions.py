"""Permission classes: access is denied unless a view names its roles."""

from typing import Self

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from clinicflow.access.http import request_actor


class DenyAll(BasePermission):
    """The default of every view: without a policy of its own, a view denies every request."""

    def has_permission(self, request: Request, view: object) -> bool:
        return False


class HasRole(BasePermission):
    """Require one of these roles: `permission_classes = [HasRole("admin", "doctor")]`.

    Anonymous users get 401, other roles 403. What a role may see of a resource is decided by `visible_to`, not here.
    """

    def __init__(self, *roles: str) -> None:
        self.roles = frozenset(roles)

    def __call__(self) -> Self:
        """Self: REST framework calls each entry of `permission_classes` to instantiate it, and this is an instance."""
        return self

    def has_permission(self, request: Request, view: object) -> bool:
        actor = request_actor(request._request)
        return actor is not None and str(actor.role) in self.roles
