"""T23: every address × method × who, read off `urls.py`. Nobody who should not gets anything or changes anything.

The control takes the ORM's own filter away and finds that row-level security lets nobody through either.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection, models
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.timezone import now as real_now

from handsel.database.ids import show
from handsel.database.secrets import link_token
from handsel.database.tables import TenantManager, TenantTable
from handsel.database.tenancy import across_partners, reading, writing
from handsel.flows.money.begin import NewMethod
from handsel.flows.money.refund_requests import refund_payment
from handsel.flows.money.take import approve_and_pay, submit_with_payment
from handsel.flows.people.api_keys import revoke_api_key
from handsel.flows.people.brand import set_logo
from handsel.flows.people.members import update_member
from handsel.flows.sales.answer import SignatureGiven
from handsel.flows.sales.attachments import add_attachment
from handsel.flows.sales.conversation import write_to_customer
from handsel.flows.sales.moves import act
from handsel.flows.sales.offers import ContactAsked, offer_token, resend_offer, send_offer
from handsel.flows.sales.signing_keys import signing_key
from handsel.flows.sales.terms import publish_terms
from handsel.models import (
    ApiKey,
    ClockAdvance,
    Contact,
    Credential,
    CreditNote,
    Customer,
    Event,
    GatewayAccount,
    Invoice,
    Mail,
    Member,
    Offer,
    Order,
    OrderLine,
    Partner,
    Payment,
    PaymentMethod,
    Product,
    Refund,
    SignedDocument,
    Subscription,
)
from handsel.models.access import hash_secret
from handsel.rules.permissions import Actor
from tests.cast import (
    acting,
    make_api_key,
    make_customer,
    make_member,
    make_order,
    make_partner,
    make_product,
    make_tax_rate,
)
from tests.flows.sales.offering import answer_to, drawing, link_to
from tests.pictures import png
from tests.sandbox import SandboxServer
from tests.web.isolation_rows import API, FORM, INVITATION, LINK, OFFER_LINK, ONES_OWN, PUBLIC, STAFF

ONES_OWN_THINGS = frozenset({"administration/api-keys/new"})
"""What every member may make for themselves: a key that may do what they may."""
NOT_OF_A_PAID_INVOICE = frozenset({"invoices/<str:invoice>/void", "invoices/<str:invoice>/credit"})
"""What says to who may that it is not possible now."""
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OF_THE_PARTNER = "Zebrafinch"
"""Stands in the name of what belongs to the partner: an answer to a stranger that holds it is a leak."""
OF_THE_ORDER = "Quetzalcoatl"
"""Stands on Alice's orders alone: an answer to a colleague who may not see them that holds it is a leak."""
NO_SUCH = frozenset({404, 405})
REFUSED = frozenset({400, 403, 404, 405, 409, 413, 415, 422})


def addresses() -> list[str]:
    """The route of every address, as `urls.py` writes it."""

    def walk(patterns: Any, before: str) -> Iterator[str]:
        for each in patterns:
            route = before + str(each.pattern)
            if isinstance(each, URLResolver):
                yield from walk(each.url_patterns, route)
            else:
                assert isinstance(each, URLPattern)
                yield route

    return sorted(set(walk(get_resolver().url_patterns, "")))


ADDRESSES = addresses()


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    tables = (PUBLIC, LINK, OFFER_LINK, INVITATION, ONES_OWN, STAFF, API.keys())
    rows = frozenset().union(*tables)
    assert sum(map(len, tables)) == len(rows), "an address stands in two tables"
    assert set(ADDRESSES) - rows == set(), "these addresses have no row in tests/web/isolation_rows.py"
    assert rows - set(ADDRESSES) == set(), "these rows have no address any more"


@dataclass
class World:
    """A partner with one of everything, and those who should not reach it."""

    partner: Partner
    ids: dict[str, str]
    sessions: dict[str, Client]
    keys: dict[str, str]

    def path(self, route: str) -> str:
        """The address of the partner's own thing."""
        plain = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route).replace("^", "").replace("$", "")
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda match: self.ids[match[1]], plain)

    def body(self, route: str) -> bytes:
        text = json.dumps(API[route])
        return re.sub(r"{(\w+)}", lambda match: self.ids[match[1]], text).encode()

    def digest(self) -> str:
        """Of every row of the partner's, its members' and its keys': what nobody here may change."""
        digest = hashlib.sha256()
        with reading(self.partner.id), connection.cursor() as cursor:
            for table in sorted(_tenant_tables()):
                cursor.execute(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t.id), '')) FROM \"{table}\" t")
                digest.update(f"{table}={cursor.fetchone()[0]}".encode())
            for table in ("memberships", "credentials"):
                cursor.execute(
                    f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t.id), '')) FROM {table} t "
                    "WHERE partner_id = %s",
                    [self.partner.id],
                )
                digest.update(f"{table}={cursor.fetchone()[0]}".encode())
        return digest.hexdigest()


