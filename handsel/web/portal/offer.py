"""The customer reads, signs and pays an offer: one page, one button, no account (DOMAIN.md section 4).

Whoever holds the link is the customer. A link that is over says so and accepts nothing, whatever is posted to it: the
flows refuse, and the page shows how things stand. No amount and no sentence is taken from the browser; what it sends is
which document it showed, and a digest of the sentences that stood beside the button.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from handsel.database.tenancy import reading
from handsel.flows.money.begin import NewMethod
from handsel.flows.money.cancel import cancel_payment_by_link
from handsel.flows.money.challenge import challenge_answered, open_challenge
from handsel.flows.money.saved_by_link import save_method_by_link
from handsel.flows.money.take import approve_and_pay
from handsel.flows.sales.answer import Answer, SignatureGiven, approve_as_customer, decline_as_customer
from handsel.flows.sales.conversation import write_to_seller
from handsel.flows.sales.link import OfferLink, Visitor, link_for, open_offer, view_offer
from handsel.models import Partner, Signature
from handsel.reads.money.gateway import default_account
from handsel.reads.people.customer import billing_settings_of
from handsel.reads.sales.offer import offer_page
from handsel.rules.errors import HandselError, Invalid, PaymentRequired, Refused
from handsel.rules.offer_state import OVER, OfferState
from handsel.rules.payment_states import PaymentStatus
from handsel.web.guards import address_of
from handsel.web.portal.failed_cards import claim_try, count_failed, give_back
from handsel.web.portal.links import private, spoken, to_bank
from handsel.web.portal.offer_news import over_news
from handsel.web.portal.offer_refusals import complaints, refusal_text
from handsel.web.portal.offer_view import Ask, OfferView
from handsel.web.portal.words import words_for

DRAWING_PREFIX = "data:image/png;base64,"
DRAWING_LENGTH = 400 * 1024
"""Of what a browser may send for a drawing, in base64; the flow takes less."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that opens an offer, and how that offer stands."""

    partner: Partner
    link: OfferLink
    token: str
    view: OfferView

    @property
    def state(self) -> OfferState:
        return self.view.page.state

    @property
    def is_over(self) -> bool:
        return self.state in OVER


def opened(request: HttpRequest, token: str) -> Opened:
    """The offer under this link, as it stands now. Raises Http404 for a link that never was."""
    visitor = Visitor(address_of(request), request.headers.get("User-Agent", ""))
    found = link_for(token, visitor)
    if found is None:
        raise Http404
    partner, link = found
    with reading(partner.id):
        return Opened(partner, link, token, OfferView(partner, offer_page(partner, link), token))


@require_GET
def page(request: HttpRequest, token: str) -> HttpResponse:
    """The page as it stands; the first time it is asked for is noted."""
    found = opened(request, token)
    if found.is_over:
        return over(request, found)
    if found.view.page.offer.opened_at is None:
        open_offer(found.partner, found.link)
    return show(request, found)


@require_GET
def state(request: HttpRequest, token: str) -> HttpResponse:
    """For a page that waits: nothing while all is as it was, else the page's matter anew."""
    found = opened(request, token)
    if request.GET.get("mark") == found.view.mark:
        return private(HttpResponse(status=204))
    return over(request, found) if found.is_over else show(request, found)


@require_POST
def viewed(request: HttpRequest, token: str) -> HttpResponse:
    """A browser showed the page to somebody, which no scanner of mails does."""
    found = opened(request, token)
    if found.is_over:
        return over(request, found)
    view_offer(found.partner, found.link)
    return private(HttpResponse(status=204))


@sensitive_post_parameters("token")
@require_POST
def sign(request: HttpRequest, token: str) -> HttpResponseBase:
    """The one button: the signature, and with it the card where something is due now."""
    found = opened(request, token)
    if found.is_over:
        return over(request, found)
    try:
        answer = _answer(request, found.view.ask)
        if found.view.pays:
            _pay(request, found, answer)
        else:
            approve_as_customer(found.partner, found.link, answer)
    except HandselError as refusal:
        return _refused(request, token, refusal)
    return _answered(request, token)


