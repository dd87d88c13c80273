"""An order's page: what is sold, what was paid, what can be done now; and the tabs beside it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from handsel.flows.sales.facts import facts
from handsel.flows.sales.warnings import OrderWarning, warnings_for
from handsel.models import (
    Activation,
    Attachment,
    BillingSettings,
    Event,
    Invoice,
    Order,
    OrderLine,
    OrderTag,
    Partner,
)
from handsel.models.people import now_of
from handsel.reads.billing.subscriptions import SubscriptionView, subscriptions_of
from handsel.reads.history.events import HistoryEntry, entries_page
from handsel.reads.money.payments import PaymentView, payments_for
from handsel.reads.paging import DEFAULT_LIMIT, Page
from handsel.reads.people.methods import MethodOnFile, methods_of
from handsel.reads.sales.offer import SentOffer, offers_of
from handsel.rules.errors import NotFound
from handsel.rules.order_facts import OrderFacts
from handsel.rules.order_status import OrderStatus
from handsel.rules.payment_states import PaymentStatus
from handsel.rules.periods import local_date
from handsel.rules.permissions import Actor, allowed_actions, may_edit_order, may_see_order

STILL_TO_SELL = frozenset(
    {OrderStatus.DRAFT, OrderStatus.PENDING, OrderStatus.RESUBMITTED, OrderStatus.APPROVED, OrderStatus.DECLINED}
)
"""While an order is in one of these, its warnings can still change what is done with it."""


@dataclass(frozen=True, slots=True)
class OrderView:
    """Everything an order's page shows. `methods` are the customer's on file, the default first; `payments` are those
    of the order and of its invoice, `offers` all that were sent, newest first. `allowed_actions` are the buttons."""

    order: Order
    lines: list[OrderLine]
    tags: list[str]
    billing: BillingSettings | None
    methods: list[MethodOnFile]
    payments: list[PaymentView]
    offers: list[SentOffer]
    invoice: Invoice | None
    subscriptions: list[SubscriptionView]
    warnings: list[OrderWarning]
    facts: OrderFacts
    allowed_actions: tuple[str, ...]
    may_edit: bool

    @property
    def payment_method_on_file(self) -> MethodOnFile | None:
        """The method the order names for billing, else the customer's default, else the newest one on file."""
        chosen = (each for each in self.methods if each.method.id == self.order.billing_method_id)
        return next(chosen, self.methods[0] if self.methods else None)

    @property
    def offer(self) -> SentOffer | None:
        """The newest offer; None where the order was never sent to its customer."""
        return self.offers[0] if self.offers else None

    @property
    def live_payment(self) -> PaymentView | None:
        return next((view for view in self.payments if view.is_open), None)

    @property
    def last_payment(self) -> PaymentView | None:
        return self.live_payment or next(iter(self.payments), None)

    @property
    def last_decline(self) -> PaymentView | None:
        """The decline to explain: the newest payment's, if that is what it came to."""
        newest = self.last_payment
        return newest if newest is not None and newest.payment.status == PaymentStatus.DECLINED else None


def order_view(partner: Partner, actor: Actor, order_id: uuid.UUID) -> OrderView:
    """The whole page; the number of statements does not depend on how much is on it (at most twelve, three
    more where it was sent to its customer). Raises NotFound
    for an order that does not exist for this actor."""
    order = order_of(actor, order_id)
    lines = list(OrderLine.objects.select_related("product").filter(order_id=order.id).order_by("position"))
    invoice: Invoice | None = Invoice.objects.filter(order_id=order.id).first()
    payments = payments_for(partner, [order.id] if invoice is None else [order.id, invoice.id])
    billing = BillingSettings.objects.filter(customer_id=order.customer_id).first()
    today = local_date(now_of(partner), order.customer.timezone)
    clearing = any(view.payment.status == PaymentStatus.CLEARING for view in payments)
    seen = facts(order, clearing=clearing)
    sold = order.status not in (OrderStatus.DRAFT, OrderStatus.PENDING, OrderStatus.RESUBMITTED)
    return OrderView(
        order=order,
        lines=lines,
        tags=list(OrderTag.objects.filter(order_id=order.id).order_by("id").values_list("tag", flat=True)),
        billing=billing,
        methods=methods_of(partner, order.customer_id, billing),
        payments=payments,
        offers=offers_of(order.id) if order.sent_by_id is not None else [],
        invoice=invoice,
        subscriptions=subscriptions_of(partner, order.id) if sold else [],
        warnings=warnings_for(order, lines, today) if order.status in STILL_TO_SELL else [],
        facts=seen,
        allowed_actions=allowed_actions(seen, actor, partner.settings()),
        may_edit=may_edit_order(seen, actor),
    )


def order_of(actor: Actor, order_id: uuid.UUID) -> Order:
    """The order with its customer, owner, and billing recipient and method. Raises NotFound."""
    rows = Order.objects.select_related("customer", "owner__user", "billing_recipient", "billing_method")
    order: Order | None = rows.filter(id=order_id).first()
    if order is None or not may_see_order(actor, str(order.owner_id)):
        raise NotFound("not_found", "There is no such order.")
    return order


def payments_of(partner: Partner, actor: Actor, order_id: uuid.UUID) -> list[PaymentView]:
    """The PAYMENT tab: every attempt for the order and for its invoice, newest first."""
    order = order_of(actor, order_id)
    invoices = Invoice.objects.filter(order_id=order.id).values_list("id", flat=True)
    return payments_for(partner, [order.id, *invoices])


def history_of(
    partner: Partner,
    actor: Actor,
    order_id: uuid.UUID,
    *,
    after: uuid.UUID | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[HistoryEntry]:
    """The HISTORY tab: every change of the order and of what hangs on it, newest first."""
    order = order_of(actor, order_id)
    return entries_page(partner, Event.objects.filter(order_id=order.id), after, limit)


def activations_of(partner: Partner, actor: Actor, order_id: uuid.UUID) -> list[Activation]:
    """The ACTIVATION tab: one row for each line, in the order of the lines."""
    order = order_of(actor, order_id)
    rows = Activation.objects.select_related("line", "product").filter(order_id=order.id)
    return list(rows.order_by("line__position"))


def attachments_of(partner: Partner, actor: Actor, order_id: uuid.UUID) -> list[Attachment]:
    """The files on the order, oldest first, without their bytes."""
    order = order_of(actor, order_id)
    return list(Attachment.objects.defer("content").filter(order_id=order.id).order_by("id"))


def attachment_of(partner: Partner, actor: Actor, order_id: uuid.UUID, attachment_id: uuid.UUID) -> Attachment:
    """One file with its bytes. Raises NotFound."""
    order = order_of(actor, order_id)
    attachment: Attachment | None = Attachment.objects.filter(id=attachment_id, order_id=order.id).first()
    if attachment is None:
        raise NotFound("not_found", "There is no such file.")
    return attachment
