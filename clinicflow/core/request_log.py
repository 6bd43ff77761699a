"""One log line for each request, which names its route: addresses hold names of patients and secrets of links."""

import logging

import structlog
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django_structlog.middlewares import RequestMiddleware

from clinicflow.core.client_ip import client_ip

NO_ROUTE = "(no route)"


def route_of(request: HttpRequest) -> str:
    """The URL pattern of a request, such as `/patients/<uuid:pk>`."""
    match = request.resolver_match
    if match is None:
        try:
            match = resolve(request.path_info, getattr(request, "urlconf", None))
        except Resolver404:
            return NO_ROUTE
    return f"/{match.route}"


class RequestLogMiddleware(RequestMiddleware):
    """django-structlog's middleware with the route instead of the address, and the address of the trusted proxy."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {route_of(request)}"

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        structlog.contextvars.bind_contextvars(ip=client_ip(request))


class RouteFilter(logging.Filter):
    """Replaces the path of a request in the messages of Django's loggers, such as `Not Found: /patients/…`."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            addresses = {request.path, request.path_info, request.get_full_path()}
            record.args = tuple(route_of(request) if value in addresses else value for value in record.args)
        return True
