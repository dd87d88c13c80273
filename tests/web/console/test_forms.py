"""What the console's forms do: they keep what was typed, say what is wrong beside the field, and do a thing once."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.test import Client

from handsel.database.ids import show
from handsel.database.tenancy import reading, writing
from handsel.flows.clock import advance_clock
from handsel.flows.people.billing_settings import update_billing_settings
from handsel.models import (
    ApiKey,
    BillingSettings,
    ClockAdvance,
    Contact,
    Credential,
    Customer,
    Invoice,
    Member,
    Partner,
    Payment,
    PaymentMethod,
    Product,
    TaxRate,
)
from handsel.models.people import now_of
from handsel.rules.grants import Grant
from tests.cast import make_customer, make_member, make_method, unique
from tests.sandbox import SandboxServer
from tests.web.console.world import World, make_world, signed_in

NEW_CUSTOMER = {
    "name": "Pico Coffee",
    "email": "hello@pico.example",
    "currency": "USD",
    "timezone": "America/New_York",
    "locale": "en_US",
    "country": "US",
    "once": "word-of-this-form",
}


@pytest.fixture
def desk(alice: Member) -> Client:
    return signed_in(alice)


def test_a_form_sent_twice_makes_one_customer_and_leads_to_it_both_times(partner: Partner, desk: Client) -> None:
    first, second = desk.post("/customers/new", NEW_CUSTOMER), desk.post("/customers/new", NEW_CUSTOMER)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    with reading(partner.id):
        assert Customer.objects.filter(name="Pico Coffee").count() == 1


def test_a_refused_form_keeps_what_was_typed_and_complains_beside_the_field(partner: Partner, desk: Client) -> None:
    response = desk.post("/customers/new", {**NEW_CUSTOMER, "email": "not an address", "line1": "1 Main St"})
    html = response.content.decode()
    assert response.status_code == 422
    assert 'value="not an address"' in html
    assert 'value="1 Main St"' in html
    assert "such as dana@example.com" in html
    assert "One answer needs another look. Nothing was changed." in html
    with reading(partner.id):
        assert not Customer.objects.filter(name="Pico Coffee").exists()


def test_what_was_typed_is_escaped(desk: Client) -> None:
    html = desk.post(
        "/customers/new", {**NEW_CUSTOMER, "name": "<script>alert(1)</script>", "email": ""}
    ).content.decode()
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_a_customer_is_changed(partner: Partner, desk: Client, dana: Customer) -> None:
    response = desk.post(
        f"/customers/{dana.shown_id}/edit", {**NEW_CUSTOMER, "name": "Dana and Daughters", "tax_exempt": "on"}
    )
    assert response.status_code == 302
    with reading(partner.id):
        after = Customer.objects.get(id=dana.id)
    assert (after.name, after.tax_exempt, after.line1) == ("Dana and Daughters", True, "")


def test_a_contact_is_added_once_and_a_second_with_its_address_is_refused(
    partner: Partner, desk: Client, dana: Customer
) -> None:
    url = f"/customers/{dana.shown_id}/contacts"
    typed = {"name": "Ida", "email": "ida@example.com", "phone": "", "once": "w1"}
    desk.post(url, typed)
    desk.post(url, typed)
    refused = desk.post(url, {**typed, "once": "w2"})
    assert refused.status_code == 422
    assert "has a contact with this e-mail already" in refused.content.decode()
    assert "data-open-now" in refused.content.decode()
    with reading(partner.id):
        assert Contact.objects.filter(customer_id=dana.id, email="ida@example.com").count() == 1


def test_billing_settings_are_saved_and_can_be_emptied_again(partner: Partner, desk: Client, dana: Customer) -> None:
    method = make_method(partner, dana)
    typed = {
        "recipient": "",
        "default_payment_method": method.shown_id,
        "collection": "send_invoice",
        "payment_terms_days": "30",
        "memo": "Thank you",
    }
    assert desk.post(f"/customers/{dana.shown_id}/billing", typed).status_code == 302
    with reading(partner.id):
        saved = BillingSettings.objects.get(customer_id=dana.id)
    assert (saved.default_payment_method_id, saved.payment_terms_days) == (method.id, 30)
    desk.post(f"/customers/{dana.shown_id}/billing", {**typed, "default_payment_method": ""})
    with reading(partner.id):
        emptied = BillingSettings.objects.get(customer_id=dana.id)
    assert emptied.default_payment_method_id is None


def test_another_customers_card_cannot_be_made_the_default(partner: Partner, desk: Client, dana: Customer) -> None:
    other = make_customer(partner)
    foreign = make_method(partner, other)
    assert desk.post(f"/customers/{dana.shown_id}/methods/{foreign.shown_id}/default").status_code == 404


def test_a_card_is_kept_with_consent_only_and_once(
    partner: Partner, desk: Client, dana: Customer, sandbox: SandboxServer
) -> None:
    url = f"/customers/{dana.shown_id}/methods"
    refused = desk.post(url, {"token": "pm_card_visa", "once": "w"})
    assert refused.status_code == 422
    assert "only with the customer&#x27;s consent" in refused.content.decode()
    for _ in range(2):
        assert (
            desk.post(url, {"token": "pm_card_visa", "consent": "on", "make_default": "on", "once": "w"}).status_code
            == 302
        )
    with reading(partner.id):
        method = PaymentMethod.objects.get(customer_id=dana.id)
        assert BillingSettings.objects.get(customer_id=dana.id).default_payment_method_id == method.id
    assert method.consent["source"] == "console"


def test_a_card_that_its_bank_refuses_to_keep_is_told_in_the_dialog(
    partner: Partner, desk: Client, dana: Customer, sandbox: SandboxServer
) -> None:
    response = desk.post(
        f"/customers/{dana.shown_id}/methods", {"token": "pm_card_visa_chargeDeclined", "consent": "on"}
    )
    assert response.status_code == 402
    assert "Nothing was charged" in response.content.decode()
    with reading(partner.id):
        assert not PaymentMethod.objects.filter(customer_id=dana.id).exists()


def test_a_card_is_verified_and_removed(partner: Partner, desk: Client, dana: Customer, sandbox: SandboxServer) -> None:
    desk.post(f"/customers/{dana.shown_id}/methods", {"token": "pm_card_visa", "consent": "on"})
    with reading(partner.id):
        method = PaymentMethod.objects.get(customer_id=dana.id)
    url = f"/customers/{dana.shown_id}/methods/{method.shown_id}"
    assert "The bank confirmed" in desk.post(f"{url}/verify", follow=True).content.decode()
    assert "is removed" in desk.post(f"{url}/remove", follow=True).content.decode()
    assert desk.post(f"{url}/remove").status_code == 404


def test_a_product_is_priced_in_decimals_of_its_currency(partner: Partner, desk: Client) -> None:
    typed = {"name": "Care", "sku": unique("care"), "price": "12.5", "currency": "USD", "interval": "month"}
    assert desk.post("/products/new", {**typed, "interval_count": "3", "trial_days": "14"}).status_code == 302
    with reading(partner.id):
        product = Product.objects.get(sku=typed["sku"])
    assert (product.price_minor, product.interval, product.interval_count, product.trial_days) == (1250, "month", 3, 14)


@pytest.mark.parametrize(
    ("price", "currency", "complaint"),
    [
        ("12.345", "USD", "USD has at most 2 decimals."),
        ("80.5", "JPY", "JPY has no decimals."),
        ("-1", "USD", "This must be from 0"),
        ("1,200", "USD", "Write the amount in digits"),
        ("99999999999999999", "USD", "This amount is too large."),
    ],
)
def test_a_price_that_cannot_be_is_refused_beside_its_field(
    desk: Client, price: str, currency: str, complaint: str
) -> None:
    response = desk.post("/products/new", {"name": "Care", "sku": "care", "price": price, "currency": currency})
    html = response.content.decode()
    assert response.status_code == 422
    assert complaint in html
    assert 'id="error_price"' in html


def test_a_vendors_secret_is_shown_once(desk: Client) -> None:
    typed = {"name": "Seats", "sku": unique("seat"), "price": "1", "currency": "USD"}
    response = desk.post("/products/new", {**typed, "vendor_url": "https://vendor.example/told"})
    assert "whsec_" in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    product = re.search(r"/products/(prd_\w+)", desk.get(f"/products?q={typed['sku']}").content.decode())
    assert product is not None
    assert "whsec_" not in desk.get(f"/products/{product[1]}").content.decode()


def test_an_unknown_prerequisite_is_not_found(desk: Client, charlie: Member) -> None:
    typed = {"name": "Care", "sku": "care", "price": "1", "currency": "USD", "prerequisite": show("prd", charlie.id)}
    assert desk.post("/products/new", typed).status_code == 404


def test_a_tax_rate_is_made_once_and_turned_off(partner: Partner, desk: Client) -> None:
    typed = {"name": "VAT", "country": "DE", "region": "", "percent": "19", "once": "w"}
    desk.post("/administration/tax-rates/new", typed)
    desk.post("/administration/tax-rates/new", typed)
    with reading(partner.id):
        rate = TaxRate.objects.get(country="DE")
    assert rate.is_active
    desk.post(f"/administration/tax-rates/{rate.shown_id}", {**typed, "percent": "20"})
    with reading(partner.id):
        rate = TaxRate.objects.get(id=rate.id)
    assert (rate.percent, rate.is_active) == (Decimal(20), False)


def test_the_business_details_are_saved(partner: Partner, desk: Client) -> None:
    page = desk.get("/administration/business").content.decode()
    typed = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))
    selects = {"currency": "USD", "timezone": "Europe/Vienna", "locale": "en_GB", "country": "AT"}
    response = desk.post("/administration/business", {**typed, **selects, "payment_terms_days": "21"})
    assert response.status_code == 302
    after = Partner.objects.get(id=partner.id)
    assert (after.country, after.timezone, after.payment_terms_days) == ("AT", "Europe/Vienna", 21)


def test_somebody_is_invited_once_however_often_the_form_is_sent(partner: Partner, desk: Client) -> None:
    email = f"{unique('ida')}@example.com"
    typed = {"name": "Ida", "email": email, "role": "salesperson", "once": "w"}
    assert desk.post("/administration/members/new", typed).status_code == 302
    assert desk.post("/administration/members/new", typed).status_code == 302
    assert Member.objects.filter(partner=partner, user__email=email, is_active=False).count() == 1
    assert "Invited" in desk.get("/administration/members").content.decode()
    again = desk.post("/administration/members/new", {**typed, "once": "x"})
    assert again.status_code == 422
    assert "invited already" in again.content.decode()


def test_a_demotion_holds_at_the_next_click(partner: Partner, desk: Client, bob: Member) -> None:
    theirs = signed_in(bob)
    assert theirs.get("/customers/new").status_code == 200
    chosen = {"role": "salesperson", "grants": [Grant.PAYMENTS_COLLECT.value]}
    assert desk.post(f"/administration/members/{show(Member.prefix, bob.id)}", chosen).status_code == 302
    assert theirs.get("/customers/new").status_code == 403


def test_a_removed_member_is_signed_out_and_can_come_back(partner: Partner, desk: Client, bob: Member) -> None:
    url, theirs = f"/administration/members/{show(Member.prefix, bob.id)}/activity", signed_in(bob)
    desk.post(url, {})
    assert theirs.get("/home")["Location"].startswith("/accounts/login/")
    desk.post(url, {"is_active": "on"})
    assert theirs.get("/home").status_code == 302
    bob.user.refresh_from_db()
    assert signed_in(bob).get("/home").status_code == 200


def test_the_last_who_manages_members_stays_one(desk: Client, alice: Member) -> None:
    response = desk.post(f"/administration/members/{show(Member.prefix, alice.id)}", {"role": "salesperson"})
    assert response.status_code == 409
    assert "Somebody must be left" in response.content.decode()


def test_nobody_gives_what_they_do_not_hold(partner: Partner, bob: Member) -> None:
    manager = make_member(partner, "Mona", "salesperson", [Grant.MEMBERS_MANAGE.value])
    typed = {"role": "salesperson", "grants": [Grant.ORDERS_MANAGE.value]}
    response = signed_in(manager).post(f"/administration/members/{show(Member.prefix, bob.id)}", typed)
    assert response.status_code == 403
    assert "You do not hold" in response.content.decode()


def test_an_api_key_is_shown_once_made_once_and_revoked(partner: Partner, desk: Client) -> None:
    typed = {"name": "Shop", "once": "w"}
    response = desk.post("/administration/api-keys/new", typed)
    assert re.search(r"hk_[\w-]{32}", response.content.decode())
    assert response["Cache-Control"] == "no-store"
    again = desk.post("/administration/api-keys/new", typed, follow=True).content.decode()
    assert not re.search(r"hk_[\w-]{32}", again)
    with reading(partner.id):
        key = ApiKey.objects.get(name="Shop")
    for _ in range(2):
        assert desk.post(f"/administration/api-keys/{key.shown_id}/revoke").status_code == 302
    assert Credential.objects.get(row_id=key.id).revoked_at is not None


def test_a_salesperson_sees_and_makes_keys_of_their_own_only(partner: Partner, desk: Client, bob: Member) -> None:
    desk.post("/administration/api-keys/new", {"name": "Of Alice"})
    theirs = signed_in(bob)
    assert "Of Alice" not in theirs.get("/administration/api-keys").content.decode()
    with reading(partner.id):
        alices = ApiKey.objects.get(name="Of Alice")
    assert theirs.post(f"/administration/api-keys/{alices.shown_id}/revoke").status_code == 403
    assert theirs.post("/administration/api-keys/new", {"name": "Mine"}).status_code == 200


def test_the_clock_is_moved_by_a_job_and_the_page_shows_how_far_it_is(partner: Partner, desk: Client) -> None:
    assert desk.post("/administration/test-clock/advance", {"step": "month"}).status_code == 302
    with reading(partner.id):
        advance = ClockAdvance.objects.get()
    assert dt.timedelta(days=28) <= advance.to_at - advance.from_at <= dt.timedelta(days=31)
    page = desk.get("/administration/test-clock").content.decode()
    assert "hx-get" in page
    again = desk.post("/administration/test-clock/advance", {"step": "day"})
    assert again.status_code == 409
    assert "being moved already" in again.content.decode()


def test_a_finished_move_reloads_the_page_that_waits_for_it(partner: Partner, desk: Client) -> None:
    desk.post("/administration/test-clock/advance", {"step": "day"})
    with reading(partner.id):
        advance = ClockAdvance.objects.get()
    url = f"/administration/test-clock/{show('clk', advance.id)}/progress"
    assert "HX-Refresh" not in desk.get(url).headers
    with writing(partner.id):
        ClockAdvance.objects.update(finished_at=advance.to_at)
    assert desk.get(url)["HX-Refresh"] == "true"


def test_the_clock_goes_forward_only(partner: Partner, desk: Client) -> None:
    yesterday = now_of(partner).date() - dt.timedelta(days=1)
    for day, complaint in (
        (yesterday.isoformat(), "forward only"),
        ("2026-02-30", "a day that exists"),
        ("", "Choose a day"),
    ):
        response = desk.post("/administration/test-clock/advance", {"day": day})
        assert response.status_code == 422
        assert complaint in response.content.decode()


@pytest.fixture
def world(sandbox: SandboxServer) -> World:
    return make_world()


def test_a_due_invoice_is_charged_once_however_often_the_form_is_sent(world: World, sandbox: SandboxServer) -> None:
    actor = world.alice.actor("console")
    update_billing_settings(world.partner, actor, world.customer.id, {"collection": "send_invoice"})
    advance_clock(world.partner, actor, now_of(world.partner) + dt.timedelta(days=32))
    with reading(world.partner.id):
        invoice = Invoice.objects.get(status="due")
    desk = signed_in(world.alice)
    assert "Charge $20.00" in desk.get(f"/invoices/{invoice.shown_id}").content.decode()
    url = f"/invoices/{invoice.shown_id}/charge"
    assert "the invoice is paid" in desk.post(url, {"once": "w"}, follow=True).content.decode()
    assert desk.post(url, {"once": "w"}).status_code == 302
    again = desk.post(url, {"once": "another"})
    assert again.status_code == 409
    assert "This invoice is paid" in again.content.decode()
    with reading(world.partner.id):
        assert Payment.objects.filter(invoice_id=invoice.id).count() == 1


def test_an_invoice_is_printed_as_pdf(world: World) -> None:
    response = signed_in(world.alice).get(f"/invoices/{world.ids['invoice']}/pdf")
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")


def test_a_mails_own_html_stands_under_a_policy_that_lets_it_do_nothing(world: World) -> None:
    response = signed_in(world.alice).get(f"/administration/mails/{world.ids['mail']}/body")
    assert response["Content-Security-Policy"].startswith("default-src 'none'")
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert b"<h1>Thank you</h1>" in response.content
    framing = signed_in(world.alice).get(f"/administration/mails/{world.ids['mail']}")
    assert "frame-src" in framing["Content-Security-Policy"]
    assert " 'self'" in framing["Content-Security-Policy"].partition("frame-src")[2].partition(";")[0]
