"""A payment begins: the row that makes it real before any gateway hears of it (DOMAIN.md section 3.3)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery
from django.utils.timezone import now as real_now

from handsel.flows.money.gateways import gateway_of
from handsel.flows.money.methods import consent
from handsel.flows.money.offline import offline_facts
from handsel.flows.work import Work
from handsel.gateways.base import Gateway, PaymentRequest
from handsel.models import Customer, GatewayAccount, GatewayCustomer, Invoice, Order, Payment, PaymentMethod
from handsel.rules.errors import Invalid, NotFound, Refused
from handsel.rules.money import decimal_text
from handsel.rules.offline import GATEWAY as OFFLINE
from handsel.rules.periods import local_date

FIRST_LOOK = dt.timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class SavedMethod:
    """Charge a payment method on file, off-session."""

    id: uuid.UUID


@dataclass(frozen=True, slots=True)
class NewMethod:
    """Charge a token the gateway's fields just made; `save` keeps it with the customer's consent: the sentence that
    the payer agreed to, ours where staff state it."""

    token: str
    save: bool
    consent: str = ""


@dataclass(frozen=True, slots=True)
class OfflineMethod:
    """Record what came outside of any gateway: cash, a cheque, a transfer. `received_on` is today unless named."""

    kind: str
    reference: str = ""
    received_on: dt.date | None = None


Source = SavedMethod | NewMethod | OfflineMethod


@dataclass(frozen=True, slots=True)
class Begun:
    """A payment row that has its gateway and its whole request, ready to be asked for once this transaction ends."""

    payment: Payment
    gateway: Gateway
    request: PaymentRequest


def begin(
    work: Work,
    customer: Customer,
    debt: Order | Invoice,
    amount_minor: int,
    source: Source,
    offer_id: uuid.UUID | None = None,
) -> Begun:
    """Write the payment of `amount_minor` for `debt`, with the frozen request every try of it will send. `offer_id` is
    the offer whose link it is started on.

    Raises NotFound for a method that is not this customer's, Refused for an expired or removed one, for an amount
    below the gateway's minimum, and `payment_in_progress` when the debt already has a live payment: that is the
    database's word, by its partial unique index.
    """
    account, method, customer_reference = _source(work, customer, source)
    gateway = gateway_of(account)
    _check_minimum(gateway, debt.currency, amount_minor)
    payment = Payment(
        partner_id=work.partner.id,
        customer=customer,
        account=account,
        method=method,
        offer_id=offer_id,
        consent=_consent(work, source),
        amount_minor=amount_minor,
        currency=debt.currency,
        method_facts=_facts(work, method, source),
        initiated_by=work.actor.label,
        source=work.actor.source,
        created_at=work.now,
        first_sent_at=real_now(),
        last_sent_at=real_now(),
        next_look_at=real_now() + FIRST_LOOK,
        **_debt_columns(debt),
    )
    request = _frozen_request(work, payment, debt, source, customer_reference)
    payment.request = request.as_json()
    _insert(payment)
    said = {"offline": source.kind} if isinstance(source, OfflineMethod) else {}
    work.record("payment.created", payment, changes={"amount_minor": amount_minor, "currency": debt.currency, **said})
    return Begun(payment, gateway, request)


def _debt_columns(debt: Order | Invoice) -> dict[str, Any]:
    """What the payment is for; an order goes back to where it was if the payment is cancelled."""
    if isinstance(debt, Order):
        return {"debt_id": debt.id, "order_id": debt.id, "returns_to": debt.status}
    return {"debt_id": debt.id, "invoice_id": debt.id}


def check_collectable(currency: str, amount_minor: int) -> None:
    """Refuse early what no new card could pay: `gateway_unavailable` without an account, `below_minimum`."""
    account = GatewayAccount.objects.filter(is_default=True).first()
    if account is None:
        raise _no_gateway()
    _check_minimum(gateway_of(account), currency, amount_minor)


def _check_minimum(gateway: Gateway, currency: str, amount_minor: int) -> None:
    if amount_minor < (least := gateway.minimum_minor(currency)):
        smallest = f"{decimal_text(least, currency)} {currency}"
        raise Refused("below_minimum", f"The gateway takes no payment below {smallest}. Nothing was charged.")


def _no_gateway() -> Refused:
    return Refused("gateway_unavailable", "No payment gateway is set up yet. Nothing was charged.")


def _consent(work: Work, source: Source) -> dict[str, str]:
    """What the payer agrees to with this payment, if it keeps a method; how they proved themselves is added when the
    method is kept."""
    if not isinstance(source, NewMethod) or not source.save:
        return {}
    return consent(work, source.consent)


def _frozen_request(
    work: Work, payment: Payment, debt: Order | Invoice, source: Source, customer_reference: str | None
) -> PaymentRequest:
    """Everything that the gateway will be told, by every try alike. A saved method is charged off-session."""
    customer, method = payment.customer, payment.method
    return PaymentRequest(
        payment=payment.shown_id,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        method_reference=_method_reference(method, source),
        customer_reference=customer_reference,
        customer_name=customer.name,
        customer_email=customer.email,
        customer_metadata={"partner": str(work.partner.id), "customer": customer.shown_id},
        off_session=method is not None,
        save_method=isinstance(source, NewMethod) and source.save,
        description=f"{work.partner.name} {debt.number}",
        return_url=f"{settings.BASE_URL}/pay/returned",
        metadata={
            "partner": str(work.partner.id),
            "payment": payment.shown_id,
            "order" if isinstance(debt, Order) else "invoice": debt.shown_id,
        },
    )


def _method_reference(method: PaymentMethod | None, source: Source) -> str:
    if isinstance(source, OfflineMethod):
        return source.kind
    return method.reference if method else _token(source)


def _facts(work: Work, method: PaymentMethod | None, source: Source) -> dict[str, object]:
    """What is known of the method before the gateway is asked; of a new card nothing."""
    if isinstance(source, OfflineMethod):
        today = local_date(work.now, work.partner.timezone)
        return {**offline_facts(source.kind, source.reference, source.received_on, today)}
    return facts_of(method) if method else {}


def facts_of(method: PaymentMethod) -> dict[str, object]:
    """What a payment keeps of the method it charged."""
    return {
        "brand": method.brand,
        "last4": method.last4,
        "exp_month": method.exp_month,
        "exp_year": method.exp_year,
    }


def _insert(payment: Payment) -> None:
    try:
        with transaction.atomic(savepoint=False):
            payment.save(force_insert=True)
    except IntegrityError as error:
        if "one_live_payment_per_debt" in str(error):
            raise Refused("payment_in_progress", "A payment for this is under way. Do not pay again.") from error
        raise


def _token(source: Source) -> str:
    assert isinstance(source, NewMethod)
    check_token(source.token)
    return source.token


def check_token(token: str) -> None:
    """Refuse what cannot be a token of the gateway's fields, before it is kept or sent anywhere."""
    if not token.startswith("pm_") or not token.isascii() or not token.isprintable() or len(token) > 100:
        raise Invalid.at("token", "This is not a payment method token of the gateway.", code="token_unknown")


