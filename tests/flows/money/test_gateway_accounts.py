"""A partner's gateway accounts: keys of its own mode, kept encrypted; one default; none closed that is needed."""

from __future__ import annotations

import concurrent.futures
from typing import Any

import pytest
from django.db import connection
from django.utils.timezone import now as real_now

from handsel.database.secrets import decrypt, encrypt
from handsel.database.tenancy import reading, writing
from handsel.flows.money.begin import NewMethod, SavedMethod
from handsel.flows.money.gateway_accounts import (
    add_offline_account,
    add_sandbox_account,
    add_stripe_account,
    check_account,
    close_account,
    make_default,
    replace_keys,
)
from handsel.flows.money.incoming import receive
from handsel.gateways.base import GatewayWell, Rejected, Unknown
from handsel.models import Event, GatewayAccount, Member, Partner
from handsel.reads.money.gateway import account_views, accounts_of
from handsel.rules.errors import Invalid, NotAllowed, NotFound, Refused
from tests.cast import acting, event_types, make_member, make_partner
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer

SECRET, PUBLISHABLE, SIGNING = "sk_test_0123456789ab", "pk_test_0123456789ab", "whsec_0123456789abcdef"


def keys(**changed: str) -> dict[str, Any]:
    return {"label": "", "secret_key": SECRET, "publishable_key": PUBLISHABLE, **changed}


def rows(partner: Partner) -> list[GatewayAccount]:
    with reading(partner.id):
        return accounts_of(partner)


def live_admin() -> Member:
    return make_member(make_partner(mode="live"), "Lea")


def test_keys_are_kept_encrypted_and_only_their_end_is_told(partner: Partner, alice: Member) -> None:
    account = add_stripe_account(partner, acting(alice), **keys(label="Shop", event_secret=SIGNING))
    assert (decrypt(account.secret_key_encrypted), decrypt(account.event_secret_encrypted)) == (SECRET, SIGNING)
    assert "sk_test" not in account.secret_key_encrypted
    with reading(partner.id):
        views = {view.account.name: view for view in account_views(partner)}
        event = Event.objects.get(subject_id=account.id)
    assert views["stripe"].key_ending == "89ab"
    assert event.changes == {"name": "stripe"}


def test_the_first_account_is_the_default_and_the_next_is_not(partner: Partner, alice: Member) -> None:
    assert not add_stripe_account(partner, acting(alice), **keys()).is_default, "the sandbox is"
    lea = live_admin()
    live = keys(secret_key="sk_live_0123456789ab", publishable_key="pk_live_0123456789ab")
    assert add_stripe_account(lea.partner, acting(lea), **live).is_default
    assert not add_stripe_account(lea.partner, acting(lea), **live).is_default


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"secret_key": "sk_live_0123456789ab"}, "secret_key"),
        ({"secret_key": PUBLISHABLE}, "secret_key"),
        ({"secret_key": ""}, "secret_key"),
        ({"publishable_key": "pk_live_0123456789ab"}, "publishable_key"),
        ({"publishable_key": SECRET}, "publishable_key"),
        ({"event_secret": "no secret"}, "event_secret"),
        ({"label": SECRET}, "label"),
    ],
)
def test_a_test_partner_takes_test_keys_only(
    partner: Partner, alice: Member, changed: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        add_stripe_account(partner, acting(alice), **keys(**changed))
    assert [error.loc for error in refused.value.errors] == [field]
    assert all(value not in str(error) for error in refused.value.errors for value in changed.values() if value)
    assert [row.name for row in rows(partner)] == ["sandbox"]


def test_a_live_partner_takes_live_keys_only_and_no_sandbox() -> None:
    lea = live_admin()
    with pytest.raises(Invalid):
        add_stripe_account(lea.partner, acting(lea), **keys())
    with pytest.raises(Refused):
        add_sandbox_account(lea.partner, acting(lea))
    assert rows(lea.partner) == []


def test_there_is_one_sandbox_and_one_offline_account(partner: Partner, alice: Member) -> None:
    add_offline_account(partner, acting(alice))
    for add in (add_offline_account, add_sandbox_account):
        with pytest.raises(Refused):
            add(partner, acting(alice))
    assert [(row.name, row.is_default) for row in rows(partner)] == [("sandbox", True), ("offline", False)]


def test_two_who_add_the_first_account_at_once_make_one_default() -> None:
    lea = live_admin()
    live = keys(secret_key="sk_live_0123456789ab", publishable_key="pk_live_0123456789ab")

    def add(_: int) -> None:
        try:
            add_stripe_account(lea.partner, acting(lea), **live)
        finally:
            connection.close()

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(4)))
    assert [row.is_default for row in rows(lea.partner)] == [True, False, False, False]


def test_new_cards_go_to_the_new_default_and_old_ones_stay(sandbox: SandboxServer) -> None:
    desk = Desk()
    card = desk.saved_card()
    old = rows(desk.partner)[0]
    other = _second_sandbox(desk)
    make_default(desk.partner, desk.alice, other.id)
    make_default(desk.partner, desk.alice, other.id)
    assert event_types(desk.partner, other.id)[-1:] == ["gateway_account.made_default"]
    new = desk.pay(desk.order(desk.website), NewMethod("pm_card_visa", save=False))
    again = desk.pay(desk.order(desk.website), card)
    assert desk.payment(new).account_id == other.id
    assert desk.payment(again).account_id == old.id