def _tenant_tables() -> list[str]:
    found = apps.get_app_config("handsel").get_models()
    return [model._meta.db_table for model in found if issubclass(model, TenantTable)]


@pytest.fixture(scope="module")
def world(sandbox_process: SandboxServer) -> World:
    partner = make_partner(name=f"{OF_THE_PARTNER} Agency")
    alice = make_member(partner, f"{OF_THE_PARTNER}Alice")
    ids = _things(partner, alice)
    stripped = make_member(partner, "Sam", "salesperson", grants=[])
    removed = make_member(partner, "Rob", "admin")
    charlie = make_member(make_partner(), "Charlie")
    revoked = make_api_key(partner, alice, "revoked")
    keys = {
        "another partner's key": make_api_key(charlie.partner, charlie),
        "a key without grants": make_api_key(partner, stripped),
        "a removed member's key": make_api_key(partner, removed),
        "a revoked key": revoked,
        "the admin's key": make_api_key(partner, alice),
    }
    with reading(partner.id):
        revoked_id = ApiKey.objects.get(name="revoked").id
    revoke_api_key(partner, acting(alice), revoked_id)
    update_member(partner, acting(alice), removed.id, {"is_active": False})
    sessions = {
        "another partner's admin": _signed_in(charlie),
        "a salesperson without grants": _signed_in(stripped),
        "a removed member": _signed_in(removed),
        "the admin": _signed_in(alice),
    }
    return World(partner, ids, sessions, keys)


def _signed_in(member: Member) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _things(partner: Partner, alice: Member) -> dict[str, str]:
    """One of everything that has an address of its own, under the names of the addresses' parameters."""
    actor = acting(alice)
    customer = make_customer(partner, actor, name=f"{OF_THE_PARTNER} Bakery")
    product = make_product(partner, actor, name=f"{OF_THE_PARTNER} site", interval="month")
    rate = make_tax_rate(partner, actor, name=f"{OF_THE_PARTNER} tax")
    draft = make_order(partner, actor, customer, [product], tags=[OF_THE_ORDER], staff_notes=OF_THE_ORDER)
    paid = make_order(partner, actor, customer, [product], tags=[OF_THE_ORDER], staff_notes=OF_THE_ORDER)
    file = add_attachment(
        partner, actor, draft.id, name="notes.txt", content_type="text/plain", content=OF_THE_ORDER.encode()
    )
    submit_with_payment(partner, actor, paid.id, NewMethod("pm_card_visa", save=True))
    waiting = make_order(partner, actor, customer, [product], tags=[OF_THE_ORDER])
    submit_with_payment(partner, actor, waiting.id, NewMethod("pm_card_authenticationRequired", save=False))
    logo = set_logo(partner, actor, png())
    key = signing_key(partner)
    offer = _offer(partner, actor, draft)
    links = _links(partner, actor, customer, product)
    refund = _refunds(partner, acting(make_member(partner, f"{OF_THE_PARTNER}Carol")), paid)
    with reading(partner.id):
        asked = Payment.objects.get(order_id=waiting.id)
        ids = {
            "order_id": draft.shown_id,
            "offer_id": offer.shown_id,
            "line_id": OrderLine.objects.filter(order_id=draft.id)[0].shown_id,
            "attachment_id": file.shown_id,
            "customer": customer.shown_id,
            "contact": Contact.objects.filter(customer_id=customer.id)[0].shown_id,
            "product": product.shown_id,
            "rate": rate.shown_id,
            "member": show(Member.prefix, alice.id),
            "method": PaymentMethod.objects.get().shown_id,
            "payment_id": Payment.objects.get(order_id=paid.id).shown_id,
            "invoice": Invoice.objects.get(order_id=paid.id).shown_id,
            "note": CreditNote.objects.get().shown_id,
            "refund": refund.shown_id,
            "subscription": Subscription.objects.get(order_id=paid.id).shown_id,
            "account": GatewayAccount.objects.get().shown_id,
            "name": "sandbox",
            "verb": "archive",
            "part": "components",
            "sha": logo.sha256,
            "mail_kind": "receipt_customer",
            "language": "en",
            "token": link_token(Credential.CHALLENGE_LINK, asked.id),
            "signing_key": key.shown_id,
            "kind": "offer",
            "recalled offer": offer_token(offer),
            **links,
            "uidb36": "1",
            "pk": "1",
        }
        event = Event.objects.filter(order_id=draft.id)[0]
    with writing(partner.id):
        moment = real_now()
        mail = Mail(
            partner=partner, event=event, kind="receipt_customer", recipient="dana@example.com", subject=OF_THE_PARTNER,
            text=OF_THE_PARTNER, html=OF_THE_PARTNER, message_id="<1@example.com>", sent_at=moment,
        )  # fmt: skip
        mail.save(force_insert=True)
        move = ClockAdvance(
            partner=partner, from_at=moment, to_at=moment + dt.timedelta(seconds=1), reached_at=moment,
            finished_at=moment,
        )  # fmt: skip
        move.save(force_insert=True)
    terms = publish_terms(partner, actor, title="Terms", text=OF_THE_PARTNER, tick="I agree.")
    make_api_key(partner, alice, "shown")
    with reading(partner.id):
        ids["key"] = ApiKey.objects.get(name="shown").shown_id
    ids |= {"mail": mail.shown_id, "move": show("clk", move.id), "version": str(terms.version)}
    ids["payment"] = ids["payment_id"]
    for short in ("customer", "product", "rate", "member", "method", "invoice", "subscription", "refund", "note"):
        ids[f"{short}_id"] = ids[short]
    return ids


