"""Invoices and subscriptions."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from ninja import Body, Query, Router

from handsel.database.tenancy import reading
from handsel.documents.credit_note import render_credit_note
from handsel.documents.invoice import render_invoice
from handsel.flows.billing.credit_notes import credit_invoice
from handsel.flows.billing.renew import collect_invoice, mark_paid
from handsel.flows.billing.void import void_invoice
from handsel.models import CreditNote, Customer, Invoice, Order, Subscription
from handsel.reads.billing.credit_note import credit_note_document, credit_note_of
from handsel.reads.billing.invoice import invoice_document, invoice_view
from handsel.reads.billing.invoices import InvoiceFilters
from handsel.reads.billing.invoices import list_invoices as read_invoices
from handsel.reads.billing.subscriptions import SubscriptionFilters, subscription_view
from handsel.reads.billing.subscriptions import list_subscriptions as read_subscriptions
from handsel.rules.invoice_states import InvoiceStatus
from handsel.rules.subscription_states import SubscriptionStatus
from handsel.web.api.asking import Created, after_of, check_query, tell_page
from handsel.web.api.face import PDF, PROBLEMS, Caller, tell
from handsel.web.api.schemas.base import Asked, ListOf, amount_in, known, known_or_none
from handsel.web.api.schemas.billing import CreditAsked, InvoiceRowTold, InvoiceTold, SubscriptionTold
from handsel.web.api.schemas.money import OfflineAsked
from handsel.web.guards import Desk

router = Router(tags=["Billing"])


class InvoiceQuery(Created):
    """`q` is an invoice's whole number."""

    status: list[InvoiceStatus] = []
    customer: str | None = None
    q: str = ""


class SubscriptionQuery(Created):
    status: list[SubscriptionStatus] = []
    customer: str | None = None
    order: str | None = None


class Nothing(Asked):
    """This takes no fields."""


NOTHING = Body(default_factory=Nothing)


@router.get("/invoices", response={200: ListOf[InvoiceRowTold], **PROBLEMS}, summary="List invoices")
def list_invoices(request: Caller, query: Query[InvoiceQuery]) -> HttpResponse:
    """The invoices that you may see, newest first."""
    check_query(request, query)
    filters = InvoiceFilters(
        statuses=tuple(query.status),
        customer_id=known_or_none(Customer.prefix, query.customer),
        created_from=query.created_from,
        created_until=query.created_until,
        number=query.q.strip(),
    )
    desk, after = request.desk, after_of(Invoice.prefix, query)
    page = read_invoices(desk.partner, desk.actor, filters, after=after, limit=query.limit)
    return tell_page(page, Invoice.prefix, InvoiceRowTold.of)


@router.get("/invoices/{invoice_id}", response={200: InvoiceTold, **PROBLEMS}, summary="Read an invoice")
def read_invoice(request: Caller, invoice_id: str) -> HttpResponse:
    """With its lines, as they were frozen, and its payments."""
    return _tell(request.desk, known(Invoice.prefix, invoice_id), status=200)


@router.get(
    "/invoices/{invoice_id}/pdf", response={200: None, **PROBLEMS}, summary="Print an invoice", openapi_extra=PDF
)
def print_invoice(request: Caller, invoice_id: str) -> HttpResponse:
    """PDF/A from what was frozen: an address that changes later alters nothing."""
    desk = request.desk
    invoice = invoice_view(desk.partner, desk.actor, known(Invoice.prefix, invoice_id)).invoice
    return HttpResponse(
        render_invoice(invoice_document(invoice)),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{invoice.number}.pdf"'},
    )


@router.post(
    "/invoices/{invoice_id}/pay",
    response={200: InvoiceTold, 202: InvoiceTold, **PROBLEMS},
    summary="Charge a due invoice",
)
def pay_invoice(request: Caller, invoice_id: str, body: Nothing = NOTHING) -> HttpResponse:
    """To the customer's default payment method, now. 200 when the outcome is known, approved or declined alike; 202
    while it is open."""
    desk, row_id = request.desk, known(Invoice.prefix, invoice_id)
    with reading(desk.partner.id):
        invoice_view(desk.partner, desk.actor, row_id)
    collect_invoice(desk.partner, desk.actor, row_id, claim=request.claim)
    return _tell(desk, row_id)


