from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from handsel.database.tenancy import reading
from handsel.flows.sales.draft import LineDraft, create_order, quote
from handsel.models import Customer, Member, OrderLine, OrderTag, Partner, Product
from handsel.rules.errors import Invalid, NotAllowed, NotFound
from handsel.rules.pricing import AmountOff, PercentOff
from tests.cast import (
    CALIFORNIA,
    acting,
    event_types,
    make_customer,
    make_member,
    make_method,
    make_order,
    make_product,
    make_tax_rate,
    read_lines,
    read_order,
)


def test_a_draft_holds_its_lines_with_what_the_catalogue_said(
    partner: Partner, bob: Member, dana: Customer, website: Product, hosting: Product
) -> None:
    order = make_order(
        partner,
        acting(bob),
        dana,
        [LineDraft(website.id, quantity=2, unit_price_minor=9_000), LineDraft(hosting.id, periods=12)],
        contract_start_on=dt.date(2027, 1, 1),
        staff_notes="Met at the fair.",
        tags=["fair", "fair"],
    )
    kept = read_order(partner, order.id)
    assert (kept.status, kept.version, kept.revision, kept.line_count) == ("draft", 1, 1, 2)
    assert kept.number == "O-00001"
    assert (kept.subtotal_minor, kept.total_minor) == (20_000, 20_000)
    assert kept.contract_value_minor == 18_000 + 12 * 2_000
    first, second = read_lines(partner, order)
    assert (first.name, first.list_price_minor, first.unit_price_minor, first.total_minor) == (
        "Website", 10_000, 9_000, 18_000,
    )  # fmt: skip
    assert (second.interval, second.periods, second.renewal_minor) == ("month", 12, 2_000)
    with reading(partner.id):
        assert [tag.tag for tag in OrderTag.objects.filter(order_id=order.id)] == ["fair"]
    assert event_types(partner, order.id) == ["order.created"]


def test_a_draft_may_begin_without_lines(partner: Partner, bob: Member, dana: Customer) -> None:
    order = make_order(partner, acting(bob), dana)
    assert (order.line_count, order.total_minor) == (0, 0)


def test_tax_of_the_region_is_added_and_frozen_with_the_line(partner: Partner, alice: Member, website: Product) -> None:
    make_tax_rate(partner, acting(alice))
    customer = make_customer(partner, acting(alice), address=CALIFORNIA)
    order = make_order(partner, acting(alice), customer, [LineDraft(website.id, discount=PercentOff(Decimal(10)))])
    assert (order.subtotal_minor, order.discount_minor) == (10_000, 1_000)
    assert (order.tax_minor, order.total_minor) == (743, 9_743)
    assert read_lines(partner, order)[0].taxes == [
        {
            "name": "Sales tax", "percent": "8.25", "inclusive": False, "amount_minor": 743, "base_minor": 9_000,
            "category": "S", "reason": "",
        }
    ]  # fmt: skip


def test_an_exempt_customer_is_not_taxed_and_the_line_says_why(
    partner: Partner, alice: Member, website: Product
) -> None:
    make_tax_rate(partner, acting(alice))
    customer = make_customer(partner, acting(alice), address=CALIFORNIA, tax_exempt=True)
    order = make_order(partner, acting(alice), customer, [website])
    assert order.total_minor == 10_000
    tax = read_lines(partner, order)[0].taxes[0]
    assert (tax["amount_minor"], tax["category"], tax["reason"]) == (0, "E", "The customer is exempt from tax.")


def test_billing_begins_with_what_the_customer_has(partner: Partner, alice: Member, website: Product) -> None:
    customer = make_customer(partner, acting(alice))
    plain = make_order(partner, acting(alice), customer, [website])
    assert plain.billing_recipient_id is not None
    assert plain.billing_method_id is None
    method = make_method(partner, customer, default=True)
    assert make_order(partner, acting(alice), customer, [website]).billing_method_id == method.id


