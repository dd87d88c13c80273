"""T28: what holds a secret does not show it: printed, logged by mistake, or standing in a traceback."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

import psycopg
import pytest
import stripe
from django.conf import settings

from handsel import logs
from handsel.commands.supervisor import Child
from handsel.commands.up import Installation
from handsel.database.bootstrap import Passwords, Urls, bootstrap
from handsel.database.secrets import decrypt, encrypt
from handsel.database.tenancy import reading, writing
from handsel.flows.money.begin import NewMethod
from handsel.flows.money.gateways import gateway_of
from handsel.flows.money.take import submit_with_payment
from handsel.flows.people.api_keys import create_api_key
from handsel.models import ApiKey, Credential, GatewayAccount, Product, User
from tests.cast import PASSWORD, make_member
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer

SECRET = "sk_live_51ThisIsTheSecretOfTheReprs"


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    """A desk whose gateway account has a key that nobody else has."""
    desk = Desk()
    with writing(desk.partner.id):
        GatewayAccount.objects.update(secret_key_encrypted=encrypt(SECRET))
    return desk


def shown(*things: Any) -> str:
    """All the ways in which a thing is written without anybody asking for its fields."""
    return "\n".join(f"{thing!r} {thing} {[thing]}" for thing in things)


def test_a_gateway_and_its_account_show_no_key(desk: Desk) -> None:
    with reading(desk.partner.id):
        account = GatewayAccount.objects.get()
    gateway = gateway_of(account)
    assert SECRET not in shown(account, gateway)
    assert account.secret_key_encrypted not in shown(account, gateway)
    assert SECRET not in shown(*vars(gateway).values()), "nor does anything it is made of"
    assert decrypt(account.secret_key_encrypted) == SECRET, "else this proves nothing"


def test_keys_credentials_products_and_people_show_no_secret(desk: Desk) -> None:
    member = make_member(desk.partner)
    key, secret = create_api_key(desk.partner, member.actor("console"), member, "shop")
    credential = Credential.objects.get(kind=Credential.API_KEY, row_id=key.id)
    with reading(desk.partner.id):
        product = Product.objects.get(id=desk.hosting.id)
    user = User.objects.get(id=member.user_id)
    text = shown(key, credential, product, user, member)
    hidden = (secret, credential.hash, product.vendor_secret_encrypted, user.password, PASSWORD)
    assert [each for each in hidden if each in text] == []
    assert isinstance(key, ApiKey)


def test_passwords_and_addresses_of_the_database_are_not_shown(tmp_path: Path) -> None:
    passwords = Passwords(owner="owner-password", app="app-password")
    urls = Urls(app="postgresql://a:app-password@h/d", owner="postgresql://o:owner-password@h/d")
    child = Child("web", ["web"], {"HANDSEL_SECRET_KEY": "web-secret"}, tmp_path / "web.log")
    text = shown(passwords, urls, child)
    assert [each for each in ("owner-password", "app-password", "web-secret") if each in text] == []


def test_what_up_announces_is_not_in_its_repr(tmp_path: Path) -> None:
    installation = Installation(tmp_path, "127.0.0.1", 8000)
    installation.demo = {"api_key": SECRET, "admin": {"email": "a@example.com", "password": PASSWORD}}
    assert [each for each in (SECRET, PASSWORD) if each in shown(installation)] == []


def test_a_traceback_from_inside_a_gateway_call_shows_no_key(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Stripe's library fails in a way that nobody expects; what is caught stands in the log, unmasked here."""

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("something else broke")

    order = desk.order()
    monkeypatch.setattr(stripe.HTTPXClient, "request_with_retries", fail)
    monkeypatch.setattr(logs, "mask", lambda text: text)
    submit_with_payment(desk.partner, desk.bob, order.id, NewMethod("pm_card_visa", save=True))

    assert "something else broke" in caplog.text
    assert "request_with_retries" in caplog.text, "a whole traceback"
    assert SECRET not in caplog.text
    assert desk.payment(order).next_look_at is not None, "and the reconciler finds out what became of it"


def test_a_database_that_refuses_us_does_not_repeat_the_password() -> None:
    parts, wrong = settings.DATABASES["default"], "".join(("the-wrong", "-password"))
    passwords = Passwords(owner=wrong[::-1], app=wrong[::-1])
    url = f"postgresql://handsel_nobody:{wrong}@{parts['HOST']}:{parts['PORT']}/postgres"
    with pytest.raises(psycopg.OperationalError) as refused:
        bootstrap(url, "handsel_nowhere", passwords)
    written = "".join(traceback.format_exception(refused.value))
    assert "password authentication failed" in written
    assert [each for each in (wrong, wrong[::-1]) if each in written] == []
