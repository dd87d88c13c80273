"""T28, small dose: card numbers, security codes and secret keys are typed wherever something can be typed, and gateways
and vendors repeat them. Afterwards they stand in no table, no log, no mail and no error page.

The control writes one by hand, past the product, and the search must find it.
"""

from __future__ import annotations

import hashlib
import hmac
import http.server
import io
import itertools
import json
import logging
import os
import re
import threading
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from psycopg import sql

from handsel import logs
from handsel.database.bootstrap import with_database
from handsel.database.secrets import decrypt
from handsel.database.tenancy import reading, writing
from handsel.flows.fields import Fields
from handsel.flows.history.seal import seal_events
from handsel.flows.money.account_rows import gateway_events_path
from handsel.flows.money.begin import NewMethod
from handsel.flows.money.take import submit_with_payment
from handsel.flows.sales.activation import start_due
from handsel.messages.compose import compose_mails
from handsel.messages.send import send_mail
from handsel.models import Activation, Customer, GatewayAccount, GatewayEvent, Mail, Member, Partner, Payment, Product
from handsel.web import guards
from handsel.web.api import v1
from tests.cast import make_api_key, make_member, unique
from tests.flows.activation.conftest import vendor
from tests.flows.activation.vendor import VendorServer
from tests.flows.money.desk import Desk
from tests.security.typing_everywhere import (
    CANARIES,
    CARD,
    CODE,
    KEYS,
    WRITTEN,
    bodies,
    forms_of,
    found_in,
    headers,
    type_into_form,
)
from tests.web.console.world import signed_in
from tests.web.isolation_rows import LINK, ONES_OWN, PUBLIC, STAFF
from tests.web.test_isolation import ADDRESSES, World, world

__all__ = ["vendor", "world"]

ADMIN = "the admin's key"
EXAMPLES = frozenset({"design", "design/<slug:part>"})
PAGES = sorted(((STAFF | ONES_OWN | PUBLIC | LINK) - EXAMPLES) & set(ADDRESSES))


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """All that the product's logging writes while the test runs."""
    root = logging.getLogger()
    before, kept = root.level, list(root.handlers)
    logs.configure({"level": "INFO", "json": True})
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    lines = io.StringIO()
    handler.setStream(lines)
    yield lines
    root.handlers, root.level = kept, before


@pytest.fixture(autouse=True)
def _no_throttle() -> None:
    cache.clear()


def database_values() -> Iterator[tuple[str, str]]:
    """Every value of every row of every table, sessions decoded, as whoever steals a dump would read it; with the name
    of the table and the column."""
    superuser, name = os.environ["HANDSEL_TEST_SUPERUSER_URL"], str(settings.DATABASES["default"]["NAME"])
    with psycopg.connect(with_database(superuser, name)) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            cursor = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
            columns = [column.name for column in cursor.description or ()]
            for row in cursor:
                yield from ((f"{table}.{column}", _plain(value)) for column, value in zip(columns, row, strict=True))
    for session in Session.objects.all():
        yield "a session", json.dumps(session.get_decoded(), default=str)


def kept_in_database() -> dict[str, list[str]]:
    """The canaries by where they stand."""
    return {where: canaries for where, value in database_values() if (canaries := found_in(value))}


def _plain(value: Any) -> str:
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).decode("latin-1")
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, (dict, list)) else str(value)


def assert_nothing_kept(lines: io.StringIO) -> None:
    assert found_in(lines.getvalue()) == [], "in the log"
    assert kept_in_database() == {}


def test_what_is_typed_into_pages_is_kept_nowhere(world: World, written: io.StringIO) -> None:
    admin = make_member(world.partner, "Ada")
    seen: set[tuple[str, ...]] = set()
    texts = itertools.cycle(WRITTEN)
    for route in PAGES:
        client, path, text = signed_in(admin), world.path(route), next(texts)
        client.raise_request_exception = False
        client.cookies["theme"] = text
        page = client.get(path, headers=headers(text))
        for form in forms_of(_html(page), path):
            known = (form.url, *form.typed)
            for name, answer in type_into_form(client, form, texts) if known not in seen else ():
                assert answer.status_code < 500, f"{form.url} {name}: {answer.content[:300]!r}"
            seen.add(known)
        client.get(f"{path}/{text}")
    assert len(seen) > 15, "the forms were not found"
    assert_nothing_kept(written)


