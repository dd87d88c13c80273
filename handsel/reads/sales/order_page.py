"""What the console's order page shows beside the order itself: the tabs' rows, and what will be charged later."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handsel.models import Activation, Attachment, Contact, Message, Order, OrderLine, Partner, PaymentMethod
from handsel.models.people import now_of
from handsel.reads.billing.subscriptions import SubscriptionView
from handsel.reads.money.payments import PaymentView
from handsel.reads.people.customer import contacts_of
from handsel.reads.people.methods import MethodOnFile
from handsel.reads.sales.offer import messages_of
from handsel.reads.sales.order import OrderView, activations_of, attachments_of, order_view
from handsel.rules.activation_states import ActivationStatus
from handsel.rules.payment_states import PaymentStatus
from handsel.rules.periods import Interval, first_renewal, local_date
from handsel.rules.permissions import Actor

SOON_DAYS = 60
"""A card whose last month ends within so many days is said to expire soon."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """What is charged again: lines that renew on the same day at the same interval. Minor units, with tax."""

    on: dt.date
    every: str
    amount_minor: int
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One order as its page needs it; `now` is the partner's time, `today` the customer's date then."""

    view: OrderView
    activations: list[Activation]
    attachments: list[Attachment]
    contacts: list[Contact]
    messages: list[Message]
    now: dt.datetime
    today: dt.date

    @property
    def order(self) -> Order:
        return self.view.order

    @property
    def first_payment(self) -> PaymentView | None:
        """The newest payment of the order itself: the one whose outcome the page tells."""
        return next((each for each in self.view.payments if each.payment.order_id == self.order.id), None)

    @property
    def default_method(self) -> MethodOnFile | None:
        return next((each for each in self.view.methods if each.is_default), None)

    @property
    def default_recipient(self) -> Contact | None:
        wanted = self.view.billing.recipient_id if self.view.billing else None
        return next((contact for contact in self.contacts if contact.id == wanted), None)

    @property
    def asks(self) -> Message | None:
        """What the customer wrote last, if nobody has answered it."""
        last = self.messages[-1] if self.messages else None
        return last if last is not None and last.member_id is None else None

    @property
    def failed_activations(self) -> list[Activation]:
        return [each for each in self.activations if each.status == ActivationStatus.ERRORED]

    @property
    def paid_with(self) -> Mapping[str, Any] | None:
        """What is known of the card that paid the order, None before one did."""
        done = (each.payment for each in self.view.payments if each.payment.status == PaymentStatus.SUCCEEDED)
        return next((payment.method_facts for payment in done if payment.method_facts), None)

    @property
    def renewals(self) -> tuple[Renewal, ...]:
        """What will be charged later: by the subscriptions once there are some, else as if it were paid today."""
        if self.view.subscriptions:
            return running(self.view.subscriptions, self.order.customer.timezone)
        return renewals(self.order.contract_start_on, self.view.lines, self.today)


def order_page(partner: Partner, actor: Actor, order_id: uuid.UUID) -> OrderPage:
    """The whole page in a fixed number of statements. Raises NotFound where the order does not exist for this actor."""
    view, now = order_view(partner, actor, order_id), now_of(partner)
    return OrderPage(
        view=view,
        activations=activations_of(partner, actor, order_id),
        attachments=attachments_of(partner, actor, order_id),
        contacts=contacts_of(partner, view.order.customer_id),
        messages=messages_of(order_id) if view.offers else [],
        now=now,
        today=local_date(now, view.order.customer.timezone),
    )


def renewals(contract_start_on: dt.date | None, lines: Iterable[OrderLine], today: dt.date) -> tuple[Renewal, ...]:
    """What will be charged after the first payment, if the order is paid `today`: soonest first."""
    found: dict[tuple[dt.date, str], list[OrderLine]] = {}
    for line in lines:
        if line.interval is not None and line.renewal_minor:
            found.setdefault(_next_bill(line, contract_start_on, today), []).append(line)
    return tuple(_renewal(on, every, group) for (on, every), group in sorted(found.items()))


def running(subscriptions: Iterable[SubscriptionView], timezone: str) -> tuple[Renewal, ...]:
    """What the subscriptions of an order charge next, in the customer's days: soonest first."""
    found: dict[tuple[dt.date, str], list[OrderLine]] = {}
    for each in subscriptions:
        line = each.subscription.line
        if each.next_renewal is not None and line.renewal_minor:
            every = str(Interval(each.subscription.interval, each.subscription.interval_count))
            found.setdefault((local_date(each.next_renewal, timezone), every), []).append(line)
    return tuple(_renewal(on, every, group) for (on, every), group in sorted(found.items()))


def _next_bill(line: OrderLine, contract_start_on: dt.date | None, today: dt.date) -> tuple[dt.date, str]:
    assert line.interval is not None
    interval = Interval(line.interval, line.interval_count)
    start = max(line.start_on or contract_start_on or today, today)
    return first_renewal(start, interval, line.trial_days), str(interval)


def _renewal(on: dt.date, every: str, lines: Sequence[OrderLine]) -> Renewal:
    return Renewal(on, every, sum(line.renewal_minor for line in lines), tuple(line.name for line in lines))


def expires_soon(method: PaymentMethod, today: dt.date) -> bool:
    """Whether the card's last month begins within `SOON_DAYS` and is not over yet."""
    if method.exp_year is None or method.exp_month is None:
        return False
    later = today + dt.timedelta(days=SOON_DAYS)
    last = (method.exp_year, method.exp_month)
    return (today.year, today.month) <= last < (later.year, later.month)
