"""Invoices, credit notes and subscriptions: I3 and I7."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from handsel.reads.verify.findings import Found, checks, found


@checks("I3")
def invoices_are_paid_by_payments(partner_id: uuid.UUID) -> Iterator[Found]:
    """Paid ⇔ the payments of the invoice, and of its order, reach its total less what was credited while it was due.
    Later refunds, whose credit notes name them, do not unpay."""
    return found(
        partner_id,
        """
        WITH received AS (
          SELECT coalesce(p.invoice_id, i.id) AS invoice_id, sum(p.captured_minor) AS minor
          FROM payments p
          LEFT JOIN invoices i ON i.partner_id = p.partner_id AND i.order_id = p.order_id
          WHERE p.partner_id = %(partner)s AND p.status = 'succeeded'
          GROUP BY 1
        ), lessened AS (
          SELECT invoice_id, sum(total_minor) AS minor FROM credit_notes
          WHERE partner_id = %(partner)s AND refund_id IS NULL GROUP BY invoice_id
        )
        SELECT 'invoice', i.id,
               format('%%s is %%s with %%s of %%s, payments come to %%s and credit to %%s', i.number, i.status,
                      i.paid_minor, i.total_minor, coalesce(received.minor, 0), coalesce(lessened.minor, 0))
        FROM invoices i
        LEFT JOIN received ON received.invoice_id = i.id
        LEFT JOIN lessened ON lessened.invoice_id = i.id
        WHERE i.partner_id = %(partner)s AND i.status <> 'draft' AND (
          (i.status = 'paid') <> (coalesce(received.minor, 0) + coalesce(lessened.minor, 0) >= i.total_minor
                                  AND i.status <> 'void')
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


@checks("I3")
def credit_notes_fit_their_invoice(partner_id: uuid.UUID) -> Iterator[Found]:
    """The credit notes of an invoice come to what it says was credited, never above its total; each is the sum of its
    lines, and of its net and its tax."""
    return found(
        partner_id,
        """
        WITH credited AS (
          SELECT invoice_id, sum(total_minor) AS minor FROM credit_notes WHERE partner_id = %(partner)s
          GROUP BY invoice_id
        )
        SELECT 'invoice', i.id, format('%%s over %%s says %%s was credited, its credit notes come to %%s', i.number,
                                       i.total_minor, i.credited_minor, coalesce(credited.minor, 0))
        FROM invoices i LEFT JOIN credited ON credited.invoice_id = i.id
        WHERE i.partner_id = %(partner)s
          AND (i.credited_minor <> coalesce(credited.minor, 0) OR i.credited_minor > i.total_minor)
        UNION ALL
        SELECT 'credit note', n.id, format('%%s over %%s does not add up', n.number, n.total_minor)
        FROM credit_notes n,
          LATERAL (SELECT sum((line->>'total_minor')::bigint) AS total, sum((line->>'net_minor')::bigint) AS net,
                          sum((line->>'tax_minor')::bigint) AS tax FROM jsonb_array_elements(n.lines) line) sums
        WHERE n.partner_id = %(partner)s AND (n.net_minor + n.tax_minor <> n.total_minor
          OR (n.net_minor, n.tax_minor, n.total_minor) IS DISTINCT FROM (sums.net, sums.tax, sums.total))
        """,
    )


@checks("I3")
def refunds_of_invoices_are_credited(partner_id: uuid.UUID) -> Iterator[Found]:
    """What goes back of a payment that paid an invoice was taken back by a credit note. More may have been: money of a
    refund that failed is the customer's, and waits to be refunded another way."""
    return found(
        partner_id,
        """
        WITH returned AS (
          SELECT coalesce(p.invoice_id, i.id) AS invoice_id, sum(r.amount_minor) AS minor
          FROM refunds r
          JOIN payments p ON p.partner_id = r.partner_id AND p.id = r.payment_id AND p.status = 'succeeded'
          LEFT JOIN invoices i ON i.partner_id = p.partner_id AND i.order_id = p.order_id
          WHERE r.partner_id = %(partner)s AND (r.status = 'succeeded' OR (
                r.status = 'pending' AND (NOT r.needs_approval OR r.approved_at IS NOT NULL)))
          GROUP BY 1
        ), credited AS (
          SELECT invoice_id, sum(total_minor) AS minor FROM credit_notes
          WHERE partner_id = %(partner)s AND refund_id IS NOT NULL GROUP BY invoice_id
        )
        SELECT 'invoice', returned.invoice_id, format('%%s goes back, and credit notes with refunds come to %%s',
                                                      returned.minor, coalesce(credited.minor, 0))
        FROM returned LEFT JOIN credited USING (invoice_id)
        WHERE returned.minor > coalesce(credited.minor, 0)
        """,
    )


@checks("I7")
def invoice_numbers_have_no_gap(partner_id: uuid.UUID) -> Iterator[Found]:
    """Every number from the first to the last one given is on exactly one invoice, and no invoice has another."""
    return _series(partner_id, "invoice", "invoices", "invoice_prefix")


@checks("I7")
def credit_note_numbers_have_no_gap(partner_id: uuid.UUID) -> Iterator[Found]:
    """The same of their own series."""
    return _series(partner_id, "credit_note", "credit_notes", "credit_note_prefix")


def _series(partner_id: uuid.UUID, series: str, table: str, prefix: str) -> Iterator[Found]:
    """The number stands behind the partner's prefix; behind an earlier prefix, which may itself end in digits, it is
    the last six."""
    return found(
        partner_id,
        f"""
        WITH numbered AS (
          SELECT document.number,
            CASE WHEN starts_with(document.number, partners.{prefix})
                      AND substr(document.number, length(partners.{prefix}) + 1) ~ '^[0-9]{{6,15}}$'
                 THEN substr(document.number, length(partners.{prefix}) + 1)::bigint
                 ELSE substring(document.number from '[0-9]{{6}}$')::bigint END AS n
          FROM {table} document JOIN partners ON partners.id = document.partner_id
          WHERE document.partner_id = %(partner)s AND document.number IS NOT NULL
        ), given AS (
          SELECT coalesce(max(first), 1) AS first, coalesce(max(last), 0) AS last FROM counters
          WHERE partner_id = %(partner)s AND series = %(series)s
        )
        SELECT %(noun)s::text, series.n::text, format('is on no %%s', %(document)s::text)
        FROM given, generate_series(given.first, given.last) AS series(n)
        WHERE NOT EXISTS (SELECT 1 FROM numbered WHERE numbered.n = series.n)
        UNION ALL
        SELECT %(noun)s::text, number, format('stands on %%s %%ss', count(*), %(document)s::text) FROM numbered
        GROUP BY n, number HAVING count(*) > 1
        UNION ALL
        SELECT %(noun)s::text, number, 'was never given' FROM numbered, given
        WHERE n IS NULL OR n NOT BETWEEN given.first AND given.last
        """,
        series=series,
        noun=f"{series.replace('_', ' ')} number",
        document=series.replace("_", " "),
    )