@router.post(
    "/invoices/{invoice_id}/mark-paid",
    response={200: InvoiceTold, 202: InvoiceTold, **PROBLEMS},
    summary="Record that an invoice was paid",
)
def mark_invoice_paid(request: Caller, invoice_id: str, body: OfflineAsked) -> HttpResponse:
    """Outside of any gateway: in cash, by cheque or by transfer. What is due is recorded as received."""
    desk, row_id = request.desk, known(Invoice.prefix, invoice_id)
    with reading(desk.partner.id):
        invoice_view(desk.partner, desk.actor, row_id)
    mark_paid(desk.partner, desk.actor, row_id, body.source(), claim=request.claim)
    return _tell(desk, row_id)


@router.post("/invoices/{invoice_id}/void", response={200: InvoiceTold, **PROBLEMS}, summary="Void an invoice")
def void(request: Caller, invoice_id: str, body: Nothing = NOTHING) -> HttpResponse:
    """Nobody owes it any more; its number stays used. Refused once it is paid, and while a payment is under way."""
    desk, row_id = request.desk, known(Invoice.prefix, invoice_id)
    void_invoice(desk.partner, desk.actor, row_id, claim=request.claim)
    return _tell(desk, row_id)


@router.post(
    "/invoices/{invoice_id}/credit-notes", response={200: InvoiceTold, **PROBLEMS}, summary="Credit a due invoice"
)
def credit(request: Caller, invoice_id: str, body: CreditAsked) -> HttpResponse:
    """So much less is due: all of it, unless an `amount` is named. What was paid is credited by refunding its
    payment. The answer is the invoice with its credit notes."""
    desk, row_id = request.desk, known(Invoice.prefix, invoice_id)
    with reading(desk.partner.id):
        currency = invoice_view(desk.partner, desk.actor, row_id).invoice.currency
    amount = amount_in(body.amount, currency)
    credit_invoice(desk.partner, desk.actor, row_id, amount_minor=amount, reason=body.reason, claim=request.claim)
    return _tell(desk, row_id)


@router.get(
    "/invoices/{invoice_id}/credit-notes/{note_id}/pdf",
    response={200: None, **PROBLEMS},
    summary="Print a credit note",
    openapi_extra=PDF,
)
def print_credit_note(request: Caller, invoice_id: str, note_id: str) -> HttpResponse:
    """PDF/A from what was frozen when it was issued."""
    actor = request.desk.actor
    note = credit_note_of(actor, known(Invoice.prefix, invoice_id), known(CreditNote.prefix, note_id))
    return HttpResponse(
        render_credit_note(credit_note_document(note)),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{note.number}.pdf"'},
    )


@router.get("/subscriptions", response={200: ListOf[SubscriptionTold], **PROBLEMS}, summary="List subscriptions")
def list_subscriptions(request: Caller, query: Query[SubscriptionQuery]) -> HttpResponse:
    """What is billed again and again, newest first."""
    check_query(request, query)
    filters = SubscriptionFilters(
        statuses=tuple(query.status),
        customer_id=known_or_none(Customer.prefix, query.customer),
        order_id=known_or_none(Order.prefix, query.order),
        created_from=query.created_from,
        created_until=query.created_until,
    )
    desk, after = request.desk, after_of(Subscription.prefix, query)
    page = read_subscriptions(desk.partner, desk.actor, filters, after=after, limit=query.limit)
    return tell_page(page, Subscription.prefix, SubscriptionTold.of)


@router.get(
    "/subscriptions/{subscription_id}", response={200: SubscriptionTold, **PROBLEMS}, summary="Read a subscription"
)
def read_subscription(request: Caller, subscription_id: str) -> HttpResponse:
    """One subscription, with its current period and its next renewal."""
    desk, row_id = request.desk, known(Subscription.prefix, subscription_id)
    return tell(SubscriptionTold.of(subscription_view(desk.partner, desk.actor, row_id)))


def tell_invoice(desk: Desk, invoice_id: uuid.UUID) -> HttpResponse:
    """The invoice as it stands now: 202 while a payment's outcome is open, else 200."""
    return _tell(desk, invoice_id)


def _tell(desk: Desk, invoice_id: uuid.UUID, *, status: int | None = None) -> HttpResponse:
    with reading(desk.partner.id):
        view = invoice_view(desk.partner, desk.actor, invoice_id)
        body = InvoiceTold.seen(view)
    return tell(body, status or (202 if view.live_payment is not None else 200))
