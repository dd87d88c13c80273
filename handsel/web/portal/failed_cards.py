"""One address may fail only so many cards in an hour, over all links (RELIABILITY.md T27).

Each link and each customer has a limit of its own in the database (`flows.money.failed_cards`); this one stops who goes
from link to link. A card counts as failed from the moment it is tried, and is taken off again unless the bank said no,
so that many tried at once cannot slip through.
"""

from __future__ import annotations

import ipaddress
import time

from django.core.cache import cache
from django.http import HttpRequest

from handsel.models import Partner
from handsel.web.guards import TooMany, address_of

WINDOW_SECONDS = 3600
LEAST = 15
PER_LINK = 3


def limit_of(partner: Partner) -> int:
    """How many cards one address may fail in an hour: well above what one link allows, since offices share one."""
    return max(LEAST, PER_LINK * partner.settings().failed_cards_per_link)


def claim_try(request: HttpRequest, partner: Partner) -> float:
    """Take one of the address's tries, before anything is sent; what it returns names the try for `give_back`.

    Raises TooMany once the address has failed too often.
    """
    name, now = _name(request), time.time()
    failed = [at for at in cache.get(name, ()) if at > now - WINDOW_SECONDS]
    if len(failed) >= limit_of(partner):
        raise TooMany("too_many_requests", "Too many cards failed from this address. Nothing was charged.")
    cache.set(name, [*failed, now], timeout=WINDOW_SECONDS)
    return now


def give_back(request: HttpRequest, claimed: float) -> None:
    """The card did not fail: this try does not count."""
    name = _name(request)
    cache.set(name, [at for at in cache.get(name, ()) if at != claimed], timeout=WINDOW_SECONDS)


def count_failed(request: HttpRequest) -> None:
    """A card failed after its bank had asked, when the try had been given back already."""
    name = _name(request)
    cache.set(name, [*cache.get(name, ()), time.time()], timeout=WINDOW_SECONDS)


def _name(request: HttpRequest) -> str:
    return f"failed-cards:{network_of(address_of(request))}"


def network_of(address: str) -> str:
    """The address that is counted: of IPv6 the /64, since that is what one subscriber has at least."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False).network_address)
    return address
