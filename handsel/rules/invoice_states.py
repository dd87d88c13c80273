"""The life of an invoice. Its number is given when it leaves `draft`, or is made in another status."""

from __future__ import annotations

from enum import StrEnum

from handsel.rules.grants import Grant
from handsel.rules.states import Edge, StateTable


class InvoiceStatus(StrEnum):
    DRAFT = "draft"
    DUE = "due"
    PAID = "paid"
    VOID = "void"
    UNCOLLECTIBLE = "uncollectible"


OPEN_INVOICE_STATUSES: frozenset[InvoiceStatus] = frozenset({InvoiceStatus.DUE, InvoiceStatus.UNCOLLECTIBLE})
"""Numbered, and somebody still owes it."""

INVOICE = StateTable(
    noun="invoice",
    labels={
        InvoiceStatus.DRAFT: "Draft",
        InvoiceStatus.DUE: "Due",
        InvoiceStatus.PAID: "Paid",
        InvoiceStatus.VOID: "Void",
        InvoiceStatus.UNCOLLECTIBLE: "Uncollectible",
    },
    initial=InvoiceStatus.DRAFT,
    edges=(
        Edge(
            verb="finalise",
            sources=(InvoiceStatus.DRAFT,),
            targets=(InvoiceStatus.DUE,),
            event="invoice.finalised",
            who="staff",
            also=("clock",),
            grant=Grant.BILLING_MANAGE,
            label="Finalise",
            note="Number, content, parties and tax are frozen.",
        ),
        Edge(
            verb="pay",
            sources=(InvoiceStatus.DUE, InvoiceStatus.UNCOLLECTIBLE),
            targets=(InvoiceStatus.PAID,),
            event="invoice.paid",
            who="gateway",
            note="Payments and credit reach the total.",
        ),
        Edge(
            verb="void",
            sources=(InvoiceStatus.DRAFT, InvoiceStatus.DUE, InvoiceStatus.UNCOLLECTIBLE),
            targets=(InvoiceStatus.VOID,),
            event="invoice.voided",
            who="staff",
            grant=Grant.BILLING_MANAGE,
            label="Void",
            dangerous=True,
            note="It should not have been made; its number stays used.",
        ),
        Edge(
            verb="write_off",
            sources=(InvoiceStatus.DUE,),
            targets=(InvoiceStatus.UNCOLLECTIBLE,),
            event="invoice.written_off",
            who="staff",
            also=("clock",),
            grant=Grant.BILLING_MANAGE,
            label="Write off",
            dangerous=True,
            note="Nobody expects the money; should it come, it is still paid.",
        ),
    ),
)
