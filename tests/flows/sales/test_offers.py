"""An order goes to its customer: what is sent, again, taken back, run out."""

from __future__ import annotations

import datetime as dt
import hashlib
import io

import pypdf
import pytest
from PIL import Image

from handsel.database.secrets import link_token
from handsel.database.tenancy import writing
from handsel.flows.clock import advance_clock
from handsel.flows.money.begin import NewMethod
from handsel.flows.money.take import approve_and_pay
from handsel.flows.people.brand import set_logo
from handsel.flows.people.customers import update_customer
from handsel.flows.sales.draft import LineDraft, update_order
from handsel.flows.sales.link import link_for
from handsel.flows.sales.moves import act
from handsel.flows.sales.offers import ContactAsked, Until, offer_token, recall_offer, resend_offer, send_offer
from handsel.flows.sales.terms import publish_terms
from handsel.models import Contact, Credential, Event, Offer, Signature
from handsel.models.access import hash_secret
from handsel.models.people import now_of
from handsel.rules.errors import Invalid, NotAllowed, NotFound, Refused
from handsel.rules.offer_content import OfferContent
from handsel.rules.permissions import OrderSettings
from tests.cast import CALIFORNIA, acting, make_customer, make_member, make_partner, make_tax_rate, read_order
from tests.flows.money.desk import Desk
from tests.flows.sales.offering import VISITOR, answer_to, link_to, pay, read_offer, send
from tests.sandbox import SandboxServer


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    return Desk()


def test_the_pdf_carries_the_partners_logo(desk: Desk) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (320, 90), "#1f4f82").save(picture, "PNG")
    set_logo(desk.partner, desk.alice, picture.getvalue())
    desk.partner.refresh_from_db()

    page = pypdf.PdfReader(io.BytesIO(bytes(read_offer(desk, send(desk).id).pdf))).pages[0]

    assert len(page.images) == 1


def test_what_is_sent_is_frozen_hashed_and_opened_by_a_secret(desk: Desk) -> None:
    order = desk.order(contract_start_on=None)
    offer = send(desk, order, message="As we agreed.")

    assert read_order(desk.partner, order.id).status == "awaiting_customer_approval"
    assert hashlib.sha256(bytes(offer.pdf)).hexdigest() == offer.sha256
    content = OfferContent.from_json(offer.content)
    assert [line.name for line in content.lines] == ["Website", "Hosting", "Care plan"]
    assert (content.due_now_minor, content.total_minor, content.require_payment) == (17_000, 17_000, True)
    assert [(each.interval, each.amount_minor) for each in content.renewals] == [("month", 2_000), ("year", 5_000)]
    token = offer_token(offer)
    assert len(token) - len("lk_") >= 32
    credential = Credential.objects.get(row_id=offer.id)
    assert (credential.kind, credential.hash) == ("offer_link", hash_secret(token))


def test_sending_writes_the_contact_if_it_is_new_and_uses_it_if_not(desk: Desk) -> None:
    first = send(desk)
    again = send(desk, contact=ContactAsked(name="Somebody", email="DANA@bakery.example"))
    assert again.contact_id == first.contact_id
    by_id = send(desk, contact=ContactAsked(id=first.contact_id))
    assert by_id.contact_email == "dana@bakery.example"
    other = make_customer(desk.partner, desk.alice)
    foreign = desk.rows(Contact, customer_id=other.id)[0]
    with pytest.raises(NotFound):
        send(desk, contact=ContactAsked(id=foreign.id))
    with pytest.raises(Invalid) as refused:
        send(desk, contact=ContactAsked(name="", email="no"))
    assert {error.loc for error in refused.value.errors} == {"contact.name", "contact.email"}


def test_an_offer_ends_in_the_future_within_a_year(desk: Desk) -> None:
    now = now_of(desk.partner)
    default = send(desk)
    assert default.expires_at - default.sent_at == dt.timedelta(days=30)
    by_day = send(desk, until=Until(on=now.date() + dt.timedelta(days=3)))
    assert by_day.expires_at > now + dt.timedelta(days=2)
    for wrong in (now - dt.timedelta(seconds=1), now + dt.timedelta(days=400)):
        with pytest.raises(Invalid):
            send(desk, until=Until(at=wrong))


