"""Renewal: when a period ends, the next one is invoiced and charged, exactly once (DOMAIN.md section 6).

Renewals of one customer, day and currency share an invoice. The index on (subscription, period) is what makes two
billing workers harmless; the row locks only keep them from meeting there.

1. Transaction 1: the customer's due subscriptions are locked, their next period is invoiced, the subscriptions advance,
   and where the settings say `automatic` the payment row is written with its frozen request.
2. The gateway is asked; 3. the answer is settled: `flows.money.take.ask`, as for any payment.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from handsel.flows.billing.holding import hold_failed
from handsel.flows.billing.invoices import invoice_line, issue
from handsel.flows.idempotency import Claim
from handsel.flows.money.begin import Begun, OfflineMethod, SavedMethod, begin
from handsel.flows.money.take import ask
from handsel.flows.sales.pricing import frozen_taxes, line_input, tax_rules_for
from handsel.flows.transition import move
from handsel.flows.work import Work, working
from handsel.models import (
    Activation,
    BillingSettings,
    Customer,
    Invoice,
    InvoiceLine,
    Partner,
    Subscription,
)
from handsel.rules.activation_states import ActivationStatus
from handsel.rules.errors import HandselError, NotFound, Refused
from handsel.rules.invoice_states import InvoiceStatus
from handsel.rules.periods import Interval, instant, period
from handsel.rules.permissions import CLOCK, Actor, Grant, check_grant
from handsel.rules.pricing import price_period
from handsel.rules.subscription_states import BILLED_SUBSCRIPTION_STATUSES, SubscriptionStatus
from handsel.rules.tax import TaxRule


def renew_customer(partner: Partner, customer_id: uuid.UUID) -> None:
    """Bill one period of each of the customer's subscriptions whose period is over; call again while any is due."""
    for begun in _invoice_due(partner, customer_id):
        # If we die here: the payment is `created`; the reconciler sends it. The invoice stands and is due.
        ask(partner, begun)


def collect_invoice(partner: Partner, actor: Actor, invoice_id: uuid.UUID, *, claim: Claim | None = None) -> None:
    """Charge a due invoice to the customer's default payment method, now."""
    check_grant(actor, Grant.PAYMENTS_COLLECT)
    with working(partner, actor) as work:
        invoice = collectable(invoice_id)
        method = _default_method(invoice.customer_id)
        if method is None:
            raise Refused("payment_method_required", "This customer has no default payment method. Add one first.")
        if claim is not None:
            claim.remember("invoice", invoice.id)
        begun = begin(work, invoice.customer, invoice, invoice.due_minor, SavedMethod(method))
    # If we die here: the payment is `created`; the reconciler sends its frozen request.
    ask(partner, begun)


def mark_paid(
    partner: Partner, actor: Actor, invoice_id: uuid.UUID, received: OfflineMethod, *, claim: Claim | None = None
) -> None:
    """Record that what is due of an invoice was received outside of any gateway: a payment like any other, whose
    gateway is the partner's own hand. Raises NotFound, NotAllowed, Invalid, Refused as `collect_invoice` does, and
    `offline_not_accepted` where the partner records no such payments."""
    check_grant(actor, Grant.BILLING_MANAGE)
    with working(partner, actor) as work:
        invoice = collectable(invoice_id)
        if claim is not None:
            claim.remember("invoice", invoice.id)
        begun = begin(work, invoice.customer, invoice, invoice.due_minor, received)
    # If we die here: the payment is `created`; the reconciler asks, and the answer is what was stated.
    ask(partner, begun)


def collectable(invoice_id: uuid.UUID) -> Invoice:
    """The invoice, locked, if something is still owed by it. Raises NotFound and Refused."""
    rows = Invoice.objects.select_for_update(of=("self",), no_key=True).select_related("customer")
    invoice: Invoice | None = rows.filter(id=invoice_id).first()
    if invoice is None:
        raise NotFound("not_found", "There is no such invoice.")
    if invoice.status == InvoiceStatus.PAID:
        raise Refused("already_paid", "This invoice is paid; nothing more is due.")
    if invoice.status not in (InvoiceStatus.DUE, InvoiceStatus.UNCOLLECTIBLE):
        raise Refused("action_not_allowed", f"This invoice is “{invoice.status_label}”; it cannot be charged.")
    return invoice


def start_subscription(partner: Partner, subscription_id: uuid.UUID) -> None:
    """The first day of a scheduled subscription has begun."""
    with working(partner, CLOCK) as work:
        subscription = Subscription.objects.select_for_update(no_key=True).get(id=subscription_id)
        if subscription.status == SubscriptionStatus.SCHEDULED and subscription.starts_at <= work.now:
            move(work, subscription, "start", SubscriptionStatus.ACTIVE)


def _invoice_due(partner: Partner, customer_id: uuid.UUID) -> list[Begun]:
    with working(partner, CLOCK) as work:
        customer = Customer.objects.select_for_update(no_key=True).get(id=customer_id)
        due = _due(work, customer)
        if not due:
            return []
        rules = tax_rules_for(customer)
        billed = [subscription for subscription in due if _advance(work, customer, subscription)]
        settings = BillingSettings.objects.get(customer_id=customer.id)
        begun = []
        for currency in sorted({subscription.currency for subscription in billed}):
            group = [subscription for subscription in billed if subscription.currency == currency]
            for method_id, together in _by_method(group, settings).items():
                invoice = _issue(work, customer, currency, together, rules, settings)
                started = _begin(work, customer, invoice, method_id, settings)
                if started is not None:
                    begun.append(started)
        return begun