def _html(page: Any) -> str:
    """The page's text; nothing for what is no page."""
    is_page = not page.streaming and "html" in page.get("Content-Type", "")
    return page.content.decode() if is_page else ""


@pytest.mark.parametrize("kind", [WRITTEN, KEYS], ids=["card numbers", "secret keys"])
def test_what_is_sent_to_the_api_is_kept_nowhere(world: World, written: io.StringIO, kind: tuple[str, ...]) -> None:
    document = v1.api.get_openapi_schema()
    client, texts, refused = Client(raise_request_exception=False), itertools.cycle(kind), 0
    bearer = {"Authorization": f"Bearer {world.keys[ADMIN]}"}
    for path, operations in document["paths"].items():
        route = path.replace("{", "<").replace("}", ">").lstrip("/")
        place, valid = world.path(route), json.loads(world.body(route))
        for method, operation in operations.items():
            schema, text = _body_schema(operation), next(texts)
            query = f"{place}?q={urllib.parse.quote(text)}"
            for number, body in enumerate(bodies(valid, schema, document, texts) if schema else [""]):
                more = {**headers(text), "Idempotency-Key": f"{text} {method} {number}", **bearer}
                url = place if schema else query
                answer = client.generic(method.upper(), url, body, "application/json", headers=more)
                assert answer.status_code < 500, f"{method} {place}: {answer.content[:300]!r}"
                if answer.status_code >= 400:
                    refused += 1
                    assert found_in(answer.content.decode()) == [], f"{method} {place} repeats what was sent"
        client.get(f"{place}/{text}", headers=bearer)
        client.get(place, headers={"Authorization": f"Bearer {text}"})
    assert refused > 50, "nothing was typed"
    assert_nothing_kept(written)


def _body_schema(operation: dict[str, Any]) -> dict[str, Any] | None:
    content = operation.get("requestBody", {}).get("content", {})
    schema: dict[str, Any] | None = content.get("application/json", {}).get("schema")
    return schema


def test_the_search_finds_what_somebody_wrote_past_the_product(written: io.StringIO) -> None:
    """The control: a row and a line that carry a number do not go unseen."""
    desk = Desk()
    logging.getLogger().handlers[0].stream.write(f"{WRITTEN[1]}\n")  # type: ignore[attr-defined]
    with writing(desk.partner.id):
        Customer.objects.filter(id=desk.dana.id).update(name=f"Dana {WRITTEN[2]}", city=KEYS[0])
    try:
        assert found_in(written.getvalue()) == [CARD]
        assert kept_in_database() == {"customers.name": [CARD], "customers.city": [KEYS[0]]}
    finally:
        with writing(desk.partner.id):
            Customer.objects.filter(id=desk.dana.id).update(name="Dana", city="")


