"""Invoices and subscriptions: I3 and I7."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from handsel.reads.verify.findings import Found, checks, found

_NUMBER = """
  CASE WHEN starts_with(i.number, partners.invoice_prefix)
            AND substr(i.number, length(partners.invoice_prefix) + 1) ~ '^[0-9]{6,15}$'
       THEN substr(i.number, length(partners.invoice_prefix) + 1)::bigint
       ELSE substring(i.number from '[0-9]{6}$')::bigint END"""
"""The number behind the partner's prefix; behind an earlier prefix, which may itself end in digits, its last six."""


@checks("I3")
def invoices_are_paid_by_payments(partner_id: uuid.UUID) -> Iterator[Found]:
    """Paid ⇔ the payments of the invoice, and of its order, reach its total. Later refunds do not unpay."""
    return found(
        partner_id,
        """
        WITH received AS (
          SELECT coalesce(p.invoice_id, i.id) AS invoice_id, sum(p.captured_minor) AS minor
          FROM payments p
          LEFT JOIN invoices i ON i.partner_id = p.partner_id AND i.order_id = p.order_id
          WHERE p.partner_id = %(partner)s AND p.status = 'succeeded'
          GROUP BY 1
        )
        SELECT 'invoice', i.id,
               format('%%s is %%s with %%s of %%s, and payments come to %%s', i.number, i.status, i.paid_minor,
                      i.total_minor, coalesce(received.minor, 0))
        FROM invoices i LEFT JOIN received ON received.invoice_id = i.id
        WHERE i.partner_id = %(partner)s AND i.status <> 'draft' AND (
          (i.status = 'paid') <> (coalesce(received.minor, 0) >= i.total_minor AND i.status <> 'void')
          OR i.paid_minor <> coalesce(received.minor, 0)
          OR (i.status = 'paid') <> (i.paid_at IS NOT NULL))
        """,
    )


@checks("I3")
def payments_have_their_invoice(partner_id: uuid.UUID) -> Iterator[Found]:
    """Money taken for an order is on the order's invoice, in the order's currency."""
    return found(
        partner_id,
        """
        SELECT 'payment', p.id, 'succeeded for an order without an invoice in its currency'
        FROM payments p
        LEFT JOIN invoices i ON i.partner_id = p.partner_id AND i.order_id = p.order_id AND i.currency = p.currency
        WHERE p.partner_id = %(partner)s AND p.status = 'succeeded' AND p.order_id IS NOT NULL AND i.id IS NULL
        """,
    )


@checks("I3")
def invoices_add_up(partner_id: uuid.UUID) -> Iterator[Found]:
    """An invoice's totals are the sums of its lines, and each line's parts its own sum."""
    return found(
        partner_id,
        """
        SELECT 'invoice', i.id, format('%%s says %%s, its lines come to %%s', i.number, i.total_minor, sums.total)
        FROM invoices i
        LEFT JOIN LATERAL (
          SELECT coalesce(sum(l.subtotal_minor), 0) AS subtotal, coalesce(sum(l.discount_minor), 0) AS discount,
                 coalesce(sum(l.tax_minor), 0) AS tax, coalesce(sum(l.total_minor), 0) AS total,
                 bool_and(l.subtotal_minor - l.discount_minor >= l.net_minor
                          AND l.net_minor + l.tax_minor = l.total_minor) AS parts_add_up
          FROM invoice_lines l WHERE l.partner_id = i.partner_id AND l.invoice_id = i.id
        ) sums ON true
        WHERE i.partner_id = %(partner)s AND (
          (i.subtotal_minor, i.discount_minor, i.tax_minor, i.total_minor)
            <> (sums.subtotal, sums.discount, sums.tax, sums.total)
          OR NOT coalesce(sums.parts_add_up, true))
        """,
    )


@checks("I7")
def periods_are_billed_once_and_tile(partner_id: uuid.UUID) -> Iterator[Found]:
    """The periods on a subscription's invoice lines follow each other without overlap, and without gap but where
    billing was held and resumed; with those that were skipped there are as many as the subscription says."""
    return found(
        partner_id,
        """
        WITH billed AS (
          SELECT subscription_id, period_start_on, period_end_on,
                 lag(period_end_on) OVER (PARTITION BY subscription_id ORDER BY period_start_on, id) AS before
          FROM invoice_lines WHERE partner_id = %(partner)s AND subscription_id IS NOT NULL
        ), resumed AS (
          SELECT subject_id, (changes->>'from')::date AS begins_on, (changes->>'skipped')::int AS skipped
          FROM events WHERE partner_id = %(partner)s AND type = 'subscription.billing_resumed'
        ), counted AS (
          SELECT subscription_id, count(*) AS periods FROM billed GROUP BY subscription_id
        ), left_out AS (
          SELECT subject_id, sum(skipped) AS periods FROM resumed GROUP BY subject_id
        )
        SELECT 'subscription', subscription_id,
               format('bills from %%s after a period that ended %%s', period_start_on, before)
        FROM billed WHERE before IS NOT NULL AND (period_start_on < before OR (period_start_on > before AND NOT EXISTS (
          SELECT 1 FROM resumed WHERE subject_id = subscription_id AND begins_on = period_start_on AND skipped > 0)))
        UNION ALL
        SELECT 'subscription', s.id, format('says %%s billed periods; %%s are on invoices, %%s were skipped',
                                            s.periods_billed, coalesce(counted.periods, 0),
                                            coalesce(left_out.periods, 0))
        FROM subscriptions s
        LEFT JOIN counted ON counted.subscription_id = s.id
        LEFT JOIN left_out ON left_out.subject_id = s.id
        WHERE s.partner_id = %(partner)s
          AND s.periods_billed <> coalesce(counted.periods, 0) + coalesce(left_out.periods, 0)
        """,
    )


@checks("I7")
def invoice_numbers_have_no_gap(partner_id: uuid.UUID) -> Iterator[Found]:
    """Every number from the first to the last one given is on exactly one invoice, and no invoice has another."""
    return found(
        partner_id,
        f"""
        WITH numbered AS (
          SELECT i.id, i.number, {_NUMBER} AS n
          FROM invoices i JOIN partners ON partners.id = i.partner_id
          WHERE i.partner_id = %(partner)s AND i.number IS NOT NULL
        ), given AS (
          SELECT coalesce(max(first), 1) AS first, coalesce(max(last), 0) AS last FROM counters
          WHERE partner_id = %(partner)s AND series = 'invoice'
        )
        SELECT 'invoice number', series.n::text, 'is on no invoice'
        FROM given, generate_series(given.first, given.last) AS series(n)
        WHERE NOT EXISTS (SELECT 1 FROM numbered WHERE numbered.n = series.n)
        UNION ALL
        SELECT 'invoice number', number, format('stands on %%s invoices', count(*)) FROM numbered
        GROUP BY n, number HAVING count(*) > 1
        UNION ALL
        SELECT 'invoice number', number, 'was never given' FROM numbered, given
        WHERE n IS NULL OR n NOT BETWEEN given.first AND given.last
        """,
    )
