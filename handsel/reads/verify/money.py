"""Payments and refunds: I1, I2, I6 and I9. What the gateway itself knows is compared in the tests, and by T8's hunt."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from handsel.reads.verify.findings import Found, checks, found

SETTLED_WITHIN_SECONDS = 60
LOOK_GRACE_SECONDS = 20  # The first answer after an outage makes a look due at once; it takes a moment to happen.


@checks("I1")
def debts_are_not_overpaid(partner_id: uuid.UUID) -> Iterator[Found]:
    """Per debt: captures − refunds ≤ what was due; late money that is being given back does not count."""
    return found(
        partner_id,
        """
        WITH held AS (
          SELECT p.debt_id, sum(p.captured_minor - p.refunded_minor - coalesce(pending.amount_minor, 0)) AS minor
          FROM payments p
          LEFT JOIN (SELECT payment_id, sum(amount_minor) AS amount_minor FROM refunds
                     WHERE partner_id = %(partner)s AND status = 'pending' GROUP BY payment_id) pending
            ON pending.payment_id = p.id
          WHERE p.partner_id = %(partner)s AND p.captured_minor > 0
          GROUP BY p.debt_id
        )
        SELECT CASE WHEN o.id IS NULL THEN 'invoice' ELSE 'order' END, held.debt_id,
               format('holds %%s minor units for a debt of %%s', held.minor, coalesce(o.total_minor, i.total_minor))
        FROM held
        LEFT JOIN orders o ON o.partner_id = %(partner)s AND o.id = held.debt_id
        LEFT JOIN invoices i ON i.partner_id = %(partner)s AND i.id = held.debt_id
        WHERE held.minor > coalesce(o.total_minor, i.total_minor, 0)
        """,
    )


@checks("I2")
def captures_are_settled(partner_id: uuid.UUID) -> Iterator[Found]:
    """A payment that succeeded captured its amount; a capture elsewhere is owed back; what has ended says when."""
    return found(
        partner_id,
        """
        SELECT 'payment', p.id,
               format('is %%s, captured %%s of %%s, settled at %%s', p.status, p.captured_minor, p.amount_minor,
                      coalesce(p.settled_at::text, 'no time'))
        FROM payments p
        WHERE p.partner_id = %(partner)s AND (
          (p.status = 'succeeded' AND (p.captured_minor <> p.amount_minor OR p.reference = ''))
          OR (p.status <> 'succeeded' AND p.captured_minor > 0 AND NOT EXISTS (
                SELECT 1 FROM refunds r WHERE r.partner_id = p.partner_id AND r.payment_id = p.id
                AND r.amount_minor = p.captured_minor))
          OR (p.status IN ('succeeded', 'declined', 'cancelled')) <> (p.settled_at IS NOT NULL))
        """,
    )


@checks("I2")
def captures_are_settled_once(partner_id: uuid.UUID) -> Iterator[Found]:
    """One capture at the gateway, one payment: no two captures share a reference, and a debt is settled once."""
    return found(
        partner_id,
        """
        SELECT 'payment', (array_agg(id ORDER BY id DESC))[1],
               format('shares the gateway reference %%s with %%s other payments', reference, count(*) - 1)
        FROM payments WHERE partner_id = %(partner)s AND captured_minor > 0
        GROUP BY account_id, reference HAVING count(*) > 1
        UNION ALL
        SELECT 'payment', (array_agg(id ORDER BY id DESC))[1],
               format('is the %%s. that succeeded for one debt', count(*))
        FROM payments WHERE partner_id = %(partner)s AND status = 'succeeded'
        GROUP BY debt_id HAVING count(*) > 1
        """,
    )


@checks("I6")
def refunds_stay_within_captures(partner_id: uuid.UUID) -> Iterator[Found]:
    """Refunds that came through or are on their way never exceed the capture, and are added up on the payment."""
    return found(
        partner_id,
        """
        SELECT 'payment', p.id,
               format('captured %%s, refunded %%s and refunding %%s by its own count; its refunds say %%s and %%s',
                      p.captured_minor, p.refunded_minor, p.refunding_minor, coalesce(r.done, 0),
                      coalesce(r.under_way, 0))
        FROM payments p
        LEFT JOIN (SELECT payment_id, sum(amount_minor) FILTER (WHERE status = 'succeeded') AS done,
                          sum(amount_minor) FILTER (WHERE status = 'pending') AS under_way
                   FROM refunds WHERE partner_id = %(partner)s GROUP BY payment_id) r ON r.payment_id = p.id
        WHERE p.partner_id = %(partner)s AND (
          coalesce(r.done, 0) + coalesce(r.under_way, 0) > p.captured_minor
          OR (coalesce(r.done, 0), coalesce(r.under_way, 0)) <> (p.refunded_minor, p.refunding_minor))
        """,
    )


@checks("I9")
def outcomes_are_found_out(partner_id: uuid.UUID) -> Iterator[Found]:
    """While the gateway answers, no payment is open for longer than 60 s but those that wait for a person or a bank;
    and every open one has a date for its next look."""
    return found(
        partner_id,
        """
        SELECT 'payment', p.id, format('is %%s since %%s', p.status, p.first_sent_at)
        FROM payments p JOIN gateway_accounts a ON a.partner_id = p.partner_id AND a.id = p.account_id
        WHERE p.partner_id = %(partner)s AND p.status IN ('created', 'submitted', 'unknown')
          AND a.failing_since IS NULL
          AND p.first_sent_at < now() - make_interval(secs => %(within)s)
          AND (p.next_look_at IS NULL OR p.next_look_at NOT BETWEEN now() - make_interval(secs => %(grace)s)
                                                                AND now() + make_interval(secs => %(grace)s))
        UNION ALL
        SELECT 'payment', id, format('is %%s and nobody will look at it', status) FROM payments
        WHERE partner_id = %(partner)s AND next_look_at IS NULL
          AND status IN ('created', 'submitted', 'unknown', 'requires_action', 'clearing')
        """,
        within=SETTLED_WITHIN_SECONDS,
        grace=LOOK_GRACE_SECONDS,
    )


@checks("I9")
def what_is_owed_has_a_date(partner_id: uuid.UUID) -> Iterator[Found]:
    """Pending refunds are due some time, but those that wait for a second person, of which nothing was sent; so are
    activations under way. Events of the gateway that concern a payment of ours are applied within 60 s."""
    return found(
        partner_id,
        """
        SELECT 'refund', id, 'is pending and nobody will ask for it' FROM refunds
        WHERE partner_id = %(partner)s AND status = 'pending' AND next_attempt_at IS NULL
          AND NOT (needs_approval AND approved_at IS NULL)
        UNION ALL
        SELECT 'refund', id, 'went on without a second person' FROM refunds
        WHERE partner_id = %(partner)s AND needs_approval AND (
          (approved_at IS NULL AND (next_attempt_at IS NOT NULL OR attempts > 0 OR status = 'succeeded'))
          OR approved_by_id = requested_by_id)
        UNION ALL
        SELECT 'activation', id, 'is pending and nobody will tell its vendor' FROM activations
        WHERE partner_id = %(partner)s AND status = 'pending' AND next_attempt_at IS NULL
        UNION ALL
        SELECT 'gateway event', e.id, format('%%s came at %%s and is not applied', e.type, e.received_at)
        FROM gateway_events e
        JOIN gateway_accounts a ON a.partner_id = e.partner_id AND a.id = e.account_id
        JOIN payments p ON p.partner_id = e.partner_id AND p.id = e.payment_id
        WHERE e.partner_id = %(partner)s AND e.applied_at IS NULL AND a.failing_since IS NULL
          AND e.received_at < now() - make_interval(secs => %(within)s)
        """,
        within=SETTLED_WITHIN_SECONDS,
    )
