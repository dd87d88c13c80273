"""Every kind of mail for those who word it: what it is called, who gets it, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

CUSTOMER, OWNER, MANAGERS = "The customer", "The order's owner", "Who manages orders"


@dataclass(frozen=True, slots=True)
class KindTold:
    label: str
    who: str
    when: str


TOLD: Mapping[str, KindTold] = MappingProxyType(
    {
        "offer_customer": KindTold("Offer", CUSTOMER, "An order is sent for their approval, or sent again."),
        "offer_signed_customer": KindTold("Offer signed", CUSTOMER, "They signed; with the proof of it as PDF."),
        "message_customer": KindTold("Message about an offer", CUSTOMER, "Somebody of yours writes to them."),
        "receipt_customer": KindTold("Receipt", CUSTOMER, "A payment succeeded; with the invoice as PDF."),
        "invoice_customer": KindTold("Invoice", CUSTOMER, "An invoice is due that is not charged by itself."),
        "confirm_payment_customer": KindTold(
            "Confirm a payment", CUSTOMER, "Their bank wants to ask them about a payment that you started."
        ),
        "payment_declined_customer": KindTold("Payment declined", CUSTOMER, "The bank declined an order's payment."),
        "refund_customer": KindTold("Refund", CUSTOMER, "Money was given back; with the credit note as PDF."),
        "renewal_failed_customer": KindTold("Renewal not paid", CUSTOMER, "A renewal could not be collected."),
        "order_awaiting_approval_staff": KindTold("Order awaits approval", MANAGERS, "A salesperson submits an order."),
        "order_declined_staff": KindTold("Order declined", OWNER, "An admin declines it."),
        "order_processed_staff": KindTold("Order processed", OWNER, "It is paid and set to work."),
        "payment_declined_staff": KindTold("Payment declined", OWNER, "The bank declined an order's payment."),
        "offer_approved_staff": KindTold("Offer approved", OWNER, "The customer signs."),
        "offer_declined_staff": KindTold("Offer declined", OWNER, "The customer says no, with a reason."),
        "offer_expired_staff": KindTold("Offer expired", OWNER, "Its last day is over without an answer."),
        "offer_locked_staff": KindTold("Offer locked", OWNER, "Too many cards failed on its link."),
        "message_staff": KindTold("Message from a customer", OWNER, "A customer writes on the page of an offer."),
        "cancellation_requested_staff": KindTold(
            "Cancellation requested", MANAGERS, "A salesperson asks for an order's cancellation."
        ),
        "activation_failed_staff": KindTold("Activation failed", OWNER, "A vendor could not activate a product."),
        "renewal_failed_staff": KindTold("Renewal not paid", "Who manages billing", "A renewal was not collected."),
        "payment_overdue_staff": KindTold(
            "Outcome unknown", f"{OWNER}, and {MANAGERS.lower()}", "A gateway has not answered for ten minutes."
        ),
        "late_money_refunded_staff": KindTold(
            "Late payment refunded", f"{OWNER}, and {MANAGERS.lower()}", "Money came late and was given back."
        ),
        "refund_failed_staff": KindTold(
            "Refund failed", f"{OWNER}, and {MANAGERS.lower()}", "A gateway could not give money back."
        ),
        "refund_waiting_staff": KindTold(
            "Refund waits", "Who approves refunds", "A refund above your limit needs a second person."
        ),
        "refund_unsent_staff": KindTold(
            "Refund not sent", f"{OWNER}, and {MANAGERS.lower()}", "A gateway refused a refund that a person asked for."
        ),
        "member_invited": KindTold("Invitation", "Who is invited", "Somebody is asked to work here."),
    }
)
"""In the order of the list: customers first."""

LANGUAGE_NAMES: Mapping[str, str] = MappingProxyType({"en": "English", "de": "German", "fr": "French", "es": "Spanish"})
