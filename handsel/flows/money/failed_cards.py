"""Somebody tries card after card on a link (RELIABILITY.md T27): past a limit the link locks and staff are told.

Only one payment of an order is alive at a time, and this is written in the transaction that settles it, so the count is
exact. How many one address may fail is counted by the page (`web.guards`), before anything is sent.
"""

from __future__ import annotations

import datetime as dt

from handsel.flows.work import Work
from handsel.models import Offer, Payment
from handsel.rules.payment_states import PaymentStatus

CUSTOMER_WINDOW = dt.timedelta(days=1)
CUSTOMER_FACTOR = 3
"""Over all links of one customer, so many times the limit of one link may fail in a day."""


def count_failed_card(work: Work, payment: Payment) -> None:
    """A card failed on an offer's link, whose order is locked."""
    assert payment.offer_id is not None
    limit = work.partner.settings().failed_cards_per_link
    rows = Offer.objects.select_for_update(of=("self",), no_key=True).defer("pdf", "content")
    offer: Offer = rows.get(id=payment.offer_id)
    offer.failed_cards += 1
    offer.save(update_fields=["failed_cards"])
    if offer.failed_cards >= limit:
        lock_link(work, offer, "link")
    elif _failed_by_customer(work, payment) >= limit * CUSTOMER_FACTOR:
        lock_link(work, offer, "customer")


def lock_link(work: Work, offer: Offer, why: str) -> None:
    """The link accepts no card any more; staff are told by the event's mail. `why` is link or customer: whose limit."""
    if offer.locked_at is None:
        offer.locked_at = work.now
        offer.save(update_fields=["locked_at"])
        work.record("offer.locked", offer, changes={"failed_cards": offer.failed_cards, "why": why})


def _failed_by_customer(work: Work, payment: Payment) -> int:
    failed = Payment.objects.filter(customer_id=payment.customer_id, status=PaymentStatus.DECLINED)
    return failed.filter(offer_id__isnull=False, settled_at__gt=work.now - CUSTOMER_WINDOW).count()
