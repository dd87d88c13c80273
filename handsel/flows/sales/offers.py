"""An order goes to its customer: the offer is made and sent, sent again, taken back, runs out (DOMAIN.md section 4).

The PDF is made before the transaction that stores it, from what was read; the order's version says that nothing changed
in between. No request of the customer's ever renders anything.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from handsel.database.secrets import link_token
from handsel.database.tenancy import reading
from handsel.documents.offer import render_offer
from handsel.flows.billing.invoices import check_can_invoice
from handsel.flows.fields import REASON_LENGTH, Fields
from handsel.flows.idempotency import Claim
from handsel.flows.money.begin import check_collectable
from handsel.flows.sales.facts import facts, order_for
from handsel.flows.sales.frozen_offer import freeze_offer
from handsel.flows.sales.fulfil import lines_of
from handsel.flows.sales.reprice import reprice_order
from handsel.flows.transition import move
from handsel.flows.work import Work, working
from handsel.models import Contact, Credential, Logo, Offer, Order, Partner, Terms
from handsel.models.access import hash_secret
from handsel.models.people import now_of
from handsel.rules.errors import Invalid, NotFound
from handsel.rules.offer_content import OfferContent
from handsel.rules.offers import ClosedAs
from handsel.rules.order_status import CancelCause, OrderStatus
from handsel.rules.periods import instant
from handsel.rules.permissions import CLOCK, Actor, check_action, check_offer_payment

LONGEST = dt.timedelta(days=366)


@dataclass(frozen=True, slots=True)
class ContactAsked:
    """To whom an offer goes: a contact that is there, by id or by e-mail, or a new one."""

    id: uuid.UUID | None = None
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Until:
    """How long an offer holds: until an instant, or to the end of the customer's day `on`; else as the settings say."""

    at: dt.datetime | None = None
    on: dt.date | None = None


def offer_token(offer: Offer) -> str:
    """The secret of the offer's newest link; older ones had another number of `sends`."""
    return link_token(Credential.OFFER_LINK, f"{offer.id}:{offer.sends}")


def offer_url(offer: Offer) -> str:
    return f"{settings.BASE_URL}/approve/{offer_token(offer)}"


def send_offer(
    partner: Partner,
    actor: Actor,
    order_id: uuid.UUID,
    *,
    contact: ContactAsked,
    require_payment: bool,
    until: Until = Until(),
    message: str = "",
    version: int | None = None,
    claim: Claim | None = None,
) -> Offer:
    """Freeze the order as an offer and send its link. Raises NotFound, NotAllowed, Invalid, and Refused
    (`order_changed`, `billing_details_missing`, `below_minimum`, and what the table forbids)."""
    message = _message(message)
    content, seen, logo = _frozen(partner, actor, order_id, version, require_payment)
    connection.close()
    pdf = render_offer(content, logo)
    with working(partner, actor) as work:
        order = order_for(actor, order_id, seen)
        check_action("send_for_customer_approval", facts(order), actor, partner.settings())
        to = _contact(work, order, contact)
        offer = Offer(
            contact=to,
            contact_name=to.name,
            contact_email=to.email,
            sender_id=uuid.UUID(actor.id),
            message=message,
            sent_at=work.now,
            expires_at=_expiry(work, order, until),
            **_frozen_columns(work, order, content, pdf),
        )
        if claim is not None:
            claim.remember("order", order.id)
        offer.save(force_insert=True)
        _link(work, offer)
        _wait_for_customer(work, order, offer)
    return offer