def _refunds(partner: Partner, actor: Actor, paid: Order) -> Refund:
    """A refund with its credit note, and one above the limit, which waits for a second person."""
    with reading(partner.id):
        payment_id = Payment.objects.get(order_id=paid.id).id
    refund_payment(partner, actor, payment_id, amount_minor=100, reason=OF_THE_ORDER)
    Partner.objects.filter(id=partner.id).update(refund_limit_minor=0)
    partner.refund_limit_minor = 0
    return refund_payment(partner, actor, payment_id, amount_minor=100, reason=OF_THE_ORDER)


def _offer(partner: Partner, actor: Actor, draft: Order) -> Offer:
    """The draft as it was sent once: signed with a drawing, declined by the bank, and a draft again."""
    offer = send_offer(
        partner, actor, draft.id, contact=ContactAsked(name="Dana", email="dana@example.com"), require_payment=True,
        message=OF_THE_ORDER,
    )  # fmt: skip
    signature = SignatureGiven("Dana", "drawn", drawing())
    approve_and_pay(
        partner, link_to(offer), answer_to(offer, signature=signature),
        NewMethod("pm_card_chargeDeclined", save=False),
    )  # fmt: skip
    act(partner, actor, "convert_to_draft", draft.id)
    write_to_customer(partner, actor, draft.id, OF_THE_ORDER)
    with writing(partner.id):
        for kind in (SignedDocument.OFFER, SignedDocument.CERTIFICATE):
            if not SignedDocument.objects.filter(offer_id=offer.id, kind=kind).exists():
                made = SignedDocument(
                    partner=partner, offer=offer, kind=kind, content=b"%PDF-1.7", sha256="0" * 64, made_at=real_now()
                )
                made.save(force_insert=True)
    return offer


def _links(partner: Partner, actor: Actor, customer: Customer, product: Product) -> dict[str, str]:
    """The secrets of an offer that was sent twice and whose time is over."""
    order = make_order(partner, actor, customer, [product], customer_notes=OF_THE_ORDER)
    to = ContactAsked(name="Dana", email="dana@example.com")
    first = send_offer(partner, actor, order.id, contact=to, require_payment=True, message=OF_THE_ORDER)
    second = resend_offer(partner, actor, order.id)
    with writing(partner.id):
        Offer.objects.filter(id=second.id).update(expires_at=real_now() - dt.timedelta(seconds=1))
    return {"replaced link": offer_token(first), "expired offer": offer_token(second)}


@pytest.fixture(autouse=True)
def _no_throttle() -> None:
    cache.clear()


@pytest.fixture
def unchanged(world: World) -> Iterator[None]:
    before = world.digest()
    yield
    assert world.digest() == before, "somebody changed something of the partner's"


def check(answer: Any, who: str, method: str, route: str) -> None:
    """What holds for whoever should not be there: no error of ours, and nothing of the partner's or the order's."""
    content = b"" if answer.streaming else answer.content
    where = f"{who}: {method} {route} → {answer.status_code}"
    assert answer.status_code < 500, f"{where}: {content[:500]!r}"
    assert OF_THE_ORDER.encode() not in content, f"{where} leaks the order"
    if who not in ("a salesperson without grants", "a key without grants"):
        assert OF_THE_PARTNER.encode() not in content, f"{where} leaks the partner's"


