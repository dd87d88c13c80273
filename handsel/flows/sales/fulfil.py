"""What a sold order sets up, in the transaction that sold it (DOMAIN.md section 3.4): subscriptions, activations, the
invoice with its number, the ledger, the customer's default billing, and the order's own status after its lines'."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from handsel.database.ids import new_id
from handsel.flows.billing.invoices import issue_for_order
from handsel.flows.sales.activation import conclude
from handsel.flows.work import Work
from handsel.models import Activation, BillingSettings, Order, OrderLine, OrderTag, Payment, PaymentMethod, Subscription
from handsel.rules.activation_states import ActivationStatus
from handsel.rules.periods import Interval, instant, local_date, period, trial_end
from handsel.rules.subscription_states import SubscriptionStatus


def lines_of(order: Order) -> list[OrderLine]:
    """The order's lines in their order, with their products: one statement."""
    return list(OrderLine.objects.select_related("product").filter(order_id=order.id).order_by("position"))


def fulfil(
    work: Work,
    order: Order,
    lines: Sequence[OrderLine],
    *,
    paid: bool,
    payment: Payment | None = None,
    method: PaymentMethod | None = None,
) -> None:
    """Set the order to work; it has just become `processing`.

    `paid` makes the invoice `paid`, by `payment` or because nothing was due; else it is `due` and the debt passes to
    it. `method` is a payment method that this payment saved.
    """
    today = local_date(work.now, order.customer.timezone)
    starts = {line.id: line.start_on or order.contract_start_on or today for line in lines}
    starts = {line_id: max(day, today) for line_id, day in starts.items()}
    subscriptions = [_subscription(work, order, line, starts[line.id], today) for line in lines if line.is_recurring]
    Subscription.objects.bulk_create(subscriptions)
    for subscription in subscriptions:
        work.record("subscription.created", subscription, changes={"status": subscription.status})
    activations = [_activation(work, order, line, starts[line.id], today) for line in lines]
    Activation.objects.bulk_create(activations)
    for activation in activations:
        work.record("activation.created", activation, changes={"status": activation.status})
    if paid and order.declined_before:
        forget_decline(order.id)
    billing = _complete_default_billing(work, order, payment, method)
    conclude(work, order, [activation.status for activation in activations])
    issue_for_order(work, order, lines, subscriptions, billing, paid=paid, payment=payment)


def forget_decline(order_id: uuid.UUID) -> None:
    """The tag of a declined payment goes when what it was for is paid, by whatever way (DOMAIN.md section 3.5)."""
    OrderTag.objects.filter(order_id=order_id, tag=OrderTag.PAYMENT_DECLINED).delete()


def _subscription(work: Work, order: Order, line: OrderLine, start: dt.date, today: dt.date) -> Subscription:
    assert line.interval is not None
    tz = order.customer.timezone
    anchor = trial_end(start, line.trial_days)
    first_start, first_end = period(anchor, Interval(line.interval, line.interval_count), 0)
    in_trial = line.trial_days > 0
    return Subscription(
        id=new_id(),
        partner_id=work.partner.id,
        customer_id=order.customer_id,
        order=order,
        line=line,
        product_id=line.product_id,
        status=SubscriptionStatus.ACTIVE if start <= today else SubscriptionStatus.SCHEDULED,
        quantity=line.quantity,
        unit_price_minor=line.unit_price_minor,
        discount_percent=line.discount_percent,
        discount_amount_minor=line.discount_amount_minor,
        discount_periods=line.discount_periods,
        currency=order.currency,
        interval=line.interval,
        interval_count=line.interval_count,
        periods=line.periods,
        anchor_on=anchor,
        starts_at=instant(start, tz),
        trial_ends_on=anchor if in_trial else None,
        periods_billed=0 if in_trial else 1,
        period_start_on=start if in_trial else first_start,
        period_end_on=anchor if in_trial else first_end,
        renews_at=instant(anchor if in_trial else first_end, tz),
        created_at=work.now,
    )


def _activation(work: Work, order: Order, line: OrderLine, start: dt.date, today: dt.date) -> Activation:
    starts_at = instant(start, order.customer.timezone)
    later, has_vendor = start > today, bool(line.product.vendor_url)
    status = ActivationStatus.ACTIVATED
    if later:
        status = ActivationStatus.SCHEDULED
    elif has_vendor:
        status = ActivationStatus.PENDING
    return Activation(
        id=new_id(),
        partner_id=work.partner.id,
        order=order,
        line=line,
        product_id=line.product_id,
        status=status,
        starts_on=start,
        starts_at=starts_at,
        next_attempt_at=starts_at if later else work.now if has_vendor else None,
        created_at=work.now,
        finished_at=work.now if status == ActivationStatus.ACTIVATED else None,
    )


def _complete_default_billing(
    work: Work, order: Order, payment: Payment | None, method: PaymentMethod | None
) -> BillingSettings:
    """Recipient and default method are filled where they were null; whatever was set stays."""
    locked = BillingSettings.objects.select_for_update(no_key=True)
    settings: BillingSettings = locked.get(customer_id=order.customer_id)
    method_id = (method.id if method else payment.method_id if payment else None) or order.billing_method_id
    filled = {}
    if settings.recipient_id is None and order.billing_recipient_id:
        filled["recipient_id"] = order.billing_recipient_id
    if settings.default_payment_method_id is None and method_id:
        filled["default_payment_method_id"] = method_id
    if filled:
        BillingSettings.objects.filter(id=settings.id).update(**filled)
        changes = {name: str(value) for name, value in filled.items()}
        work.record("billing_settings.completed", settings, changes=changes)
    return settings
