"""What is kept of a payment that somebody received outside of any gateway."""

from __future__ import annotations

import datetime as dt

from handsel.flows.fields import FIRST_DAY, Fields
from handsel.rules.offline import KINDS, NAMED

REFERENCE_LENGTH = 100


def offline_facts(kind: str, reference: str, received_on: dt.date | None, today: dt.date) -> dict[str, str]:
    """The payment's method as its receipt names it, and by what the money is found again. `today` is the partner's
    day. Raises Invalid: an unknown kind, no reference where the kind has one, a day that has not come."""
    fields = Fields()
    fields.choice("kind", kind, tuple(KINDS))
    text = fields.text("reference", reference, REFERENCE_LENGTH)
    if kind in NAMED and not text:
        fields.complain("reference", "Name the cheque's number, or what the bank statement says of the transfer.")
    day = received_on or today
    if not FIRST_DAY <= day <= today:
        fields.complain("received_on", f"Name the day on which it came, not after {today.isoformat()}.")
    fields.check()
    return {"brand": kind, "reference": text, "received_on": day.isoformat()}
