"""Gateways by name, from the entry points `handsel.gateways`: another package may bring its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from importlib.metadata import entry_points

from handsel.gateways.base import Gateway

GROUP = "handsel.gateways"
_BUILT_IN = {
    "stripe": "handsel.gateways.stripe:StripeGateway",
    "sandbox": "handsel.gateways.stripe:StripeGateway",
    "offline": "handsel.gateways.offline:OfflineGateway",
}  # for a source tree that is run without being installed


class UnknownGateway(LookupError):
    """No package brings a gateway of this name."""


def gateway_for(name: str, secret_key: str, api_base: str | None, timeout_seconds: float = 20) -> Gateway:
    """The gateway that speaks for this account. Raises `UnknownGateway`."""
    return _maker(name)(secret_key, api_base, timeout_seconds)


@lru_cache(maxsize=32)
def _maker(name: str) -> Callable[[str, str | None, float], Gateway]:
    found = list(entry_points(group=GROUP, name=name))
    if found:
        loaded: Callable[[str, str | None, float], Gateway] = found[0].load()
        return loaded
    if name not in _BUILT_IN:
        raise UnknownGateway(name)
    module, _, attribute = _BUILT_IN[name].partition(":")
    built_in: Callable[[str, str | None, float], Gateway] = getattr(import_module(module), attribute)
    return built_in
