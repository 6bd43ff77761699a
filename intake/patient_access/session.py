"""The patient's session: a signed cookie that proves identity for one link, and the limit on failed attempts."""

import datetime as dt

import structlog
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from redis.exceptions import RedisError

from clinicflow.core.client_ip import client_network
from intake.models import PatientLink
from intake.patient_access.visit import PatientRequest

IDLE = dt.timedelta(minutes=45)
KIOSK_IDLE = dt.timedelta(minutes=3)
MAX_FAILED_ATTEMPTS, WINDOW = 30, 600  # wrong links and birth dates per IP address, in `WINDOW` seconds
log = structlog.get_logger(__name__)
signer = signing.TimestampSigner(salt="intake.link")


def mark_identity_proven(response: HttpResponse, link: PatientLink) -> None:
    """Let this browser open the link's pages for `IDLE` (at a kiosk `KIOSK_IDLE`) from now."""
    response.set_cookie(
        _cookie_name(link),
        signer.sign(link.pk.hex),
        max_age=_idle_limit(link),
        path="/i/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget_identity(request: PatientRequest, response: HttpResponse, link: PatientLink) -> None:
    """End this browser's session: the link asks for the birth date again."""
    request.closed_links = (link.pk.hex,)
    response.delete_cookie(_cookie_name(link), path="/i/")


def is_identity_proven(request: HttpRequest, link: PatientLink) -> bool:
    """Whether this browser's proof of identity has not expired."""
    try:
        return signer.unsign(request.COOKIES.get(_cookie_name(link), ""), max_age=_idle_limit(link)) == link.pk.hex
    except signing.BadSignature:
        return False


def record_failed_attempt(request: HttpRequest) -> None:
    """Count one more wrong link or birth date from this IP address."""
    key = _attempts_key(request)
    try:
        cache.add(key, 0, WINDOW)
        cache.incr(key)
    except (RedisError, ValueError):  # ValueError: the key expired between the two calls
        log.warning("link_miss_not_counted")


def has_too_many_failed_attempts(request: HttpRequest) -> bool:
    """Whether this IP address has reached the limit; False without Redis, when each link's own five attempts apply."""
    try:
        return int(cache.get(_attempts_key(request), 0)) >= MAX_FAILED_ATTEMPTS
    except RedisError:
        return False


def _attempts_key(request: HttpRequest) -> str:
    return f"link-misses:{client_network(request)}"


def _idle_limit(link: PatientLink) -> dt.timedelta:
    return KIOSK_IDLE if link.purpose == PatientLink.Purpose.KIOSK else IDLE


def _cookie_name(link: PatientLink) -> str:
    return f"visit_{link.pk.hex[-12:]}"