def _source(work: Work, customer: Customer, source: Source) -> tuple[GatewayAccount, PaymentMethod | None, str | None]:
    if isinstance(source, SavedMethod):
        method = PaymentMethod.objects.select_related("account").filter(id=source.id, customer_id=customer.id).first()
        if method is None:
            raise NotFound("not_found", "This customer has no such payment method.")
        check_usable(method, work.now.date())
        if method.account.closed_at is not None:
            raise Refused("gateway_closed", f"{method.label} is at an account that was closed. Nothing was charged.")
        return method.account, method, method.customer_reference
    if isinstance(source, OfflineMethod):
        return _offline_account(), None, None
    known = GatewayCustomer.objects.filter(customer_id=customer.id, account_id=OuterRef("id"))
    account = (
        GatewayAccount.objects.filter(is_default=True)
        .annotate(customer_reference=Subquery(known.values("reference")[:1]))
        .first()
    )
    if account is None:
        raise _no_gateway()
    return account, None, account.customer_reference


def _offline_account() -> GatewayAccount:
    account: GatewayAccount | None = GatewayAccount.objects.filter(name=OFFLINE, closed_at=None).first()
    if account is None:
        raise Refused(
            "offline_not_accepted", "Payments outside of a gateway are not recorded here: an admin can switch that on."
        )
    return account


def check_usable(method: PaymentMethod, today: dt.date) -> None:
    """Refuse a removed method, and a card whose last month is over."""
    if method.removed_at is not None:
        raise Refused("method_detached", "This payment method was removed. Nothing was charged; choose another.")
    if method.exp_year and method.exp_month and (method.exp_year, method.exp_month) < (today.year, today.month):
        raise Refused(
            "method_expired", f"{method.label} expired {method.exp_month:02}/{method.exp_year}. Nothing was charged."
        )
