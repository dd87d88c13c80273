"""A row for an account at a gateway, and the address to which that gateway sends its events."""

from __future__ import annotations

from django.conf import settings

from handsel.database.secrets import encrypt
from handsel.flows.work import Work
from handsel.models import Credential, GatewayAccount
from handsel.models.access import hash_secret, new_secret


def gateway_events_path(account: GatewayAccount) -> str:
    """Where the gateway of this account sends its events."""
    return f"/gateway/{account.name}/{account.shown_id}/events"


def insert_account(work: Work, account: GatewayAccount) -> None:
    """Write the account, and what lets an event find its partner by the account's address; what proves an event is its
    signature."""
    account.save(force_insert=True)
    Credential(
        hash=hash_secret(account.shown_id),
        partner_id=work.partner.id,
        kind=Credential.GATEWAY_EVENTS,
        row_id=account.id,
    ).save(force_insert=True)
    work.record("gateway_account.created", account, changes={"name": account.name})


def add_sandbox(work: Work, *, is_default: bool = True) -> GatewayAccount:
    """The account at the sandbox gateway, with the keys of the installation."""
    account = GatewayAccount(
        partner_id=work.partner.id,
        name="sandbox",
        secret_key_encrypted=encrypt(settings.SANDBOX_SECRET_KEY),
        # Without one that was agreed on, one that nobody knows: an empty secret would let anybody sign events.
        event_secret_encrypted=encrypt(settings.SANDBOX_WEBHOOK_SECRET or new_secret("whsec")),
        publishable_key=settings.SANDBOX_PUBLISHABLE_KEY,
        api_base=settings.SANDBOX_URL,
        script_url=f"{settings.SANDBOX_URL}/v3/",
        is_default=is_default,
        created_at=work.now,
    )
    insert_account(work, account)
    return account
