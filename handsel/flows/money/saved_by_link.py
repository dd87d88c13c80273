"""A customer for whose offer nothing is due now keeps a card for its renewals (DOMAIN.md section 3.11).

1. A try is taken from the link's limit of failed cards, so that no number of tabs asks the gateway more often.
2. With no transaction open the gateway attaches the card and its bank agrees to later charges, without an amount.
3. The try is given back if it did; else, with the last one, the link locks.
"""

from __future__ import annotations

from handsel.flows.money.failed_cards import lock_link
from handsel.flows.money.saved_methods import attach_method
from handsel.flows.sales.link import OfferLink, link_actor, locked_offer
from handsel.flows.work import Work, working
from handsel.models import BillingSettings, Offer, Partner, PaymentMethod
from handsel.rules.errors import HandselError, Refused
from handsel.rules.offers import ClosedAs


def save_method_by_link(partner: Partner, link: OfferLink, token: str, consent_text: str) -> PaymentMethod:
    """Keep the card with the sentence that was agreed to; it becomes the customer's default where there is none. Raises
    Refused where the offer is not theirs to answer or renews nothing (`offer_locked` past the limit), and what
    `save_method` raises."""
    offer = _take_try(partner, link)
    # If we die here: the link has one try less, and nothing was sent.
    try:
        method = attach_method(partner, link_actor(offer), offer.customer_id, token, consent_text=consent_text)
    except HandselError:
        _try_failed(partner, link)
        raise
    # If we die here: the card is on file; only the default and the try are missing.
    with working(partner, link.actor) as work:
        _, offer = locked_offer(work, link)
        Offer.objects.filter(id=offer.id).update(failed_cards=max(0, offer.failed_cards - 1))
        _complete_default(work, offer, method)
    return method


def _take_try(partner: Partner, link: OfferLink) -> Offer:
    with working(partner, link.actor) as work:
        _, offer = locked_offer(work, link)
        free = offer.content["due_now_minor"] == 0 and bool(offer.content["renewals"])
        if not free or not link.is_newest(offer) or offer.closed_as not in ("", ClosedAs.APPROVED):
            raise Refused("action_not_allowed", "This offer needs no payment method. Nothing was saved.")
        if offer.locked_at is not None or offer.failed_cards >= partner.settings().failed_cards_per_link:
            raise Refused("offer_locked", "This link is locked after too many failed cards. Nothing was saved.")
        Offer.objects.filter(id=offer.id).update(failed_cards=offer.failed_cards + 1)
    return offer


def _try_failed(partner: Partner, link: OfferLink) -> None:
    with working(partner, link.actor) as work:
        _, offer = locked_offer(work, link)
        if offer.failed_cards >= partner.settings().failed_cards_per_link:
            lock_link(work, offer, "link")


def _complete_default(work: Work, offer: Offer, method: PaymentMethod) -> None:
    settings = BillingSettings.objects.select_for_update(no_key=True).get(customer_id=offer.customer_id)
    if settings.default_payment_method_id is None:
        settings.default_payment_method_id = method.id
        settings.save(update_fields=["default_payment_method"])
        work.record("billing_settings.completed", settings, changes={"default_payment_method_id": str(method.id)})