@pytest.mark.parametrize("route", sorted(STAFF & set(ADDRESSES)))
@pytest.mark.usefixtures("unchanged")
def test_a_page_is_for_members_who_may(route: str, world: World) -> None:
    path = world.path(route)
    for method in METHODS:
        stranger = Client(raise_request_exception=False).generic(method, path, headers={"Accept": "text/html"})
        check(stranger, "a stranger", method, route)
        signs_in = stranger.status_code == 302 and "/accounts/login/" in stranger["Location"]
        assert signs_in or stranger.status_code in NO_SUCH, f"{method} {route}: {stranger.status_code}"
        for who in ("another partner's admin", "a salesperson without grants", "a removed member"):
            if who == "a salesperson without grants" and method == "POST" and route in ONES_OWN_THINGS:
                continue
            client = world.sessions[who]
            form = FORM if method == "POST" else None
            answer = client.post(path, form) if form else client.generic(method, path)
            check(answer, who, method, route)
            if who == "a removed member":
                # Their session is none any more: they are strangers.
                signs_in = answer.status_code == 302 and "/accounts/login/" in answer["Location"]
                assert signs_in or answer.status_code in NO_SUCH, f"{who}: {method} {route}: {answer.status_code}"
            elif who == "another partner's admin" and "<str:" in route:
                expected = NO_SUCH if method == "GET" else REFUSED
                assert answer.status_code in expected, f"{who}: {method} {route}: {answer.status_code}"


@pytest.mark.parametrize("route", sorted(STAFF & set(ADDRESSES)))
def test_the_pages_above_are_there_for_who_may(route: str, world: World) -> None:
    """Else every 404 above would prove nothing."""
    answer = world.sessions["the admin"].get(world.path(route))
    expected = (409,) if route in NOT_OF_A_PAID_INVOICE else (200, 302, 405)
    assert answer.status_code in expected, f"{route}: {answer.status_code}"


@pytest.mark.parametrize("route", sorted(API.keys() & set(ADDRESSES)))
@pytest.mark.usefixtures("unchanged")
def test_the_api_is_for_members_who_may(route: str, world: World) -> None:
    path, body = world.path(route), world.body(route)
    for method in METHODS:
        sent = body if method in ("POST", "PATCH", "PUT") else b""
        for who in ("a stranger", "another partner's admin", "another partner's key", "a key without grants",
                    "a removed member's key", "a revoked key"):  # fmt: skip
            client = world.sessions.get(who) or Client(raise_request_exception=False)
            headers = {"Authorization": f"Bearer {world.keys[who]}"} if who in world.keys else {}
            answer = client.generic(method, path, sent, content_type="application/json", headers=headers)
            check(answer, who, method, route)
            _check_status(answer.status_code, who, method, route)


def _check_status(status: int, who: str, method: str, route: str) -> None:
    where = f"{who}: {method} {route}: {status}"
    if who in ("another partner's key", "a key without grants"):
        if "<" in route and who == "another partner's key":
            assert status in (NO_SUCH if method in ("GET", "DELETE") else NO_SUCH | {415, 422}), where
        if who == "a key without grants" and method != "GET":
            assert status in REFUSED, where
        return
    # A session opens nothing here: only a key does.
    assert status == 401, where


@pytest.mark.parametrize("route", sorted(API.keys() & set(ADDRESSES)))
def test_the_operations_above_are_there_for_who_may(route: str, world: World) -> None:
    headers = {"Authorization": "Bearer " + world.keys["the admin's key"]}
    answer = Client(raise_request_exception=False).get(world.path(route), headers=headers)
    assert answer.status_code in (200, 405), f"{route}: {answer.status_code}"


@pytest.mark.parametrize("route", sorted((PUBLIC | ONES_OWN) & set(ADDRESSES)))
@pytest.mark.usefixtures("unchanged")
def test_what_is_public_or_ones_own_shows_nothing_of_a_partner(route: str, world: World) -> None:
    path = world.path(route)
    for method in METHODS:
        answer = Client(raise_request_exception=False).generic(method, path)
        if route == "readyz":
            assert answer.status_code in (200, 405, 503)
            continue
        check(answer, "a stranger", method, route)
        if route in ONES_OWN:
            assert answer.status_code in (302, 400, 401, 403, 404, 405), f"{method} {route}: {answer.status_code}"


