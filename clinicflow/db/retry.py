"""Retry a request that PostgreSQL aborted: deadlock, serialization failure or lock timeout.

The view's transaction has been rolled back by then, so a retry starts afresh. A request is retried twice, after a
random pause, so that two requests do not collide again; after that the error is returned (503).
"""

import random
import time
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponseBase
from django.template.response import SimpleTemplateResponse

View = Callable[..., HttpResponseBase]
RETRYABLE_SQLSTATES = frozenset({"40P01", "40001", "55P03"})
PAUSES = (0.05, 0.2)  # seconds; each is extended by a random part of up to its own length
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
RETRY_FLAG = "should_retry"  # attribute of a response to an error that a retry may resolve


def is_retryable(error: BaseException) -> bool:
    """Whether the error is transient, so that the same request may succeed when retried."""
    return getattr(error.__cause__, "sqlstate", None) in RETRYABLE_SQLSTATES


def with_retries(view: View) -> View:
    """Retry the view up to twice after a retryable error. `view` opens its own transaction.

    A view that handles its errors itself sets `RETRY_FLAG` on such a response.
    """

    @wraps(view)
    def retried(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.method in SAFE_METHODS or not _is_replayable(request):
            return view(request, *args, **kwargs)
        for pause in PAUSES:
            try:
                response = view(request, *args, **kwargs)
            except DatabaseError as error:
                if not is_retryable(error):
                    raise
            else:
                if not getattr(response, RETRY_FLAG, False):
                    return response
            time.sleep(pause * (1 + random.random()))  # noqa: S311  # jitter, not a secret
        return view(request, *args, **kwargs)

    return retried


def _is_replayable(request: HttpRequest) -> bool:
    """Whether the request can be retried: reads the body of a small request into memory; uploads cannot be."""
    if request.content_type == "multipart/form-data":
        return False
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return False
    return request.body is not None


def render_in_transaction(view: View) -> View:
    """Render a template response before the view returns, and so inside its transaction.

    The templates of Django's admin and django-allauth query the database, which the clinic's scope allows only inside
    a transaction.
    """

    @wraps(view)
    def rendered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
            response.render()
        return response

    return rendered


class RetryingHandler(WSGIHandler):
    """Django's WSGI handler, with atomic views rendered in their transaction and retried."""

    def make_view_atomic(self, view: View) -> View:
        rendering = render_in_transaction(view)
        atomic = super().make_view_atomic(rendering)
        return view if atomic is rendering else with_retries(atomic)
