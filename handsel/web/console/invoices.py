"""Invoices: the list, the page, the PDF, and charging what is due."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from handsel.database.tenancy import reading
from handsel.documents.invoice import render_invoice
from handsel.flows.billing.renew import collect_invoice, mark_paid
from handsel.flows.money.begin import OfflineMethod
from handsel.models import Customer, Invoice, InvoiceLine
from handsel.reads.billing.invoice import invoice_document, invoice_view
from handsel.reads.billing.invoices import InvoiceFilters, list_invoices
from handsel.reads.money.gateway import records_offline
from handsel.reads.money.refunds import may_approve, may_refuse
from handsel.reads.people.customer import billing_settings_of, customer_of
from handsel.reads.people.methods import methods_of
from handsel.rules.errors import NotFound
from handsel.rules.invoice_states import INVOICE, OPEN_INVOICE_STATUSES
from handsel.rules.offline import KINDS
from handsel.rules.payment_states import PaymentStatus
from handsel.rules.permissions import Grant
from handsel.web.console.forms import REFUSALS, Form
from handsel.web.console.once import claim_of, made_by, new_word
from handsel.web.console.pages import address, after_of, one_of, paging, row_id, search_of
from handsel.web.guards import Desk, staff

_ENDS = {
    PaymentStatus.SUCCEEDED: (messages.SUCCESS, "The card was charged; the invoice is paid."),
    PaymentStatus.DECLINED: (messages.ERROR, "The bank declined the card. Nothing was charged."),
    PaymentStatus.CANCELLED: (messages.WARNING, "The payment was cancelled. Nothing was charged."),
    PaymentStatus.REQUIRES_ACTION: (
        messages.WARNING,
        "The customer's bank wants to ask the customer. They get a mail with the link; nothing is charged until then.",
    ),
}
OUTSIDE_CHOICES = tuple(KINDS.items())
_FINDING_OUT = (messages.INFO, "We are finding out. Do not charge again; this page will tell you.")


@require_safe
@staff
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The invoices this member may see, by status, customer or number."""
    status, number = one_of(request, "status", INVOICE.labels), search_of(request)
    customer_id = row_id(Customer.prefix, request.GET["customer"]) if request.GET.get("customer") else None
    filters = InvoiceFilters(statuses=(status,) if status else (), customer_id=customer_id, number=number.upper())
    try:
        page = list_invoices(desk.partner, desk.actor, filters, after=after_of(request, Invoice.prefix))
    except NotFound:
        return redirect(address(request))
    context = {
        "invoices": page.rows,
        "paging": paging(request, page, Invoice.prefix),
        "q": number,
        "chips": [
            ("All", address(request, status=None), not status),
            *((label, address(request, status=code), code == status) for code, label in INVOICE.labels.items()),
        ],
        "customer": customer_of(desk.partner, customer_id) if customer_id else None,
        "without_customer_url": address(request, customer=None),
        "is_filtered": bool(status or customer_id or number),
        "all_url": request.path,
    }
    return render(request, "invoices/index.html", context)


@require_safe
@staff
def page(request: HttpRequest, desk: Desk, invoice: str) -> HttpResponse:
    return _show(request, desk, invoice)


def _show(
    request: HttpRequest, desk: Desk, invoice: str, refusal: str = "", status: int = 200, marking: Form | None = None
) -> HttpResponse:
    with reading(desk.partner.id):
        view = invoice_view(desk.partner, desk.actor, row_id(Invoice.prefix, invoice))
        settings = billing_settings_of(desk.partner, view.invoice.customer_id)
        on_file = methods_of(desk.partner, view.invoice.customer_id, settings)
        row = view.invoice
        context = {
            "view": view,
            "invoice": row,
            "default": next((each for each in on_file if each.is_default), None),
            "last_decline": next((each for each in view.payments[:1] if each.decline), None),
            "taxes": _taxes(view.lines),
            "may_bill": desk.may(Grant.BILLING_MANAGE),
            "may_refund": desk.may(Grant.PAYMENTS_REFUND),
            "refunds": [
                (refund, may_approve(desk.actor, refund), may_refuse(desk.actor, refund))
                for each in view.payments
                for refund in each.refunds
            ],
            "outside": _outside(desk, row),
            "marking": marking or Form(),
            "refusal": refusal,
            "once": new_word(),
            "crumbs": [{"label": "Invoices", "url": "/invoices"}, {"label": row.number or "Draft"}],
        }
        return render(request, "invoices/page.html", context, status=status)


@require_safe
@staff
def pdf(request: HttpRequest, desk: Desk, invoice: str) -> HttpResponse:
    """The document, from the invoice's frozen rows alone."""
    view = invoice_view(desk.partner, desk.actor, row_id(Invoice.prefix, invoice))
    document = render_invoice(invoice_document(view.invoice))
    response = HttpResponse(document, content_type="application/pdf")
    name = "".join(letter for letter in view.invoice.number or "invoice" if letter.isalnum() or letter in "-_")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@staff(grant=Grant.PAYMENTS_COLLECT)
def charge(request: HttpRequest, desk: Desk, invoice: str) -> HttpResponse:
    """Charge what is due to the customer's default payment method, now."""
    invoice_id = row_id(Invoice.prefix, invoice)
    with reading(desk.partner.id):
        invoice_view(desk.partner, desk.actor, invoice_id)
        made = made_by(request, desk)
    if made is None:
        try:
            collect_invoice(desk.partner, desk.actor, invoice_id, claim=claim_of(request, desk))
        except REFUSALS as refusal:
            return _show(request, desk, invoice, refusal.message, refusal.status)
        with reading(desk.partner.id):
            newest = invoice_view(desk.partner, desk.actor, invoice_id).payments[0].payment
        messages.add_message(request, *_ENDS.get(PaymentStatus(newest.status), _FINDING_OUT))
    return redirect("invoice", invoice=invoice)


@require_POST
@staff(grant=Grant.BILLING_MANAGE)
def mark(request: HttpRequest, desk: Desk, invoice: str) -> HttpResponse:
    """Record that what is due was received outside of any gateway."""
    invoice_id, form = row_id(Invoice.prefix, invoice), Form.posted(request)
    with reading(desk.partner.id):
        invoice_view(desk.partner, desk.actor, invoice_id)
        made = made_by(request, desk)
    if made is None:
        try:
            received = OfflineMethod(form.text("kind"), form.text("reference"), form.day("received_on"))
            form.check()
            mark_paid(desk.partner, desk.actor, invoice_id, received, claim=claim_of(request, desk))
        except REFUSALS as refusal:
            status = form.refuse(refusal)
            return _show(request, desk, invoice, form.refusal, status, form)
        messages.success(request, "Recorded; the invoice is paid.")
    return redirect("invoice", invoice=invoice)


def _outside(desk: Desk, invoice: Invoice) -> tuple[tuple[str, str], ...]:
    """How this member may say that the invoice was paid outside of any gateway; empty where they may not."""
    owed = invoice.due_minor > 0 and invoice.status in OPEN_INVOICE_STATUSES
    return OUTSIDE_CHOICES if owed and desk.may(Grant.BILLING_MANAGE) and records_offline(desk.partner) else ()


def _taxes(lines: list[InvoiceLine]) -> list[tuple[str, str, int]]:
    """Name, percent and sum of each tax on the invoice."""
    sums: dict[tuple[str, str], int] = {}
    for tax in (tax for line in lines for tax in line.taxes):
        key = (str(tax["name"]), str(tax["percent"]))
        sums[key] = sums.get(key, 0) + int(tax["amount_minor"])
    return [(name, percent, amount) for (name, percent), amount in sums.items()]
