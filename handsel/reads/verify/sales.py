"""Orders against what hangs on them: I4."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from handsel.reads.verify.findings import Found, checks, found

SOLD = ("processing", "scheduled", "activated", "activation_errors")
_STANDS = "CASE WHEN o.status IN ('archived', 'cancellation_requested') THEN o.previous_status ELSE o.status END"
"""Where an order is, or was before it was put away or its cancellation was asked for."""

_WAS_SOLD = f"""({_STANDS} = ANY(%(sold)s) OR ({_STANDS} = 'cancelled' AND EXISTS (
            SELECT 1 FROM invoices sale WHERE sale.partner_id = o.partner_id AND sale.order_id = o.id)))"""

SELLING_EVENTS = ("order.paid", "order.approved_by_customer", "order.activation_started", "order.scheduled")
"""Somebody who may, or the customer's money, set the order to work; nothing else does."""


@checks("I4")
def sold_orders_are_approved_and_invoiced(partner_id: uuid.UUID) -> Iterator[Found]:
    """An order is at work only after an act that sells, and with an invoice over its total: paid, or due by its terms.
    Where money was taken for it, the invoice is paid."""
    return found(
        partner_id,
        f"""
        SELECT 'order', o.id,
               format('%%s is %%s: its invoice is %%s', o.number, o.status, coalesce(i.status, 'missing'))
        FROM orders o LEFT JOIN invoices i ON i.partner_id = o.partner_id AND i.order_id = o.id
        WHERE o.partner_id = %(partner)s AND {_STANDS} = ANY(%(sold)s) AND (
          i.id IS NULL OR i.status = 'draft' OR i.total_minor <> o.total_minor OR i.currency <> o.currency
          OR NOT EXISTS (SELECT 1 FROM events e WHERE e.partner_id = o.partner_id AND e.order_id = o.id
                         AND e.type = ANY(%(selling)s))
          OR (i.status <> 'paid' AND EXISTS (SELECT 1 FROM payments p WHERE p.partner_id = o.partner_id
                         AND p.order_id = o.id AND p.status = 'succeeded')))
        """,
        sold=list(SOLD),
        selling=list(SELLING_EVENTS),
    )


@checks("I4")
def sold_lines_are_set_up(partner_id: uuid.UUID) -> Iterator[Found]:
    """A sold order has one activation for every line and a subscription for every recurring one, also once it is
    cancelled; one that was never sold has neither."""
    return found(
        partner_id,
        f"""
        SELECT 'order', o.id,
               format('%%s is %%s with %%s lines, %%s activations, %%s recurring lines, %%s subscriptions', o.number,
                      o.status, sold.lines, sold.activations, sold.recurring, sold.subscriptions)
        FROM orders o
        JOIN (SELECT l.order_id, count(*) AS lines, count(a.id) AS activations, count(l.interval) AS recurring,
                     count(s.id) AS subscriptions
              FROM order_lines l
              LEFT JOIN activations a ON a.partner_id = l.partner_id AND a.line_id = l.id
              LEFT JOIN subscriptions s ON s.partner_id = l.partner_id AND s.line_id = l.id
              WHERE l.partner_id = %(partner)s GROUP BY l.order_id) sold ON sold.order_id = o.id
        WHERE o.partner_id = %(partner)s AND (
          sold.activations <> CASE WHEN {_WAS_SOLD} THEN sold.lines ELSE 0 END
          OR sold.subscriptions <> CASE WHEN {_WAS_SOLD} THEN sold.recurring ELSE 0 END)
        """,
        sold=list(SOLD),
    )


