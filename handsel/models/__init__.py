"""Nouns: fields, constraints, small predicates. One module per chapter."""

from handsel.models.access import ApiKey, ClockAdvance, Credential, IdempotencyRecord, SearchWord
from handsel.models.billing import Counter, CreditNote, Invoice, InvoiceLine, Subscription
from handsel.models.catalog import Product, TaxRate
from handsel.models.history import Event, EventPersonal, Seal, UnsealedEvent
from handsel.models.money import (
    GatewayAccount,
    GatewayCustomer,
    GatewayEvent,
    LedgerPosting,
    Payment,
    PaymentMethod,
    Refund,
)
from handsel.models.offers import Message, Offer, Signature, SignedDocument, SigningKey, Terms
from handsel.models.outbox import Mail, MailCursor, MailText
from handsel.models.people import (
    BillingSettings,
    Contact,
    Customer,
    Invitation,
    Logo,
    Member,
    Partner,
    User,
)
from handsel.models.sales import Activation, Attachment, Order, OrderCount, OrderLine, OrderTag

__all__ = [
    "Activation",
    "ApiKey",
    "Attachment",
    "BillingSettings",
    "ClockAdvance",
    "Contact",
    "Counter",
    "Credential",
    "CreditNote",
    "Customer",
    "Event",
    "EventPersonal",
    "GatewayAccount",
    "GatewayCustomer",
    "GatewayEvent",
    "IdempotencyRecord",
    "Invitation",
    "Invoice",
    "InvoiceLine",
    "LedgerPosting",
    "Logo",
    "Mail",
    "MailCursor",
    "MailText",
    "Member",
    "Message",
    "Offer",
    "Order",
    "OrderCount",
    "OrderLine",
    "OrderTag",
    "Partner",
    "Payment",
    "PaymentMethod",
    "Product",
    "Refund",
    "Seal",
    "SearchWord",
    "Signature",
    "SignedDocument",
    "SigningKey",
    "Subscription",
    "TaxRate",
    "Terms",
    "UnsealedEvent",
    "User",
]
