"""Signing, paying and declining on the page: what is taken, what is refused, and what is told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now as real_now

from handsel.database.tenancy import reading, writing
from handsel.flows.sales.draft import LineDraft
from handsel.flows.sales.offers import recall_offer, resend_offer
from handsel.models import PaymentMethod, Signature, SignedDocument
from handsel.rules.pricing import PercentOff
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer
from tests.web.portal.sent import Sent, drawn, hidden, html, sent


def signature_of(offer: Sent) -> Signature:
    with reading(offer.desk.partner.id):
        return Signature.objects.get(offer_id=offer.offer.id)


def nothing_happened(offer: Sent, sandbox: SandboxServer) -> None:
    assert offer.payments() == []
    assert offer.desk.rows(Signature) == []
    assert sandbox.captured(order=offer.order().shown_id) == []


def test_one_button_signs_and_pays_and_the_page_gives_the_receipt(desk: Desk, sandbox: SandboxServer) -> None:
    offer = sent(desk)
    answer = offer.sign()
    assert (answer.status_code, answer["Location"]) == (302, offer.url)
    shown = html(offer.get())
    assert "Thank you. $170.00 was paid." in shown
    assert "Receipt" in shown
    assert "Sign and pay" not in shown
    assert offer.order().status == "activated"
    assert [charge["amount"] for charge in sandbox.captured(order=offer.order().shown_id)] == [17_000]
    receipt = offer.get("/receipt")
    assert receipt.content.startswith(b"%PDF")
    assert "INV-000001" in receipt["Content-Disposition"]


def test_what_was_agreed_to_is_kept_in_our_own_words(desk: Desk, sandbox: SandboxServer) -> None:
    offer = sent(desk)
    shown = html(offer.get())
    offer.sign(keep_card="on", consent="I owe nothing.", agreed="Nothing.")
    signature = signature_of(offer)
    assert signature.consent.startswith("With “Sign and pay $170.00” I sign this offer for Dana's Bakery")
    assert signature.consent.replace("'", "&#x27;") in shown
    assert signature.agreed[0] == "I accept them."
    assert signature.agreed[1].startswith("I agree that this card is kept by")
    assert (signature.address, signature.name, signature.kind) == ("127.0.0.1", "Dana Whitfield", "typed")
    with reading(desk.partner.id):
        assert PaymentMethod.objects.get().consent["text"] == signature.agreed[1]


def test_a_card_is_kept_only_where_that_was_ticked(desk: Desk, sandbox: SandboxServer) -> None:
    offer = sent(desk)
    offer.sign()
    assert desk.rows(PaymentMethod) == []
    assert signature_of(offer).agreed == ["I accept them."]


def test_a_drawn_signature_is_kept_as_it_was_drawn(desk: Desk, sandbox: SandboxServer) -> None:
    offer = sent(desk)
    offer.sign(kind="drawn", drawing=drawn())
    signature = signature_of(offer)
    assert signature.kind == "drawn"
    assert bytes(signature.image or b"").startswith(b"\x89PNG")
    assert "data:image/png;base64," in html(offer.get())


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"name": "  "}, "Please write your full name."),
        ({"name": "D" * 201}, "This text is too long."),
        ({"kind": "drawn", "drawing": drawn(ink=0)}, "This drawing cannot be read."),
        ({"kind": "drawn", "drawing": ""}, "Nothing is drawn yet"),
        ({"kind": "drawn", "drawing": "data:image/png;base64,%%%"}, "This drawing cannot be read."),
        ({"terms": None}, "This has to be accepted before you can sign."),
        ({"token": ""}, "The card could not be read. Nothing was charged"),
        ({"token": "4242"}, "The card could not be read. Nothing was charged"),
        ({"document_sha256": "0" * 64}, "This offer changed since you opened it."),
        ({"shown": "0" * 64}, "This offer changed since you opened it."),
    ],
)
def test_what_is_missing_is_told_and_nothing_is_signed_or_charged(
    desk: Desk, sandbox: SandboxServer, changed: dict[str, Any], told: str
) -> None:
    offer = sent(desk)
    answer = offer.sign(**changed)
    assert answer.status_code in (409, 422)
    assert told in html(answer)
    nothing_happened(offer, sandbox)
    assert ("Look again" in html(answer)) == ("changed" in told)
    part = offer.sign(htmx=True, **changed)
    assert part["HX-Retarget"] == "#answer-problem"
    assert told in html(part)
    assert "<html" not in html(part)


def test_what_was_typed_comes_back_with_the_complaint_but_never_a_card(desk: Desk) -> None:
    answer = html(sent(desk).sign(terms=None, name="Dana W."))
    assert 'value="Dana W."' in answer
    assert "pm_card_visa" not in answer


def test_amounts_that_a_browser_sends_are_not_read(desk: Desk, sandbox: SandboxServer) -> None:
    offer = sent(desk)
    offer.sign(amount="1", amount_minor="1", total_minor="1", due_now_minor="1", currency="JPY", require_payment="")
    charged = sandbox.captured(order=offer.order().shown_id)
    assert [(each["amount"], each["currency"]) for each in charged] == [(17_000, "usd")]


def test_a_second_click_is_told_what_came_of_the_first(desk: Desk, sandbox: SandboxServer) -> None:
    offer = sent(desk)
    form = offer.form()
    assert offer.post("/sign", form).status_code == 302
    again = offer.post("/sign", form)
    assert "Thank you. $170.00 was paid." in html(again)
    assert len(sandbox.captured(order=offer.order().shown_id)) == 1
    assert len(offer.payments()) == 1


def test_after_a_decline_another_card_pays_and_the_signature_stands(desk: Desk, sandbox: SandboxServer) -> None:
    offer = sent(desk)
    shown = html(offer.sign(token="pm_card_visa_chargeDeclinedInsufficientFunds", htmx=True))
    assert "There was not enough money or credit available for this payment. Nothing was charged." in shown
    assert "Use another payment method, or try again when there is." in shown
    assert "Your signature stands; you need not sign again." in shown
    assert "Signed by Dana Whitfield on" in shown
    assert "Pay $170.00" in shown
    assert 'name="name"' not in shown
    form = {name: hidden(shown, name) for name in ("document_sha256", "shown")} | {"token": "pm_card_visa"}
    assert "Thank you. $170.00 was paid." in html(offer.post("/sign", form, htmx=True))
    assert len(desk.rows(Signature)) == 1


def test_where_no_other_card_may_be_tried_the_page_says_who_gets_in_touch(desk: Desk, sandbox: SandboxServer) -> None:
    desk.partner.order_settings["customers_can_retry_declined"] = False
    desk.partner.save(update_fields=["order_settings"])
    offer = sent(desk)
    shown = html(offer.sign(token="pm_card_visa_chargeDeclined", htmx=True))
    assert "The payment did not go through" in shown
    assert "will get in touch with you" in shown
    assert "Use another payment method" not in shown
    assert "card-fields" not in shown


def test_declining_needs_a_reason_and_ends_it(desk: Desk, sandbox: SandboxServer) -> None:
    offer = sent(desk)
    missing = offer.post("/decline", {"reason": " "}, htmx=True)
    assert (missing.status_code, missing["HX-Retarget"]) == (422, "#decline-problem")
    assert "Please write a short reason." in html(missing)
    assert "card numbers belong" in html(offer.post("/decline", {"reason": "4242 4242 4242 4242"}, htmx=True)).lower()
    shown = html(offer.post("/decline", {"reason": "Too dear for us."}, htmx=True))
    assert "You declined this offer" in shown
    assert "Your reason: Too dear for us." in shown
    order = offer.order()
    assert (order.status, order.decline_cause, order.decline_reason) == ("declined", "customer", "Too dear for us.")
    again = offer.post("/sign", {"name": "Dana", "token": "pm_card_visa"})
    assert "You declined this offer" in html(again)
    assert offer.payments() == []


def test_where_nothing_is_paid_here_signing_is_enough_also_without_scripts(desk: Desk, sandbox: SandboxServer) -> None:
    offer = sent(desk, require_payment=False)
    shown = html(offer.get())
    assert "Nothing is charged on this page." in shown
    assert "card-fields" not in shown
    assert offer.sign(token=None).status_code == 302
    assert "Thank you. The offer is signed." in html(offer.get())
    assert offer.payments() == []
    assert offer.order().status == "activated"


def test_where_nothing_is_due_it_is_signed_and_a_zero_invoice_given(desk: Desk) -> None:
    offer = sent(desk, LineDraft(product_id=desk.website.id, discount=PercentOff(Decimal(100))))
    assert "Nothing is charged today." in html(offer.get())
    offer.sign(token=None)
    assert "Thank you. The offer is signed." in html(offer.get())
    assert [(each.status, each.total_minor) for each in desk.invoices(offer.order())] == [("paid", 0)]


def test_where_nothing_is_due_a_card_may_be_left_for_the_renewals_with_consent(
    desk: Desk, sandbox: SandboxServer
) -> None:
    """DOMAIN.md section 3.11."""
    offer = sent(desk, desk.product("Trial hosting", 2_000, interval="month", trial_days=14))
    offer.sign(token=None)
    shown = html(offer.get())
    assert "Keep a card for the renewals" in shown
    form = {"shown": hidden(shown, "shown"), "token": "pm_card_visa", "agreed": "on"}
    for changed, told in (
        ({"agreed": None}, "This has to be accepted"),
        ({"token": ""}, "The card could not be read. Nothing was charged"),
        ({"token": "pm_card_visa_chargeDeclined"}, "The bank did not agree to keep this card. Nothing was charged"),
        ({"shown": "0"}, "This offer changed since you opened it."),
    ):
        typed = {name: value for name, value in {**form, **changed}.items() if value is not None}
        assert told in html(offer.post("/card", typed, htmx=True))
    assert desk.rows(PaymentMethod) == []
    kept = html(offer.post("/card", form, htmx=True))
    assert "Your card is kept for the renewals. Nothing was charged." in kept
    assert "Keep a card for the renewals" not in kept
    with reading(desk.partner.id):
        method = PaymentMethod.objects.get()
    assert method.consent["text"].startswith("I agree that this card is kept by")
    assert desk.billing().default_payment_method_id == method.id
    assert sandbox.captured(order=offer.order().shown_id) == []


def test_the_signed_document_and_its_certificate_are_given_once_they_are_made(desk: Desk) -> None:
    offer = sent(desk)
    assert offer.get("/signed/offer").status_code == 404
    offer.sign()
    assert "The signed offer and its certificate are being made." in html(offer.get())
    with writing(desk.partner.id):
        for kind in (SignedDocument.OFFER, SignedDocument.CERTIFICATE):
            content = f"%PDF-1.7 {kind}".encode()
            row = SignedDocument(
                partner=desk.partner, offer=offer.offer, kind=kind, content=content, sha256="0" * 64, made_at=real_now()
            )
            row.save(force_insert=True)
    shown = html(offer.get())
    assert "are being made" not in shown
    for kind in ("offer", "certificate"):
        assert f"{offer.url}/signed/{kind}" in shown
        assert offer.get(f"/signed/{kind}").content == f"%PDF-1.7 {kind}".encode()
    assert offer.get("/signed/passport").status_code == 404


def test_a_recalled_an_expired_and_a_replaced_link_charge_nothing_when_posted_to(
    desk: Desk, sandbox: SandboxServer
) -> None:
    recalled, expired, replaced = sent(desk), sent(desk, terms=False), sent(desk, terms=False)
    sending = [(each, each.form()) for each in (recalled, expired, replaced)]
    old = replaced.url
    recall_offer(desk.partner, desk.bob, recalled.offer.order_id)
    expired.end()
    resend_offer(desk.partner, desk.bob, replaced.offer.order_id)
    titles = ("This offer was taken back", "This offer has expired", "There is a newer link to this offer")
    for (offer, form), title, url in zip(sending, titles, (recalled.url, expired.url, old), strict=True):
        for path in ("/sign", "/decline", "/cancel", "/bank", "/messages"):
            answer = Client().post(url + path, form | {"reason": "no", "text": "hello"})
            assert answer.status_code == 410
            assert title in html(answer)
            assert "Dana" not in html(answer)
            assert "Website" not in html(answer)
        assert offer.payments() == []
    assert desk.rows(Signature) == []