def _answer(request: HttpRequest, ask: Ask | None) -> Answer:
    """What was signed: the sentences are today's and ours, and must be those that the page showed."""
    sent = request.POST
    if ask is not None and sent.get("shown") != ask.shown:
        raise Refused("order_changed", "The sentences on this page are not those of today. Nothing was signed.")
    signature = None
    if ask is None or ask.signs:
        kind = Signature.DRAWN if sent.get("kind") == Signature.DRAWN else Signature.TYPED
        image = _drawing(sent.get("drawing", "")) if kind == Signature.DRAWN else None
        signature = SignatureGiven(sent.get("name", ""), kind, image)
    keeps = ask is not None and bool(ask.keep_card) and "keep_card" in sent
    return Answer(
        document_sha256=sent.get("document_sha256", ""),
        signature=signature,
        consent=ask.consent if ask else "",
        agreed=(ask.keep_card,) if ask is not None and keeps else (),
        accepts_terms="terms" in sent,
    )


def _drawing(sent: str) -> bytes:
    """The bytes of a drawn signature; none for what is no picture."""
    if not sent.startswith(DRAWING_PREFIX) or len(sent) > DRAWING_LENGTH:
        return b""
    try:
        return base64.b64decode(sent[len(DRAWING_PREFIX) :], validate=True)
    except (binascii.Error, ValueError):
        return b""


def _pay(request: HttpRequest, found: Opened, answer: Answer) -> None:
    token = request.POST.get("token", "")
    if not token:
        raise Invalid.at("token", "The card was not read. Nothing was charged; enter it again.", "token_unknown")
    consent = answer.agreed[0] if answer.agreed else ""
    claimed, failed = claim_try(request, found.partner), False
    try:
        approve_and_pay(found.partner, found.link, answer, NewMethod(token, save=bool(consent), consent=consent))
        failed = _card_failed(opened(request, found.token))
    finally:
        if not failed:
            give_back(request, claimed)


def _card_failed(found: Opened) -> bool:
    payment = found.view.page.payment
    return payment is not None and payment.payment.status == PaymentStatus.DECLINED


@require_POST
def decline(request: HttpRequest, token: str) -> HttpResponseBase:
    """The customer says no, and why."""
    found = opened(request, token)
    if found.is_over:
        return over(request, found)
    try:
        decline_as_customer(found.partner, found.link, request.POST.get("reason", ""))
    except HandselError as refusal:
        return _refused(request, token, refusal, place="#decline-problem")
    return _answered(request, token)


@sensitive_post_parameters("token")
@require_POST
def keep(request: HttpRequest, token: str) -> HttpResponseBase:
    """Where nothing was due: a card is left for the renewals, with consent."""
    found = opened(request, token)
    if found.is_over:
        return over(request, found)
    try:
        _keep(request, found)
    except HandselError as refusal:
        return _refused(request, token, refusal, place="#keep-problem")
    if not _by_htmx(request):
        return private(redirect("offer", token=token))
    return show(request, opened(request, token), kept=True)


def _keep(request: HttpRequest, found: Opened) -> None:
    sentence, sent = found.view.keeping, request.POST
    if not sentence or sent.get("shown") != found.view.keeping_shown:
        raise Refused("order_changed", "The sentence on this page is not that of today. Nothing was kept.")
    if "agreed" not in sent:
        raise Invalid.at("terms", "A card is kept only with consent.", "consent_required")
    claimed = claim_try(request, found.partner)
    try:
        save_method_by_link(found.partner, found.link, sent.get("token", ""), sentence)
    except PaymentRequired:
        raise
    except HandselError:
        give_back(request, claimed)
        raise
    give_back(request, claimed)


@require_http_methods(["GET", "POST"])
def messages(request: HttpRequest, token: str) -> HttpResponseBase:
    """The conversation with the people who sell; POST adds to it."""
    found = opened(request, token)
    if found.is_over:
        return over(request, found)
    if request.method == "GET":
        if request.GET.get("count") == str(len(found.view.messages)):
            return private(HttpResponse(status=204))
        return private(render(request, "approve/_messages.html", context(found)))
    try:
        write_to_seller(found.partner, found.link, request.POST.get("text", ""))
    except HandselError as refusal:
        return _refused(request, token, refusal, place="#message-problem")
    if not _by_htmx(request):
        return private(redirect(f"{reverse('offer', args=[token])}#conversation"))
    return private(render(request, "approve/_conversation.html", context(opened(request, token))))


