"""From a stored gateway account to the gateway that speaks for it."""

from __future__ import annotations

from handsel.database.secrets import decrypt
from handsel.gateways.base import Gateway
from handsel.gateways.registry import gateway_for
from handsel.models import GatewayAccount


def gateway_of(account: GatewayAccount) -> Gateway:
    """The adapter for this account, with its key decrypted in memory only."""
    return gateway_for(account.name, decrypt(account.secret_key_encrypted), account.api_base or None)
