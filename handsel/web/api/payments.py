"""Payment methods on file, and payments."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from ninja import Query, Router

from handsel.database.tenancy import reading
from handsel.flows.money import saved_methods as flows
from handsel.models import Customer, Invoice, Order, Payment, PaymentMethod
from handsel.reads.money.payments import PaymentFilters, payment_view
from handsel.reads.money.payments import list_payments as read_payments
from handsel.reads.paging import Page
from handsel.reads.people.customer import billing_settings_of
from handsel.reads.people.methods import method_of, methods_of
from handsel.rules.payment_states import PaymentStatus
from handsel.web.api.asking import Created, after_of, check_query, tell_page
from handsel.web.api.face import PROBLEMS, Caller, tell
from handsel.web.api.schemas.base import ListOf, Problem, known, known_or_none
from handsel.web.api.schemas.money import MethodNew, MethodTold, PaymentTold
from handsel.web.guards import Desk

router = Router(tags=["Payments"])


class PaymentQuery(Created):
    status: list[PaymentStatus] = []
    customer: str | None = None
    order: str | None = None
    invoice: str | None = None


@router.post(
    "/customers/{customer_id}/payment-methods",
    response={201: MethodTold, 402: Problem, 503: Problem, **PROBLEMS},
    summary="Save a payment method",
)
def save_method(request: Caller, customer_id: str, body: MethodNew) -> HttpResponse:
    """Keep what the gateway's card fields made, with the customer's consent, for later charges. Nothing is charged;
    402 where the bank or the gateway refuses."""
    desk = request.desk
    method = flows.save_method(
        desk.partner, desk.actor, known(Customer.prefix, customer_id), body.token, claim=request.claim
    )
    return _tell_method(desk, method.id, 201)


@router.get(
    "/customers/{customer_id}/payment-methods",
    response={200: ListOf[MethodTold], **PROBLEMS},
    summary="List payment methods",
)
def list_methods(request: Caller, customer_id: str) -> HttpResponse:
    """What is on file for a customer, the default first, then the newest."""
    partner, row_id = request.desk.partner, known(Customer.prefix, customer_id)
    found = methods_of(partner, row_id, billing_settings_of(partner, row_id))
    return tell_page(Page(found, False, None), PaymentMethod.prefix, MethodTold.of)


@router.delete("/payment-methods/{method_id}", response={204: None, **PROBLEMS}, summary="Remove a payment method")
def remove_method(request: Caller, method_id: str) -> HttpResponse:
    """Refused while a subscription bills it, or while a payment with it is under way."""
    flows.remove_method(request.desk.partner, request.desk.actor, known(PaymentMethod.prefix, method_id))
    return HttpResponse(status=204)


@router.post(
    "/payment-methods/{method_id}/verify",
    response={200: MethodTold, 503: Problem, **PROBLEMS},
    summary="Verify a payment method",
)
def verify_method(request: Caller, method_id: str) -> HttpResponse:
    """Ask the customer's bank about it, without an amount; `verification` then says ok, declined or asks."""
    desk = request.desk
    method = flows.verify_method(desk.partner, desk.actor, known(PaymentMethod.prefix, method_id))
    return _tell_method(desk, method.id, 200)


@router.get("/payments", response={200: ListOf[PaymentTold], **PROBLEMS}, summary="List payments")
def list_payments(request: Caller, query: Query[PaymentQuery]) -> HttpResponse:
    """Every attempt to take money that you may see, newest first."""
    check_query(request, query)
    filters = PaymentFilters(
        statuses=tuple(query.status),
        customer_id=known_or_none(Customer.prefix, query.customer),
        order_id=known_or_none(Order.prefix, query.order),
        invoice_id=known_or_none(Invoice.prefix, query.invoice),
        created_from=query.created_from,
        created_until=query.created_until,
    )
    desk = request.desk
    after = after_of(Payment.prefix, query)
    page = read_payments(desk.partner, desk.actor, filters, after=after, limit=query.limit)
    return tell_page(page, Payment.prefix, PaymentTold.of)


@router.get("/payments/{payment_id}", response={200: PaymentTold, **PROBLEMS}, summary="Read a payment")
def read_payment(request: Caller, payment_id: str) -> HttpResponse:
    """One attempt, with its decline in words for the customer and for staff."""
    desk = request.desk
    return tell(PaymentTold.of(payment_view(desk.partner, desk.actor, known(Payment.prefix, payment_id))))


def _tell_method(desk: Desk, method_id: uuid.UUID, status: int) -> HttpResponse:
    with reading(desk.partner.id):
        return tell(MethodTold.of(method_of(desk.partner, method_id)), status)
