"""Every error of the API in one shape: `application/problem+json` (RFC 9457) with a stable `code`."""

import http
import logging
from collections.abc import Mapping
from typing import Any

from django.core import exceptions as django_errors
from django.db import DataError, IntegrityError, InterfaceError, OperationalError, connections
from django.db import Error as DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions as drf_errors
from rest_framework.response import Response

from clinicflow.api.renderers import PROBLEM_TYPE, as_json
from clinicflow.core.constraints import error_for, sqlstate
from clinicflow.core.errors import DomainError
from clinicflow.db.retry import is_retryable

logger = logging.getLogger(__name__)

CONFLICTS = {"23505", "23P01", "23503"}
TRY_AGAIN = {"40P01", "40001", "55P03", "57014", "57P01", "53300"}

CODES = {
    400: "invalid",
    401: "not_authenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    409: "conflict",
    412: "changed_meanwhile",
    413: "too_large",
    415: "unsupported_media_type",
    429: "throttled",
    500: "internal_error",
    503: "busy",
}


class Malformed(drf_errors.APIException):
    """A body, header or query that cannot be read at all."""

    status_code = 400
    default_detail = "The request could not be read."
    default_code = "malformed"


class TooLarge(drf_errors.APIException):
    status_code = 413
    default_detail = "The request is too large."
    default_code = "too_large"


class PreconditionFailed(drf_errors.APIException):
    """Somebody changed the object since the client read it."""

    status_code = 412
    default_detail = "This has been changed since you read it. Read it again, then decide."
    default_code = "changed_meanwhile"


def problem(
    status: int,
    *,
    code: str = "",
    title: str = "",
    detail: str = "",
    errors: Mapping[str, Any] | None = None,
    extras: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The body of an error answer; `errors` maps field names to lists of sentences."""
    code = code or CODES.get(status, "error")
    body: dict[str, Any] = {
        "type": f"urn:clinicflow:problem:{code}",
        "title": title or http.HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or title or http.HTTPStatus(status).description or http.HTTPStatus(status).phrase,
        "code": code,
        "errors": {name: list(sentences) for name, sentences in (errors or {}).items()},
    }
    return {**(extras or {}), **body}


def problem_response(status: int, *, headers: Mapping[str, str] | None = None, **parts: Any) -> HttpResponse:
    """The same outside of REST framework: unknown addresses, middleware, lockouts."""
    response = HttpResponse(as_json(problem(status, **parts)), status=status, content_type=PROBLEM_TYPE)
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def answer_exception(exc: Exception, context: Mapping[str, Any]) -> Response:
    """REST framework's exception handler: any exception to an answer that tells nothing about the inside."""
    if not getattr(context.get("view"), "outside_transaction", False):
        _undo_request()
    status, parts, headers = describe(exc)
    response = Response(problem(status, **parts), status=status, headers=headers)
    response.try_again = isinstance(exc, DatabaseError) and is_retryable(exc)
    return response


def _undo_request() -> None:
    """Roll the request's transaction back: a refusal changes nothing."""
    for connection in connections.all(initialized_only=True):
        if connection.settings_dict["ATOMIC_REQUESTS"] and connection.in_atomic_block:
            connection.set_rollback(True)


def describe(exc: Exception) -> tuple[int, dict[str, Any], dict[str, str]]:
    """(status, parts of the problem, headers) of an exception; unknown ones are logged and are 500."""
    if isinstance(exc, DatabaseError):
        return _from_database(exc)
    if isinstance(exc, DomainError):
        headers = {"Retry-After": "1"} if exc.status == 503 else {}
        parts = {"code": exc.code, "title": str(exc.title), "detail": str(exc.detail)}
        return exc.status, {**parts, "errors": exc.fields, "extras": exc.extras}, headers
    if isinstance(exc, drf_errors.APIException):
        return _from_rest_framework(exc)
    if isinstance(exc, Http404):
        return 404, {}, {}
    return _from_django(exc)


def _from_django(exc: Exception) -> tuple[int, dict[str, Any], dict[str, str]]:
    if isinstance(exc, django_errors.PermissionDenied):
        return 403, {}, {}
    if isinstance(exc, django_errors.RequestDataTooBig):
        return 413, {}, {}
    if isinstance(exc, django_errors.ValidationError):
        errors = exc.message_dict if hasattr(exc, "error_dict") else {"non_field_errors": exc.messages}
        return 400, {"detail": "Please correct the marked fields.", "errors": errors}, {}
    if isinstance(exc, django_errors.SuspiciousOperation | UnicodeError):
        return 400, {"code": "malformed", "detail": "The request could not be read."}, {}
    logger.error("unhandled exception in the API", exc_info=exc)
    return 500, {"detail": "Something went wrong on our side. Nothing was changed."}, {}


def _from_database(exc: DatabaseError) -> tuple[int, dict[str, Any], dict[str, str]]:
    meant = error_for(exc)
    if meant is not None:
        return describe(meant)
    state = sqlstate(exc)
    if state in TRY_AGAIN or isinstance(exc, OperationalError | InterfaceError):
        return 503, {"detail": "Too busy for a moment. Please try again."}, {"Retry-After": "1"}
    if state in CONFLICTS:
        return 409, {"detail": "This conflicts with what is there already."}, {}
    if isinstance(exc, DataError | IntegrityError):
        # Validation should have refused it before the database had to.
        logger.warning("unvalidated input reached the database", exc_info=exc)
        return 400, {"detail": "A value is outside of what can be stored."}, {}
    logger.error("database error in the API", exc_info=exc)
    return 500, {"detail": "Something went wrong on our side. Nothing was changed."}, {}


def _from_rest_framework(exc: drf_errors.APIException) -> tuple[int, dict[str, Any], dict[str, str]]:
    status = exc.status_code
    headers: dict[str, str] = {}
    if isinstance(exc, drf_errors.ValidationError):
        errors = flatten(exc.detail)
        loose = errors.get("non_field_errors", [])
        detail = loose[0] if loose and len(errors) == 1 else "Please correct the marked fields."
        return status, {"code": "invalid", "detail": detail, "errors": errors}, headers
    if isinstance(exc, drf_errors.Throttled):
        headers["Retry-After"] = str(max(1, int(exc.wait or 1)))
    if getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = exc.auth_header
    code = exc.get_codes()
    stock = code == exc.default_code and type(exc).__module__ == drf_errors.__name__
    known = CODES.get(status, "error") if stock or not isinstance(code, str) else code
    return status, {"code": known, "detail": str(exc.detail)}, headers


def flatten(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """REST framework's nested error detail as `{"items.0.name": ["…"]}`."""
    if isinstance(detail, Mapping):
        found: dict[str, list[str]] = {}
        for key, value in detail.items():
            name = prefix if prefix and key == "non_field_errors" else f"{prefix}.{key}" if prefix else str(key)
            for path, sentences in flatten(value, name).items():
                found.setdefault(path, []).extend(sentences)
        return found
    if isinstance(detail, list | tuple):
        found = {}
        for index, value in enumerate(detail):
            name = f"{prefix}.{index}" if isinstance(value, Mapping | list) and prefix else prefix
            for path, sentences in flatten(value, name).items():
                found.setdefault(path, []).extend(sentences)
        return found
    return {prefix or "non_field_errors": [str(detail)]}


@csrf_exempt
def no_such_address(request: HttpRequest) -> HttpResponse:
    """Any path under /api/ that is nobody's."""
    return problem_response(404, detail="There is no such address in this API.")
