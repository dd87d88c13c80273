"""Roles and grants: what a member may be given. Who may do what with them is in `permissions`."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    ADMIN = "admin"
    SALESPERSON = "salesperson"


class Grant(StrEnum):
    ORDERS_VIEW_ALL = "orders.view_all"
    ORDERS_CREATE = "orders.create"
    ORDERS_MANAGE = "orders.manage"
    PAYMENTS_COLLECT = "payments.collect"
    PAYMENTS_ENTER_CARD = "payments.enter_card"
    PAYMENTS_REFUND = "payments.refund"
    PAYMENTS_APPROVE_REFUND = "payments.approve_refund"
    BILLING_MANAGE = "billing.manage"
    CATALOG_MANAGE = "catalog.manage"
    SETTINGS_MANAGE = "settings.manage"
    MEMBERS_MANAGE = "members.manage"
    REPORTS_VIEW = "reports.view"


ROLE_LABELS: Mapping[Role, str] = MappingProxyType({Role.ADMIN: "Admin", Role.SALESPERSON: "Salesperson"})

GRANT_LABELS: Mapping[Grant, str] = MappingProxyType(
    {
        Grant.ORDERS_VIEW_ALL: "See all orders",
        Grant.ORDERS_CREATE: "Create orders",
        Grant.ORDERS_MANAGE: "Manage orders",
        Grant.PAYMENTS_COLLECT: "Charge saved payment methods",
        Grant.PAYMENTS_ENTER_CARD: "Enter customers' cards",
        Grant.PAYMENTS_REFUND: "Refund payments",
        Grant.PAYMENTS_APPROVE_REFUND: "Approve large refunds",
        Grant.BILLING_MANAGE: "Manage billing",
        Grant.CATALOG_MANAGE: "Manage products and taxes",
        Grant.SETTINGS_MANAGE: "Change settings",
        Grant.MEMBERS_MANAGE: "Manage members",
        Grant.REPORTS_VIEW: "See reports",
    }
)

GRANT_EXPLANATIONS: Mapping[Grant, str] = MappingProxyType(
    {
        Grant.ORDERS_VIEW_ALL: "Without it, a member sees only the orders that are their own.",
        Grant.ORDERS_CREATE: "Make, edit and duplicate orders and send them to an admin.",
        Grant.ORDERS_MANAGE: "Approve, decline, activate and reassign orders, and act on those of others.",
        Grant.PAYMENTS_COLLECT: "Charge a payment method that is on file, and cancel a payment under way.",
        Grant.PAYMENTS_ENTER_CARD: (
            "Type a customer's card into the gateway's fields. Staff who do this bring your organisation "
            "under PCI DSS SAQ C-VT besides SAQ A."
        ),
        Grant.PAYMENTS_REFUND: "Give money back, up to what was captured.",
        Grant.PAYMENTS_APPROVE_REFUND: "Be the second person for refunds above your organisation's limit.",
        Grant.BILLING_MANAGE: "Change billing settings, subscriptions and invoices.",
        Grant.CATALOG_MANAGE: "Add and change products and tax rates.",
        Grant.SETTINGS_MANAGE: "Change how orders are configured, the gateways, mails and webhooks.",
        Grant.MEMBERS_MANAGE: "Invite members and change their roles and grants.",
        Grant.REPORTS_VIEW: "See what was collected, declined and recovered.",
    }
)

DEFAULT_GRANTS: Mapping[Role, frozenset[Grant]] = MappingProxyType(
    {
        Role.ADMIN: frozenset(Grant),
        Role.SALESPERSON: frozenset({Grant.ORDERS_CREATE, Grant.PAYMENTS_COLLECT, Grant.PAYMENTS_ENTER_CARD}),
    }
)