def test_a_salesperson_sends_only_where_the_settings_let_them(sandbox: SandboxServer) -> None:
    def selling(**switches: bool) -> Desk:
        return Desk(partner=make_partner(settings=OrderSettings(**switches)))

    none = selling()
    with pytest.raises(NotAllowed, match="send an order to customers"):
        send(none, require_payment=False)
    send(none, actor=none.alice)
    unpaid = selling(salespeople_can_send_for_customer_approval=True)
    with pytest.raises(NotAllowed, match="can accept payment"):
        send(unpaid, require_payment=True)
    send(unpaid, require_payment=False)


def test_what_cannot_be_paid_is_not_sent(desk: Desk) -> None:
    cheap = desk.order(desk.product("Sticker", 10))
    with pytest.raises(Refused) as refused:
        send(desk, cheap)
    assert refused.value.code == "below_minimum"
    with pytest.raises(Refused) as refused:
        send_offer(
            desk.partner, desk.bob, desk.order(desk.website).id, contact=ContactAsked(name="D", email="d@d.example"),
            require_payment=True, version=99,
        )  # fmt: skip
    assert refused.value.code == "order_changed"


def test_sent_again_only_the_newest_link_works_and_the_newest_expiry_holds(desk: Desk) -> None:
    offer = send(desk)
    old = link_to(offer)
    until = now_of(desk.partner) + dt.timedelta(days=60)

    again = resend_offer(
        desk.partner, desk.bob, offer.order_id, contact=ContactAsked(name="Eve", email="eve@bakery.example"),
        until=Until(at=until),
    )  # fmt: skip

    assert (again.id, again.sends, again.contact_email, again.expires_at) == (offer.id, 2, "eve@bakery.example", until)
    with pytest.raises(Refused) as refused:
        approve_and_pay(desk.partner, old, answer_to(offer), NewMethod("pm_card_visa", save=False))
    assert refused.value.code == "offer_replaced"
    assert desk.payments(offer.order_id) == []
    assert Credential.objects.filter(row_id=offer.id, revoked_at=None).count() == 1
    assert pay(desk, again).status == "activated"


def test_recalled_the_link_accepts_nothing_and_the_next_is_a_new_revision(desk: Desk) -> None:
    offer = send(desk)
    other = acting(make_member(desk.partner, "Carl", "salesperson", grants=["orders.view_all", "orders.create"]))
    with pytest.raises(NotAllowed):
        recall_offer(desk.partner, other, offer.order_id)

    recall_offer(desk.partner, desk.bob, offer.order_id)

    order = read_order(desk.partner, offer.order_id)
    assert (order.status, order.revision) == ("draft", 2)
    assert read_offer(desk, offer.id).closed_as == "recalled"
    with pytest.raises(Refused) as refused:
        approve_and_pay(desk.partner, link_to(offer), answer_to(offer), NewMethod("pm_card_visa", save=False))
    assert refused.value.code == "offer_recalled"
    newer = send(desk, order)
    assert (newer.revision, newer.id != offer.id) == (2, True)


def test_an_offer_that_nobody_answers_expires_with_its_order(desk: Desk) -> None:
    offer = send(desk)
    advance_clock(desk.partner, desk.alice, offer.expires_at + dt.timedelta(hours=1))
    desk.partner.refresh_from_db()

    order = read_order(desk.partner, offer.order_id)
    assert (order.status, order.cancel_cause) == ("cancelled", "expired")
    assert read_offer(desk, offer.id).closed_as == "expired"
    with pytest.raises(Refused) as refused:
        approve_and_pay(desk.partner, link_to(offer), answer_to(offer), NewMethod("pm_card_visa", save=False))
    assert refused.value.code in ("offer_expired", "action_not_allowed")
    assert desk.payments(order.id) == []
    assert act(desk.partner, desk.bob, "convert_to_draft", order.id).revision == 2


