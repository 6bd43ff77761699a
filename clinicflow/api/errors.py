"""Every error of the API in one shape: `application/problem+json` (RFC 9457) with a stable `code`."""

import http
import logging
from collections.abc import Mapping
from typing import TypedDict, Unpack

from django.core import exceptions as django_errors
from django.db import DataError, IntegrityError, InterfaceError, OperationalError, connections
from django.db import Error as DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions as drf_errors
from rest_framework.response import Response

from clinicflow.api.renderers import PROBLEM_TYPE, as_json
from clinicflow.core.constraints import error_for, sqlstate
from clinicflow.core.errors import DomainError, FieldErrors
from clinicflow.db.retry import RETRY_FLAG, is_retryable

logger = logging.getLogger(__name__)

CONFLICTS = {"23505", "23P01", "23503"}
# Retryable, and also: statement canceled, server shutting down, too many connections.
RETRY_LATER = {"40P01", "40001", "55P03", "57014", "57P01", "53300"}

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
    """A body, header or query string that cannot be parsed."""

    status_code = 400
    default_detail = "The request could not be read."
    default_code = "malformed"


class TooLarge(drf_errors.APIException):
    status_code = 413
    default_detail = "The request is too large."
    default_code = "too_large"


class PreconditionFailed(drf_errors.APIException):
    """The object has changed since the client read it."""

    status_code = 412
    default_detail = "This has changed since you read it. Fetch it again, then retry."
    default_code = "changed_meanwhile"


class Parts(TypedDict, total=False):
    """The parts of a problem besides its status; `errors` maps field names to lists of messages."""

    code: str
    title: str
    detail: str
    errors: FieldErrors
    extras: Mapping[str, object]


Description = tuple[int, Parts, dict[str, str]]  # status, parts, headers


