"""One believable mail of every kind: for the page that shows them, and for tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from handsel.documents.localised import Localised
from handsel.messages.render import KINDS, RenderedMail, render_mail
from handsel.models import Partner

SAMPLE_CONTEXT: Mapping[str, str] = {
    "partner_name": "Northwind Digital",
    "accent": "#0f766e",
    "customer_name": "Whitfield Interiors",
    "salesperson_name": "Bob Sanders",
    "declined_by": "Alice Moreau",
    "contact_email": "billing@northwind.example",
    "order_number": "1042",
    "order_status": "activated",
    "order_url": "https://handsel.example/orders/ord_01jd9z6q4m",
    "purpose": "Local SEO, Pro edition",
    "product_name": "Local SEO, Pro edition",
    "amount": "$1,240.00",
    "method": "Visa •••• 4242",
    "reason": "The card has insufficient funds.",
    "code": "card_declined / insufficient_funds",
    "retry_advice": "may work in a few days",
    "cause": "order 1042 was cancelled",
    "note": "Agreed on the phone, starts on Monday",
    "tries": "5",
    "paid_on": "November 22, 2026",
    "sent_at": "November 22, 2026, 14:05 UTC",
    "arrived_on": "November 22, 2026, 14:05 UTC",
    "confirm_until": "November 29, 2026",
    "due_on": "December 6, 2026",
    "next_try_on": "November 25, 2026",
    "invoice_number": "NW-2026-00042",
    "credit_note_number": "CN-000007",
    "asked_by": "Bob Sanders",
    "receipt_number": "R-2026-00017",
    "invoice_url": "https://handsel.example/invoices/inv_01jd9z6q4m",
    "pay_url": "https://handsel.example/pay/2vR8c1yJ",
    "offer_url": "https://handsel.example/approve/2vR8c1yJ",
    "valid_until": "December 22, 2026 at 12:00:00 AM UTC",
    "sender_name": "Bob Sanders",
    "signer_name": "Dana Whitfield",
    "signed_at": "November 22, 2026 at 2:05:06 PM UTC",
    "author": "Bob Sanders",
    "message": "As we agreed on the phone. Tell me if anything is missing.",
    "confirm_url": "https://handsel.example/confirm/2vR8c1yJ",
    "inviter_name": "Alice Moreau",
    "role": "salesperson",
    "join_until": "November 29, 2026",
    "join_url": "https://handsel.example/invitations/2vR8c1yJ",
}

REASONS: Mapping[str, str] = {
    "refund_customer": "The set-up was cancelled before it began",
    "refund_waiting_staff": "The set-up was cancelled before it began",
    "refund_unsent_staff": "The set-up was cancelled before it began",
    "activation_failed_staff": "Listing service: this address is already claimed by another account",
    "order_declined_staff": "The discount of 40% needs the agreement of two admins",
}


def sample_mails(locale: str = "en") -> tuple[tuple[str, RenderedMail], ...]:
    """Every kind with its mail, in the order of `KINDS`."""
    contexts = {kind: {**SAMPLE_CONTEXT, "reason": REASONS.get(kind, SAMPLE_CONTEXT["reason"])} for kind in KINDS}
    return tuple((kind, render_mail(kind, locale, context)) for kind, context in contexts.items())


DAYS: Mapping[str, dt.date] = {
    "paid_on": dt.date(2026, 11, 22),
    "arrived_on": dt.date(2026, 11, 22),
    "next_try_on": dt.date(2026, 11, 25),
    "confirm_until": dt.date(2026, 11, 29),
    "join_until": dt.date(2026, 11, 29),
    "due_on": dt.date(2026, 12, 6),
    "valid_until": dt.date(2026, 12, 22),
}


def sample_values(kind: str, language: str, partner: Partner) -> dict[str, str]:
    """Made-up values for a mail of this partner's, amounts and days as readers of the language write them."""
    write = Localised(language, partner.currency)
    return {
        **SAMPLE_CONTEXT,
        "reason": REASONS.get(kind, SAMPLE_CONTEXT["reason"]),
        "amount": write.money(124_000),
        **{name: write.date(day) for name, day in DAYS.items()},
        "partner_name": partner.name,
        "accent": partner.accent,
        "contact_email": partner.email or SAMPLE_CONTEXT["contact_email"],
    }
