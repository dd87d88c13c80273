"""Bulk rows for load tests: customers, orders and subscriptions as many as are asked for, in a partner of their own.

They are written in sets, by INSERT … SELECT, since a million orders through the flows would take a day. So they have
no events, payments or invoices: what is listed, searched, filtered and counted is there, a history is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection

from handsel.database.tenancy import reading, writing
from handsel.flows.catalog.products import create_product
from handsel.flows.history.housekeeping import fold_order_counts
from handsel.flows.people.members import create_member
from handsel.flows.people.partners import create_partner
from handsel.models import Customer, Member, Order, Partner, Product
from handsel.rules.permissions import SYSTEM

SLUG = "seed"
BATCH = 20_000
_GOODS = (
    ("Website", 240_000, None), ("Landing page", 90_000, None), ("Logo and brand kit", 120_000, None),
    ("Photo session", 60_000, None), ("Hosting", 2_900, "month"), ("Care plan", 7_900, "month"),
    ("Local SEO", 39_900, "month"), ("Ads management", 59_900, "month"), ("Listings sync", 4_900, "month"),
    ("Review requests", 8_900, "month"), ("Social posting", 29_900, "month"), ("Domain", 1_900, "year"),
)  # fmt: skip

_STATUSES = (
    *["activated"] * 60, *["draft"] * 12, *["declined"] * 6, *["pending"] * 4, *["approved"] * 4, *["archived"] * 4,
    *["scheduled"] * 3, *["cancelled"] * 3, *["activation_errors"] * 2, "resubmitted", "cancellation_requested",
)  # fmt: skip
_FIRST = (
    "Alder Birch Cedar Dover Easton Fairview Granite Hudson Iris Juniper Kestrel Linden Maple Northgate Orchard Pine"
)
_SECOND = (
    "Bakery Clinic Dental Electric Florist Garage Hotel Kitchens Legal Motors Optics Plumbing Realty Roofing Studio"
)

_ID_AT = "(lpad(to_hex((extract(epoch FROM {at}) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid"  # noqa: E501
"""A UUIDv7 of that instant, so that ids sort as they would had the rows been made then."""


def seed(customers: int, orders: int, subscriptions: int, told: Callable[[str], None]) -> None:
    """Add so many rows to the partner `seed`, which is made first if it is not there. `told` hears of each batch."""
    partner = _partner()
    with reading(partner.id):
        there = {"customers": Customer.objects.count(), "orders": Order.objects.count()}
    for first, last in _batches(there["customers"], customers):
        _run(partner, _CUSTOMERS, first, last, "customer")
        told(f"{last - there['customers']:,} customers")
    for first, last in _batches(there["orders"], orders):
        _run(partner, _ORDERS, first, last, "order")
        told(f"{last - there['orders']:,} orders")
    made = 0
    while made < subscriptions and (added := _subscribe(partner, min(BATCH, subscriptions - made))):
        made += added
        told(f"{made:,} subscriptions")
    if made < subscriptions:
        told(f"No more than {made:,} subscriptions: every recurring line of an activated order has one. Add orders.")
    fold_order_counts()


def _partner() -> Partner:
    known = Partner.objects.filter(slug=SLUG).first()
    if known is not None:
        return known
    address = {"line1": "1 Load Street", "city": "Seattle", "region": "WA", "postal_code": "98101", "country": "US"}
    partner = create_partner(
        slug=SLUG,
        details={
            "name": "Load test",
            "legal_name": "Load Test LLC",
            "tax_id": "00-0000000",
            "address": address,  # type: ignore[typeddict-item]
        },
    )
    admin = create_member(partner, SYSTEM, email="admin@seed.example", name="Seed admin", role="admin")
    for number in range(1, 4):
        email = f"seller{number}@seed.example"
        create_member(partner, SYSTEM, email=email, name=f"Seed seller {number}", role="salesperson")
    for position, (name, price, interval) in enumerate(_GOODS):
        create_product(
            partner, admin.actor("console"), name=name, sku=f"seed-{position}", price_minor=price, currency="USD",
            interval=interval,
        )  # fmt: skip
    return partner


def _batches(there: int, wanted: int) -> Iterator[tuple[int, int]]:
    """Numbers from the next free one, in pieces that one transaction carries easily."""
    for first in range(there + 1, there + wanted + 1, BATCH):
        yield first, min(first + BATCH - 1, there + wanted)


def _run(partner: Partner, statement: str, first: int, last: int, series: str) -> None:
    members = list(Member.objects.filter(partner=partner).order_by("id").values_list("id", flat=True))
    with writing(partner.id), connection.cursor() as cursor:
        values: dict[str, Any] = {
            "partner": partner.id,
            "first": first,
            "last": last,
            "order_prefix": partner.order_prefix,
            "members": members,
            "products": list(Product.objects.order_by("id").values_list("id", flat=True)),
            "statuses": list(_STATUSES),
            "first_words": _FIRST.split(),
            "second_words": _SECOND.split(),
        }
        cursor.execute(statement, values)
        cursor.execute(
            "INSERT INTO counters (partner_id, id, series, first, last) VALUES (%s, gen_random_uuid(), %s, 1, %s) "
            "ON CONFLICT ON CONSTRAINT one_counter_per_series DO UPDATE SET last = excluded.last",
            [partner.id, series, last],
        )


def _subscribe(partner: Partner, most: int) -> int:
    with writing(partner.id), connection.cursor() as cursor:
        cursor.execute(_SUBSCRIPTIONS, {"partner": partner.id, "most": most})
        return int(cursor.rowcount)


_CUSTOMERS = f"""
WITH made AS (
  SELECT n, {_ID_AT.format(at="now() - interval '3 years' + n * interval '1 second'")} AS id,
         'C-' || lpad(n::text, greatest(4, length(n::text)), '0') AS number,
         (%(first_words)s::text[])[1 + n %% 16] || ' ' || (%(second_words)s::text[])[1 + (n / 16) %% 15]
           || ' ' || n AS name,
         'office' || n || '@seed.example' AS email,
         now() - interval '3 years' + n * interval '1 second' AS at
  FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
), customers_made AS (
  INSERT INTO customers (partner_id, id, number, name, email, currency, timezone, locale, line1, city, region,
                         postal_code, country, tax_id, tax_exempt, created_at, updated_at)
  SELECT %(partner)s, id, number, name, email, 'USD', 'America/Los_Angeles', 'en_US', n || ' Oak Street', 'Portland',
         'OR', '97201', 'US', '', false, at, at FROM made
), contacts_made AS (
  INSERT INTO contacts (partner_id, id, customer_id, name, email, phone, created_at)
  SELECT %(partner)s, gen_random_uuid(), id, name, email, '', at FROM made
), settings_made AS (
  INSERT INTO billing_settings (partner_id, id, customer_id, collection, memo, payment_terms_days)
  SELECT %(partner)s, gen_random_uuid(), id, 'automatic', '', 14 FROM made
)
INSERT INTO search_words (partner_id, id, kind, row_id, word)
SELECT DISTINCT ON (made.id, word) %(partner)s::uuid, gen_random_uuid(), 'customer', made.id, word
FROM made, unnest(regexp_split_to_array(lower(name), ' ') || ARRAY[email, lower(number), substr(number, 3)]) word
"""

_ORDERS = f"""
WITH goods AS (
  SELECT p.*, array_position(%(products)s::uuid[], p.id) - 1 AS place FROM products p WHERE p.partner_id = %(partner)s
), buyers AS (
  SELECT id, name, row_number() OVER (ORDER BY id) - 1 AS place FROM customers WHERE partner_id = %(partner)s
), numbered AS MATERIALIZED (
  SELECT n, (n * 7919) %% (SELECT count(*) FROM customers WHERE partner_id = %(partner)s) AS place
  FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
), made AS (
  SELECT n, {_ID_AT.format(at="now() - interval '2 years' + n * interval '1 minute'")} AS id,
         %(order_prefix)s || lpad(n::text, greatest(5, length(n::text)), '0') AS number,
         buyers.id AS customer_id, buyers.name,
         (%(members)s::uuid[])[1 + n %% array_length(%(members)s::uuid[], 1)] AS owner_id,
         (%(statuses)s::text[])[1 + (n * 37) %% array_length(%(statuses)s::text[], 1)] AS status,
         least(now(), now() - interval '2 years' + n * interval '1 minute') AS at
  FROM numbered JOIN buyers USING (place)
), lines AS (
  SELECT made.id AS order_id, at, position, goods.id AS product_id, goods.name, goods.price_minor, goods.interval,
         1 + (n + position) %% 3 AS quantity
  FROM made CROSS JOIN LATERAL generate_series(0, (n %% 3)::int) position
  JOIN goods ON goods.place = (n * 5 + position * 7) %% array_length(%(products)s::uuid[], 1)
), sums AS (
  SELECT order_id, count(*) AS line_count, sum(quantity * price_minor) AS total_minor FROM lines GROUP BY order_id
), orders_made AS (
  INSERT INTO orders (partner_id, id, number, customer_id, owner_id, status, previous_status, decline_cause,
                      decline_reason, cancel_cause, cancellation_reason, declined_before, currency, revision, version,
                      staff_notes, customer_notes, line_count, subtotal_minor, discount_minor, tax_minor, total_minor,
                      contract_value_minor, created_at, updated_at)
  SELECT %(partner)s, id, number, customer_id, owner_id, status,
         CASE WHEN status IN ('archived', 'cancellation_requested') THEN 'activated' ELSE '' END,
         CASE WHEN status = 'declined' THEN 'admin' ELSE '' END, '',
         CASE WHEN status = 'cancelled' THEN 'staff' ELSE '' END, '', status = 'declined', 'USD', 1, 1, '', '',
         line_count, total_minor, 0, 0, total_minor, total_minor, at, at
  FROM made JOIN sums ON sums.order_id = made.id
), lines_made AS (
  INSERT INTO order_lines (partner_id, id, order_id, product_id, position, name, quantity, list_price_minor,
                           unit_price_minor, interval, interval_count, trial_days, taxes, subtotal_minor,
                           discount_minor, net_minor, tax_minor, total_minor, renewal_minor)
  SELECT %(partner)s, gen_random_uuid(), order_id, product_id, position, name, quantity, price_minor, price_minor,
         interval, 1, 0, '[]', quantity * price_minor, 0, quantity * price_minor, 0, quantity * price_minor,
         CASE WHEN interval IS NULL THEN 0 ELSE quantity * price_minor END
  FROM lines
)
INSERT INTO search_words (partner_id, id, kind, row_id, word)
SELECT DISTINCT ON (made.id, word) %(partner)s::uuid, gen_random_uuid(), 'order', made.id, word
FROM made, unnest(regexp_split_to_array(lower(name), ' ') || ARRAY[lower(number), 'o', substr(number, 3)]) word
"""

_SUBSCRIPTIONS = """
INSERT INTO subscriptions (partner_id, id, customer_id, order_id, line_id, product_id, status, quantity,
                           unit_price_minor, currency, interval, interval_count, anchor_on, starts_at,
                           periods_billed, period_start_on,
                           period_end_on, renews_at, created_at)
SELECT %(partner)s, gen_random_uuid(), o.customer_id, o.id, l.id, l.product_id, 'active', l.quantity,
       l.unit_price_minor, 'USD', l.interval, 1, begun.day, begun.day,
       1, begun.day, (begun.day + ('1 ' || l.interval)::interval)::date,
       begun.day + ('1 ' || l.interval)::interval, o.created_at
FROM order_lines l
JOIN orders o ON o.partner_id = l.partner_id AND o.id = l.order_id AND o.status = 'activated'
CROSS JOIN LATERAL (SELECT current_date - (abs(hashtext(l.id::text)) %% 27) AS day) begun
WHERE l.partner_id = %(partner)s AND l.interval IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM subscriptions s WHERE s.partner_id = l.partner_id AND s.line_id = l.id)
LIMIT %(most)s
"""
