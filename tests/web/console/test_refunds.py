"""Refunds, credit notes and void invoices on pages: what they say, who may, and what is done once."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from handsel.flows.sales.activate import activate
from handsel.models import Event, Member, Partner
from tests.flows.money.refunding import Counter
from tests.sandbox import SandboxServer
from tests.web.console.world import signed_in
from tests.web.orders.conftest import html


class Office(Counter):
    """A counter with a browser for each of its people."""

    def browser(self, name: str) -> Client:
        return signed_in(Member.objects.select_related("user", "partner").get(partner=self.partner, user__name=name))


@pytest.fixture
def office(sandbox: SandboxServer) -> Office:
    return Office()


@pytest.fixture
def alice_sees(office: Office) -> Client:
    return office.browser("Alice")


def once(page: str) -> str:
    found = re.search(r'name="once" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_the_dialog_has_all_that_is_left_and_says_what_its_button_does(office: Office, alice_sees: Client) -> None:
    order, payment = office.paid()
    assert f"/payments/{payment.shown_id}/refund" in html(alice_sees.get(f"/orders/{order.shown_id}/payment"))
    page = html(alice_sees.get(f"/payments/{payment.shown_id}/refund"))
    assert 'value="184.03"' in page
    assert "Refund $184.03" in page
    assert "Refund $10.00" in html(alice_sees.get(f"/payments/{payment.shown_id}/refund", {"amount": "10.00"}))


def test_a_refund_is_made_once_however_often_it_is_sent(office: Office, alice_sees: Client) -> None:
    order, payment = office.paid()
    url = f"/payments/{payment.shown_id}/refund"
    typed = {"once": once(html(alice_sees.get(url))), "amount": "10.00", "reason": "A mistake", "end_service": "on"}
    for _ in range(2):
        answer = alice_sees.post(url, typed)
        assert answer["HX-Redirect"] == f"/orders/{order.shown_id}/payment"
    assert [(each.amount_minor, each.ends_service) for each in office.refunds(payment)] == [(1_000, True)]
    assert {each.status for each in office.subscriptions(order)} == {"cancelled"}
    shown = html(alice_sees.get(f"/orders/{order.shown_id}/payment"))
    assert "$10.00 is being refunded." in shown
    assert "A mistake" in shown


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ({"amount": "ten", "reason": "x"}, 422, "Write the amount in digits"),
        ({"amount": "0", "reason": "x"}, 422, "above zero"),
        ({"amount": "184.04", "reason": "x"}, 409, "No more can be refunded"),
        ({"amount": "1.00", "reason": ""}, 422, "This is needed."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    office: Office, alice_sees: Client, typed: dict[str, str], status: int, said: str
) -> None:
    _, payment = office.paid()
    answer = alice_sees.post(f"/payments/{payment.shown_id}/refund", typed)
    assert (answer.status_code, answer["HX-Retarget"]) == (status, "#dialogs")
    assert said in html(answer)
    assert f'value="{typed["amount"]}"' in html(answer)
    assert office.refunds(payment) == []


def test_a_large_refund_waits_at_home_for_a_second_person(office: Office, alice_sees: Client) -> None:
    office.limit(10_000)
    order, payment = office.paid()
    assert "Ask to refund $184.03" in html(alice_sees.get(f"/payments/{payment.shown_id}/refund"))
    alice_sees.post(f"/payments/{payment.shown_id}/refund", {"amount": "184.03", "reason": "A mistake"})
    (refund,) = office.refunds(payment)
    carol_sees = office.browser("Carol")
    home = html(carol_sees.get("/home"))
    assert "Refunds that wait for a second person" in home
    assert "A mistake" in home
    page = html(carol_sees.get(f"/orders/{order.shown_id}/payment"))
    assert f"/refunds/{refund.shown_id}/approve" in page
    assert f"/refunds/{refund.shown_id}/approve" not in html(alice_sees.get(f"/orders/{order.shown_id}/payment"))

    assert alice_sees.get(f"/refunds/{refund.shown_id}/approve").status_code == 403
    assert alice_sees.post(f"/refunds/{refund.shown_id}/approve").status_code == 403
    assert office.again(refund).is_waiting
    assert "Refund $184.03" in html(carol_sees.get(f"/refunds/{refund.shown_id}/approve"))
    answer = carol_sees.post(f"/refunds/{refund.shown_id}/approve")
    assert answer["HX-Redirect"] == f"/orders/{order.shown_id}/payment"
    assert office.driven(refund).status == "succeeded"
    assert carol_sees.post(f"/refunds/{refund.shown_id}/refuse").status_code == 409
    assert "wait for a second person" not in html(carol_sees.get("/home"))


def test_a_second_person_says_no(office: Office, alice_sees: Client) -> None:
    office.limit(0)
    _, payment = office.paid()
    alice_sees.post(f"/payments/{payment.shown_id}/refund", {"amount": "1.00", "reason": "A mistake"})
    (refund,) = office.refunds(payment)
    carol_sees = office.browser("Carol")
    assert "Refuse $1.00" in html(carol_sees.get(f"/refunds/{refund.shown_id}/refuse"))
    carol_sees.post(f"/refunds/{refund.shown_id}/refuse")
    assert office.again(refund).failure_code == "not_approved"


def test_a_due_invoice_is_credited_and_its_note_printed(office: Office, alice_sees: Client) -> None:
    order = office.order()
    activate(office.partner, office.alice, order.id)
    invoice = office.invoice(order)
    url = f"/invoices/{invoice.shown_id}"
    assert f"{url}/credit" in html(alice_sees.get(url))
    page = html(alice_sees.get(f"{url}/credit"))
    assert "Credit $184.03" in page
    typed = {"once": once(page), "amount": "84.03", "reason": "Agreed"}
    for _ in range(2):
        assert alice_sees.post(f"{url}/credit", typed)["HX-Redirect"] == url
    (note,) = office.notes(order)
    shown = html(alice_sees.get(url))
    assert note.number in shown
    assert "$100.00" in shown
    pdf = alice_sees.get(f"{url}/credit-notes/{note.shown_id}/pdf")
    assert (pdf["Content-Type"], pdf.content[:4]) == ("application/pdf", b"%PDF")
    assert alice_sees.post(f"{url}/credit", {"amount": "100.01", "reason": "More"}).status_code == 409

    assert "Void $100.00" in html(alice_sees.get(f"{url}/void"))
    alice_sees.post(f"{url}/void", {"once": "the word of this page"})
    assert office.invoice(order).status == "void"
    assert f"{url}/void" not in html(alice_sees.get(url))


def test_who_may_not_finds_no_button_and_no_way(office: Office, charlie: Member) -> None:
    order, payment = office.paid()
    invoice = office.invoice(order)
    bob_sees, others = office.browser("Bob"), signed_in(charlie)
    page = html(bob_sees.get(f"/orders/{order.shown_id}/payment"))
    assert "/refund" not in page
    posts = {
        f"/payments/{payment.shown_id}/refund": {"amount": "1.00", "reason": "mine"},
        f"/invoices/{invoice.shown_id}/void": {},
        f"/invoices/{invoice.shown_id}/credit": {"amount": "1.00", "reason": "mine"},
    }
    for url, typed in posts.items():
        assert bob_sees.post(url, typed).status_code == 403
        assert others.post(url, typed).status_code == 404
        assert "/accounts/login/" in Client().post(url, typed)["Location"]
    assert office.refunds(payment) == []


def test_the_limit_is_set_on_the_business_page_and_is_an_event(office: Office, alice_sees: Client) -> None:
    page = html(alice_sees.get("/administration/business"))
    assert "need a second person" in page
    form = dict(re.findall(r'<input class="control" id="id_\w+" name="(\w+)" value="([^"]*)"', page))
    kept = {"currency": "USD", "locale": "en_US", "timezone": "UTC", "country": "US"}
    assert alice_sees.post("/administration/business", {**form, **kept, "refund_limit": "500"}).status_code == 302
    assert Partner.objects.get(id=office.partner.id).refund_limit_minor == 50_000
    assert 'value="500.00"' in html(alice_sees.get("/administration/business"))
    assert alice_sees.post("/administration/business", {**form, **kept, "refund_limit": "much"}).status_code == 422
    assert alice_sees.post("/administration/business", {**form, **kept, "refund_limit": ""}).status_code == 302
    assert Partner.objects.get(id=office.partner.id).refund_limit_minor is None
    changes = [event.changes.get("refund_limit_minor") for event in office.rows(Event, type="partner.updated")]
    assert [None, 50_000] in changes
    assert [50_000, None] in changes