def _due(work: Work, customer: Customer) -> list[Subscription]:
    """The due subscriptions that bill, locked; those whose line failed to activate wait with their money."""
    due = Subscription.objects.select_for_update(of=("self",), no_key=True).select_related("product", "line")
    found = list(
        due.filter(customer_id=customer.id, renews_at__lte=work.now, status__in=BILLED_SUBSCRIPTION_STATUSES).order_by(
            "id"
        )
    )
    return hold_failed(work, found)


def _advance(work: Work, customer: Customer, subscription: Subscription) -> bool:
    """Take the subscription to its next period; False where its term is over and it ends instead."""
    if subscription.periods is not None and subscription.periods_billed >= subscription.periods:
        move(work, subscription, "end", SubscriptionStatus.ENDED, renews_at=None, ended_at=work.now)
        for activation in Activation.objects.filter(
            line_id=subscription.line_id, status__in=(ActivationStatus.ACTIVATED, ActivationStatus.ERRORS_IGNORED)
        ):
            move(work, activation, "deactivate", ActivationStatus.DEACTIVATED)
        return False
    interval = Interval(subscription.interval, subscription.interval_count)
    start, end = period(subscription.anchor_on, interval, subscription.periods_billed)
    subscription.periods_billed += 1
    subscription.period_start_on, subscription.period_end_on = start, end
    subscription.renews_at = instant(end, customer.timezone)
    subscription.save(update_fields=["periods_billed", "period_start_on", "period_end_on", "renews_at"])
    work.record("subscription.renewed", subscription, changes={"from": start.isoformat(), "to": end.isoformat()})
    return True


def _by_method(
    subscriptions: Sequence[Subscription], settings: BillingSettings
) -> dict[uuid.UUID | None, list[Subscription]]:
    """One invoice per method that will be asked: a subscription's own, else the customer's default."""
    groups: dict[uuid.UUID | None, list[Subscription]] = {}
    for subscription in subscriptions:
        method_id = subscription.payment_method_id or settings.default_payment_method_id
        groups.setdefault(method_id, []).append(subscription)
    return groups


def _issue(
    work: Work,
    customer: Customer,
    currency: str,
    subscriptions: Sequence[Subscription],
    rules: tuple[TaxRule, ...],
    settings: BillingSettings,
) -> Invoice:
    lines = [
        _line(work, position, subscription, customer, rules)
        for position, subscription in enumerate(subscriptions, start=1)
    ]
    total = sum(line.total_minor for line in lines)
    return issue(
        work,
        customer,
        currency,
        lines,
        status=InvoiceStatus.DUE if total else InvoiceStatus.PAID,
        terms_days=settings.payment_terms_days,
        memo=settings.memo,
    )


def _line(
    work: Work, position: int, subscription: Subscription, customer: Customer, rules: tuple[TaxRule, ...]
) -> InvoiceLine:
    priced = price_period(
        line_input(
            quantity=subscription.quantity,
            unit_price_minor=subscription.unit_price_minor,
            discount_percent=subscription.discount_percent,
            discount_amount_minor=subscription.discount_amount_minor,
            discount_periods=subscription.discount_periods,
            recurring=True,
            periods=subscription.periods,
            trial_days=0,
            rules=rules,
            customer_exempt=customer.tax_exempt,
            product_exempt=subscription.product.tax_exempt,
        ),
        subscription.periods_billed,
    )
    return invoice_line(
        work,
        position,
        subscription.line.name,
        subscription.quantity,
        subscription.unit_price_minor,
        priced,
        frozen_taxes(priced.taxes),
        subscription,
    )


def _begin(
    work: Work, customer: Customer, invoice: Invoice, method_id: uuid.UUID | None, settings: BillingSettings
) -> Begun | None:
    """The payment of a renewal, where it is to be collected automatically; a method that cannot be charged leaves
    the invoice due and its subscriptions past due, for people to mend."""
    if settings.collection != BillingSettings.AUTOMATIC or invoice.due_minor == 0:
        return None
    if method_id is not None:
        try:
            return begin(work, customer, invoice, invoice.due_minor, SavedMethod(method_id))
        except HandselError as refusal:
            why = refusal.code
    else:
        why = "payment_method_required"
    work.record("invoice.collection_refused", invoice, changes={"code": why})
    for subscription in Subscription.objects.filter(
        id__in=invoice.lines.values_list("subscription_id", flat=True), status=SubscriptionStatus.ACTIVE
    ):
        move(work, subscription, "fall_past_due", SubscriptionStatus.PAST_DUE, note={"invoice": invoice.shown_id})
    return None


def _default_method(customer_id: uuid.UUID) -> uuid.UUID | None:
    return (
        BillingSettings.objects.filter(customer_id=customer_id)
        .values_list("default_payment_method_id", flat=True)
        .get()
    )
