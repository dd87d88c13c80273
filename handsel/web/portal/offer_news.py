"""What the page of an offer tells first: how things stand, what that means, what to do now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from handsel.documents.localised import Localised
from handsel.models import Partner
from handsel.reads.sales.offer import OfferPage
from handsel.rules.decline_languages import told
from handsel.rules.offer_state import OfferState
from handsel.rules.payment_states import PaymentStatus
from handsel.web.portal.words import OfferWords, StateWords


@dataclass(frozen=True, slots=True)
class News:
    """Said at the top of the page. `busy` where something is under way that the page watches."""

    tone: str
    title: str
    text: tuple[str, ...]
    busy: bool = False


_TONES: Mapping[OfferState, str] = MappingProxyType(
    {
        OfferState.PAYING: "info",
        OfferState.CHALLENGE: "warn",
        OfferState.FINDING_OUT: "info",
        OfferState.CLEARING: "info",
        OfferState.PAY_AGAIN: "bad",
        OfferState.DECLINED_BY_BANK: "bad",
        OfferState.DONE: "good",
        OfferState.DECLINED: "neutral",
        OfferState.EXPIRED: "warn",
        OfferState.RECALLED: "warn",
        OfferState.REPLACED: "warn",
        OfferState.LOCKED: "bad",
        OfferState.UNAVAILABLE: "warn",
    }
)
_BUSY = frozenset({OfferState.PAYING, OfferState.FINDING_OUT})


def news_of(page: OfferPage, words: OfferWords, write: Localised) -> News | None:
    """None while the offer is simply open."""
    if page.state == OfferState.OPEN:
        return None
    said = _words(page, words)
    amount = page.payment.payment.amount_minor if page.payment else page.order.due_minor
    values = {
        "seller": page.content.seller.name,
        "amount": write.money(amount),
        "email": page.offer.contact_email,
    }
    title, text = said.title.format(**values), said.text.format(**values)
    more = _more(page, words, write, values["seller"])
    return News(_TONES[page.state], title, tuple(each for each in (text, *more) if each), page.state in _BUSY)


def over_news(state: OfferState, partner: Partner, words: OfferWords) -> News:
    """For a link that is over: whose it was, and nothing of what was offered."""
    said = _said(words)[state]
    return News(_TONES[state], said.title, (said.text.format(seller=partner.name),))


def _words(page: OfferPage, words: OfferWords) -> StateWords:
    if page.state != OfferState.DONE:
        return _said(words)[page.state]
    paid = page.payment is not None and page.payment.payment.status == PaymentStatus.SUCCEEDED
    return words.done_paid if paid else words.done_signed


def _said(words: OfferWords) -> dict[OfferState, StateWords]:
    return {
        OfferState.PAYING: words.paying_now,
        OfferState.CHALLENGE: words.challenge,
        OfferState.FINDING_OUT: words.finding_out,
        OfferState.CLEARING: words.clearing,
        OfferState.PAY_AGAIN: words.bank_declined,
        OfferState.DECLINED_BY_BANK: words.bank_declined,
        OfferState.DECLINED: words.declined,
        OfferState.EXPIRED: words.expired,
        OfferState.RECALLED: words.recalled,
        OfferState.REPLACED: words.replaced,
        OfferState.LOCKED: words.locked,
        OfferState.UNAVAILABLE: words.unavailable,
    }


def _more(page: OfferPage, words: OfferWords, write: Localised, seller: str) -> tuple[str, ...]:
    """What only this offer's page can say: the bank's answer in words, the customer's own reason."""
    decline = page.payment.payment if page.payment and page.payment.decline else None
    if page.state == OfferState.PAY_AGAIN and decline is not None:
        return (told(decline.decline_code, write.locale.language).text, words.signature_stays)
    if page.state == OfferState.DECLINED_BY_BANK and decline is not None:
        story = told(decline.decline_code, write.locale.language)
        return (f"{story.happened} {story.charged}", words.no_retry.format(seller=seller))
    if page.state == OfferState.DECLINED and page.order.decline_reason:
        return (words.your_reason.format(reason=page.order.decline_reason),)
    return ()
