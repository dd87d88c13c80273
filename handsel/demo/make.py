"""Makes the demo partner: its ground, then its story day by day, then seals and checks what came of it."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.conf import settings

from handsel.database.tenancy import reading
from handsel.demo.agency import SLUG
from handsel.demo.desk import Desk
from handsel.demo.outcomes import make_happen
from handsel.demo.story import DAYS, NEW_CARDS, SALES
from handsel.flows.catalog.products import update_product
from handsel.flows.history.housekeeping import fold_order_counts
from handsel.flows.history.seal import seal_events
from handsel.flows.money.accounts import move_sandbox, register_event_endpoint
from handsel.flows.people.api_keys import create_api_key
from handsel.models import GatewayAccount, Member, Order, Partner, Product
from handsel.reads.verify import check_all
from handsel.rules.permissions import Role

Told = Callable[[str], None]


def make_demo(told: Told) -> dict[str, Any]:
    """A new agency, with what `demo.json` says of it (API.md) but the addresses. `told` hears of each step.

    One that was begun and not finished stays as it is, and the next gets another name: nobody knows its passwords.
    """
    began = time.monotonic()
    end = story_ends(dt.datetime.now(dt.UTC))
    desk = Desk.opened(free_slug(), end - dt.timedelta(days=DAYS))
    desk.listen()
    desk.stock()
    desk.meet()
    told(f"{len(desk.members)} people, {len(desk.goods)} products, {len(desk.buyers)} customers")
    live_through(desk, end, told)
    desk.verify_cards()
    keys = {login: _api_key(desk, login) for login in ("maya", "theo")}
    settle_accounts(desk, told)
    told(f"The demo partner is made, in {time.monotonic() - began:.0f} s.")
    return {
        "partner": desk.partner.slug,
        "api_key": keys["maya"],
        "salesperson_api_key": keys["theo"],
        "admin": _login(desk, "maya"),
        "salesperson": _login(desk, "theo"),
    }


def move_demo(slug: str) -> None:
    """The installation has another address now, and its sandbox too: the gateway account, the vendors' addresses and
    the place for events follow."""
    partner = Partner.objects.get(slug=slug)
    maya = (
        Member.objects.select_related("user").filter(partner=partner, role=Role.ADMIN).earliest("id").actor("console")
    )
    with reading(partner.id):
        account = GatewayAccount.objects.get(is_default=True)
        products = list(Product.objects.filter(vendor_url__startswith=account.api_base))
    for product in products:
        vendor = settings.SANDBOX_URL + product.vendor_url.removeprefix(account.api_base)
        update_product(partner, maya, product.id, {"vendor_url": vendor})
    move_sandbox(partner, maya, account.id)
    register_event_endpoint(partner, maya, account.id)


def live_through(desk: Desk, end: dt.datetime, told: Told) -> None:
    """The sales on their days, the clock moved between them."""
    new_cards = list(NEW_CARDS)
    for number, sale in enumerate(SALES, start=1):
        while new_cards and new_cards[0][0] >= sale.day:
            day, buyer = new_cards.pop(0)
            desk.let_time_pass(end - dt.timedelta(days=day))
            desk.take_new_card(buyer)
        # A quarter of an hour apart, so that two sales of one day do not fall on one minute.
        desk.let_time_pass(end - dt.timedelta(days=sale.day) - dt.timedelta(minutes=15 * (len(SALES) - number)))
        make_happen(desk, sale)
        if number % 10 == 0:
            told(f"{number} orders, {sale.day} days to go")


def settle_accounts(desk: Desk, told: Told) -> None:
    """What the worker does in its own time: events sealed, counts folded. Then the books are checked."""
    while seal_events(desk.partner):
        pass
    fold_order_counts()
    with reading(desk.partner.id):
        statuses = Counter(Order.objects.values_list("status", flat=True))
    told(", ".join(f"{number} {status}" for status, number in statuses.most_common()))
    for finding in check_all(desk.partner.id):
        told(f"verify: {finding}")


def story_ends(now: dt.datetime) -> dt.datetime:
    """The afternoon of the second of next month: by then cards that were good for this month only have expired, and
    what renews on the first was asked for."""
    first = (now.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    return first.replace(day=2, hour=20, minute=0, second=0, microsecond=0)


def free_slug() -> str:
    """The agency's own, or with a number where earlier ones were not finished."""
    taken = set(Partner.objects.filter(slug__startswith=SLUG).values_list("slug", flat=True))
    slug, number = SLUG, 1
    while slug in taken:
        number += 1
        slug = f"{SLUG}-{number}"
    return slug


def _api_key(desk: Desk, login: str) -> str:
    _, secret = create_api_key(desk.partner, desk.actor(login), desk.members[login], "Demo")
    return secret


def _login(desk: Desk, login: str) -> dict[str, str]:
    return {"email": f"{login}@{desk.domain}", "password": desk.passwords[login]}
