"""The client's IP address, and the network that limits are counted for."""

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


def client_network(request: HttpRequest) -> str:
    """The address that limits are counted for: of IPv6 the first of its /64, which one customer has whole."""
    address = client_ip(request)
    if ":" not in address:
        return address
    parsed = ipaddress.IPv6Address(address)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(parsed), 64), strict=False).network_address)
