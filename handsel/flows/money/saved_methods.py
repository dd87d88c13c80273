"""Payment methods on file: saved with consent, verified without an amount, removed, made the default.

As everywhere, the gateway is asked with no transaction open; what it answered is written in one.
"""

from __future__ import annotations

import uuid
from typing import assert_never

from django.conf import settings
from django.db import connection
from django.db.models import Q

from handsel.database.ids import new_id, show
from handsel.database.tenancy import reading
from handsel.flows.fields import once
from handsel.flows.idempotency import Claim
from handsel.flows.money.begin import check_token
from handsel.flows.money.gateways import gateway_of
from handsel.flows.money.methods import columns_of, consent
from handsel.flows.people.billing_settings import update_billing_settings
from handsel.flows.people.customers import customer_for
from handsel.flows.work import Work, working
from handsel.gateways.base import Declined, MethodNeedsCustomer, MethodSaved, Rejected, SaveOutcome, Unknown
from handsel.models import (
    BillingSettings,
    Customer,
    GatewayAccount,
    GatewayCustomer,
    Order,
    Partner,
    Payment,
    PaymentMethod,
    Subscription,
)
from handsel.rules.declines import explain
from handsel.rules.errors import NotFound, PaymentRequired, Refused, TryLater
from handsel.rules.order_status import OrderStatus
from handsel.rules.payment_states import LIVE_PAYMENT_STATUSES
from handsel.rules.permissions import Actor, Grant, check_grant
from handsel.rules.subscription_states import BILLED_SUBSCRIPTION_STATUSES, SubscriptionStatus

RUNNING = frozenset({*BILLED_SUBSCRIPTION_STATUSES, SubscriptionStatus.SCHEDULED, SubscriptionStatus.PAUSED})
UNSUBMITTED = (
    OrderStatus.DRAFT, OrderStatus.PENDING, OrderStatus.RESUBMITTED, OrderStatus.APPROVED, OrderStatus.DECLINED,
)  # fmt: skip
TOKEN_CODES = {"resource_missing": "token_unknown", "payment_method_unexpected_state": "token_used"}


def save_method(
    partner: Partner, actor: Actor, customer_id: uuid.UUID, token: str, claim: Claim | None = None
) -> PaymentMethod:
    """Attach a token of the gateway's fields to the customer and have its bank agree to later charges; no amount.

    Raises NotAllowed, NotFound, Invalid (`token_unknown`), PaymentRequired when the bank or the gateway refuses or
    wants to ask the customer first, and TryLater when the gateway cannot be reached.
    """
    check_grant(actor, Grant.PAYMENTS_ENTER_CARD)
    return attach_method(partner, actor, customer_id, token, claim=claim)


def attach_method(
    partner: Partner,
    actor: Actor,
    customer_id: uuid.UUID,
    token: str,
    *,
    claim: Claim | None = None,
    consent_text: str = "",
) -> PaymentMethod:
    """What `save_method` does, for whoever was let do it: staff, or the customer by a link."""
    check_token(token)
    method_id = new_id()
    with reading(partner.id):
        customer = customer_for(customer_id)
        account = _default_account()
        known = GatewayCustomer.objects.filter(customer_id=customer.id, account_id=account.id).first()
        gateway = gateway_of(account)
    # If we die here: nothing was sent.
    connection.close()
    outcome = gateway.save_method(
        key=_key(method_id, claim),
        token=token,
        customer_reference=known.reference if known else None,
        customer_name=customer.name,
        customer_email=customer.email,
        customer_metadata={"partner": str(partner.id), "customer": customer.shown_id},
        return_url=f"{settings.BASE_URL}/pay/returned",
    )
    # If we die here: the gateway keeps a method that nobody charges, since we have no row of it.
    saved = _saved(outcome)
    with working(partner, actor) as work:
        if claim is not None:
            claim.remember("payment_method", method_id)
        return _keep(work, customer, account, method_id, saved, consent_text)


def verify_method(partner: Partner, actor: Actor, method_id: uuid.UUID) -> PaymentMethod:
    """Ask the customer's bank about a method on file, without an amount; the row then says what it answered: `ok`,
    `declined` or `asks`. Raises NotAllowed, NotFound, TryLater."""
    check_grant(actor, Grant.PAYMENTS_COLLECT)
    with reading(partner.id):
        method = _method(method_id)
        gateway = gateway_of(method.account)
    connection.close()
    outcome = gateway.verify_method(
        key=f"{method.shown_id}:{new_id().hex}",
        method=method.reference,
        customer_reference=method.customer_reference,
        return_url=f"{settings.BASE_URL}/pay/returned",
    )
    # If we die here: the bank was asked in vain; nothing was charged, and it can be asked again.
    answer, code = _verification(outcome)
    with working(partner, actor) as work:
        method = _method(method_id, lock=True)
        method.verification, method.verified_at = answer, work.now
        method.save(update_fields=["verification", "verified_at"])
        work.record("payment_method.verified", method, changes={"verification": answer, "decline_code": code})
    return method


