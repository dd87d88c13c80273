"""Refunding a payment, and the second person's answer to a large refund: dialogs on the page that shows the payment."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from handsel.database.tenancy import reading
from handsel.flows.money.refund_requests import approve_refund, needs_second_person, refund_payment, refuse_refund
from handsel.models import Payment, Refund
from handsel.reads.money.payments import payment_view
from handsel.reads.money.refunds import may_approve, may_refuse, refund_of
from handsel.rules.errors import HandselError, Invalid, NotAllowed, Refused
from handsel.rules.money import decimal_text, parse_minor
from handsel.rules.permissions import Grant
from handsel.templatetags.handsel_format import money_text
from handsel.web.console.forms import REFUSALS, Form
from handsel.web.console.once import claim_of, made_by, new_word
from handsel.web.console.pages import row_id
from handsel.web.context import reader_locale
from handsel.web.guards import Desk, staff


@require_http_methods(["GET", "POST"])
@staff(grant=Grant.PAYMENTS_REFUND)
def refund(request: HttpRequest, desk: Desk, payment: str) -> HttpResponse:
    """The dialog, the amount prefilled with all that is left; and what its button says."""
    payment_id = row_id(Payment.prefix, payment)
    with reading(desk.partner.id):
        row = payment_view(desk.partner, desk.actor, payment_id).payment
        if request.method == "GET":
            return _ask(request, desk, row, Form(request.GET.dict()))
        made = made_by(request, desk)
    form = Form.posted(request)
    if made is None:
        try:
            amount = form.money("amount", row.currency)
            form.check()
            made_refund = refund_payment(
                desk.partner,
                desk.actor,
                payment_id,
                amount_minor=amount,
                reason=form.text("reason"),
                end_service=form.flag("end_service"),
                claim=claim_of(request, desk),
            )
        except REFUSALS as refusal:
            with reading(desk.partner.id):
                return _refused(_ask(request, desk, row, form, refusal), refusal)
        _say(request, desk, made_refund)
    return HttpResponseClientRedirect(page_of(row))


def _ask(
    request: HttpRequest, desk: Desk, payment: Payment, form: Form, refusal: HandselError | None = None
) -> HttpResponse:
    """Refused for a payment of which nothing is left."""
    left = payment.captured_minor - payment.refunded_minor - payment.refunding_minor
    if left <= 0 and refusal is None:
        raise Refused("refund_too_large", "Nothing of this payment is left to refund.")
    if refusal is not None:
        form.refuse(refusal)
    form.values.setdefault("amount", decimal_text(left, payment.currency))
    amount = _typed(form, payment.currency)
    context = {
        "payment": payment,
        "left_minor": left,
        "amount_minor": amount,
        "waits": amount is not None and needs_second_person(desk.partner, payment, amount),
        "form": form,
        "once": new_word(),
    }
    return render(request, "refunds/refund.html", context)


def _typed(form: Form, currency: str) -> int | None:
    """What was typed so far, for the words of the button; None while it is no amount."""
    try:
        return parse_minor(form.text("amount"), currency)
    except Invalid:
        return None


@require_http_methods(["GET", "POST"])
@staff
def approve(request: HttpRequest, desk: Desk, refund: str) -> HttpResponse:
    """By a second person: asked once, with the amount."""
    return _answer(request, desk, refund, "approve", may_approve, approve_refund)


@require_http_methods(["GET", "POST"])
@staff
def refuse(request: HttpRequest, desk: Desk, refund: str) -> HttpResponse:
    """Nothing is sent."""
    return _answer(request, desk, refund, "refuse", may_refuse, refuse_refund)


def _answer(
    request: HttpRequest, desk: Desk, shown: str, verb: str, may: Callable[..., bool], flow: Callable[..., Refund]
) -> HttpResponse:
    refund_id = row_id(Refund.prefix, shown)
    with reading(desk.partner.id):
        row = refund_of(desk.actor, refund_id)
        if request.method == "GET":
            if row.is_waiting and not may(desk.actor, row):
                raise NotAllowed("second_person_needed", "A refund above the limit is approved by a second person.")
            if not row.is_waiting:
                raise Refused("action_not_allowed", "This refund does not wait for an approval any more.")
            return render(request, "refunds/answer.html", {"refund": row, "verb": verb, "payment": row.payment})
    answered = flow(desk.partner, desk.actor, refund_id)
    if verb == "approve":
        _say(request, desk, answered)
    else:
        messages.success(request, "The refund is refused; nothing was sent.")
    return HttpResponseClientRedirect(page_of(row.payment))


def page_of(payment: Payment) -> str:
    """Where the payment is shown with its refunds."""
    if payment.order is not None:
        return reverse("order_payment", args=[payment.order.shown_id])
    assert payment.invoice is not None
    return reverse("invoice", args=[payment.invoice.shown_id])


def _say(request: HttpRequest, desk: Desk, refund: Refund) -> None:
    amount = money_text(refund.amount_minor, refund.currency, reader_locale(request, desk.partner.locale))
    if refund.is_waiting:
        messages.warning(request, f"The refund of {amount} waits for a second person; nothing was sent yet.")
    else:
        messages.success(request, f"{amount} is being refunded.")


def _refused(response: HttpResponse, refusal: HandselError) -> HttpResponse:
    response.status_code = refusal.status
    response["HX-Retarget"], response["HX-Reswap"] = "#dialogs", "innerHTML"
    return response
