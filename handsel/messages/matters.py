"""What the mails of a batch of events speak about: the rows behind them, loaded in a few statements however many."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from handsel.messages.phrases import and_more
from handsel.models import (
    Activation,
    BillingSettings,
    CreditNote,
    Customer,
    Event,
    EventPersonal,
    Invitation,
    Invoice,
    InvoiceLine,
    Member,
    Message,
    Offer,
    Order,
    OrderLine,
    Partner,
    Payment,
    Refund,
    Signature,
)
from handsel.rules.payment_states import PaymentStatus
from handsel.rules.permissions import Grant


@dataclass(frozen=True, slots=True)
class Reader:
    """Who gets a mail, and the locale that it is written in."""

    email: str
    name: str
    locale: str


@dataclass(frozen=True, slots=True)
class Matters:
    """Everything that the letters of one batch may ask for, by id. `purposes` is by order or invoice."""

    partner: Partner
    personal: dict[uuid.UUID, dict[str, Any]]
    refunds: dict[uuid.UUID, Refund]
    credit_notes: dict[uuid.UUID, CreditNote]  # by refund
    activations: dict[uuid.UUID, Activation]
    payments: dict[uuid.UUID, Payment]
    paid_by: dict[uuid.UUID, Payment]  # the order's payment that succeeded
    orders: dict[uuid.UUID, Order]
    offers: dict[uuid.UUID, Offer]  # without their PDF
    signatures: dict[uuid.UUID, Signature]  # by offer, of those that were certified
    messages: dict[uuid.UUID, Message]
    invoices: dict[uuid.UUID, Invoice]
    invoice_of_order: dict[uuid.UUID, Invoice]
    settings: dict[uuid.UUID, BillingSettings]  # by customer
    purposes: dict[uuid.UUID, list[str]]
    members: dict[uuid.UUID, Member]
    invitations: dict[uuid.UUID, Invitation]

    def payer(self, customer: Customer, order: Order | None) -> Reader:
        """Who reads about money at the customer's: the order's billing recipient, else the one of the billing
        settings, else the customer's own address."""
        settings = self.settings.get(customer.id)
        contact = (order.billing_recipient if order else None) or (settings.recipient if settings else None)
        person = contact or customer
        return Reader(person.email, person.name, customer.locale)

    def owner(self, order: Order) -> list[Reader]:
        """Who owns the order; once they have left, those who manage orders."""
        member = self.members.get(order.owner_id)
        return [self._staff(member)] if member and member.is_active else self.holders(Grant.ORDERS_MANAGE)

    def holders(self, grant: Grant) -> list[Reader]:
        """The members who are here and hold the grant."""
        return [self._staff(member) for member in self.members.values() if member.is_active and grant in member.grants]

    def member_name(self, shown: str) -> str:
        """The name behind an event's actor; empty where it was no member."""
        try:
            member = self.members.get(uuid.UUID(shown))
        except ValueError:
            return ""
        return str(member) if member else ""

    def purpose(self, debt_id: uuid.UUID, language: str = "en") -> str:
        """What was bought, as its buyer knows it and in the language of the mail: “Website and 2 more”."""
        names = self.purposes.get(debt_id, [])
        return f"{names[0]}{and_more(len(names) - 1, language)}" if names else ""

    def _staff(self, member: Member) -> Reader:
        return Reader(member.user.email, str(member), self.partner.locale)


