"""From a stored gateway account to the gateway that speaks for it."""

from __future__ import annotations

from django.conf import settings

from handsel.database.secrets import decrypt
from handsel.gateways.base import Gateway
from handsel.gateways.registry import gateway_for
from handsel.models import GatewayAccount


def gateway_of(account: GatewayAccount) -> Gateway:
    """The adapter for this account, with its key decrypted in memory only."""
    secret_key = decrypt(account.secret_key_encrypted)
    return gateway_for(account.name, secret_key, account.api_base or None, settings.GATEWAY_TIMEOUT_SECONDS)
