"""The link on which a customer answers their bank: what is charged, by whom, and one button (DOMAIN.md section 3.7).

Whoever holds the link is the payer. The page sends its address to nobody and is found by no search engine. The bank's
page leads back to one address without a secret in it, and from there here (`web.portal.links`).
"""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from handsel.database.tenancy import reading
from handsel.documents.localised import Localised
from handsel.flows.money.challenge import challenge_answered, open_challenge
from handsel.models import Credential, Partner, Payment
from handsel.models.access import hash_secret
from handsel.rules.decline_languages import told
from handsel.rules.payment_states import PaymentStatus
from handsel.web.accent import accent_stylesheet
from handsel.web.guards import link_credential
from handsel.web.portal.links import private, spoken, to_bank
from handsel.web.portal.offer_news import News
from handsel.web.portal.words import ConfirmWords, PortalWords, words_for


@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows how the payment stands; POST leads to the bank, if the bank still asks."""
    credential = _credential(token)
    if credential is None:
        return private(_over(request, token))
    if request.method == "POST":
        url = open_challenge(credential.partner, credential.row_id)
        if url is not None:
            return to_bank(request, token, url, _context(credential, token))
    return private(_show(request, credential, token))


@require_GET
def returned(request: HttpRequest, token: str) -> HttpResponse:
    """The customer has answered: the gateway is asked at once, and the page tells what came of it."""
    credential = _credential(token)
    if credential is None:
        return private(_over(request, token))
    if _payment(credential.partner, credential.row_id).is_live:
        challenge_answered(credential.partner, credential.row_id)
    return private(_show(request, credential, token, back=True))


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
    return render(request, template, _context(credential, token, back=back))


def _context(credential: Credential, token: str, *, back: bool = False) -> dict[str, Any]:
    partner, payment = credential.partner, _payment(credential.partner, credential.row_id)
    words, asks = words_for(payment.customer.locale), payment.status == PaymentStatus.REQUIRES_ACTION
    return spoken(partner, payment.customer.locale) | {
        "payment": payment,
        "debt": payment.order or payment.invoice,
        "amount": Localised(payment.customer.locale, payment.currency).money(payment.amount_minor),
        "words": words.offer,
        "confirm": words.confirm,
        "title": _title(payment, words.confirm),
        "asks": asks,
        "asks_text": words.confirm.asks.format(seller=partner.name),
        "news": _news(payment, words, back=back),
        "finding_out": payment.is_live
        and payment.status not in (PaymentStatus.REQUIRES_ACTION, PaymentStatus.CLEARING),
        "contact": words.offer.write_to.format(email=partner.email),
        "token": token,
        "accent_url": reverse("confirm_accent", args=[token]),
    }


def _title(payment: Payment, words: ConfirmWords) -> str:
    if payment.status == PaymentStatus.REQUIRES_ACTION:
        return words.confirm_payment
    return words.paid if payment.status == PaymentStatus.SUCCEEDED else words.your_payment


def _news(payment: Payment, words: PortalWords, *, back: bool) -> News | None:
    """What came of the payment, in the customer's words; None while the bank's question is simply open."""
    write = Localised(payment.customer.locale, payment.currency)
    match PaymentStatus(payment.status):
        case PaymentStatus.SUCCEEDED:
            said = words.confirm.done
            title, text = said.title.format(amount=write.money(payment.amount_minor)), said.text
            return News("good", title, (text.format(email=payment.customer.email),))
        case PaymentStatus.DECLINED:
            story = told(payment.decline_code, write.locale.language)
            return News("bad", words.offer.bank_declined.title, (story.text,))
        case PaymentStatus.CANCELLED:
            return News("info", words.confirm.cancelled.title, (words.confirm.cancelled.text,))
        case PaymentStatus.REQUIRES_ACTION:
            return News("warn", words.confirm.waits.title, (words.confirm.waits.text,)) if back else None
        case PaymentStatus.CLEARING:
            return News("info", words.offer.clearing.title, (words.offer.clearing.text,))
        case _:
            return News("info", words.offer.finding_out.title, (words.offer.finding_out.text,), busy=True)


def _over(request: HttpRequest, token: str) -> HttpResponse:
    """A link that ran out or was revoked says so under its partner's name; one that never was is not found."""
    credential = (
        Credential.objects.select_related("partner")
        .filter(hash=hash_secret(token), kind=Credential.CHALLENGE_LINK)
        .first()
    )
    if credential is None:
        raise Http404
    context = _context(credential, token)
    words: ConfirmWords = context["confirm"]
    over = News("warn", words.over.title, (words.over.text.format(seller=credential.partner.name),))
    return render(request, "confirm/confirm.html", context | {"over": over, "title": words.your_payment}, status=410)
