"""Letting time pass at a desk: its partner's test clock, cards on file, and what renewals left behind."""

from __future__ import annotations

import datetime as dt
from typing import Any

from handsel.database.tenancy import writing
from handsel.flows.clock import advance_clock
from handsel.flows.history.seal import seal_events
from handsel.flows.money.saved_methods import save_method, set_default_method
from handsel.flows.work import partner_by_id
from handsel.models import ClockAdvance, Invoice, InvoiceLine, PaymentMethod, Subscription
from handsel.models.people import now_of
from handsel.reads.verify import check_partner
from handsel.rules.periods import instant, local_date
from tests.cast import make_customer
from tests.flows.money.desk import Desk


def noon(desk: Desk, day: dt.date) -> dt.datetime:
    """Midday of a day where the customer is."""
    return instant(day, desk.dana.timezone) + dt.timedelta(hours=12)


def go_to(desk: Desk, moment: dt.date | dt.datetime) -> ClockAdvance:
    """Move the partner's clock there (to midday of a day) and run what falls due on the way."""
    to = moment if isinstance(moment, dt.datetime) else noon(desk, moment)
    advance = advance_clock(desk.partner, desk.alice, to)
    desk.partner = partner_by_id(desk.partner.id)
    return advance


def today(desk: Desk) -> dt.date:
    """The customer's day by the partner's clock."""
    return local_date(now_of(desk.partner), desk.dana.timezone)


def desk_in(timezone: str, *, day: dt.date, currency: str = "USD", **customer: Any) -> Desk:
    """A desk whose customer lives in this zone, at midday of that day."""
    desk = Desk(currency=currency)
    desk.dana = make_customer(desk.partner, desk.alice, currency=currency, timezone=timezone, **customer)
    go_to(desk, day)
    return desk


def on_file(desk: Desk, token: str = "pm_card_visa", *, default: bool = True) -> PaymentMethod:
    """A card saved with the gateway, without an amount."""
    method = save_method(desk.partner, desk.bob, desk.dana.id, token)
    if default:
        set_default_method(desk.partner, desk.alice, desk.dana.id, method.id)
    return method


def expire(desk: Desk, method: PaymentMethod) -> None:
    """Let the card's last month be over."""
    with writing(desk.partner.id):
        PaymentMethod.objects.filter(id=method.id).update(exp_month=1, exp_year=2026)


def own_method(desk: Desk, subscription: Subscription, method: PaymentMethod) -> None:
    """Let this subscription be billed to a method of its own."""
    with writing(desk.partner.id):
        Subscription.objects.filter(id=subscription.id).update(payment_method=method)


def renewals(desk: Desk) -> list[Invoice]:
    """The customer's invoices that no order asked for, oldest first."""
    found: list[Invoice] = desk.rows(Invoice, customer_id=desk.dana.id, order_id=None)
    return found


def billed_periods(desk: Desk, subscription: Subscription) -> list[tuple[dt.date, dt.date]]:
    """The periods on the invoice lines of a subscription, oldest first."""
    lines: list[InvoiceLine] = desk.rows(InvoiceLine, subscription_id=subscription.id)
    return sorted((line.period_start_on, line.period_end_on) for line in lines)  # type: ignore[misc]


def sound(desk: Desk) -> list[str]:
    """What `handsel verify` has to say against this partner's books, once everything is sealed."""
    while seal_events(desk.partner):
        pass
    return [str(finding) for finding in check_partner(desk.partner)]


def fresh(desk: Desk, row: Any) -> Any:
    """The row as it stands now."""
    (found,) = desk.rows(type(row), id=row.id)
    return found
