"""Orders that nothing was charged for follow the tax that applies; what was sold keeps what it froze."""

from __future__ import annotations

from handsel.flows.catalog.tax_rates import update_tax_rate
from handsel.flows.people.customers import update_customer
from handsel.flows.sales.reprice import reprice_country
from handsel.models import Customer, Member, Partner, Product
from tests.cast import CALIFORNIA, acting, event_types, make_order, make_tax_rate, read_lines, read_order


def test_a_customer_that_moves_is_taxed_where_it_moved_to(
    partner: Partner, alice: Member, dana: Customer, website: Product
) -> None:
    make_tax_rate(partner, acting(alice))
    order = make_order(partner, acting(alice), dana, [website, website])
    assert (order.tax_minor, order.total_minor) == (0, 20_000)

    update_customer(partner, acting(alice), dana.id, {"address": CALIFORNIA})

    now = read_order(partner, order.id)
    assert (now.tax_minor, now.total_minor, now.version) == (1_650, 21_650, order.version + 1)
    assert [line.tax_minor for line in read_lines(partner, now)] == [825, 825]
    assert event_types(partner, order.id)[-1] == "order.repriced"


def test_a_customer_that_becomes_exempt_pays_no_tax(
    partner: Partner, alice: Member, dana: Customer, website: Product
) -> None:
    make_tax_rate(partner, acting(alice), region="OR")
    order = make_order(partner, acting(alice), dana, [website])
    assert order.tax_minor == 825
    update_customer(partner, acting(alice), dana.id, {"tax_exempt": True})
    assert read_order(partner, order.id).total_minor == 10_000


def test_a_changed_rate_reaches_the_countrys_drafts_by_its_job(
    partner: Partner, alice: Member, dana: Customer, website: Product
) -> None:
    rate = make_tax_rate(partner, acting(alice), region="OR")
    order = make_order(partner, acting(alice), dana, [website])
    update_tax_rate(partner, acting(alice), rate.id, {"percent": "10"})
    reprice_country(partner, "US")
    assert read_order(partner, order.id).tax_minor == 1_000


def test_a_change_that_moves_no_sum_leaves_no_trace(
    partner: Partner, alice: Member, dana: Customer, website: Product
) -> None:
    order = make_order(partner, acting(alice), dana, [website])
    update_customer(partner, acting(alice), dana.id, {"address": CALIFORNIA})
    assert read_order(partner, order.id).version == order.version
