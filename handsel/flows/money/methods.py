"""Keeping what a payment taught us about the payer: the gateway's customer, and the card if it may be kept."""

from __future__ import annotations

from handsel.flows.work import Work
from handsel.gateways.base import MethodFacts
from handsel.models import GatewayCustomer, Payment, PaymentMethod

CONSENT_VERSION = "2026-11"
CONSENT_TEXT = (
    "The customer agrees that this payment method is kept by the payment gateway and charged for the renewals "
    "shown in the order, when they fall due, until the subscriptions end or the method is removed."
)


def keep_gateway_customer(work: Work, payment: Payment, reference: str | None) -> None:
    """The first gateway customer that came back serves every later payment (CASES.md 7)."""
    if reference and payment.request["customer_reference"] is None:
        row = GatewayCustomer(
            partner_id=work.partner.id,
            customer_id=payment.customer_id,
            account_id=payment.account_id,
            reference=reference,
        )
        GatewayCustomer.objects.bulk_create([row], ignore_conflicts=True)


def keep_method(
    work: Work, payment: Payment, method: MethodFacts | None, customer_reference: str | None
) -> PaymentMethod | None:
    """The saved method of a payment that was to keep it; None where nothing new is to be kept. A method that is on file
    already, since its token was saved or charged before, is that one again."""
    if method is None or not payment.request["save_method"]:
        return None
    kept = PaymentMethod(
        partner_id=work.partner.id,
        customer_id=payment.customer_id,
        account_id=payment.account_id,
        customer_reference=customer_reference or "",
        consent={**payment.consent, "authentication": "payment"},
        created_at=work.now,
        **columns_of(method),
    )
    PaymentMethod.objects.bulk_create([kept], ignore_conflicts=True)
    there = PaymentMethod.objects.filter(account_id=payment.account_id, reference=method.reference, removed_at=None)
    on_file: PaymentMethod | None = there.first()
    if on_file is not None and on_file.id == kept.id:
        work.record("payment_method.saved", kept, changes={"brand": kept.brand, "last4": kept.last4})
    return on_file


def columns_of(method: MethodFacts) -> dict[str, object]:
    """The columns of PaymentMethod that the gateway fills."""
    return {
        "reference": method.reference,
        "kind": method.kind,
        "brand": method.brand,
        "last4": method.last4,
        "exp_month": method.exp_month,
        "exp_year": method.exp_year,
        "country": method.country,
        "fingerprint": method.fingerprint,
    }


def consent(work: Work, text: str = "") -> dict[str, str]:
    """The evidence that a method may be charged later (DOMAIN.md section 3.8): the sentence that was agreed to, else
    ours, with its version, time and source."""
    return {
        "text": text or CONSENT_TEXT,
        "version": CONSENT_VERSION,
        "source": work.actor.source,
        "at": work.now.isoformat(),
    }
