"""How often an account or an address may call. Counted in Redis, one round trip a request.

Without Redis, signed-in callers go on and sign-ins stop: guessing passwords is what the limits are for.
"""

import time
from typing import Any

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from clinicflow.core.client_ip import client_ip

WINDOW = 60  # seconds
_redis: Redis | None = None


def _connection() -> Redis:
    global _redis
    if _redis is None:
        _redis = Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5)
    return _redis


def count(name: str, who: str) -> int:
    """How often `who` has done `name` in the present minute, this time included. RedisError when Redis is away."""
    key = f"{settings.REDIS_PREFIX}:throttle:{name}:{who}:{int(time.time()) // WINDOW}"
    pipe = _connection().pipeline(transaction=False)
    pipe.incr(key)
    pipe.expire(key, WINDOW + 5)
    return int(pipe.execute()[0])


class PerMinuteThrottle(BaseThrottle):
    """At most `settings.API_LIMITS[name]` calls a minute."""

    name = ""
    without_redis = True

    def who(self, request: Request) -> str | None:
        """Whose calls are counted; None: not this throttle's business."""
        raise NotImplementedError

    def allow_request(self, request: Request, view: Any) -> bool:
        who = self.who(request)
        if who is None:
            return True
        try:
            return count(self.name, who) <= settings.API_LIMITS[self.name]
        except RedisError:
            return self.without_redis

    def wait(self) -> float:
        return WINDOW - time.time() % WINDOW


class UserThrottle(PerMinuteThrottle):
    """Signed-in callers, by user."""

    name = "user"

    def who(self, request: Request) -> str | None:
        actor = getattr(request._request, "actor", None)
        return str(actor.user_id) if actor is not None and actor.user_id else None


class AddressThrottle(PerMinuteThrottle):
    """Callers that are not signed in, by address."""

    name = "address"

    def who(self, request: Request) -> str | None:
        if getattr(request._request, "actor", None) is not None:
            return None
        return client_ip(request._request)


class SignInThrottle(PerMinuteThrottle):
    """Attempts to sign in or to refresh, by address, whoever asks."""

    name = "sign_in"
    without_redis = False

    def who(self, request: Request) -> str | None:
        return client_ip(request._request)