@require_POST
def bank(request: HttpRequest, token: str) -> HttpResponseBase:
    """On to the bank that asks; back here by the cookie."""
    found = opened(request, token)
    if found.is_over:
        return over(request, found)
    payment = found.view.page.payment
    url = open_challenge(found.partner, payment.payment.id) if payment is not None else None
    if url is None:
        return _answered(request, token)
    return to_bank(request, token, url, context(found) | {"amount": found.view.due})


@require_GET
def returned(request: HttpRequest, token: str) -> HttpResponseBase:
    """The customer comes from the bank: the gateway is asked at once, and the page tells what came of it."""
    found = opened(request, token)
    if found.is_over:
        return over(request, found)
    payment = found.view.page.payment
    if payment is not None and payment.is_open:
        challenge_answered(found.partner, payment.payment.id)
        if _card_failed(opened(request, token)):
            count_failed(request)
    return private(redirect(f"{reverse('offer', args=[token])}?back=1"))


@require_POST
def cancel(request: HttpRequest, token: str) -> HttpResponseBase:
    """Give up the payment that waits for the bank; another card may be tried then."""
    found = opened(request, token)
    if found.is_over:
        return over(request, found)
    try:
        cancel_payment_by_link(found.partner, found.link)
    except HandselError as refusal:
        return _refused(request, token, refusal)
    return _answered(request, token)


def context(found: Opened) -> dict[str, Any]:
    """What the templates of the page need."""
    partner, token, view = found.partner, found.token, found.view
    with reading(partner.id):
        settings = billing_settings_of(partner, view.page.customer.id) if view.keeping else None
        keeps = settings is not None and settings.default_payment_method_id is None
        account = default_account(partner) if keeps or (view.ask and view.ask.pays) else None
    return spoken(partner, view.page.content.locale) | {
        "view": view,
        "words": view.words,
        "account": account,
        "keeps": keeps,
        "token": token,
        "accent_url": reverse("offer_accent", args=[token]),
        "partner_logo_url": _logo_url(partner, token),
        "errors": {},
        "typed": {},
    }


def _logo_url(partner: Partner, token: str) -> str:
    """The address names the picture's bytes, so that it may be kept; empty where there is none."""
    return f"{reverse('offer_logo', args=[token])}?{partner.logo_sha256[:16]}" if partner.logo_sha256 else ""


def show(request: HttpRequest, found: Opened, **more: Any) -> HttpResponse:
    """The whole page, or for htmx its matter alone."""
    template = "approve/_offer.html" if _by_htmx(request) else "approve/offer.html"
    status = more.pop("status", 200)
    told = context(found) | {"back": "back" in request.GET, "swapped": _by_htmx(request)} | more
    return private(render(request, template, told, status=status))


def over(request: HttpRequest, found: Opened) -> HttpResponse:
    """A link that is over says whose it was and what became of it; nothing of what was offered."""
    words = words_for(found.view.page.content.locale).offer
    told = spoken(found.partner, found.view.page.content.locale) | {
        "words": words,
        "news": over_news(found.state, found.partner, words),
        "contact": words.write_to.format(email=found.partner.email),
        "accent_url": reverse("offer_accent", args=[found.token]),
        "partner_logo_url": _logo_url(found.partner, found.token),
    }
    template = "approve/_over.html" if _by_htmx(request) else "approve/over.html"
    return private(render(request, template, told, status=410))


def _answered(request: HttpRequest, token: str) -> HttpResponseBase:
    """What came of it: the page anew."""
    if not _by_htmx(request):
        return private(redirect("offer", token=token))
    found = opened(request, token)
    return over(request, found) if found.is_over else show(request, found)


def _refused(
    request: HttpRequest, token: str, refusal: HandselError, place: str = "#answer-problem"
) -> HttpResponseBase:
    """Why not, beside what was typed; where the offer stands otherwise than the page showed, the page anew."""
    found = opened(request, token)
    if found.is_over:
        return over(request, found)
    words, sent = found.view.words, request.POST
    errors = complaints(refusal, words, sent)
    told = {
        "problem": refusal_text(refusal, words),
        "stale": refusal.code == "order_changed",
        "errors": errors,
        "typed": sent,
        "place": place.lstrip("#"),
    }
    if not _by_htmx(request) or (found.view.ask is None and place == "#answer-problem"):
        return show(request, found, status=refusal.status, **told)
    response = render(request, "approve/_problem.html", context(found) | told, status=refusal.status)
    response["HX-Retarget"], response["HX-Reswap"] = place, "innerHTML"
    return private(response)


def _by_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"
