from __future__ import annotations

import pytest

from handsel.database.tenancy import reading
from handsel.flows.people.billing_settings import update_billing_settings
from handsel.flows.people.customers import (
    Address,
    CustomerChanges,
    add_contact,
    create_customer,
    update_contact,
    update_customer,
)
from handsel.flows.search import fold, words_of
from handsel.models import (
    BillingSettings,
    Contact,
    Customer,
    Event,
    EventPersonal,
    Member,
    Partner,
    Product,
    SearchWord,
)
from handsel.rules.errors import Invalid, NotAllowed, NotFound, Refused
from tests.cast import acting, event_types, make_customer, make_member, make_method, make_order, make_partner


def found(partner: Partner, kind: str, word: str) -> set[object]:
    """As lists search: the words that begin with this one."""
    with reading(partner.id):
        rows = SearchWord.objects.filter(kind=kind, word__gte=word, word__lt=word + "\U0010ffff")
        return set(rows.values_list("row_id", flat=True))


def test_a_customer_comes_with_number_contact_and_the_partners_billing_defaults(bob_partner: Partner) -> None:
    member = make_member(bob_partner, "Bob", "salesperson")
    customer = create_customer(
        bob_partner, acting(member), name=" Dana GmbH ", email="Dana@Example.COM", currency="EUR",
        address=Address(line1="Hauptstraße 1", city="Köln", country="de"),
    )  # fmt: skip
    with reading(bob_partner.id):
        kept = Customer.objects.get(id=customer.id)
        contact = Contact.objects.get(customer_id=customer.id)
        billing = BillingSettings.objects.get(customer_id=customer.id)
    assert (kept.number, kept.name, kept.email, kept.country) == ("C-0001", "Dana GmbH", "dana@example.com", "DE")
    assert (kept.timezone, kept.locale) == ("Europe/Berlin", "de_DE")
    assert (contact.name, contact.email) == ("Dana GmbH", "dana@example.com")
    assert (billing.recipient_id, billing.default_payment_method_id) == (None, None)
    assert (billing.collection, billing.payment_terms_days) == ("automatic", 30)
    assert event_types(bob_partner, customer.id) == ["customer.created"]


@pytest.fixture
def bob_partner() -> Partner:
    return make_partner(timezone="Europe/Berlin", locale="de_DE", payment_terms_days=30)


def test_all_complaints_come_at_once_and_nothing_is_written(partner: Partner, bob: Member) -> None:
    with pytest.raises(Invalid) as caught:
        create_customer(
            partner, acting(bob), name="", email="dana", currency="XXX", timezone="Mars/Phobos", locale="klingon",
            address=Address(country="ZZ", city="x" * 101), tax_id="\x00",
        )  # fmt: skip
    assert {error.loc for error in caught.value.errors} == {
        "name", "email", "currency", "timezone", "locale", "address.country", "address.city", "tax_id",
    }  # fmt: skip
    with reading(partner.id):
        assert not Customer.objects.exists()


@pytest.mark.parametrize("email", ["", "@", "a@b\nBcc: c@d.example", "a" * 250 + "@b.example", "dana@example.com\x00"])
def test_what_is_no_address_of_mail_is_refused(partner: Partner, bob: Member, email: str) -> None:
    with pytest.raises(Invalid):
        create_customer(partner, acting(bob), name="Dana", email=email, currency="USD")


def test_only_what_is_named_changes_and_the_history_keeps_personal_things_apart(
    partner: Partner, bob: Member, dana: Customer
) -> None:
    update_customer(partner, acting(bob), dana.id, {"address": Address(city="Salem"), "tax_exempt": True})
    with reading(partner.id):
        kept = Customer.objects.get(id=dana.id)
        event = Event.objects.get(subject_id=dana.id, type="customer.updated")
        personal = EventPersonal.objects.get(event_id=event.id)
    assert (kept.city, kept.line1, kept.tax_exempt) == ("Salem", dana.line1, True)
    assert event.changes == {"fields": ["city", "tax_exempt"], "tax_exempt": [False, True]}
    assert personal.content == {"city": ["Portland", "Salem"]}


def test_a_change_to_the_same_is_none(partner: Partner, bob: Member, dana: Customer) -> None:
    update_customer(partner, acting(bob), dana.id, {"name": dana.name})
    assert event_types(partner, dana.id) == ["customer.created"]


def test_the_currency_stays_once_there_is_an_order(
    partner: Partner, bob: Member, dana: Customer, website: Product
) -> None:
    update_customer(partner, acting(bob), dana.id, {"currency": "EUR"})
    update_customer(partner, acting(bob), dana.id, {"currency": "USD"})
    make_order(partner, acting(bob), dana, [website])
    with pytest.raises(Refused) as caught:
        update_customer(partner, acting(bob), dana.id, {"currency": "EUR"})
    assert caught.value.code == "in_use"