@checks("I4")
def orders_agree_with_their_activations(partner_id: uuid.UUID) -> Iterator[Found]:
    """An order that is activated has no line that is still to come or in error; one in error has such a line."""
    return found(
        partner_id,
        """
        SELECT 'order', o.id, format('%%s is %%s while its lines are %%s', o.number, o.status, lines.statuses)
        FROM orders o
        JOIN (SELECT order_id, array_agg(DISTINCT status ORDER BY status) AS statuses FROM activations
              WHERE partner_id = %(partner)s GROUP BY order_id) lines ON lines.order_id = o.id
        WHERE o.partner_id = %(partner)s AND (
          (o.status = 'activated' AND lines.statuses && ARRAY['pending', 'errored', 'scheduled']::varchar[])
          OR (o.status = 'activation_errors' AND NOT 'errored' = ANY(lines.statuses))
          OR (o.status = 'scheduled' AND NOT 'scheduled' = ANY(lines.statuses))
          OR (o.status = 'processing' AND NOT 'pending' = ANY(lines.statuses)))
        """,
    )


@checks("I4")
def paying_orders_have_a_live_payment(partner_id: uuid.UUID) -> Iterator[Found]:
    """`processing_payment` ⇔ one live payment of this order."""
    return found(
        partner_id,
        """
        SELECT 'order', o.id, format('%%s is %%s with %%s live payments', o.number, o.status, count(p.id))
        FROM orders o
        LEFT JOIN payments p ON p.partner_id = o.partner_id AND p.order_id = o.id
          AND p.status IN ('created', 'submitted', 'requires_action', 'clearing', 'unknown')
        WHERE o.partner_id = %(partner)s
        GROUP BY o.id, o.number, o.status
        HAVING count(p.id) <> CASE o.status WHEN 'processing_payment' THEN 1 ELSE 0 END
        """,
    )


@checks("I4")
def orders_add_up(partner_id: uuid.UUID) -> Iterator[Found]:
    """An order's totals and its number of lines are those of its lines."""
    return found(
        partner_id,
        """
        SELECT 'order', o.id, format('%%s says %%s over %%s lines, its %%s lines come to %%s', o.number, o.total_minor,
                                     o.line_count, coalesce(lines.number, 0), coalesce(lines.total, 0))
        FROM orders o
        LEFT JOIN (SELECT order_id, count(*) AS number, sum(subtotal_minor) AS subtotal,
                          sum(discount_minor) AS discount, sum(tax_minor) AS tax, sum(total_minor) AS total
                   FROM order_lines WHERE partner_id = %(partner)s GROUP BY order_id) lines ON lines.order_id = o.id
        WHERE o.partner_id = %(partner)s
          AND (o.line_count, o.subtotal_minor, o.discount_minor, o.tax_minor, o.total_minor)
              <> (coalesce(lines.number, 0), coalesce(lines.subtotal, 0), coalesce(lines.discount, 0),
                  coalesce(lines.tax, 0), coalesce(lines.total, 0))
        """,
    )


@checks("I4")
def open_offers_agree_with_their_orders(partner_id: uuid.UUID) -> Iterator[Found]:
    """An order that waits for its customer has an open offer of its revision and total; an offer is open only while
    its order waits, is being paid, or was declined by the bank."""
    return found(
        partner_id,
        f"""
        SELECT 'order', o.id, format('%%s is %%s; its open offer is %%s', o.number, o.status,
               coalesce('revision ' || f.revision || ' over ' || f.total_minor, 'missing'))
        FROM orders o LEFT JOIN offers f ON f.partner_id = o.partner_id AND f.order_id = o.id AND f.closed_at IS NULL
        WHERE o.partner_id = %(partner)s AND (
          ({_STANDS} = 'awaiting_customer_approval'
           AND (f.id IS NULL OR f.revision <> o.revision OR f.total_minor <> o.total_minor))
          OR (f.id IS NOT NULL
              AND {_STANDS} NOT IN ('awaiting_customer_approval', 'processing_payment', 'declined')))
        """,
    )


@checks("I4")
def what_was_paid_by_link_was_signed(partner_id: uuid.UUID) -> Iterator[Found]:
    """Every payment that was started on an offer's link stands beside the signature of that offer."""
    return found(
        partner_id,
        """
        SELECT 'payment', p.id, 'was started on an offer that nobody signed'
        FROM payments p LEFT JOIN signatures s ON s.partner_id = p.partner_id AND s.offer_id = p.offer_id
        WHERE p.partner_id = %(partner)s AND p.offer_id IS NOT NULL AND s.id IS NULL
        """,
    )
