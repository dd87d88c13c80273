from __future__ import annotations

import base64

import pytest

from handsel.database.secrets import decrypt
from handsel.database.tenancy import reading
from handsel.flows.catalog.products import update_product
from handsel.flows.catalog.tax_rates import update_tax_rate
from handsel.models import Member, Partner, Product, TaxRate
from handsel.rules.errors import Invalid, NotAllowed, NotFound
from tests.cast import acting, event_types, make_member, make_partner, make_product, make_tax_rate


def test_a_product_is_kept_with_a_secret_of_standard_webhooks(partner: Partner, alice: Member) -> None:
    product = make_product(
        partner, acting(alice), interval="year", interval_count=2, trial_days=30, vendor_url="https://vendor.example/in"
    )
    with reading(partner.id):
        kept = Product.objects.get(id=product.id)
    assert (kept.interval, kept.interval_count, kept.trial_days) == ("year", 2, 30)
    secret = decrypt(kept.vendor_secret_encrypted)
    assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 24
    assert secret not in kept.vendor_secret_encrypted
    assert event_types(partner, product.id) == ["product.created"]


def test_a_sku_is_one_products_at_a_partner(partner: Partner, alice: Member, website: Product, charlie: Member) -> None:
    with pytest.raises(Invalid) as caught:
        make_product(partner, acting(alice), sku=website.sku)
    assert (caught.value.code, caught.value.errors[0].loc) == ("duplicate", "sku")
    other = make_product(partner, acting(alice))
    with pytest.raises(Invalid):
        update_product(partner, acting(alice), other.id, {"sku": website.sku})
    assert make_product(charlie.partner, acting(charlie), sku=website.sku).sku == website.sku


@pytest.mark.parametrize(
    ("fields", "locs"),
    [
        ({"name": " ", "sku": "", "price_minor": -1}, ["name", "sku", "price"]),
        ({"price_minor": 10**15 + 1}, ["price"]),
        ({"currency": "usd"}, ["price.currency"]),
        ({"interval": "decade"}, ["interval"]),
        ({"interval": "month", "interval_count": 0}, ["interval_count"]),
        ({"trial_days": 7}, ["trial_days"]),
        ({"interval_count": 3}, ["interval_count"]),
        ({"vendor_url": "http://vendor.example"}, ["vendor_url"]),
        ({"vendor_url": "https://user:word@vendor.example"}, ["vendor_url"]),
        ({"vendor_url": "javascript:alert(1)"}, ["vendor_url"]),
        ({"vendor_url": "https://[::1"}, ["vendor_url"]),
        ({"description": "\x00"}, ["description"]),
    ],
)
def test_a_product_that_makes_no_sense_is_refused_by_field(
    partner: Partner, alice: Member, fields: dict[str, object], locs: list[str]
) -> None:
    with pytest.raises(Invalid) as caught:
        make_product(partner, acting(alice), **fields)
    assert [error.loc for error in caught.value.errors] == locs


def test_a_vendor_on_this_machine_is_for_test_partners_only(partner: Partner, alice: Member) -> None:
    here = "http://127.0.0.1:9000/activate"
    assert make_product(partner, acting(alice), vendor_url=here).vendor_url == here
    live = make_partner(mode="live")
    with pytest.raises(Invalid):
        make_product(live, acting(make_member(live)), vendor_url=here)


def test_a_prerequisite_is_the_partners_own_other_product(
    partner: Partner, alice: Member, website: Product, hosting: Product, charlie: Member
) -> None:
    update_product(partner, acting(alice), hosting.id, {"prerequisite_id": website.id})
    with pytest.raises(Invalid):
        update_product(partner, acting(alice), website.id, {"prerequisite_id": website.id})
    with pytest.raises(NotFound):
        make_product(charlie.partner, acting(charlie), prerequisite_id=website.id)
    with reading(partner.id):
        assert Product.objects.get(id=website.id).prerequisite_id is None


def test_salespeople_do_not_change_the_catalogue(partner: Partner, bob: Member, website: Product) -> None:
    with pytest.raises(NotAllowed):
        make_product(partner, acting(bob))
    with pytest.raises(NotAllowed):
        update_product(partner, acting(bob), website.id, {"price_minor": 1})
    with pytest.raises(NotAllowed):
        make_tax_rate(partner, acting(bob))


def test_another_partners_things_do_not_exist(
    partner: Partner, alice: Member, website: Product, charlie: Member
) -> None:
    rate = make_tax_rate(partner, acting(alice))
    with pytest.raises(NotFound):
        update_product(charlie.partner, acting(charlie), website.id, {"name": "Mine"})
    with pytest.raises(NotFound):
        update_tax_rate(charlie.partner, acting(charlie), rate.id, {"percent": "0"})


def test_a_tax_rate_changes(partner: Partner, alice: Member) -> None:
    rate = make_tax_rate(partner, acting(alice), percent="8.25")
    update_tax_rate(partner, acting(alice), rate.id, {"percent": "8.5", "inclusive": True})
    with reading(partner.id):
        kept = TaxRate.objects.get(id=rate.id)
    assert (str(kept), kept.inclusive) == ("Sales tax 8.5 %", True)
    assert event_types(partner, rate.id) == ["tax_rate.created", "tax_rate.updated"]


@pytest.mark.parametrize(
    ("fields", "loc"),
    [
        ({"percent": "100.01"}, "percent"),
        ({"percent": "-1"}, "percent"),
        ({"percent": "1e2"}, "percent"),
        ({"percent": "8.12345"}, "percent"),
        ({"country": "USA"}, "country"),
        ({"country": ""}, "country"),
        ({"name": ""}, "name"),
    ],
)
def test_a_tax_rate_that_makes_no_sense_is_refused(
    partner: Partner, alice: Member, fields: dict[str, object], loc: str
) -> None:
    with pytest.raises(Invalid) as caught:
        make_tax_rate(partner, acting(alice), **fields)
    assert [error.loc for error in caught.value.errors] == [loc]
