"""Where our own requests may go: public addresses only, so that a URL typed by somebody reaches no inner service.

The address that was checked is the one that is asked: a name whose answer changes between the check and the connection
(DNS rebinding) gains nothing, since the name is resolved once and the connection is made to that number.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_PORTS = {"http": 80, "https": 443}

_UNICAST = ipaddress.ip_network("2000::/3")
"""All of IPv6 that is routed in public (RFC 4291, 2.4); what is reserved inside it, `is_global` knows."""

_SIX_TO_FOUR = ipaddress.ip_network("2002::/16")
"""Carries an IPv4 address inside, and a relay may lead inwards."""


class AddressRefused(Exception):
    """The URL leads to an address that must not be asked."""


class AddressUnknown(Exception):
    """The name has no address just now."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A URL with its host replaced by the address to connect to, and what the host is called in Host and in TLS."""

    url: str
    host_header: str
    server_name: str


def public_destination(url: str, *, loopback_allowed: bool) -> Destination:
    """Resolve the host once and refuse private, link-local, mapped and reserved addresses, if even one is among them.

    With `loopback_allowed` (test mode) a loopback address passes, so that a vendor can be tried on one machine.
    Raises AddressRefused, AddressUnknown.
    """
    parts = urlsplit(url)
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if parts.scheme not in _PORTS or not host:
        raise AddressRefused("The address is not an http(s) URL.")
    try:
        found = socket.getaddrinfo(host, port or _PORTS[parts.scheme], type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressUnknown(type(error).__name__) from error
    addresses = [_plain(str(place[0])) for *_, place in found]
    if not addresses or not all(_may_ask(address, loopback_allowed) for address in addresses):
        raise AddressRefused("The address is not a public one.")
    literal = f"[{addresses[0]}]" if addresses[0].version == 6 else str(addresses[0])
    with_port = f":{port}" if port else ""
    named = f"[{host}]" if ":" in host else host
    pinned = urlunsplit((parts.scheme, f"{literal}{with_port}", parts.path or "/", parts.query, ""))
    return Destination(pinned, f"{named}{with_port}", host)


def _plain(text: str) -> _Address:
    """The address, without a zone; an IPv4 address in IPv6's clothes is the IPv4 address."""
    address = ipaddress.ip_address(text.partition("%")[0])
    return getattr(address, "ipv4_mapped", None) or address


def _may_ask(address: _Address, loopback_allowed: bool) -> bool:
    if address.is_loopback:
        return loopback_allowed
    if isinstance(address, ipaddress.IPv6Address) and (address not in _UNICAST or address in _SIX_TO_FOUR):
        return False
    return address.is_global and not address.is_multicast
