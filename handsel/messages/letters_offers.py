"""Mails about offers: the link itself, what the customer answered, what was written, and a link that locked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from handsel.flows.sales.offers import offer_url
from handsel.messages.letter import Letter, contact_email, moment, to_staff, writer
from handsel.messages.matters import Matters, Reader
from handsel.models import Event, Payment
from handsel.rules.permissions import Grant


def offer_pay_url(matters: Matters, payment: Payment) -> str:
    """Where a payer whose card was declined may try another one: the offer's link, while it is open."""
    offer = matters.offers.get(payment.offer_id) if payment.offer_id else None
    may_retry = matters.partner.settings().customers_can_retry_declined
    return offer_url(offer) if offer and may_retry and offer.closed_at is None and offer.locked_at is None else ""


def _sent(matters: Matters, event: Event) -> list[Letter]:
    """The link. A link that was replaced or taken back before its mail was written is not sent."""
    offer = matters.offers[event.subject_id]
    if offer.closed_at is not None or offer.sends != event.changes["sends"]:
        return []
    reader = Reader(offer.contact_email, offer.contact_name, offer.locale)
    write = writer("offer_customer", reader, offer.currency)
    values = {
        "order_number": offer.order.number,
        "amount": write.money(offer.content["due_now_minor"]) if offer.require_payment else "",
        "purpose": matters.purpose(offer.order_id, write.locale.language),
        "sender_name": matters.member_name(str(offer.sender_id)),
        "message": offer.message,
        "valid_until": moment(write, offer.expires_at, offer.customer.timezone),
        "offer_url": offer_url(offer),
        "contact_email": contact_email(matters),
    }
    return [Letter("offer_customer", reader, values)]


def _certified(matters: Matters, event: Event) -> list[Letter]:
    """To the signer: both documents, and a word in case it was somebody else."""
    offer = matters.offers[event.subject_id]
    signature = matters.signatures[offer.id]
    reader = Reader(signature.email, signature.name, offer.locale)
    write = writer("offer_signed_customer", reader, offer.currency)
    values = {
        "order_number": offer.order.number,
        "amount": write.money(offer.total_minor),
        "purpose": matters.purpose(offer.order_id, write.locale.language),
        "signer_name": signature.name,
        "signed_at": moment(write, signature.signed_at, offer.customer.timezone),
        "offer_url": offer_url(offer),
        "contact_email": contact_email(matters),
    }
    documents = tuple({"kind": kind, "id": str(offer.id)} for kind in ("signed_offer", "certificate"))
    return [Letter("offer_signed_customer", reader, values, documents)]


def declined_by_customer(matters: Matters, event: Event) -> list[Letter]:
    order = matters.orders[event.subject_id]
    values = {
        "declined_by": matters.personal.get(event.id, {}).get("name", order.customer.name),
        "reason": matters.personal.get(event.id, {}).get("reason", order.decline_reason),
    }
    return to_staff(matters, "offer_declined_staff", order, matters.owner(order), values, order.total_minor)


def _approved(matters: Matters, event: Event) -> list[Letter]:
    order = matters.orders[event.subject_id]
    return to_staff(matters, "offer_approved_staff", order, matters.owner(order), {}, order.total_minor)


def _expired(matters: Matters, event: Event) -> list[Letter]:
    order = matters.orders[event.subject_id]
    return to_staff(matters, "offer_expired_staff", order, matters.owner(order), {}, order.total_minor)


def _locked(matters: Matters, event: Event) -> list[Letter]:
    """To whoever sent it and to all who manage orders: somebody may be testing cards."""
    offer = matters.offers[event.subject_id]
    order = matters.orders[offer.order_id]
    managers = matters.holders(Grant.ORDERS_MANAGE)
    readers = [*(reader for reader in matters.owner(order) if reader not in managers), *managers]
    values = {"tries": str(event.changes["failed_cards"])}
    return to_staff(matters, "offer_locked_staff", order, readers, values, None)


def _written(matters: Matters, event: Event) -> list[Letter]:
    """A message goes to the other side, with its words."""
    message, said = matters.messages[event.subject_id], matters.personal.get(event.id, {})
    offer, text = message.offer, said.get("text", "")
    if message.member_id is None:
        order = matters.orders[message.order_id]
        values = {"author": message.author, "message": text}
        return to_staff(matters, "message_staff", order, matters.owner(order), values, None)
    if offer is None or offer.closed_as in ("recalled", "expired", "cancelled"):
        return []
    reader = Reader(offer.contact_email, offer.contact_name, offer.locale)
    values = {
        "author": message.author,
        "order_number": matters.orders[message.order_id].number,
        "message": text,
        "offer_url": offer_url(offer),
        "contact_email": contact_email(matters),
    }
    return [Letter("message_customer", reader, values)]


def _cancellation_requested(matters: Matters, event: Event) -> list[Letter]:
    order = matters.orders[event.subject_id]
    values = {
        "salesperson_name": matters.member_name(event.actor_id),
        "reason": matters.personal.get(event.id, {}).get("reason", order.cancellation_reason),
    }
    readers = matters.holders(Grant.ORDERS_MANAGE)
    return to_staff(matters, "cancellation_requested_staff", order, readers, values, order.total_minor)


OFFER_LETTERS: Mapping[str, Callable[[Matters, Event], list[Letter]]] = MappingProxyType(
    {
        "offer.sent": _sent,
        "offer.certified": _certified,
        "offer.locked": _locked,
        "order.approved_by_customer": _approved,
        "order.offer_expired": _expired,
        "order.cancellation_requested": _cancellation_requested,
        "message.written": _written,
    }
)