def _second_sandbox(desk: Desk) -> GatewayAccount:
    """Another account at the same sandbox, as if it were a Stripe account of its own."""
    account = add_stripe_account(desk.partner, desk.alice, **keys())
    with writing(desk.partner.id):
        sandbox = GatewayAccount.objects.get(name="sandbox")
        GatewayAccount.objects.filter(id=account.id).update(
            api_base=sandbox.api_base, secret_key_encrypted=sandbox.secret_key_encrypted
        )
    return account


def test_what_is_needed_is_not_closed(sandbox: SandboxServer) -> None:
    desk = Desk()
    first = rows(desk.partner)[0]
    with pytest.raises(Refused) as refused:
        close_account(desk.partner, desk.alice, first.id)
    assert refused.value.code == "gateway_in_use"
    card = desk.saved_card()
    waiting = desk.pay(desk.order(desk.website), "pm_card_authenticationRequired")
    assert waiting.status == "processing_payment"
    make_default(desk.partner, desk.alice, _second_sandbox(desk).id)
    with pytest.raises(Refused, match="still open"):
        close_account(desk.partner, desk.alice, first.id)
    from handsel.flows.money.cancel import cancel_payment

    cancel_payment(desk.partner, desk.alice, waiting.id)
    for _ in range(2):
        close_account(desk.partner, desk.alice, first.id)
    assert event_types(desk.partner, first.id).count("gateway_account.closed") == 1
    assert rows(desk.partner)[-1].closed_at is not None
    with pytest.raises(Refused) as charged:
        desk.pay(desk.order(desk.website), card)
    assert charged.value.code == "gateway_closed"
    with pytest.raises(Refused):
        make_default(desk.partner, desk.alice, first.id)


def test_offline_is_no_default(partner: Partner, alice: Member) -> None:
    with pytest.raises(Refused):
        make_default(partner, acting(alice), add_offline_account(partner, acting(alice)).id)


def test_keys_are_replaced_one_by_one(partner: Partner, alice: Member) -> None:
    account = add_stripe_account(partner, acting(alice), **keys())
    replace_keys(partner, acting(alice), account.id, secret_key="rk_test_zyxwvutsrq98")
    replace_keys(partner, acting(alice), account.id, event_secret=SIGNING)
    with reading(partner.id):
        now = GatewayAccount.objects.get(id=account.id)
        said = [event.changes for event in Event.objects.filter(subject_id=account.id).order_by("id")[1:]]
    assert decrypt(now.secret_key_encrypted) == "rk_test_zyxwvutsrq98"
    assert (now.publishable_key, decrypt(now.event_secret_encrypted)) == (PUBLISHABLE, SIGNING)
    assert said == [{"name": "stripe", "fields": ["secret_key"]}, {"name": "stripe", "fields": ["event_secret"]}]
    for changed in ({}, {"secret_key": "sk_live_0123456789ab"}):
        with pytest.raises(Invalid):
            replace_keys(partner, acting(alice), account.id, **changed)
    with pytest.raises(Refused):
        replace_keys(partner, acting(alice), rows(partner)[0].id, secret_key=SECRET)


def test_no_event_is_believed_before_a_secret_was_agreed_on(partner: Partner, alice: Member) -> None:
    from tests.flows.money.test_accounts import an_event

    account = add_stripe_account(partner, acting(alice), **keys())
    assert not receive(partner, account.id, *an_event(partner, ""))
    replace_keys(partner, acting(alice), account.id, event_secret=SIGNING)
    assert receive(partner, account.id, *an_event(partner, SIGNING))


def test_the_connection_is_tested_for_real(partner: Partner, alice: Member, sandbox: SandboxServer) -> None:
    (account,) = rows(partner)
    assert check_account(partner, acting(alice), account.id) == GatewayWell()
    sandbox.faults(drop_request_rate=1)
    assert isinstance(check_account(partner, acting(alice), account.id), Unknown)
    sandbox.faults()
    with writing(partner.id):
        GatewayAccount.objects.update(secret_key_encrypted=encrypt("nonsense_0123456789"))
    refused = check_account(partner, acting(alice), account.id)
    assert isinstance(refused, Rejected)
    assert refused.code == "credentials_refused"
    assert check_account(partner, acting(alice), add_offline_account(partner, acting(alice)).id) == GatewayWell()


def test_an_answer_ends_an_outage(partner: Partner, alice: Member, sandbox: SandboxServer) -> None:
    with writing(partner.id):
        GatewayAccount.objects.update(failing_since=real_now())
    check_account(partner, acting(alice), rows(partner)[0].id)
    assert rows(partner)[0].failing_since is None


def test_everything_needs_the_grant_and_another_partners_account_does_not_exist(
    partner: Partner, bob: Member, charlie: Member
) -> None:
    account = rows(partner)[0].id
    acts: list[Any] = [
        lambda partner, actor: make_default(partner, actor, account),
        lambda partner, actor: close_account(partner, actor, account),
        lambda partner, actor: check_account(partner, actor, account),
        lambda partner, actor: replace_keys(partner, actor, account, secret_key=SECRET),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act(partner, acting(bob))
        with pytest.raises(NotFound):
            act(charlie.partner, acting(charlie))
    for add in (add_offline_account, add_sandbox_account):
        with pytest.raises(NotAllowed):
            add(partner, acting(bob))
    with pytest.raises(NotAllowed):
        add_stripe_account(partner, acting(bob), **keys())


def test_a_saved_card_names_the_account_it_is_at(sandbox: SandboxServer) -> None:
    desk = Desk()
    assert isinstance(desk.saved_card(), SavedMethod)
    with reading(desk.partner.id):
        (view,) = account_views(desk.partner)
    assert (view.methods, view.live_payments) == (1, 0)
