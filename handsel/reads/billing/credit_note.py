"""One credit note, and the document that is printed from what it froze."""

from __future__ import annotations

import uuid
from typing import Any

from handsel.documents.credit_note import CreditLine, CreditNoteDocument
from handsel.models import CreditNote
from handsel.reads.billing.invoice import party, tax_label, tax_lines
from handsel.reads.visibility import visible_invoices
from handsel.rules.errors import NotFound
from handsel.rules.permissions import Actor


def credit_note_of(actor: Actor, invoice_id: uuid.UUID, note_id: uuid.UUID) -> CreditNote:
    """With its invoice. Raises NotFound, also where this actor may not see the invoice."""
    rows = CreditNote.objects.select_related("invoice").filter(invoice__in=visible_invoices(actor).values("id"))
    note: CreditNote | None = rows.filter(id=note_id, invoice_id=invoice_id).first()
    if note is None:
        raise NotFound("not_found", "There is no such credit note.")
    return note


def credit_note_document(note: CreditNote) -> CreditNoteDocument:
    """What is printed, as it was frozen; its invoice is loaded."""
    seller, buyer = note.parties["seller"], note.parties["buyer"]
    assert note.invoice.number is not None
    assert note.invoice.issued_on is not None
    return CreditNoteDocument(
        number=note.number,
        invoice_number=note.invoice.number,
        invoice_issued_on=note.invoice.issued_on,
        issued_on=note.issued_on,
        seller=party(seller),
        buyer=party(buyer),
        currency=note.currency,
        locale=buyer.get("locale") or "en_US",
        lines=tuple(_line(line) for line in note.lines),
        net_minor=note.net_minor,
        taxes=tax_lines([tax for line in note.lines for tax in line["taxes"]]),
        total_minor=note.total_minor,
        reason=note.reason,
        accent=seller["accent"],
    )


def _line(line: dict[str, Any]) -> CreditLine:
    return CreditLine(
        description=line["description"],
        quantity=line["quantity"],
        net_minor=line["net_minor"],
        tax_label=tax_label(line["taxes"]),
        tax_minor=line["tax_minor"],
        total_minor=line["total_minor"],
    )
