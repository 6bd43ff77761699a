"""Liveness and readiness checks for load balancers, and metrics for Prometheus."""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from redis import RedisError

from clinicflow.jobs.metrics import JobCollector
from clinicflow.jobs.tasks import HEARTBEAT

_migrated = False


@require_GET
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Liveness: 200 while this process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_GET
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Readiness: 200 when every part answers, else 503; the body has each part's name and whether it answers."""
    parts = {name: check() for name, check in CHECKS.items()}
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)


@require_GET
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus metrics of queue, heartbeats and parts, for a bearer of METRICS_TOKEN; 404 for everyone else."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not secrets.compare_digest(token.encode(), settings.METRICS_TOKEN.encode()):
        raise Http404
    registry = CollectorRegistry()
    registry.register(JobCollector({name: check() for name, check in CHECKS.items()}))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError:
        return False
    return True


def _migrations() -> bool:
    """Whether every migration is applied; once true it is not checked again, since none is unapplied while running."""
    global _migrated
    if not _migrated:
        try:
            executor = MigrationExecutor(connection)
            _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        except DatabaseError:
            return False
    return _migrated


def _redis() -> bool:
    try:
        cache.get("health")
    except RedisError:
        return False
    return True


def _beating(name: str) -> Callable[[], bool]:
    def check() -> bool:
        try:
            return cache.get(HEARTBEAT.format(name)) is not None
        except RedisError:
            return False

    return check


CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "migrations": _migrations,
    "redis": _redis,
    "beat": _beating("beat"),
    "worker": _beating("worker"),
}
