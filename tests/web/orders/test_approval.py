"""The tab APPROVAL: what became of each offer, its documents and signature, and the conversation."""

from __future__ import annotations

import pytest
from django.utils.timezone import now as real_now

from handsel.database.tenancy import writing
from handsel.flows.clock import advance_clock
from handsel.flows.sales.answer import SignatureGiven, approve_as_customer, decline_as_customer
from handsel.flows.sales.conversation import write_to_seller
from handsel.flows.sales.link import open_offer, view_offer
from handsel.flows.sales.offers import expire_offer, recall_offer
from handsel.flows.work import partner_by_id
from handsel.models import Message, Offer, SignedDocument
from tests.flows.sales.offering import answer_to, drawing, link_to, pay, send
from tests.sandbox import SandboxServer
from tests.web.orders.conftest import Place, html


def signed(place: Place) -> Offer:
    """An offer signed with a drawing, without payment."""
    offer = send(place.desk, place.order, require_payment=False)
    answer = answer_to(offer, signature=SignatureGiven("Dana Baker", "drawn", drawing()))
    approve_as_customer(place.desk.partner, link_to(offer), answer)
    return offer


def make_documents(place: Place, offer: Offer) -> None:
    """As the worker would within seconds."""
    with writing(place.desk.partner.id):
        for kind in (SignedDocument.OFFER, SignedDocument.CERTIFICATE):
            made = SignedDocument(
                partner=place.desk.partner, offer=offer, kind=kind, content=b"%PDF-1.7 " + kind.encode(),
                sha256="0" * 64, made_at=real_now(),
            )  # fmt: skip
            made.save(force_insert=True)


def test_an_order_that_was_never_sent_says_what_belongs_here(place: Place) -> None:
    shown = html(place.bob.get(f"{place.url}/approval"))
    assert "Not sent to the customer yet" in shown
    assert f"{place.url}/send" in shown


def test_one_timeline_tells_sent_opened_viewed_signed_and_paid_in_this_order(
    place: Place, sandbox: SandboxServer
) -> None:
    offer = send(place.desk, place.order)
    shown = html(place.bob.get(f"{place.url}/approval"))
    assert "Offer mailed to Dana Baker, dana@bakery.example" in shown
    assert "Not opened yet" in shown
    open_offer(place.desk.partner, link_to(offer))
    view_offer(place.desk.partner, link_to(offer))
    assert "Not signed and paid yet" in html(place.bob.get(f"{place.url}/approval"))
    pay(place.desk, offer)
    shown = html(place.bob.get(f"{place.url}/approval"))
    steps = ("Offer mailed to", "Offer opened", "Offer viewed", "Signed by Dana Baker", "succeeded")
    places = [shown.index(step) for step in steps]
    assert places == sorted(places)
    assert "Not signed and paid yet" not in shown


def test_a_signature_is_shown_with_its_evidence_and_the_documents_when_they_are_made(place: Place) -> None:
    offer = signed(place)
    shown = html(place.bob.get(f"{place.url}/approval"))
    for said in ("203.0.113.7", "a phone", offer.sha256, "drawn", "certificate are being made"):
        assert said in shown
    url = f"{place.url}/offers/{offer.shown_id}"
    picture = place.bob.get(f"{url}/signature")
    assert (picture.content, picture["Content-Type"]) == (drawing(), "image/png")
    assert "sandbox" in picture["Content-Security-Policy"]
    assert place.bob.get(f"{url}/certificate").status_code == 404
    make_documents(place, offer)
    assert f"{url}/certificate" in html(place.bob.get(f"{place.url}/approval"))
    sent = place.bob.get(f"{url}/document")
    assert sent.content == bytes(offer.pdf)
    assert f'filename="{place.order.number}-1.pdf"' in sent["Content-Disposition"]
    assert place.bob.get(f"{url}/signed-document").content == b"%PDF-1.7 offer"
    assert place.bob.get(f"{url}/certificate").content == b"%PDF-1.7 certificate"


@pytest.mark.parametrize("path", ["document", "signed-document", "certificate", "signature"])
def test_a_document_is_for_those_who_may_see_the_order(place: Place, path: str) -> None:
    offer = signed(place)
    make_documents(place, offer)
    url = f"{place.url}/offers/{offer.shown_id}/{path}"
    assert place.bob.get(url).status_code == 200
    assert place.bob.get(url).status_code == 200
    assert place.stranger.get(url).status_code == 302
    assert place.eve.get(url).status_code == 404
    assert place.charlie.get(url).status_code == 404
    other = place.desk.order(place.desk.website)
    assert place.bob.get(f"/orders/{other.shown_id}/offers/{offer.shown_id}/{path}").status_code == 404


