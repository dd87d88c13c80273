"""What takes an invoice back: void, credit notes, and the documents that say so."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from handsel.database.tenancy import reading
from handsel.documents.credit_note import render_credit_note
from handsel.flows.billing.credit_notes import check_due, credit_invoice
from handsel.flows.billing.void import void_invoice
from handsel.models import CreditNote, Invoice
from handsel.reads.billing.credit_note import credit_note_document, credit_note_of
from handsel.reads.billing.invoice import invoice_view
from handsel.rules.errors import HandselError, Invalid
from handsel.rules.money import decimal_text, parse_minor
from handsel.rules.permissions import Grant
from handsel.web.console.forms import REFUSALS, Form
from handsel.web.console.once import claim_of, made_by, new_word
from handsel.web.console.pages import row_id
from handsel.web.guards import Desk, staff


@require_http_methods(["GET", "POST"])
@staff(grant=Grant.BILLING_MANAGE)
def void(request: HttpRequest, desk: Desk, invoice: str) -> HttpResponse:
    """Asked once, naming number and amount; then nobody owes it."""
    return _correct(request, desk, invoice, "invoices/void.html", _void, "The invoice is void; nobody owes it.")


@require_http_methods(["GET", "POST"])
@staff(grant=Grant.BILLING_MANAGE)
def credit(request: HttpRequest, desk: Desk, invoice: str) -> HttpResponse:
    """The dialog, the amount prefilled with all that is due."""
    return _correct(request, desk, invoice, "invoices/credit.html", _credit, "The credit note is issued.")


def _void(request: HttpRequest, desk: Desk, row: Invoice, form: Form) -> None:
    void_invoice(desk.partner, desk.actor, row.id, claim=claim_of(request, desk))


def _credit(request: HttpRequest, desk: Desk, row: Invoice, form: Form) -> None:
    amount = form.money("amount", row.currency)
    form.check()
    credit_invoice(
        desk.partner,
        desk.actor,
        row.id,
        amount_minor=amount,
        reason=form.text("reason"),
        claim=claim_of(request, desk),
    )


def _correct(
    request: HttpRequest,
    desk: Desk,
    invoice: str,
    template: str,
    do: Callable[[HttpRequest, Desk, Invoice, Form], None],
    done: str,
) -> HttpResponse:
    with reading(desk.partner.id):
        row = invoice_view(desk.partner, desk.actor, row_id(Invoice.prefix, invoice)).invoice
        if request.method == "GET":
            check_due(row, "corrected")
            return _ask(request, template, row, Form(request.GET.dict()))
        made = made_by(request, desk)
    if made is None:
        form = Form.posted(request)
        try:
            do(request, desk, row, form)
        except REFUSALS as refusal:
            with reading(desk.partner.id):
                return _ask(request, template, row, form, refusal)
        messages.success(request, done)
    return HttpResponseClientRedirect(reverse("invoice", args=[row.shown_id]))


def _ask(
    request: HttpRequest, template: str, invoice: Invoice, form: Form, refusal: HandselError | None = None
) -> HttpResponse:
    if refusal is not None:
        form.refuse(refusal)
    form.values.setdefault("amount", decimal_text(invoice.due_minor, invoice.currency))
    context = {
        "invoice": invoice,
        "form": form,
        "once": new_word(),
        "amount_minor": _typed(form, invoice.currency),
    }
    response = render(request, template, context, status=refusal.status if refusal else 200)
    if refusal is not None:
        response["HX-Retarget"], response["HX-Reswap"] = "#dialogs", "innerHTML"
    return response


def _typed(form: Form, currency: str) -> int | None:
    try:
        return parse_minor(form.text("amount"), currency)
    except Invalid:
        return None


@require_safe
@staff
def credit_note_pdf(request: HttpRequest, desk: Desk, invoice: str, note: str) -> HttpResponse:
    """The document, from what was frozen when it was issued."""
    row = credit_note_of(desk.actor, row_id(Invoice.prefix, invoice), row_id(CreditNote.prefix, note))
    response = HttpResponse(render_credit_note(credit_note_document(row)), content_type="application/pdf")
    name = "".join(letter for letter in row.number if letter.isalnum() or letter in "-_")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
