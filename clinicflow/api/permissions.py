"""Who may call what: nobody, unless the view names its roles."""

from typing import Any, Self

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class DenyAll(BasePermission):
    """The default of every view: a view that names no policy serves nobody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return False


class HasRole(BasePermission):
    """The actor's role is one of these: `permission_classes = [Roles("admin", "doctor")]`.

    Without an actor the answer is 401, with another role 403. What a role may see of a resource is said by
    `visible_to`, not here.
    """

    def __init__(self, *roles: str) -> None:
        self.roles = frozenset(roles)

    def __call__(self) -> Self:
        """REST framework makes an instance of each entry; this is one already."""
        return self

    def has_permission(self, request: Request, view: Any) -> bool:
        actor = getattr(request._request, "actor", None)
        return actor is not None and str(actor.role) in self.roles