def resend_offer(
    partner: Partner,
    actor: Actor,
    order_id: uuid.UUID,
    *,
    contact: ContactAsked | None = None,
    until: Until = Until(),
    message: str | None = None,
    version: int | None = None,
    claim: Claim | None = None,
) -> Offer:
    """The same offer by a new link, to the same or another contact; older links stop working, the newest expiry holds,
    failed cards count anew."""
    said = None if message is None else _message(message)
    with working(partner, actor) as work:
        order = order_for(actor, order_id, version)
        check_action("resend", facts(order), actor, partner.settings())
        offer = open_offer_of(order)
        assert offer is not None, "an order that awaits its customer has an open offer"
        if claim is not None:
            claim.remember("order", order.id)
        to = _contact(work, order, contact) if contact is not None else offer.contact
        offer.contact, offer.contact_name, offer.contact_email = to, to.name, to.email
        offer.message = offer.message if said is None else said
        offer.expires_at, offer.sent_at = _expiry(work, order, until), work.now
        offer.sends, offer.failed_cards, offer.locked_at = offer.sends + 1, 0, None
        offer.opened_at, offer.viewed_at = None, None
        offer.save(update_fields=_RESENT)
        _revoke(offer)
        _link(work, offer)
        move(work, order, "resend", order.status, note={"offer": offer.shown_id, "sends": offer.sends})
    return offer


_RESENT = [
    "contact", "contact_name", "contact_email", "message", "expires_at", "sent_at", "sends", "failed_cards",
    "locked_at", "opened_at", "viewed_at",
]  # fmt: skip


def recall_offer(
    partner: Partner, actor: Actor, order_id: uuid.UUID, *, version: int | None = None, claim: Claim | None = None
) -> None:
    """Take the offer back: its link accepts nothing more, and what is sent next is a new revision."""
    with working(partner, actor) as work:
        order = order_for(actor, order_id, version)
        check_action("recall", facts(order), actor, partner.settings())
        if claim is not None:
            claim.remember("order", order.id)
        close_offer(work, order, ClosedAs.RECALLED)
        revision = order.revision + 1
        move(work, order, "recall", OrderStatus.DRAFT, note={"revision": revision}, revision=revision)
        reprice_order(work, order)


def expire_offer(partner: Partner, offer_id: uuid.UUID) -> None:
    """The offer's time is over: an order that waits for its customer is cancelled; one that the bank declined only
    loses its link. Never while a payment is in flight."""
    with working(partner, CLOCK) as work:
        order_id = Offer.objects.values_list("order_id", flat=True).get(id=offer_id)
        order = order_for(CLOCK, order_id)
        offer = open_offer_of(order)
        if offer is None or offer.id != offer_id or offer.expires_at > work.now:
            return
        if order.status == OrderStatus.AWAITING_CUSTOMER_APPROVAL:
            check_action("expire_offer", facts(order), CLOCK, partner.settings())
            move(work, order, "expire_offer", OrderStatus.CANCELLED, cancel_cause=CancelCause.EXPIRED)
        elif order.status != OrderStatus.DECLINED:
            return
        close_offer(work, order, ClosedAs.EXPIRED)


def open_offer_of(order: Order) -> Offer | None:
    """The order's open offer, locked (after its order), without its bytes."""
    rows = Offer.objects.select_for_update(of=("self",), no_key=True).select_related("contact")
    found: Offer | None = rows.defer("pdf").filter(order_id=order.id, closed_at=None).first()
    return found


def close_offer(work: Work, order: Order, closed_as: ClosedAs) -> Offer | None:
    """End the order's open offer, if it has one, in the transaction that ended what it was for."""
    offer = open_offer_of(order)
    if offer is None:
        return None
    offer.closed_at, offer.closed_as = work.now, closed_as
    offer.save(update_fields=["closed_at", "closed_as"])
    if closed_as != ClosedAs.APPROVED:  # What was signed is read, and its documents fetched, by the same link.
        _revoke(offer)
    work.record("offer.closed", offer, changes={"as": closed_as.value, "revision": offer.revision})
    return offer


def _frozen(
    partner: Partner, actor: Actor, order_id: uuid.UUID, version: int | None, require_payment: bool
) -> tuple[OfferContent, int, bytes | None]:
    """What will be offered, the version it was read at, and the partner's logo; refused here before anything is
    rendered."""
    if require_payment:
        check_offer_payment(actor, partner.settings())
    with reading(partner.id):
        order = order_for(actor, order_id, version, lock=False)
        check_action("send_for_customer_approval", facts(order), actor, partner.settings())
        check_can_invoice(partner)
        if require_payment and order.due_minor:
            check_collectable(order.currency, order.due_minor)
        lines = lines_of(order)
        content = freeze_offer(partner, order, lines, now_of(partner), require_payment=require_payment)
        logo = Logo.objects.first() if partner.logo_sha256 else None
        return content, order.version, bytes(logo.content) if logo else None


