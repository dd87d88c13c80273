"""Whether an offer can be answered, and what its page says if not (DOMAIN.md section 4).

An offer has no status of its own: it is open until something closes it, and what may be done with it while it is open
follows from its order, its payment and the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ClosedAs(StrEnum):
    """How an offer ended."""

    APPROVED = "approved"  # signed, and paid where payment was required
    DECLINED = "declined"  # by the customer
    RECALLED = "recalled"  # by whoever sent it, or since its order was changed
    EXPIRED = "expired"
    CANCELLED = "cancelled"  # with its order


CLOSED_AS: tuple[str, ...] = tuple(ClosedAs)


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """What the rules need to know of the offer that an order was last sent with. `link_is_newest` is False for who came
    by a link that a later one replaced."""

    require_payment: bool
    closed_as: str = ""
    is_over: bool = False  # its expiry has passed
    is_locked: bool = False  # too many failed cards
    same_revision: bool = True
    may_retry: bool = True  # the partner lets customers try another card after a decline
    link_is_newest: bool = True
