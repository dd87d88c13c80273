"""Invoices: amounts as the currency counts them, content that no later change alters, numbers without a gap."""

from __future__ import annotations

import datetime as dt
import io
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from pypdf import PdfReader

from handsel.database.tenancy import reading
from handsel.documents.invoice import render_invoice
from handsel.flows.people.customers import update_customer
from handsel.flows.people.partners import update_partner
from handsel.flows.sales.activate import activate
from handsel.models import Counter, Invoice, InvoiceLine
from handsel.reads.billing.invoice import invoice_document
from handsel.rules.errors import Refused
from tests.cast import read_order
from tests.flows.calendar import desk_in, go_to, renewals, sound
from tests.flows.money.desk import Desk
from tests.oracle import converge
from tests.sandbox import SandboxServer


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    return Desk()


def printed(desk: Desk, invoice: Invoice) -> bytes:
    with reading(desk.partner.id):
        document = invoice_document(Invoice.objects.select_related("customer", "partner").get(id=invoice.id))
    return render_invoice(document)


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_eighty_yen_are_eighty_at_the_gateway(sandbox: SandboxServer) -> None:
    desk = desk_in("Asia/Tokyo", day=dt.date(2027, 2, 1), currency="JPY", locale="ja_JP")
    tea = desk.product("Tea", 80, interval="month")
    order = desk.pay(desk.order(tea))
    (charge,) = sandbox.captured(order=order.shown_id)
    assert (charge["amount"], charge["currency"]) == (80, "jpy")
    payment = desk.payment(order)
    assert (payment.captured_minor, payment.currency) == (80, "JPY")
    go_to(desk, dt.date(2027, 3, 1))

    (renewal,) = renewals(desk)
    (charge,) = sandbox.captured(invoice=renewal.shown_id)
    assert (renewal.total_minor, charge["amount"]) == (80, 80)
    text = text_of(printed(desk, renewal))
    assert "¥80" in text
    assert "80.00" not in text
    assert "0.80" not in text
    assert sound(desk) == []


def test_a_dinar_has_a_thousand_parts(sandbox: SandboxServer) -> None:
    desk = Desk(currency="KWD")
    order = desk.pay(desk.order(desk.product("Dates", 1_250)))

    (charge,) = sandbox.captured(order=order.shown_id)
    assert (charge["amount"], charge["currency"]) == (1_250, "kwd")
    (invoice,) = desk.invoices(order)
    assert "1.250" in text_of(printed(desk, invoice))


def test_an_amount_below_the_gateways_minimum_is_refused_before_anything_is_sent(
    desk: Desk, sandbox: SandboxServer
) -> None:
    order = desk.order(desk.product("Sticker", 20))
    with pytest.raises(Refused) as refusal:
        desk.pay(order)

    assert refusal.value.code == "below_minimum"
    assert read_order(desk.partner, order.id).status == "draft"
    assert [charge for charge in sandbox.charges() if charge["metadata"].get("order") == order.shown_id] == []


def test_a_later_change_of_address_alters_no_invoice(desk: Desk) -> None:
    order = desk.pay(desk.order())
    (invoice,) = desk.invoices(order)
    before = printed(desk, invoice)
    update_customer(
        desk.partner,
        desk.alice,
        desk.dana.id,
        {"name": "Dana & Daughters", "tax_id": "DE1", "address": {"line1": "9 New Road", "country": "DE"}},
    )
    update_partner(desk.partner, desk.alice, {"legal_name": "Harbour Group Inc", "accent": "#aa0000"})

    assert printed(desk, invoice) == before
    text = text_of(before)
    assert "100 Oak Street" in text
    assert "New Road" not in text
    newer = desk.pay(desk.order())
    assert "9 New Road" in text_of(printed(desk, desk.invoices(newer)[0]))


def test_a_later_price_alters_no_invoice(desk: Desk) -> None:
    order = desk.pay(desk.order(desk.website))
    (invoice,) = desk.invoices(order)
    (line,) = desk.rows(InvoiceLine, invoice_id=invoice.id)

    assert (line.description, line.unit_price_minor, line.total_minor) == ("Website", 10_000, 10_000)
    assert line.subscription_id is None


def test_invoices_of_one_moment_have_numbers_without_gap(desk: Desk) -> None:
    orders = [desk.order() for _ in range(6)]
    start = threading.Barrier(len(orders))

    def activates(order_id: Any) -> None:
        start.wait()
        activate(desk.partner, desk.alice, order_id)
        connection.close()

    desks = [threading.Thread(target=activates, args=(order.id,)) for order in orders]
    for each in desks:
        each.start()
    for each in desks:
        each.join()

    numbers = sorted(desk.invoices(order)[0].number or "" for order in orders)
    assert numbers == [f"INV-{number:06}" for number in range(1, 7)]
    assert sound(desk) == []


class Died(BaseException):
    """Nobody catches this, as nobody catches a killed process."""


def dies_after_the_number(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    if sql.startswith('INSERT INTO "invoices"'):
        raise Died
    return execute(sql, params, many, context)


def test_who_dies_with_a_number_in_hand_gives_it_back(desk: Desk) -> None:
    order = desk.order()
    with pytest.raises(Died), connection.execute_wrapper(dies_after_the_number):
        desk.pay(order)
    connection.close()
    assert desk.rows(Counter, series="invoice") == []
    converge(desk.partner)

    (invoice,) = desk.invoices(order)
    assert invoice.number == "INV-000001"
    assert sound(desk) == []


def test_a_refused_sale_takes_no_number(desk: Desk) -> None:
    desk.pay(desk.order(), "pm_card_chargeDeclined")
    paid = desk.pay(desk.order())

    assert [invoice.number for invoice in desk.invoices(paid)] == ["INV-000001"]


def test_nobody_invoices_without_a_legal_name_and_tax_id(desk: Desk, sandbox: SandboxServer) -> None:
    update_partner(desk.partner, desk.alice, {"tax_id": ""})
    desk.partner.refresh_from_db()
    order = desk.order()
    with pytest.raises(Refused) as refusal:
        desk.pay(order)

    assert refusal.value.code == "billing_details_missing"
    assert sandbox.captured(order=order.shown_id) == []