def problem(
    status: int,
    *,
    code: str = "",
    title: str = "",
    detail: str = "",
    errors: FieldErrors | None = None,
    extras: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """The body of an error response; absent parts have defaults by status."""
    code = code or CODES.get(status, "error")
    body = {
        "type": f"urn:clinicflow:problem:{code}",
        "title": title or http.HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or title or http.HTTPStatus(status).description or http.HTTPStatus(status).phrase,
        "code": code,
        "errors": {name: list(messages) for name, messages in (errors or {}).items()},
    }
    return {**(extras or {}), **body}


def problem_response(status: int, *, headers: Mapping[str, str] | None = None, **parts: Unpack[Parts]) -> HttpResponse:
    """The same as a response, for code outside REST framework: unknown URLs, middleware, lockouts."""
    response = HttpResponse(as_json(problem(status, **parts)), status=status, content_type=PROBLEM_TYPE)
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def answer_exception(exc: Exception, context: Mapping[str, object]) -> Response:
    """REST framework's exception handler: a response for any exception, without internal details.

    The request's transaction is rolled back, unless the view sets `outside_transaction`. A response to an error that
    a retry may resolve is marked with `RETRY_FLAG`, see `clinicflow.db.retry`.
    """
    if not getattr(context.get("view"), "outside_transaction", False):
        _rollback_request()
    status, parts, headers = describe(exc)
    response = Response(problem(status, **parts), status=status, headers=headers)
    setattr(response, RETRY_FLAG, isinstance(exc, DatabaseError) and is_retryable(exc))
    return response


def _rollback_request() -> None:
    """Roll back the request's transaction: a rejected request changes nothing."""
    for connection in connections.all(initialized_only=True):
        if connection.settings_dict["ATOMIC_REQUESTS"] and connection.in_atomic_block:
            connection.set_rollback(True)


def describe(exc: Exception) -> Description:
    """Status, parts and headers of an exception; an unexpected one is logged and is 500."""
    if isinstance(exc, DatabaseError):
        return _from_database(exc)
    if isinstance(exc, DomainError):
        headers = {"Retry-After": "1"} if exc.status == 503 else {}
        parts: Parts = {
            "code": exc.code,
            "title": str(exc.title),
            "detail": str(exc.detail),
            "errors": exc.fields,
            "extras": exc.extras,
        }
        return exc.status, parts, headers
    if isinstance(exc, drf_errors.APIException):
        return _from_rest_framework(exc)
    if isinstance(exc, Http404):
        return 404, {}, {}
    return _from_django(exc)


def _from_django(exc: Exception) -> Description:
    if isinstance(exc, django_errors.PermissionDenied):
        return 403, {}, {}
    if isinstance(exc, django_errors.RequestDataTooBig):
        return 413, {}, {}
    if isinstance(exc, django_errors.ValidationError):
        errors = exc.message_dict if hasattr(exc, "error_dict") else {"non_field_errors": exc.messages}
        return 400, {"detail": "Check the highlighted fields.", "errors": errors}, {}
    if isinstance(exc, django_errors.SuspiciousOperation | UnicodeError):
        return 400, {"code": "malformed", "detail": "The request could not be read."}, {}
    logger.error("unhandled exception in the API", exc_info=exc)
    return 500, {"detail": "Something went wrong on our side. No changes were made."}, {}


def _from_database(exc: DatabaseError) -> Description:
    domain_error = error_for(exc)
    if domain_error is not None:
        return describe(domain_error)
    state = sqlstate(exc)
    if state in RETRY_LATER or isinstance(exc, OperationalError | InterfaceError):
        return 503, {"detail": "The server is busy. Try again in a moment."}, {"Retry-After": "1"}
    if state in CONFLICTS:
        return 409, {"detail": "This conflicts with an existing record."}, {}
    if isinstance(exc, DataError | IntegrityError):
        # Validation should have rejected it before the database did.
        logger.warning("unvalidated input reached the database", exc_info=exc)
        return 400, {"detail": "A value is outside the range that can be stored."}, {}
    logger.error("database error in the API", exc_info=exc)
    return 500, {"detail": "Something went wrong on our side. No changes were made."}, {}


def _from_rest_framework(exc: drf_errors.APIException) -> Description:
    status = exc.status_code
    headers: dict[str, str] = {}
    if isinstance(exc, drf_errors.ValidationError):
        errors = flatten(exc.detail)
        general = errors.get("non_field_errors", [])
        detail = general[0] if general and len(errors) == 1 else "Check the highlighted fields."
        return status, {"code": "invalid", "detail": detail, "errors": errors}, headers
    if isinstance(exc, drf_errors.Throttled):
        headers["Retry-After"] = str(max(1, int(getattr(exc, "wait", None) or 1)))
    if auth_header := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    code = exc.get_codes()
    is_default = code == exc.default_code and type(exc).__module__ == drf_errors.__name__
    code = CODES.get(status, "error") if is_default or not isinstance(code, str) else code
    return status, {"code": code, "detail": str(exc.detail)}, headers


def flatten(detail: object, prefix: str = "") -> dict[str, list[str]]:
    """REST framework's nested error detail as `{"items.0.name": ["…"]}`."""
    if isinstance(detail, Mapping):
        flat: dict[str, list[str]] = {}
        for key, value in detail.items():
            name = prefix if prefix and key == "non_field_errors" else f"{prefix}.{key}" if prefix else str(key)
            for path, messages in flatten(value, name).items():
                flat.setdefault(path, []).extend(messages)
        return flat
    if isinstance(detail, list | tuple):
        flat = {}
        for index, value in enumerate(detail):
            name = f"{prefix}.{index}" if isinstance(value, Mapping | list) and prefix else prefix
            for path, messages in flatten(value, name).items():
                flat.setdefault(path, []).extend(messages)
        return flat
    return {prefix or "non_field_errors": [str(detail)]}


@csrf_exempt
def not_found(request: HttpRequest) -> HttpResponse:
    """Any path under /api/ that no route matches."""
    return problem_response(404, detail="This URL does not exist in the API.")
