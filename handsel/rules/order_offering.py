"""The rows of an order's table in which it is with its customer: sent, answered by the link, taken back, run out."""

from __future__ import annotations

from handsel.rules.grants import Grant
from handsel.rules.order_status import OrderStatus
from handsel.rules.states import SAME, Edge

_DRAFT, _APPROVED, _AWAITING = OrderStatus.DRAFT, OrderStatus.APPROVED, OrderStatus.AWAITING_CUSTOMER_APPROVAL
_PAYING, _PROCESSING = OrderStatus.PROCESSING_PAYMENT, OrderStatus.PROCESSING
_DECLINED, _CANCELLED = OrderStatus.DECLINED, OrderStatus.CANCELLED

PAYABLE = ("has_lines", "debt_not_on_invoice", "no_live_payment")
"""What an order needs before it can be charged, activated or offered."""

_ANSWERABLE = ("offer_open", "no_live_payment")

OFFERING = (
    Edge(
        verb="send_for_customer_approval",
        sources=(_DRAFT, _APPROVED),
        targets=(_AWAITING,),
        event="order.sent_for_approval",
        who="staff",
        grant=Grant.ORDERS_CREATE,
        setting="salespeople_can_send_for_customer_approval",
        conditions=PAYABLE,
        label="Submit for customer approval",
        note="Makes the offer: contact, expiry, payment required or not, terms. The link goes by mail.",
    ),
    Edge(
        verb="resend",
        sources=(_AWAITING,),
        targets=(SAME,),
        event="order.offer_resent",
        who="staff",
        sender_only=True,
        label="Send again",
        note="To the same or another contact, with a new link; older links stop working, the newest expiry holds.",
    ),
    Edge(
        verb="recall",
        sources=(_AWAITING,),
        targets=(_DRAFT,),
        event="order.recalled",
        who="staff",
        sender_only=True,
        label="Recall",
        dangerous=True,
        note="The link stops working; what is sent next is a new revision.",
    ),
    Edge(
        verb="approve_as_customer",
        sources=(_AWAITING,),
        targets=(_PROCESSING,),
        event="order.approved_by_customer",
        who="link",
        conditions=(*_ANSWERABLE, "nothing_to_pay"),
        label="Sign",
        note="Signature and required terms; no payment is required, or nothing is due.",
    ),
    Edge(
        verb="approve_and_pay",
        sources=(_AWAITING,),
        targets=(_PAYING,),
        event="order.payment_started",
        who="link",
        conditions=(*_ANSWERABLE, "payment_required"),
        label="Sign and pay",
        note="Signature, terms and card in one page.",
    ),
    Edge(
        verb="approve_and_pay",
        sources=(_DECLINED,),
        targets=(_PAYING,),
        event="order.payment_started",
        who="link",
        conditions=("declined_by_bank", *_ANSWERABLE, "payment_required", "may_retry"),
        label="Sign and pay",
        note="Another card after the bank's no, while the link is valid; the signature of this revision stays.",
    ),
    Edge(
        verb="decline_as_customer",
        sources=(_AWAITING,),
        targets=(_DECLINED,),
        event="order.declined",
        who="link",
        conditions=_ANSWERABLE,
        label="Decline",
        dangerous=True,
        note="The customer says no and why.",
    ),
    Edge(
        verb="expire_offer",
        sources=(_AWAITING,),
        targets=(_CANCELLED,),
        event="order.offer_expired",
        who="clock",
        conditions=("no_live_payment",),
        note="The offer's time is over and nobody answered.",
    ),
)
