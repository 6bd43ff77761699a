"""Where a request comes from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The client's IP address: the peer's, or what TRUSTED_PROXIES proxies in front of us say it is.

    Only as many entries of X-Forwarded-For are believed as there are proxies of ours; the rest is the client's own
    writing. An empty string if nothing usable is there (a Unix socket).
    """
    peer = request.META.get("REMOTE_ADDR") or ""
    hops = settings.TRUSTED_PROXIES
    if hops:
        chain = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        if len(chain) >= hops:
            peer = chain[-hops]
    try:
        return str(ipaddress.ip_address(peer))
    except ValueError:
        return ""
