"""A partner's accounts at gateways: where a gateway sends its events."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import connection

from handsel.database.ids import new_id
from handsel.database.secrets import encrypt
from handsel.database.tenancy import reading
from handsel.flows.money.account_rows import gateway_events_path
from handsel.flows.money.gateways import gateway_of
from handsel.flows.work import working
from handsel.gateways.base import EventsRegistered, Rejected, Unknown
from handsel.models import GatewayAccount, Partner
from handsel.rules.errors import NotFound, Refused, TryLater
from handsel.rules.permissions import Actor, Grant, check_grant


def register_event_endpoint(partner: Partner, actor: Actor, account_id: uuid.UUID) -> None:
    """Have the gateway of this account send its events to our address for it, and keep the secret they are signed with.

    From then on only events signed with the new secret hold. Raises NotAllowed, TryLater where the gateway cannot be
    reached, Refused where it does not accept our address.
    """
    check_grant(actor, Grant.SETTINGS_MANAGE)
    with reading(partner.id):
        account = GatewayAccount.objects.get(id=account_id)
    connection.close()
    url = f"{settings.BASE_URL}{gateway_events_path(account)}"
    # If we die here: nothing was asked.
    outcome = gateway_of(account).register_events(key=f"{account.shown_id}:{new_id().hex}", url=url)
    match outcome:
        case Unknown():
            raise TryLater("gateway_unavailable", "The payment gateway did not answer. Try again.")
        case Rejected(gateway_message=message):
            raise Refused("gateway_unavailable", f"The payment gateway does not send events to {url}: {message}")
        case EventsRegistered(secret=secret):
            # If we die here: events come that we cannot verify; the reconciler finds out without them.
            with working(partner, actor) as work:
                row = GatewayAccount.objects.select_for_update(no_key=True).get(id=account_id)
                row.event_secret_encrypted = encrypt(secret)
                row.save(update_fields=["event_secret_encrypted"])
                work.record("gateway_account.events_registered", row, changes={"name": row.name, "url": url})


def move_sandbox(partner: Partner, actor: Actor, account_id: uuid.UUID) -> None:
    """The sandbox gateway has another address since this account was made. Raises NotAllowed, NotFound for an account
    at another gateway."""
    check_grant(actor, Grant.SETTINGS_MANAGE)
    with working(partner, actor) as work:
        row = GatewayAccount.objects.select_for_update(no_key=True).filter(id=account_id, name="sandbox").first()
        if row is None:
            raise NotFound("not_found", "There is no such account at the sandbox.")
        row.api_base, row.script_url = settings.SANDBOX_URL, f"{settings.SANDBOX_URL}/v3/"
        row.save(update_fields=["api_base", "script_url"])
        work.record("gateway_account.moved", row, changes={"name": row.name, "url": row.api_base})
