"""Where our own requests may go: public addresses only, so that a URL typed by somebody reaches no inner service."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit


class AddressRefused(Exception):
    """The URL leads to an address that must not be asked."""


def check_public_address(url: str, *, loopback_allowed: bool) -> None:
    """Resolve the host and refuse private, link-local, mapped and reserved addresses. Raises AddressRefused.

    With `loopback_allowed` (test mode) a loopback address passes, so that a vendor can be tried on one machine.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise AddressRefused("The vendor's address is not an http(s) URL.")
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except OSError:
        return  # No address, no connection: the request itself will say so.
    for *_, place in found:
        address = ipaddress.ip_address(place[0].partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None) or address
        if mapped.is_loopback and loopback_allowed:
            continue
        if not mapped.is_global or mapped.is_multicast:
            raise AddressRefused("The vendor's address is not a public one.")
