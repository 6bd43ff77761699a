"""Rate limits per user and per IP address, counted in Redis with one round trip per request.

Without Redis, requests of signed-in users are allowed and sign-ins are refused, since those limits stop password
guessing.
"""

import time

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from clinicflow.access.http import request_actor
from clinicflow.core.client_ip import client_network

WINDOW = 60  # seconds
_redis: Redis | None = None


def _connection() -> Redis:
    global _redis
    if _redis is None:
        _redis = Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5)
    return _redis


def count(name: str, ident: str) -> int:
    """The requests of `ident` under the limit `name` in the current minute, this one included. RedisError if Redis is
    unreachable."""
    key = f"{settings.REDIS_PREFIX}:throttle:{name}:{ident}:{int(time.time()) // WINDOW}"
    pipe = _connection().pipeline(transaction=False)
    pipe.incr(key)
    pipe.expire(key, WINDOW + 5)
    return int(pipe.execute()[0])


class PerMinuteThrottle(BaseThrottle):
    """At most `settings.API_LIMITS[name]` requests a minute; `allow_without_redis` if they cannot be counted."""

    name = ""
    allow_without_redis = True

    def ident_of(self, request: Request) -> str | None:
        """The key that the request is counted under; None if this limit does not apply."""
        raise NotImplementedError

    def allow_request(self, request: Request, view: object) -> bool:
        ident = self.ident_of(request)
        if ident is None:
            return True
        try:
            return count(self.name, ident) <= settings.API_LIMITS[self.name]
        except RedisError:
            return self.allow_without_redis

    def wait(self) -> float:
        return WINDOW - time.time() % WINDOW


class UserThrottle(PerMinuteThrottle):
    """Authenticated requests, by user."""

    name = "user"

    def ident_of(self, request: Request) -> str | None:
        actor = request_actor(request._request)
        return str(actor.user_id) if actor is not None and actor.user_id else None


class AddressThrottle(PerMinuteThrottle):
    """Anonymous requests, by IP address."""

    name = "address"

    def ident_of(self, request: Request) -> str | None:
        if request_actor(request._request) is not None:
            return None
        return client_network(request._request)


class SignInThrottle(PerMinuteThrottle):
    """Sign-ins and token refreshes, by IP address, with or without credentials."""

    name = "sign_in"
    allow_without_redis = False

    def ident_of(self, request: Request) -> str | None:
        return client_network(request._request)