def test_customers_and_their_orders_are_found_by_the_new_name_and_not_by_the_old(
    partner: Partner, bob: Member, website: Product
) -> None:
    customer = make_customer(partner, acting(bob), name="Café Müller")
    order = make_order(partner, acting(bob), customer, [website])
    assert found(partner, "customer", "mull") == {customer.id}
    assert found(partner, "order", "cafe") == {order.id}
    update_customer(partner, acting(bob), customer.id, {"name": "Café Zürich"})
    assert found(partner, "customer", "mull") == found(partner, "order", "mull") == set()
    assert found(partner, "customer", "zuri") == {customer.id}
    assert found(partner, "order", "zuri") == found(partner, "order", "cafe") == {order.id}
    assert found(partner, "order", "o-00001") == {order.id}


def test_words_are_folded_kept_whole_and_in_parts() -> None:
    assert fold("Straße ÀÉ") == "strasse ae"
    assert words_of("dana.fox@example.com") == {"dana.fox@example.com", "dana", "fox", "example", "com"}
    assert words_of("", "  ") == frozenset()
    assert all(len(word) <= 60 for word in words_of("ﬃ" * 60))


def test_contacts_are_one_per_address(partner: Partner, bob: Member, dana: Customer) -> None:
    contact = add_contact(partner, acting(bob), dana.id, name="Eve", email="eve@example.com", phone="+1 503 555 0100")
    with pytest.raises(Invalid) as caught:
        add_contact(partner, acting(bob), dana.id, name="Eve", email="EVE@example.com")
    assert caught.value.code == "duplicate"
    with pytest.raises(Invalid) as caught:
        update_contact(partner, acting(bob), contact.id, {"email": dana.email})
    assert caught.value.code == "duplicate"
    assert update_contact(partner, acting(bob), contact.id, {"name": "Eva"}).name == "Eva"


def test_billing_settings_name_only_the_customers_own(
    partner: Partner, alice: Member, dana: Customer, charlie: Member
) -> None:
    other = make_customer(partner, acting(alice))
    foreign = make_customer(charlie.partner, acting(charlie))
    with reading(partner.id):
        own, others = Contact.objects.get(customer_id=dana.id), Contact.objects.get(customer_id=other.id)
    with pytest.raises(NotFound):
        update_billing_settings(partner, acting(alice), dana.id, {"recipient_id": others.id})
    with pytest.raises(NotFound):
        update_billing_settings(
            partner, acting(alice), dana.id, {"default_payment_method_id": make_method(partner, other).id}
        )
    with pytest.raises(NotFound):
        update_billing_settings(partner, acting(alice), foreign.id, {"collection": "send_invoice"})
    method = make_method(partner, dana)
    kept = update_billing_settings(
        partner, acting(alice), dana.id,
        {"recipient_id": own.id, "default_payment_method_id": method.id, "collection": "send_invoice", "memo": "PO 7"},
    )  # fmt: skip
    assert (kept.recipient_id, kept.default_payment_method_id, kept.collection) == (own.id, method.id, "send_invoice")


@pytest.mark.parametrize(
    ("changes", "loc"),
    [({"payment_terms_days": 366}, "payment_terms_days"), ({"collection": "barter"}, "collection")],
)
def test_billing_settings_that_make_no_sense_are_refused(
    partner: Partner, alice: Member, dana: Customer, changes: dict[str, object], loc: str
) -> None:
    with pytest.raises(Invalid) as caught:
        update_billing_settings(partner, acting(alice), dana.id, changes)  # type: ignore[arg-type]
    assert [error.loc for error in caught.value.errors] == [loc]


def test_salespeople_make_customers_but_do_not_change_how_they_are_billed(
    partner: Partner, bob: Member, dana: Customer
) -> None:
    with pytest.raises(NotAllowed):
        update_billing_settings(partner, acting(bob), dana.id, {"collection": "send_invoice"})
    reader = make_member(partner, "Rita", "salesperson", grants=["orders.view_all"])
    changes: CustomerChanges = {"name": "Mine"}
    with pytest.raises(NotAllowed):
        update_customer(partner, acting(reader), dana.id, changes)


def test_another_partners_customer_does_not_exist(dana: Customer, charlie: Member) -> None:
    with pytest.raises(NotFound):
        update_customer(charlie.partner, acting(charlie), dana.id, {"name": "Mine"})
    with pytest.raises(NotFound):
        add_contact(charlie.partner, acting(charlie), dana.id, name="Eve", email="eve@example.com")
