"""Where a gateway sends its events: registered by us, and from then on only what it signs holds."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.conf import settings

from handsel.database.secrets import decrypt
from handsel.database.tenancy import reading
from handsel.flows.money.account_rows import gateway_events_path
from handsel.flows.money.accounts import move_sandbox, register_event_endpoint
from handsel.flows.money.incoming import receive
from handsel.models import GatewayAccount, GatewayEvent, Member, Partner
from handsel.rules.errors import NotAllowed, NotFound, TryLater
from handsel_sandbox.delivery import signature
from tests.cast import acting, event_types, make_partner
from tests.sandbox import SandboxServer


def account_of(partner: Partner) -> GatewayAccount:
    with reading(partner.id):
        return GatewayAccount.objects.get()


def an_event(partner: Partner, secret: str) -> tuple[bytes, str]:
    """As the gateway would send it now, with its signature."""
    now = int(dt.datetime.now(dt.UTC).timestamp())
    intent = {"id": "pi_1", "object": "payment_intent", "metadata": {}}
    event = {"id": "evt_1", "type": "payment_intent.succeeded", "created": now, "data": {"object": intent}}
    body = json.dumps({**event, "object": "event"}).encode()
    return body, signature(secret, body, now)


def test_events_come_to_the_accounts_own_address_and_hold_by_the_new_secret_alone(
    partner: Partner, alice: Member, sandbox: SandboxServer
) -> None:
    before = account_of(partner)
    register_event_endpoint(partner, acting(alice), before.id)
    account = account_of(partner)
    urls = [endpoint.url for endpoint in sandbox.client().v1.webhook_endpoints.list().data]
    assert f"{settings.BASE_URL}{gateway_events_path(account)}" in urls
    old, new = decrypt(before.event_secret_encrypted), decrypt(account.event_secret_encrypted)
    assert old != new
    assert not receive(partner, account.id, *an_event(partner, old))
    assert receive(partner, account.id, *an_event(partner, new))
    with reading(partner.id):
        assert GatewayEvent.objects.count() == 1
    assert event_types(partner, account.id) == ["gateway_account.created", "gateway_account.events_registered"]


def test_the_secret_is_in_no_event(partner: Partner, alice: Member, sandbox: SandboxServer) -> None:
    account = account_of(partner)
    register_event_endpoint(partner, acting(alice), account.id)
    account = account_of(partner)
    assert "whsec_" not in account.event_secret_encrypted
    assert decrypt(account.event_secret_encrypted).startswith("whsec_")


def test_a_gateway_that_does_not_answer_leaves_the_account_as_it_was(
    partner: Partner, alice: Member, sandbox: SandboxServer
) -> None:
    before = account_of(partner)
    sandbox.faults(drop_request_rate=1)
    with pytest.raises(TryLater):
        register_event_endpoint(partner, acting(alice), before.id)
    assert account_of(partner).event_secret_encrypted == before.event_secret_encrypted


def test_a_moved_sandbox_is_asked_at_its_new_address(partner: Partner, alice: Member) -> None:
    account = account_of(partner)
    with_other = settings.SANDBOX_URL
    try:
        settings.SANDBOX_URL = "http://127.0.0.1:9999"
        move_sandbox(partner, acting(alice), account.id)
    finally:
        settings.SANDBOX_URL = with_other
    moved = account_of(partner)
    assert (moved.api_base, moved.script_url) == ("http://127.0.0.1:9999", "http://127.0.0.1:9999/v3/")


def test_only_who_manages_settings_may_and_only_at_home(partner: Partner, alice: Member, bob: Member) -> None:
    account = account_of(partner)
    for flow in (register_event_endpoint, move_sandbox):
        with pytest.raises(NotAllowed):
            flow(partner, acting(bob), account.id)
    with pytest.raises(NotFound):
        move_sandbox(partner, acting(alice), account_of(make_partner()).id)
