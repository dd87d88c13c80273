"""Payment methods and payments."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field, StrictBool, StrictStr

from handsel.database.ids import show
from handsel.flows.money.begin import OfflineMethod
from handsel.flows.money.offline import REFERENCE_LENGTH
from handsel.models import Customer, Invoice, Order, Payment, PaymentMethod, Refund
from handsel.reads.money.payments import PaymentView
from handsel.reads.people.methods import MethodOnFile
from handsel.rules.offline import KINDS
from handsel.web.api.schemas.base import Asked, Day, Money, MoneyAsked, Reason, Told, money, shown_or_none, text

Token = Annotated[StrictStr, Field(json_schema_extra={"maxLength": 100, "pattern": "^pm_"})]


class MethodNew(Asked):
    """`token` is what the gateway's card fields made in the browser: card numbers never come here."""

    token: Token


class OfflineAsked(Asked):
    """Money that came outside of any gateway. `reference` is what it is found again by, needed for cheques and
    transfers; `received_on` is today unless named."""

    kind: Annotated[StrictStr, Field(json_schema_extra={"enum": list(KINDS)})]
    reference: Annotated[StrictStr, text(REFERENCE_LENGTH)] = ""
    received_on: Day | None = None

    def source(self) -> OfflineMethod:
        return OfflineMethod(self.kind, self.reference, self.received_on)


class MethodTold(Told):
    """`default` bills the customer's renewals; `expired` cards cannot be charged."""

    id: str
    customer: str
    kind: str
    brand: str
    last4: str
    exp_month: int | None
    exp_year: int | None
    country: str
    default: bool
    expired: bool
    verification: str | None
    verified_at: dt.datetime | None
    created_at: dt.datetime

    @classmethod
    def of(cls, on_file: MethodOnFile) -> MethodTold:
        method = on_file.method
        return cls(
            id=method.shown_id,
            customer=show(Customer.prefix, method.customer_id),
            kind=method.kind,
            brand=method.brand,
            last4=method.last4,
            exp_month=method.exp_month,
            exp_year=method.exp_year,
            country=method.country,
            default=on_file.is_default,
            expired=on_file.is_expired,
            verification=method.verification or None,
            verified_at=method.verified_at,
            created_at=method.created_at,
        )


class MethodFactsTold(Told):
    """What a receipt names: never a number."""

    id: str | None
    brand: str | None
    last4: str | None
    exp_month: int | None
    exp_year: int | None


class DeclineTold(Told):
    """Why a payment was declined. `class` is soft (the same card may work later), hard, or authentication."""

    code: str
    decline_class: str = Field(alias="class")
    customer_message: str
    staff_message: str
    network_code: str | None
    retry_same_card: bool


class NextActionTold(Told):
    type: str
    url: str


class RefundAsked(Asked):
    """Without `amount`, all that is left. `end_service` ends what the payment paid for."""

    amount: MoneyAsked | None = None
    reason: Reason
    end_service: StrictBool = False


class RefundTold(Told):
    """`cause` is `request`, or why it was made by itself. `awaiting_approval`: nothing is sent before a second person
    agrees. `failure_code` is the gateway's word, or `not_approved`."""

    id: str
    payment: str
    status: str
    awaiting_approval: bool
    amount: Money
    cause: str
    reason: str
    end_service: bool
    failure_code: str | None
    created_at: dt.datetime
    settled_at: dt.datetime | None

    @classmethod
    def of(cls, refund: Refund) -> RefundTold:
        return cls(
            id=refund.shown_id,
            payment=show(Payment.prefix, refund.payment_id),
            status=refund.status,
            awaiting_approval=refund.is_waiting,
            amount=money(refund.amount_minor, refund.currency),
            cause=refund.cause,
            reason=refund.reason,
            end_service=refund.ends_service,
            failure_code=refund.failure_code or None,
            created_at=refund.created_at,
            settled_at=refund.settled_at,
        )


class OfflineTold(Told):
    """What a person stated of money that came outside of any gateway."""

    kind: str
    reference: str
    received_on: str


class PaymentTold(Told):
    """One attempt to take one amount for one debt. `next_action` says where somebody must act."""

    id: str
    status: str
    amount: Money
    amount_captured: Money
    amount_refunded: Money
    customer: str
    order: str | None
    invoice: str | None
    method: MethodFactsTold
    offline: OfflineTold | None
    decline: DeclineTold | None
    next_action: NextActionTold | None
    gateway: str
    gateway_reference: str | None
    initiated_by: str
    source: str
    created_at: dt.datetime
    settled_at: dt.datetime | None
    refunds: list[RefundTold]

    @classmethod
    def of(cls, view: PaymentView) -> PaymentTold:
        payment = view.payment
        return cls(
            id=payment.shown_id,
            status=payment.status,
            amount=money(payment.amount_minor, payment.currency),
            amount_captured=money(payment.captured_minor, payment.currency),
            amount_refunded=money(payment.refunded_minor, payment.currency),
            customer=show(Customer.prefix, payment.customer_id),
            order=shown_or_none(Order.prefix, payment.order_id),
            invoice=shown_or_none(Invoice.prefix, payment.invoice_id),
            method=_facts(view),
            offline=_offline(view),
            decline=_decline(view),
            next_action=_next_action(view),
            gateway=payment.account.name,
            gateway_reference=payment.reference or None,
            initiated_by=payment.initiated_by,
            source=payment.source,
            created_at=payment.created_at,
            settled_at=payment.settled_at,
            refunds=[RefundTold.of(refund) for refund in view.refunds],
        )


def _facts(view: PaymentView) -> MethodFactsTold:
    facts = view.payment.method_facts
    return MethodFactsTold(
        id=shown_or_none(PaymentMethod.prefix, view.payment.method_id),
        brand=facts.get("brand"),
        last4=facts.get("last4"),
        exp_month=facts.get("exp_month"),
        exp_year=facts.get("exp_year"),
    )


def _offline(view: PaymentView) -> OfflineTold | None:
    facts = view.payment.method_facts
    if facts.get("brand") not in KINDS:
        return None
    return OfflineTold(kind=facts["brand"], reference=facts["reference"], received_on=facts["received_on"])


def _decline(view: PaymentView) -> DeclineTold | None:
    why = view.decline
    if why is None:
        return None
    return DeclineTold.model_validate(
        {
            "code": why.code,
            "class": why.decline_class.value,
            "customer_message": why.customer_message,
            "staff_message": why.staff_message,
            "network_code": why.network_code or None,
            "retry_same_card": why.retry_same_card,
        }
    )


def _next_action(view: PaymentView) -> NextActionTold | None:
    action = view.next_action
    return None if action is None else NextActionTold(type=action.type, url=action.url)