def remove_method(partner: Partner, actor: Actor, method_id: uuid.UUID) -> None:
    """Take a method off file, here first, then at the gateway. Orders that were to be paid with it name none any more.

    Raises NotAllowed, NotFound, and Refused while a subscription bills it, itself or as the customer's default
    (`method_in_use`), or while a payment with it is under way (`payment_in_progress`).
    """
    check_grant(actor, Grant.BILLING_MANAGE)
    with working(partner, actor) as work:
        method = _method(method_id, lock=True)
        _check_unused(method)
        method.removed_at = work.now
        method.save(update_fields=["removed_at"])
        BillingSettings.objects.filter(default_payment_method_id=method.id).update(default_payment_method=None)
        Order.objects.filter(
            customer_id=method.customer_id, billing_method_id=method.id, status__in=UNSUBMITTED
        ).update(billing_method=None)
        work.record("payment_method.removed", method, changes={"brand": method.brand, "last4": method.last4})
        gateway = gateway_of(method.account)
    # If we die here: the method stays attached at the gateway, where nobody charges it.
    connection.close()
    gateway.detach_method(key=method.shown_id, method=method.reference)


def set_default_method(partner: Partner, actor: Actor, customer_id: uuid.UUID, method_id: uuid.UUID) -> BillingSettings:
    """Bill this method from now on, wherever a subscription has none of its own."""
    return update_billing_settings(partner, actor, customer_id, {"default_payment_method_id": method_id})


def _default_account() -> GatewayAccount:
    account: GatewayAccount | None = GatewayAccount.objects.filter(is_default=True).first()
    if account is None:
        raise Refused("gateway_unavailable", "No payment gateway is set up yet. Nothing was sent.")
    return account


def _key(method_id: uuid.UUID, claim: Claim | None) -> str:
    """What the gateway takes as the same request: with an API caller's key, the caller's same request."""
    if claim is None:
        return show(PaymentMethod.prefix, method_id)
    return f"{PaymentMethod.prefix}_{claim.key_hash[:32]}{claim.request_hash[:32]}"


def _saved(outcome: SaveOutcome) -> MethodSaved:
    match outcome:
        case MethodSaved():
            return outcome
        case MethodNeedsCustomer():
            raise PaymentRequired(
                "method_not_saved", "The customer's bank wants to ask the customer, so this card was not saved."
            )
        case Declined(decline=decline):
            words = explain(decline.code, decline.network_code, decline.advice_code)
            raise PaymentRequired("method_not_saved", words.staff_message)
        case Rejected(code=code):
            raise PaymentRequired(TOKEN_CODES.get(code, "method_not_saved"), explain(code).staff_message)
        case Unknown():
            raise _unreachable()
        case _:
            assert_never(outcome)


def _verification(outcome: SaveOutcome) -> tuple[str, str]:
    match outcome:
        case MethodSaved():
            return "ok", ""
        case MethodNeedsCustomer():
            return "asks", ""
        case Declined(decline=decline):
            return "declined", decline.code
        case Rejected(code=code):
            return "declined", code
        case Unknown():
            raise _unreachable()
        case _:
            assert_never(outcome)


def _unreachable() -> TryLater:
    return TryLater("gateway_unavailable", "The payment gateway did not answer. Nothing was charged; try again.")


def _keep(
    work: Work,
    customer: Customer,
    account: GatewayAccount,
    method_id: uuid.UUID,
    saved: MethodSaved,
    consent_text: str,
) -> PaymentMethod:
    known = GatewayCustomer(
        partner_id=work.partner.id,
        customer_id=customer.id,
        account_id=account.id,
        reference=saved.customer_reference,
    )
    GatewayCustomer.objects.bulk_create([known], ignore_conflicts=True)
    method = PaymentMethod(
        id=method_id,
        partner_id=work.partner.id,
        customer=customer,
        account=account,
        customer_reference=saved.customer_reference,
        consent={**consent(work, consent_text), "authentication": "setup"},
        verified_at=work.now,
        verification="ok",
        created_at=work.now,
        **columns_of(saved.method),
    )
    with once("method_reference_once", Refused("token_used", "This token was used before; enter the card again.")):
        method.save(force_insert=True)
    work.record("payment_method.saved", method, changes={"brand": method.brand, "last4": method.last4})
    return method


def _method(method_id: uuid.UUID, *, lock: bool = False) -> PaymentMethod:
    rows = PaymentMethod.objects.select_related("account")
    rows = rows.select_for_update(of=("self",)) if lock else rows
    method: PaymentMethod | None = rows.filter(id=method_id, removed_at=None).first()
    if method is None:
        raise NotFound("not_found", "There is no such payment method.")
    return method


def _check_unused(method: PaymentMethod) -> None:
    running = Subscription.objects.filter(customer_id=method.customer_id, status__in=RUNNING)
    billed = Q(payment_method_id=method.id)
    if BillingSettings.objects.filter(default_payment_method_id=method.id).exists():
        billed |= Q(payment_method=None)
    if running.filter(billed).exists():
        raise Refused("method_in_use", "A subscription bills this payment method; give it another one first.")
    if Payment.objects.filter(
        customer_id=method.customer_id, method_id=method.id, status__in=LIVE_PAYMENT_STATUSES
    ).exists():
        raise Refused("payment_in_progress", "A payment with this method is under way; wait for its outcome.")