def load(partner: Partner, events: Sequence[Event]) -> Matters:
    """Load what these events are about: at most a dozen statements, inside the open transaction."""
    refunds = _by_id(Refund.objects.all(), _subjects(events, "refund"))
    activations = _by_id(Activation.objects.select_related("line"), _subjects(events, "activation"))
    payments = _by_id(
        Payment.objects.select_related("customer"),
        _subjects(events, "payment") | {refund.payment_id for refund in refunds.values()},
    )
    messages = _by_id(Message.objects.select_related("offer").defer("offer__pdf"), _subjects(events, "message"))
    offer_ids = _subjects(events, "offer") | {each.offer_id for each in payments.values() if each.offer_id}
    offers = _by_id(Offer.objects.select_related("customer", "order").defer("pdf"), offer_ids)
    order_ids = {event.order_id for event in events if event.order_id}
    invoice_ids = _subjects(events, "invoice") | {each.invoice_id for each in payments.values() if each.invoice_id}
    invoices = _by_id(Invoice.objects.select_related("customer"), invoice_ids)
    order_ids |= {row.order_id for rows in (payments, invoices) for row in rows.values() if row.order_id}
    orders = _by_id(Order.objects.select_related("customer", "billing_recipient"), order_ids)
    customers = {row.customer_id for rows in (orders, invoices, payments) for row in rows.values()}
    return Matters(
        partner=partner,
        personal=_personal(events),
        refunds=refunds,
        credit_notes=_credit_notes(refunds),
        activations=activations,
        payments=payments,
        paid_by=_paid_by(order_ids),
        orders=orders,
        offers=offers,
        signatures=_signatures(events),
        messages=messages,
        invoices=invoices,
        invoice_of_order=_invoices_of(order_ids),
        settings=_settings(customers),
        purposes=_purposes(order_ids, invoice_ids),
        members={member.id: member for member in Member.objects.filter(partner=partner).select_related("user")},
        invitations=_by_id(Invitation.objects.all(), _invitations(events)),
    )


def _subjects(events: Iterable[Event], kind: str) -> set[uuid.UUID]:
    return {event.subject_id for event in events if event.subject_kind == kind}


def _invitations(events: Iterable[Event]) -> set[uuid.UUID]:
    return {uuid.UUID(event.changes["invitation"]) for event in events if "invitation" in event.changes}


def _by_id(rows: Any, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Any]:
    return {row.id: row for row in rows.filter(id__in=list(ids))} if ids else {}


def _credit_notes(refund_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, CreditNote]:
    if not refund_ids:
        return {}
    notes = CreditNote.objects.filter(refund_id__in=list(refund_ids))
    return {note.refund_id: note for note in notes if note.refund_id}


def _signatures(events: Sequence[Event]) -> dict[uuid.UUID, Signature]:
    certified = [event.subject_id for event in events if event.type == "offer.certified"]
    rows = Signature.objects.defer("image").filter(offer_id__in=certified) if certified else ()
    return {row.offer_id: row for row in rows}


def _personal(events: Sequence[Event]) -> dict[uuid.UUID, dict[str, Any]]:
    said = [event.id for event in events if event.personal_digest]
    rows = EventPersonal.objects.filter(event_id__in=said) if said else ()
    return {row.event_id: row.content for row in rows}


def _paid_by(order_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Payment]:
    if not order_ids:
        return {}
    paid = Payment.objects.filter(debt_id__in=list(order_ids), status=PaymentStatus.SUCCEEDED)
    return {payment.debt_id: payment for payment in paid}


def _invoices_of(order_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Invoice]:
    if not order_ids:
        return {}
    invoices = Invoice.objects.filter(order_id__in=list(order_ids))
    return {invoice.order_id: invoice for invoice in invoices if invoice.order_id}


def _settings(customer_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, BillingSettings]:
    if not customer_ids:
        return {}
    rows = BillingSettings.objects.select_related("recipient").filter(customer_id__in=list(customer_ids))
    return {settings.customer_id: settings for settings in rows}


def _purposes(order_ids: Collection[uuid.UUID], invoice_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    names: defaultdict[uuid.UUID, list[str]] = defaultdict(list)
    if order_ids:
        of_orders = OrderLine.objects.filter(order_id__in=list(order_ids)).order_by("order_id", "position")
        for order_id, name in of_orders.values_list("order_id", "name"):
            names[order_id].append(name)
    if invoice_ids:
        of_invoices = InvoiceLine.objects.filter(invoice_id__in=list(invoice_ids)).order_by("invoice_id", "position")
        for invoice_id, name in of_invoices.values_list("invoice_id", "description"):
            names[invoice_id].append(name)
    return names