def _frozen_columns(work: Work, order: Order, content: OfferContent, pdf: bytes) -> dict[str, Any]:
    """What of an offer never changes, however often it is sent."""
    return {
        "partner_id": work.partner.id,
        "order": order,
        "customer": order.customer,
        "revision": order.revision,
        "require_payment": content.require_payment,
        "locale": content.locale,
        "currency": content.currency,
        "total_minor": content.total_minor,
        "content": content.as_json(),
        "terms": Terms.objects.filter(version=content.terms.version).first() if content.terms else None,
        "pdf": pdf,
        "sha256": hashlib.sha256(pdf).hexdigest(),
        "created_at": work.now,
    }


def _wait_for_customer(work: Work, order: Order, offer: Offer) -> None:
    move(
        work,
        order,
        "send_for_customer_approval",
        OrderStatus.AWAITING_CUSTOMER_APPROVAL,
        note={"offer": offer.shown_id, "revision": offer.revision, "require_payment": offer.require_payment},
        sent_by_id=offer.sender_id,
        submitted_at=work.now,
    )


def _link(work: Work, offer: Offer) -> None:
    """The link's hash, and the event that the mail with the link is made from. Its own expiry is the offer's, in the
    partner's time, so the credential has none."""
    Credential.objects.create(
        hash=hash_secret(offer_token(offer)),
        partner_id=work.partner.id,
        kind=Credential.OFFER_LINK,
        row_id=offer.id,
    )
    work.record(
        "offer.sent",
        offer,
        changes={
            "revision": offer.revision,
            "sends": offer.sends,
            "sha256": offer.sha256,
            "total_minor": offer.total_minor,
            "currency": offer.currency,
            "require_payment": offer.require_payment,
            "expires_at": offer.expires_at.isoformat(),
        },
        personal={"name": offer.contact_name, "email": offer.contact_email},
    )


def _revoke(offer: Offer) -> None:
    links = Credential.objects.filter(partner_id=offer.partner_id, row_id=offer.id, kind=Credential.OFFER_LINK)
    links.filter(revoked_at=None).update(revoked_at=offer.closed_at or offer.sent_at)


def _contact(work: Work, order: Order, asked: ContactAsked) -> Contact:
    """The customer's contact that was asked for; a new one is written beside the others."""
    contacts = Contact.objects.filter(customer_id=order.customer_id)
    if asked.id is not None:
        found = contacts.filter(id=asked.id).first()
        if found is None:
            raise NotFound("not_found", "This customer has no such contact.")
        return found
    fields = Fields()
    name = fields.text("contact.name", asked.name, 200, needed=True)
    email = fields.email("contact.email", asked.email)
    fields.check()
    there = contacts.filter(email=email).first()
    if there is not None:
        return there
    contact = Contact(partner_id=work.partner.id, customer=order.customer, name=name, email=email, created_at=work.now)
    contact.save(force_insert=True)
    work.record("contact.created", contact, personal={"name": name, "email": email})
    return contact


def _expiry(work: Work, order: Order, until: Until) -> dt.datetime:
    if until.at is not None:
        at = until.at
    elif until.on is not None:
        at = instant(until.on + dt.timedelta(days=1), order.customer.timezone)
    else:
        at = work.now + dt.timedelta(days=work.partner.settings().offer_valid_days)
    if not work.now < at <= work.now + LONGEST:
        raise Invalid.at("expires_at", "An offer ends in the future, within a year.")
    return at


def _message(text: str) -> str:
    fields = Fields()
    message = fields.text("message", text, REASON_LENGTH, breaks=True)
    fields.check()
    return message
