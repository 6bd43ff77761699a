"""The client's IP address."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    """The client's IP address; empty where there is none (a Unix socket).

    Of `X-Forwarded-For` only the last TRUSTED_PROXY_HOPS entries are used: the client controls the rest.
    """
    peer = str(request.META.get("REMOTE_ADDR") or "")
    hops: int = settings.TRUSTED_PROXY_HOPS
    if hops:
        forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
        if len(forwarded) >= hops:
            peer = forwarded[-hops]
    try:
        return str(ipaddress.ip_address(peer))
    except ValueError:
        return ""
