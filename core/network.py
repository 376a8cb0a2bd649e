"""Where a request comes from, as a hash that can be counted and not read."""

import ipaddress
from contextlib import suppress

from django.conf import settings
from django.http import HttpRequest

from core.tokens import keyed_hash


def network_of(request: HttpRequest) -> str:
    """Keyed hash of the visitor's network: one IPv4 address, or one IPv6 /64.

    Whoever holds an IPv6 line commands 2⁶⁴ addresses, so those count as one.
    """
    return keyed_hash(_network(_address(request)), purpose="network")


def _address(request: HttpRequest) -> str:
    """The address that the outermost trusted proxy saw; what stands left of it anyone may write."""
    near: str = request.META.get("REMOTE_ADDR", "")
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    proxies: int = settings.TRUSTED_PROXIES
    # Fewer hops than proxies: the request came around them, so its header proves nothing.
    return hops[-proxies] if 0 < proxies <= len(hops) and hops[-proxies] else near


def _network(text: str) -> str:
    """Unreadable addresses are one network together: too strict is noticed, too lax is not."""
    if text.startswith("["):  # [2001:db8::1]:443
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:  # 192.0.2.1:443
        text = text.partition(":")[0]
    with suppress(ValueError):
        address = ipaddress.ip_address(text.partition("%")[0])
        if isinstance(address, ipaddress.IPv6Address):
            address = address.ipv4_mapped or address
        if isinstance(address, ipaddress.IPv6Address):
            return str(ipaddress.IPv6Network((address, 64), strict=False))
        return str(address)
    return ""
