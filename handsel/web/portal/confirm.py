"""The link on which a customer answers their bank: what is charged, by whom, and one button (DOMAIN.md section 3.7).

Whoever holds the link is the payer. The page sends its address to nobody and is found by no search engine. The bank's
page leads back to one address without a secret in it; a cookie that only that address gets says which link it was.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from handsel.database.tenancy import reading
from handsel.flows.money.challenge import challenge_answered, open_challenge
from handsel.models import Credential, Partner, Payment
from handsel.models.access import hash_secret
from handsel.rules.declines import explain
from handsel.rules.payment_states import PaymentStatus
from handsel.web.accent import accent_stylesheet
from handsel.web.context import DEFAULT_LOCALE, reader_locale
from handsel.web.guards import link_credential

COOKIE, COOKIE_SECONDS = "handsel_confirm", 3600


@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows how the payment stands; POST leads to the bank, if the bank still asks."""
    credential = _credential(token)
    if credential is None:
        return _private(_over(request, token))
    if request.method == "POST":
        url = open_challenge(credential.partner, credential.row_id)
        if url is not None:
            response = render(request, "confirm/to_bank.html", {"url": url, **_context(request, credential, token)})
            _remember(response, token)
            return _private(response)
    return _private(_show(request, credential, token))


@require_GET
def returned(request: HttpRequest, token: str) -> HttpResponse:
    """The customer has answered: the gateway is asked at once, and the page tells what came of it."""
    credential = _credential(token)
    if credential is None:
        return _private(_over(request, token))
    if _payment(credential.partner, credential.row_id).is_live:
        challenge_answered(credential.partner, credential.row_id)
    return _private(_show(request, credential, token, back=True))


@require_GET
def came_back(request: HttpRequest) -> HttpResponseBase:
    """Where the bank's page leads back to: on to the link that this browser came from."""
    token = request.COOKIES.get(COOKIE, "")
    if token and _credential(token) is not None:
        response = redirect("confirm_returned", token=token)
        response.delete_cookie(COOKIE, path="/pay/", samesite="Lax")
        return _private(response)
    return _private(render(request, "confirm/unknown.html", {"locale": reader_locale(request, DEFAULT_LOCALE)}))


@require_GET
def accent(request: HttpRequest, token: str) -> HttpResponse:
    """The partner's colour, for the page under this link."""
    credential = Credential.objects.select_related("partner").filter(hash=hash_secret(token)).first()
    if credential is None:
        raise Http404
    response = HttpResponse(accent_stylesheet(credential.partner.accent), content_type="text/css")
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _credential(token: str) -> Credential | None:
    return link_credential(Credential.CHALLENGE_LINK, token)


def _payment(partner: Partner, payment_id: uuid.UUID) -> Payment:
    with reading(partner.id):
        rows = Payment.objects.select_related("customer", "order", "invoice")
        payment: Payment | None = rows.filter(id=payment_id).first()
    if payment is None:
        raise Http404
    return payment


def _show(request: HttpRequest, credential: Credential, token: str, *, back: bool = False) -> HttpResponse:
    asked_by_page = request.headers.get("HX-Request") == "true"
    template = "confirm/_outcome.html" if asked_by_page else "confirm/confirm.html"
    return render(request, template, _context(request, credential, token) | {"back": back})


def _context(request: HttpRequest, credential: Credential, token: str) -> dict[str, Any]:
    partner, payment = credential.partner, _payment(credential.partner, credential.row_id)
    declined = payment.status == PaymentStatus.DECLINED
    return {
        "partner": partner,
        "test_mode": partner.is_test,
        "payment": payment,
        "debt": payment.order or payment.invoice,
        "asks": payment.status == PaymentStatus.REQUIRES_ACTION,
        "open": payment.is_live,
        "decline": explain(payment.decline_code, payment.network_code, payment.advice_code) if declined else None,
        "token": token,
        "accent_url": reverse("confirm_accent", args=[token]),
        "locale": payment.customer.locale or DEFAULT_LOCALE,
    }


def _over(request: HttpRequest, token: str) -> HttpResponse:
    """A link that ran out or was revoked says so under its partner's name; one that never was is not found."""
    credential = (
        Credential.objects.select_related("partner")
        .filter(hash=hash_secret(token), kind=Credential.CHALLENGE_LINK)
        .first()
    )
    if credential is None:
        raise Http404
    context = _context(request, credential, token) | {"over": True}
    return render(request, "confirm/confirm.html", context, status=410)


def _remember(response: HttpResponse, token: str) -> None:
    response.set_cookie(
        COOKIE, token, max_age=COOKIE_SECONDS, path="/pay/", secure=settings.SECURE, httponly=True, samesite="Lax"
    )


def _private(response: Any) -> Any:
    """`same-origin` tells no other site where the customer came from; a stricter one would also hide from ourselves
    that our own form was sent from our own page (CSRF)."""
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    return response