@pytest.mark.parametrize("route", sorted(LINK & set(ADDRESSES)))
@pytest.mark.usefixtures("unchanged")
def test_a_link_opens_for_its_secret_alone_and_not_when_it_is_over(route: str, world: World) -> None:
    token = world.ids["token"]
    for wrong in ("lk_nonsense", token[:-1] + ("a" if token[-1] != "a" else "b"), world.ids["payment_id"]):
        path = world.path(route).replace(token, wrong)
        for method in METHODS:
            answer = Client(raise_request_exception=False).generic(method, path)
            check(answer, "a stranger with a wrong link", method, route)
            assert answer.status_code in {*NO_SUCH, 410}, f"{method} {route}: {answer.status_code}"
    credentials = Credential.objects.filter(hash=hash_secret(token))
    expires_at = credentials.get().expires_at
    credentials.update(expires_at=real_now() - dt.timedelta(seconds=1))
    try:
        for method in ("GET", "POST"):
            answer = Client(raise_request_exception=False).generic(method, world.path(route))
            # Who holds a link that is over may learn whose it was, and nothing of what it was for.
            assert OF_THE_ORDER.encode() not in answer.content
            assert f"{OF_THE_PARTNER} Bakery".encode() not in answer.content
            if not route.endswith(".css"):
                assert answer.status_code in {*NO_SUCH, 410}, f"{method} {route}: {answer.status_code}"
    finally:
        credentials.update(expires_at=expires_at)


@pytest.mark.parametrize("route", sorted(OFFER_LINK & set(ADDRESSES)))
@pytest.mark.usefixtures("unchanged")
def test_an_offer_opens_for_its_secret_alone(route: str, world: World) -> None:
    path = world.path(route)
    for wrong in ("lk_nonsense", world.ids["expired offer"][:-1] + "~", world.ids["offer_id"]):
        for method in METHODS:
            answer = Client(raise_request_exception=False).generic(method, path.replace(world.ids["token"], wrong))
            check(answer, "a stranger with a wrong link", method, route)
            assert answer.status_code in NO_SUCH, f"{method} {route}: {answer.status_code}"


@pytest.mark.parametrize("over", ["recalled offer", "replaced link", "expired offer"])
@pytest.mark.parametrize("route", sorted(OFFER_LINK & set(ADDRESSES)))
@pytest.mark.usefixtures("unchanged")
def test_an_offer_that_is_over_tells_whose_it_was_and_accepts_nothing(route: str, over: str, world: World) -> None:
    path = world.path(route).replace(world.ids["token"], world.ids[over])
    for method in METHODS:
        client = Client(raise_request_exception=False)
        answer = client.post(path, FORM) if method == "POST" else client.generic(method, path)
        where = f"{over}: {method} {route}: {answer.status_code}"
        assert OF_THE_ORDER.encode() not in answer.content, f"{where} leaks the order"
        assert f"{OF_THE_PARTNER} Bakery".encode() not in answer.content, f"{where} leaks the customer"
        assert f"{OF_THE_PARTNER} site".encode() not in answer.content, f"{where} leaks what was offered"
        tells_whose = method == "GET" and route.endswith((".css", "/logo"))
        assert answer.status_code in ({200} if tells_whose else {405, 410}), where


@pytest.mark.parametrize("route", sorted(INVITATION & set(ADDRESSES)))
@pytest.mark.usefixtures("unchanged")
def test_an_invitation_opens_for_its_secret_alone(route: str, world: World) -> None:
    for wrong in ("lk_nonsense", world.ids["token"], world.ids["member"]):
        for method in METHODS:
            for client in (Client(raise_request_exception=False), world.sessions["another partner's admin"]):
                answer = client.generic(method, "/" + route.replace("<str:token>", wrong))
                check(answer, "a stranger with a wrong link", method, route)
                assert answer.status_code in NO_SUCH, f"{method} {route}: {answer.status_code}"


class TestControl:
    """Without the ORM's own filter, row-level security alone must hold; and there must be something to hold."""

    @pytest.fixture(autouse=True)
    def _no_filter(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(TenantManager, "get_queryset", models.Manager.get_queryset)

    @pytest.mark.usefixtures("unchanged")
    def test_row_level_security_lets_no_other_partner_through(self, world: World) -> None:
        headers = {"Authorization": "Bearer " + world.keys["another partner's key"]}
        for route in sorted(API):
            path, body = world.path(route), world.body(route)
            for method in ("GET", "POST", "PATCH", "DELETE"):
                client = Client(raise_request_exception=False)
                answer = client.generic(method, path, body, content_type="application/json", headers=headers)
                check(answer, "another partner's key", method, route)
                if "<" in route:
                    assert answer.status_code in NO_SUCH | {415, 422}, f"{method} {route}: {answer.status_code}"

    def test_the_rows_are_there_for_whoever_is_past_both(self, world: World) -> None:
        with across_partners("a control: what would leak if nothing held"):
            assert Order.objects.filter(partner_id=world.partner.id).count() == 4