def test_an_expired_link_that_the_clock_has_not_reached_yet_accepts_nothing_either(desk: Desk) -> None:
    offer = send(desk)
    with writing(desk.partner.id):
        Offer.objects.filter(id=offer.id).update(expires_at=now_of(desk.partner) - dt.timedelta(seconds=1))
    with pytest.raises(Refused) as refused:
        approve_and_pay(desk.partner, link_to(offer), answer_to(offer), NewMethod("pm_card_visa", save=False))
    assert refused.value.code == "offer_expired"
    assert desk.payments(offer.order_id) == []


def test_after_a_change_the_old_signature_counts_on_no_new_document(desk: Desk) -> None:
    """CASES.md 20: signed, declined by the bank, then a line changes: approval is needed again."""
    offer = send(desk)
    assert pay(desk, offer, "pm_card_visa_chargeDeclined").status == "declined"
    act(desk.partner, desk.bob, "convert_to_draft", offer.order_id)
    lines = [LineDraft(product_id=desk.website.id, quantity=2)]
    update_order(desk.partner, desk.bob, offer.order_id, None, {"lines": lines})

    newer = send(desk, read_order(desk.partner, offer.order_id))

    assert newer.sha256 != offer.sha256
    assert desk.rows(Signature, offer_id=newer.id) == []
    with pytest.raises(Invalid) as refused:
        pay(desk, newer, signature=None)
    assert "name" in {error.loc for error in refused.value.errors}


def test_what_was_offered_keeps_its_price_when_the_tax_changes(desk: Desk) -> None:
    california = make_customer(desk.partner, desk.alice, address=CALIFORNIA)
    desk.dana = california
    offer = send(desk, desk.order(desk.website))
    make_tax_rate(desk.partner, desk.alice)
    update_customer(desk.partner, desk.alice, california.id, {"tax_exempt": True})
    update_customer(desk.partner, desk.alice, california.id, {"tax_exempt": False})
    assert read_order(desk.partner, offer.order_id).total_minor == 10_000

    recall_offer(desk.partner, desk.bob, offer.order_id)

    assert read_order(desk.partner, offer.order_id).total_minor == 10_825


def test_the_terms_of_the_day_are_part_of_the_offer(desk: Desk) -> None:
    publish_terms(desk.partner, desk.alice, title="Terms of service", text="Be kind.", tick="I accept the terms.")
    offer = send(desk)
    publish_terms(desk.partner, desk.alice, title="Terms of service", text="Be kinder.", tick="I accept the terms.")
    terms = OfferContent.from_json(read_offer(desk, offer.id).content).terms
    assert terms is not None
    assert (terms.version, terms.text) == (1, "Be kind.")
    with pytest.raises(Invalid) as refused:
        pay(desk, offer, accepts_terms=False)
    assert {error.loc for error in refused.value.errors} == {"terms"}
    assert pay(desk, offer).status == "activated"
    (signature,) = desk.rows(Signature, offer_id=offer.id)
    assert signature.terms["version"] == 1
    assert signature.agreed == ["I accept the terms."]


def test_a_secret_that_never_was_opens_nothing(desk: Desk) -> None:
    offer = send(desk)
    assert link_for("lk_nonsense", VISITOR) is None
    assert link_for(link_token("offer_link", f"{offer.id}:2"), VISITOR) is None
    assert link_for(link_token("challenge_link", offer.id), VISITOR) is None


def test_each_step_leaves_its_event(desk: Desk) -> None:
    offer = send(desk)
    resend_offer(desk.partner, desk.bob, offer.order_id)
    recall_offer(desk.partner, desk.bob, offer.order_id)
    types = [event.type for event in desk.rows(Event, order_id=offer.order_id)]
    assert types == [
        "order.created", "offer.sent", "order.sent_for_approval", "offer.sent", "order.offer_resent", "offer.closed",
        "order.recalled",
    ]  # fmt: skip