def test_a_typed_signature_has_no_picture(place: Place) -> None:
    offer = send(place.desk, place.order, require_payment=False)
    approve_as_customer(place.desk.partner, link_to(offer), answer_to(offer))
    assert place.bob.get(f"{place.url}/offers/{offer.shown_id}/signature").status_code == 404
    assert "signature-script" in html(place.bob.get(f"{place.url}/approval"))


def test_both_sides_write_and_a_form_sent_twice_is_one_message(place: Place) -> None:
    offer = send(place.desk, place.order)
    write_to_seller(place.desk.partner, link_to(offer), "May we begin a week later?")
    assert "Dana Baker wrote:" in html(place.bob.get(place.url))
    assert "May we begin a week later?" in html(place.bob.get(f"{place.url}/approval"))
    form = {"text": "Yes, of course.", "once": "the-word-of-this-page"}
    for _ in range(2):
        answer = place.bob.post(f"{place.url}/messages", form)
        assert answer.status_code == 200
        assert "Yes, of course." in html(answer)
    assert [each.text for each in place.desk.rows(Message)] == ["May we begin a week later?", "Yes, of course."]
    assert "wrote:" not in html(place.bob.get(place.url))


def test_an_empty_message_is_refused_beside_its_field(place: Place) -> None:
    send(place.desk, place.order)
    answer = place.bob.post(f"{place.url}/messages", {"text": "  "}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#order")
    assert "error_message-0" in html(answer)
    assert place.desk.rows(Message) == []


def test_nobody_else_writes_to_the_customer(place: Place) -> None:
    assert place.bob.post(f"{place.url}/messages", {"text": "Hello"}).status_code == 409
    send(place.desk, place.order)
    assert place.stranger.post(f"{place.url}/messages", {"text": "Hello"}).status_code == 302
    assert place.eve.post(f"{place.url}/messages", {"text": "Hello"}).status_code == 404
    assert place.charlie.post(f"{place.url}/messages", {"text": "Hello"}).status_code == 404
    assert place.desk.rows(Message) == []


def test_a_decline_by_the_customer_is_told_with_its_reason(place: Place) -> None:
    offer = send(place.desk, place.order)
    decline_as_customer(place.desk.partner, link_to(offer), "We hired <somebody> else.")
    shown = html(place.bob.get(place.url))
    assert "Dana Baker declined this order" in shown
    assert "We hired &lt;somebody&gt; else." in shown
    assert "Declined by the customer" in html(place.bob.get(f"{place.url}/approval"))


def test_a_decline_by_the_bank_says_until_when_another_card_may_be_tried(place: Place, sandbox: SandboxServer) -> None:
    offer = send(place.desk, place.order)
    assert pay(place.desk, offer, "pm_card_chargeDeclined").status == "declined"
    shown = html(place.bob.get(place.url))
    assert "The payment of $120.00 was declined" in shown
    assert "may try another card by the same link until" in shown
    assert "/approve/" in shown
    assert "Declined by the bank" in html(place.bob.get(f"{place.url}/approval"))
    assert pay(place.desk, offer).status == "activated"


def test_a_locked_link_says_so_and_what_to_do(place: Place) -> None:
    offer = send(place.desk, place.order)
    with writing(place.desk.partner.id):
        Offer.objects.filter(id=offer.id).update(locked_at=real_now(), failed_cards=5)
    shown = html(place.bob.get(place.url))
    assert "The link is locked: 5 cards failed on it" in shown
    assert "Send again" in shown


def test_an_offer_that_ran_out_says_so(place: Place) -> None:
    offer = send(place.desk, place.order)
    advance_clock(place.desk.partner, place.desk.alice, offer.expires_at)
    expire_offer(partner_by_id(place.desk.partner.id), offer.id)
    shown = html(place.bob.get(place.url))
    assert "The offer ran out" in shown
    assert "Convert to draft" in shown


def test_each_revision_has_its_own_timeline_the_newest_first(place: Place) -> None:
    send(place.desk, place.order)
    recall_offer(place.desk.partner, place.desk.bob, place.order.id)
    send(place.desk, place.order)
    shown = html(place.bob.get(f"{place.url}/approval"))
    assert shown.index("Revision 2,") < shown.index("Revision 1,")
    assert "Recalled" in shown


@pytest.mark.parametrize(
    ("tab", "follows"), [("", True), ("/approval", True), ("/payment", False), ("/history", False)]
)
def test_who_reads_another_tab_is_not_taken_away_from_it_when_the_customer_looks(
    place: Place, tab: str, follows: bool
) -> None:
    send(place.desk, place.order)
    assert (f"{place.url}/status?" in html(place.bob.get(place.url + tab))) is follows
