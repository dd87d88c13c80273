"""The ledger: I5. A posting balances by construction; what can be wrong is that it is missing, doubled or misplaced."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from handsel.reads.verify.findings import Found, checks, found


@checks("I5")
def payments_are_posted(partner_id: uuid.UUID) -> Iterator[Found]:
    """What came in and went out at the gateway for a payment, or by hand, is what the payment captured and refunded."""
    return found(
        partner_id,
        """
        SELECT 'payment', p.id,
               format('captured %%s and refunded %%s, the ledger has %%s in and %%s out', p.captured_minor,
                      p.refunded_minor, coalesce(posted.came, 0), coalesce(posted.went, 0))
        FROM payments p
        JOIN gateway_accounts a ON a.partner_id = p.partner_id AND a.id = p.account_id
        LEFT JOIN (SELECT payment_id, at, sum(came) AS came, sum(went) AS went
                   FROM (SELECT payment_id, debit AS at, amount_minor AS came, 0 AS went FROM ledger_postings
                         WHERE partner_id = %(partner)s AND debit IN ('gateway', 'offline')
                         UNION ALL
                         SELECT payment_id, credit, 0, amount_minor FROM ledger_postings
                         WHERE partner_id = %(partner)s AND credit IN ('gateway', 'offline')) held
                   GROUP BY payment_id, at) posted
          ON posted.payment_id = p.id AND posted.at = CASE WHEN a.name = 'offline' THEN 'offline' ELSE 'gateway' END
        WHERE p.partner_id = %(partner)s
          AND (p.captured_minor, p.refunded_minor) <> (coalesce(posted.came, 0), coalesce(posted.went, 0))
        """,
    )


@checks("I5")
def invoices_are_posted(partner_id: uuid.UUID) -> Iterator[Found]:
    """An invoice's total is receivable, its tax is owed as tax, what was paid of it is received, and what was credited
    is earned no more; of a void one nothing is."""
    return found(
        partner_id,
        """
        SELECT 'invoice', i.id,
               format('%%s: total %%s, tax %%s, paid %%s, credited %%s; the ledger has %%s, %%s, %%s, %%s', i.number,
                      i.total_minor, i.tax_minor, i.paid_minor, i.credited_minor, coalesce(posted.owed, 0),
                      coalesce(posted.tax, 0), coalesce(posted.received, 0), coalesce(posted.credited, 0))
        FROM invoices i
        LEFT JOIN (SELECT invoice_id, sum(amount_minor) FILTER (WHERE debit = 'receivable') AS owed,
                          sum(amount_minor) FILTER (WHERE credit = 'tax') AS tax,
                          sum(amount_minor) FILTER (WHERE credit = 'receivable' AND debit NOT IN ('revenue', 'tax'))
                            AS received,
                          sum(amount_minor) FILTER (WHERE debit IN ('revenue', 'tax')) AS credited
                   FROM ledger_postings WHERE partner_id = %(partner)s GROUP BY invoice_id) posted
          ON posted.invoice_id = i.id
        WHERE i.partner_id = %(partner)s AND i.status <> 'draft'
          AND (i.total_minor, i.tax_minor, i.paid_minor,
               CASE i.status WHEN 'void' THEN i.total_minor ELSE i.credited_minor END)
              <> (coalesce(posted.owed, 0), coalesce(posted.tax, 0), coalesce(posted.received, 0),
                  coalesce(posted.credited, 0))
        """,
    )


@checks("I5")
def postings_name_their_cause(partner_id: uuid.UUID) -> Iterator[Found]:
    """Every posting names the invoice, payment or refund it comes from, with that one's debt and currency."""
    return found(
        partner_id,
        """
        SELECT 'posting', l.id, format('%%s %%s from %%s to %%s fits no invoice, payment or refund', l.amount_minor,
                                       l.currency, l.credit, l.debit)
        FROM ledger_postings l
        LEFT JOIN invoices i ON i.partner_id = l.partner_id AND i.id = l.invoice_id
        LEFT JOIN payments p ON p.partner_id = l.partner_id AND p.id = l.payment_id
        LEFT JOIN refunds r ON r.partner_id = l.partner_id AND r.id = l.refund_id
        WHERE l.partner_id = %(partner)s AND (
          coalesce(l.invoice_id, l.payment_id, l.refund_id) IS NULL
          OR (l.invoice_id IS NOT NULL AND (i.id IS NULL OR i.currency <> l.currency OR i.id <> l.debt_id))
          OR (l.payment_id IS NOT NULL AND (p.id IS NULL OR (l.invoice_id IS NULL AND p.debt_id <> l.debt_id)))
          OR (l.refund_id IS NOT NULL AND (r.id IS NULL OR r.payment_id <> l.payment_id OR r.currency <> l.currency)))
        """,
    )


@checks("I5")
def no_account_is_overdrawn(partner_id: uuid.UUID) -> Iterator[Found]:
    """Per debt and currency: nobody paid more of a receivable than was owed, no more went out at the gateway than came
    in, and no more of what was unapplied was given back than there was. All accounts of a debt sum to zero."""
    return found(
        partner_id,
        """
        WITH movements AS (
          SELECT debt_id, currency, debit AS account, amount_minor AS minor FROM ledger_postings
          WHERE partner_id = %(partner)s
          UNION ALL
          SELECT debt_id, currency, credit, -amount_minor FROM ledger_postings WHERE partner_id = %(partner)s
        )
        SELECT 'debt', debt_id::text, format('%%s stands at %%s %%s', account, sum(minor), currency)
        FROM movements GROUP BY debt_id, currency, account
        HAVING (account IN ('receivable', 'gateway', 'offline') AND sum(minor) < 0)
            OR (account IN ('unapplied', 'customer_credit', 'revenue', 'tax') AND sum(minor) > 0)
        UNION ALL
        SELECT 'debt', debt_id::text, format('its accounts sum to %%s %%s', sum(minor), currency)
        FROM movements GROUP BY debt_id, currency HAVING sum(minor) <> 0
        """,
    )