def test_control_without_the_refusal_what_is_typed_is_kept(alice: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sent as above does reach the tables, but for the one thing that keeps it out."""
    monkeypatch.setattr(Fields, "_refuse_secrets", lambda *_: None)
    body = {"name": f"Dana {WRITTEN[1]}", "email": f"{unique('dana')}@example.com", "currency": "USD"}
    bearer = {"Authorization": f"Bearer {make_api_key(alice.partner, alice)}"}
    answer = Client().post("/api/v1/customers", body, content_type="application/json", headers=bearer)
    assert answer.status_code == 201
    kept = kept_in_database()
    forget(alice.partner)
    assert kept["customers.name"] == [CARD]


def forget(partner: Partner) -> None:
    """Take a partner out of the database with all that a control let in, so that other tests find nothing."""
    superuser, name = os.environ["HANDSEL_TEST_SUPERUSER_URL"], str(settings.DATABASES["default"]["NAME"])
    with psycopg.connect(with_database(superuser, name), autocommit=True) as past:
        past.execute("SET session_replication_role = replica")
        owned = "SELECT table_name FROM information_schema.columns WHERE column_name = 'partner_id'"
        for (table,) in past.execute(owned).fetchall():
            past.execute(sql.SQL("DELETE FROM {} WHERE partner_id = %s").format(sql.Identifier(table)), [partner.id])
        past.execute("DELETE FROM partners WHERE id = %s", [partner.id])


class EchoingGateway:
    """Refuses every payment and repeats in its message what should have gone no further."""

    SAID = f"The card {WRITTEN[1]} with code 739 and key {KEYS[1]} was refused."

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                customer = {"id": "cus_echo", "object": "customer"}
                is_customer = self.path == "/v1/customers"
                text = json.dumps(customer if is_customer else {"error": error}).encode()
                self.send_response(200 if is_customer else status)
                self.send_header("Request-Id", "req_echo")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST

            def log_message(self, format: str, *args: Any) -> None:
                return

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


ERRORS = {
    "a decline": (402, {"type": "card_error", "code": "card_declined", "decline_code": "do_not_honor"}),
    "a refused request": (400, {"type": "invalid_request_error", "code": "parameter_invalid_integer"}),
    "a failure": (500, {"type": "api_error"}),
    "a refused key": (401, {"type": "invalid_request_error"}),
}


@pytest.mark.parametrize("kind", ERRORS)
def test_what_a_gateway_repeats_is_kept_nowhere(kind: str, written: io.StringIO, mails: Path) -> None:
    status, error = ERRORS[kind]
    gateway, desk = EchoingGateway(status, {**error, "message": EchoingGateway.SAID}), Desk()
    try:
        with writing(desk.partner.id):
            GatewayAccount.objects.update(api_base=gateway.url)
        order = desk.order()
        submit_with_payment(desk.partner, desk.bob, order.id, NewMethod("pm_card_visa", save=True))
    finally:
        gateway.close()
    payment: Payment = desk.payment(order)
    assert payment.status == ("unknown" if status >= 500 or status == 401 else "declined")
    if payment.status == "declined":
        assert "[masked]" in payment.gateway_message, "else this proves nothing"
    assert_nothing_mailed(desk, mails)
    assert_nothing_kept(written)


def test_a_gateways_keys_are_kept_encrypted_and_told_nowhere(alice: Member, written: io.StringIO) -> None:
    """The only fields into which a secret belongs: what was typed stands in no log, no page and no row in the clear."""
    secret, signing = "sk_test_CanaryCanaryCanary9Zq", "whsec_CanaryCanaryCanaryCanary7Yx"
    typed = {"secret_key": secret, "publishable_key": "pk_test_CanaryCanary", "event_secret": signing}
    client = signed_in(alice)
    assert client.post("/administration/gateways/new", typed).status_code == 302
    with reading(alice.partner_id):
        account = GatewayAccount.objects.get(name="stripe")
    url = f"/administration/gateways/{account.shown_id}"
    assert client.post(f"{url}/keys", {"secret_key": secret, "event_secret": "no secret"}).status_code == 422
    pages = [client.get(page).content.decode() for page in ("/administration/gateways", f"{url}/keys", "/events")]
    rows = "\n".join(value for _, value in database_values())
    for text in (*pages, rows, written.getvalue()):
        assert secret not in text
        assert signing not in text
    assert decrypt(account.secret_key_encrypted) == secret


def test_what_stands_in_a_gateways_event_is_kept_nowhere(written: io.StringIO) -> None:
    """Of an event its id, its type and what it is about are stored, and nothing else of it."""
    desk, now = Desk(), int(time.time())
    with reading(desk.partner.id):
        account = GatewayAccount.objects.get()
    about = {"id": "pi_canary", "object": "payment_intent", "metadata": {"note": EchoingGateway.SAID}, "number": CARD}
    event = {"id": "evt_canary", "type": "payment_intent.succeeded", "created": now, "data": {"object": about}}
    body = json.dumps(event).encode()
    secret = decrypt(account.event_secret_encrypted).encode()
    signature = hmac.new(secret, f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    address, signed = gateway_events_path(account), {"Stripe-Signature": f"t={now},v1={signature}"}
    answer = Client().post(address, body, content_type="application/json", headers=signed)
    assert answer.status_code == 200
    (stored,) = desk.rows(GatewayEvent)
    assert stored.event == "evt_canary"
    refused = Client().post(address, body, content_type="application/json", headers={"Stripe-Signature": CARD})
    assert refused.status_code == 400
    assert_nothing_kept(written)


def test_what_a_vendor_repeats_is_kept_nowhere(
    vendor: VendorServer, written: io.StringIO, mails: Path, sandbox: Any
) -> None:
    desk = Desk()
    hosting = desk.product("Vendor hosting", 2_000, interval="month", vendor_url=vendor.url)
    vendor.says((200, json.dumps({"status": "failed", "reason": EchoingGateway.SAID})))
    order = desk.pay(desk.order(hosting))
    (activation,) = desk.activations(order)
    start_due(desk.partner, activation.id)
    with reading(desk.partner.id):
        assert "[masked]" in Activation.objects.get(id=activation.id).reason
    assert_nothing_mailed(desk, mails)
    assert_nothing_kept(written)


@pytest.fixture
def mails(tmp_path: Path) -> Iterator[Path]:
    """The folder into which mails are sent while the test runs."""
    before = settings.EMAIL_BACKEND, getattr(settings, "EMAIL_FILE_PATH", None)
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "django.core.mail.backends.filebased.EmailBackend", str(tmp_path)
    yield tmp_path
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = before


def assert_nothing_mailed(desk: Desk, folder: Path) -> None:
    """Everything that is owed is mailed; the folder and its drafts hold no canary."""
    while seal_events(desk.partner):
        pass
    while compose_mails(desk.partner):
        pass
    for mail in desk.rows(Mail):
        send_mail(desk.partner, mail.id)
    text = "\n".join(file.read_text() for file in folder.iterdir())
    assert found_in(text) == [], "in a mail"


def test_an_error_page_says_nothing_of_what_went_wrong(
    alice: Member, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError(f"{WRITTEN[1]} {KEYS[1]}")

    client = signed_in(alice)
    client.raise_request_exception = False
    monkeypatch.setattr(guards, "memberships", fail)
    page = client.get("/home")
    assert page.status_code == 500
    assert found_in(page.content.decode()) == []
    assert "RuntimeError" not in page.content.decode()
    assert "RuntimeError" in written.getvalue(), "but the log tells"
    assert found_in(written.getvalue()) == []


def test_our_secrets_stand_in_the_database_as_hashes_and_ciphertext_only(world: World) -> None:
    secrets: list[str] = [
        settings.SECRET_KEY,
        settings.ENCRYPTION_KEY,
        settings.SANDBOX_SECRET_KEY,
        settings.SANDBOX_WEBHOOK_SECRET,
        str(settings.DATABASES["default"]["PASSWORD"]),
        world.ids["token"],
        *world.keys.values(),
    ]
    with reading(world.partner.id):
        secrets += [decrypt(product.vendor_secret_encrypted) for product in Product.objects.all()]
    assert len(secrets) > 10
    text = "\n".join(value for _, value in database_values())
    assert [secret for secret in secrets if secret in text] == []
    assert re.search(r"\b[0-9a-f]{64}\b", text), "their hashes do"


def test_the_canaries_are_recognised_in_every_form() -> None:
    assert all(found_in(text) for text in (*WRITTEN, *KEYS, CODE))
    assert len(CANARIES) == len(set(CANARIES))