def test_all_complaints_about_lines_come_at_once(
    partner: Partner, bob: Member, dana: Customer, website: Product
) -> None:
    with pytest.raises(Invalid) as caught:
        make_order(
            partner,
            acting(bob),
            dana,
            [
                LineDraft(website.id, quantity=0),
                LineDraft(website.id),
                LineDraft(website.id, discount=PercentOff(Decimal(101))),
                LineDraft(website.id, periods=3),
                LineDraft(website.id, unit_price_minor=-1),
                LineDraft(website.id, quantity=1_000_001),
            ],
        )
    assert [error.loc for error in caught.value.errors] == [
        "lines.0.quantity", "lines.2.discount", "lines.3.periods", "lines.4.unit_price", "lines.5.quantity",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "code", "loc"),
    [
        ({"unit_price_minor": 10**15 + 1}, "amount_too_large", "lines.0.unit_price"),
        ({"unit_price_minor": 10**13, "quantity": 1_000_000}, "amount_too_large", "lines.0.unit_price"),
        ({"discount": AmountOff(-1)}, "validation_error", "lines.0.discount"),
        ({"start_on": dt.date(1969, 7, 20)}, "validation_error", "lines.0.start_date"),
        ({"currency": "EUR"}, "currency_mismatch", "lines.0.unit_price"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused_by_name(
    partner: Partner, bob: Member, dana: Customer, website: Product, line: dict[str, object], code: str, loc: str
) -> None:
    with pytest.raises(Invalid) as caught:
        make_order(partner, acting(bob), dana, [LineDraft(website.id, **line)])  # type: ignore[arg-type]
    assert (caught.value.code, [error.loc for error in caught.value.errors]) == (code, [loc])
    with reading(partner.id):
        assert not OrderLine.objects.exists()


def test_another_currency_than_the_customers_is_refused(partner: Partner, bob: Member, dana: Customer) -> None:
    with pytest.raises(Invalid) as caught:
        create_order(partner, acting(bob), customer_id=dana.id, currency="EUR")
    assert caught.value.code == "currency_mismatch"


def test_what_is_not_sold_in_this_currency_or_not_any_more_is_refused(
    partner: Partner, alice: Member, dana: Customer
) -> None:
    from handsel.flows.catalog.products import update_product

    euro = make_product(partner, acting(alice), currency="EUR")
    gone = make_product(partner, acting(alice))
    update_product(partner, acting(alice), gone.id, {"is_active": False})
    with pytest.raises(Invalid) as caught:
        make_order(partner, acting(alice), dana, [euro, gone])
    assert caught.value.code == "product_not_sold"
    assert [error.loc for error in caught.value.errors] == ["lines.0.product", "lines.1.product"]


def test_other_peoples_customers_and_products_do_not_exist(
    partner: Partner, bob: Member, dana: Customer, charlie: Member
) -> None:
    foreign_customer = make_customer(charlie.partner, acting(charlie))
    foreign_product = make_product(charlie.partner, acting(charlie))
    foreign_contact = make_order(charlie.partner, acting(charlie), foreign_customer).billing_recipient_id
    with pytest.raises(NotFound):
        create_order(partner, acting(bob), customer_id=foreign_customer.id)
    with pytest.raises(NotFound):
        make_order(partner, acting(bob), dana, [foreign_product])
    with pytest.raises(NotFound):
        make_order(partner, acting(bob), dana, [LineDraft(uuid.uuid4())])
    with pytest.raises(NotFound):
        make_order(partner, acting(bob), dana, billing_recipient_id=foreign_contact)


def test_without_the_grant_there_is_no_order(partner: Partner, dana: Customer) -> None:
    reader = make_member(partner, "Rita", "salesperson", grants=["orders.view_all"])
    with pytest.raises(NotAllowed):
        make_order(partner, acting(reader), dana)


def test_the_number_of_statements_does_not_grow_with_the_lines(
    partner: Partner, bob: Member, dana: Customer, website: Product, hosting: Product
) -> None:
    def statements(lines: list[LineDraft]) -> int:
        with CaptureQueriesContext(connection) as captured:
            make_order(partner, acting(bob), dana, lines, tags=["fair"])
        return len(captured)

    one = statements([LineDraft(website.id)])
    thirty = statements([LineDraft(website.id), LineDraft(hosting.id)] * 15)
    assert thirty == one
    assert one <= 13  # BEGIN and COMMIT among them


def test_a_quote_is_what_the_order_will_be_and_writes_nothing(
    partner: Partner, bob: Member, dana: Customer, website: Product
) -> None:
    lines = [LineDraft(website.id, quantity=3, discount=AmountOff(500))]
    quoted = quote(partner, dana, lines)
    with reading(partner.id):
        assert not OrderLine.objects.exists()
    order = make_order(partner, acting(bob), dana, lines)
    assert (quoted.totals.total_minor, quoted.totals.discount_minor) == (order.total_minor, order.discount_minor)
