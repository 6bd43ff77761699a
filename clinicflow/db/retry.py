"""Doing a request again when the database chose it as the one that loses: deadlock, serialization, lock timeout.

Nothing of the first attempt is left by then: the view's transaction is rolled back whole. Twice, with a random pause,
so that two losers do not meet again; after that the refusal stands (503).
"""

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import Error as DatabaseError
from django.http import HttpRequest

View = Callable[..., Any]
RETRYABLE_SQLSTATES = frozenset({"40P01", "40001", "55P03"})
PAUSES = (0.05, 0.2)  # seconds, each plus as much again by chance
READS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def is_retryable(error: BaseException) -> bool:
    """Whether doing the same again may well succeed."""
    return getattr(error.__cause__, "sqlstate", None) in RETRYABLE_SQLSTATES


def with_retries(view: View) -> View:
    """A view that is done again, up to twice, when it lost. `view` opens its own transaction.

    A view that answers its errors itself marks such an answer with `try_again`.
    """

    @wraps(view)
    def again(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method in READS or not _is_replayable(request):
            return view(request, *args, **kwargs)
        for pause in PAUSES:
            try:
                response = view(request, *args, **kwargs)
            except DatabaseError as error:
                if not is_retryable(error):
                    raise
            else:
                if not getattr(response, "try_again", False):
                    return response
            time.sleep(pause * (1 + random.random()))  # noqa: S311  # spreads losers out, hides nothing
        return view(request, *args, **kwargs)

    return again


def _is_replayable(request: HttpRequest) -> bool:
    """Keep the body of a small request in memory, so that a second attempt finds it; uploads are not kept."""
    if request.content_type == "multipart/form-data":
        return False
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return False
    return request.body is not None


def render_in_transaction(view: View) -> View:
    """A view whose answer is drawn before it returns, so inside its transaction: a template that still reads the
    database (Django's admin, django-allauth) would otherwise do so after it, where the clinic's scope has no hold."""

    @wraps(view)
    def drawn(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = view(request, *args, **kwargs)
        if not getattr(response, "is_rendered", True):
            response.render()
        return response

    return drawn


class RetryingHandler(WSGIHandler):
    """Django's handler, whose atomic views draw their answer in the transaction and are done again when they lost."""

    def make_view_atomic(self, view: View) -> View:
        drawn = render_in_transaction(view)
        atomic = super().make_view_atomic(drawn)
        return view if atomic is drawn else with_retries(atomic)
