"""The dialog that cancels an order: each thing with its choice, a button that says what happens, and who may."""

from __future__ import annotations

import re

import pytest

from handsel.models import Partner
from tests.sandbox import SandboxServer
from tests.web.orders.conftest import Place, html


@pytest.fixture
def sold(place: Place, sandbox: SandboxServer) -> Place:
    """Bob's order, paid with a new card: a website and hosting, 120.00."""
    place.desk.pay(place.order)
    return place


def asked(place: Place, **chosen: str) -> str:
    """The dialog as Alice sees it, with what she chose so far."""
    return html(place.alice.get(f"{place.url}/actions/cancel", chosen))


def fields_of(page: str) -> dict[str, str]:
    """What the dialog's form would send as it stands."""
    found = dict(re.findall(r'type="hidden" name="(version|seen)" value="([^"]*)"', page))
    for name, value in re.findall(r'type="radio" name="([^"]+)" value="([^"]+)" checked', page):
        found[name] = value
    return found


def payment_field(place: Place) -> str:
    return f"choice_{place.desk.payment(place.order).shown_id}"


def test_each_thing_is_shown_with_its_choice_and_the_button_says_what_happens(sold: Place) -> None:
    page = asked(sold)
    for words in ("Website", "Hosting", "Switch it off", "End it now", "Keep the money", "$120.00", "Cancel the order"):
        assert words in page
    assert "Cancel and refund $120.00" in asked(sold, **{payment_field(sold): "refund"})


def test_what_is_chosen_is_done(sold: Place) -> None:
    typed = fields_of(asked(sold)) | {"reason": "Signed by mistake", payment_field(sold): "refund"}
    shown = html(sold.alice.post(f"{sold.url}/actions/cancel", typed))
    assert "Cancelled" in shown
    assert sold.fresh().status == "cancelled"
    assert {each.status for each in sold.desk.subscriptions(sold.order)} == {"cancelled"}
    assert [each.amount_minor for each in sold.desk.refunds(sold.desk.payment(sold.order))] == [12_000]
    again = sold.alice.post(f"{sold.url}/actions/cancel", typed)
    assert again.status_code == 409
    history = html(sold.alice.get(f"{sold.url}/history"))
    assert "Signed by mistake. With it: 3 ended and 1 refunded." in history
    assert "Credit note CN-000001 over $120.00 issued" in history


def test_without_a_reason_the_dialog_stays_with_what_was_chosen(sold: Place) -> None:
    typed = fields_of(asked(sold)) | {"reason": " ", payment_field(sold): "refund"}
    answer = sold.alice.post(f"{sold.url}/actions/cancel", typed)
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#dialogs")
    assert "This is needed." in html(answer)
    assert "Cancel and refund $120.00" in html(answer)
    assert sold.fresh().status == "activated"


def test_what_changed_since_is_shown_anew_and_nothing_is_cancelled(sold: Place) -> None:
    typed = fields_of(asked(sold)) | {"reason": "Signed by mistake"}
    payment = sold.desk.payment(sold.order)
    sold.alice.post(f"/payments/{payment.shown_id}/refund", {"amount": "1.00", "reason": "A dollar"})
    answer = sold.alice.post(f"{sold.url}/actions/cancel", typed)
    assert answer.status_code == 409
    assert "changed since you looked" in html(answer)
    assert "$119.00" in html(answer)
    assert sold.fresh().status == "activated"


def test_a_thing_without_a_choice_is_named(sold: Place) -> None:
    typed = {name: value for name, value in fields_of(asked(sold)).items() if name != payment_field(sold)}
    answer = sold.alice.post(f"{sold.url}/actions/cancel", {**typed, "reason": "Signed by mistake"})
    assert answer.status_code == 422
    assert "choose keep or refund" in html(answer)


def test_a_large_refund_is_said_to_wait(sold: Place) -> None:
    Partner.objects.filter(id=sold.desk.partner.id).update(refund_limit_minor=100)
    assert "waits for a second person" in asked(sold, **{payment_field(sold): "refund"})


def test_a_draft_is_cancelled_by_a_word(place: Place) -> None:
    page = asked(place)
    assert "Nothing hangs on this order" in page
    place.alice.post(f"{place.url}/actions/cancel", fields_of(page) | {"reason": "Not wanted"})
    assert place.fresh().status == "cancelled"


def test_a_request_is_answered_by_cancelling(sold: Place) -> None:
    sold.bob.post(
        f"{sold.url}/actions/request_cancellation", {"version": str(sold.fresh().version), "reason": "Please"}
    )
    page = html(sold.alice.get(sold.url))
    assert 'id="action-cancel"' in page
    sold.alice.post(f"{sold.url}/actions/cancel", fields_of(asked(sold)) | {"reason": "As asked"})
    assert sold.fresh().status == "cancelled"


def test_nobody_else_cancels(sold: Place) -> None:
    typed = {"version": str(sold.fresh().version), "reason": "mine"}
    for browser, status in ((sold.bob, 403), (sold.eve, 404), (sold.charlie, 404), (sold.stranger, 302)):
        assert browser.get(f"{sold.url}/actions/cancel").status_code == status
        assert browser.post(f"{sold.url}/actions/cancel", typed).status_code == status
    assert sold.fresh().status == "activated"
    assert 'actions/cancel"' not in html(sold.bob.get(sold.url))
