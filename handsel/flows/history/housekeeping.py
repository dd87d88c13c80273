"""What is tidied by the calendar: counts folded together, old answers forgotten."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.utils.timezone import now as real_now

from handsel.database.tenancy import across_partners
from handsel.models import IdempotencyRecord

ANSWERS_KEPT = dt.timedelta(hours=24)


def fold_order_counts() -> None:
    """Fold the changes of order counts into one row per owner and status. Two runs at once take different rows."""
    with across_partners("folding order counts"), connection.cursor() as cursor:
        cursor.execute(
            """WITH crowded AS (
                 SELECT partner_id, owner_id, status FROM order_counts
                 GROUP BY partner_id, owner_id, status HAVING count(*) > 1 LIMIT 1000
               ), taken AS (
                 SELECT c.partner_id, c.id FROM order_counts c JOIN crowded USING (partner_id, owner_id, status)
                 FOR UPDATE OF c SKIP LOCKED
               ), gone AS (
                 DELETE FROM order_counts c USING taken t WHERE c.partner_id = t.partner_id AND c.id = t.id
                 RETURNING c.partner_id, c.owner_id, c.status, c.change
               )
               INSERT INTO order_counts (partner_id, id, owner_id, status, change)
               SELECT partner_id, gen_random_uuid(), owner_id, status, sum(change) FROM gone
               GROUP BY partner_id, owner_id, status HAVING sum(change) <> 0"""
        )


def forget_old_answers() -> None:
    """An Idempotency-Key is honoured for 24 hours (API.md)."""
    with across_partners("forgetting old answers"):
        IdempotencyRecord.objects.filter(created_at__lt=real_now() - ANSWERS_KEPT).delete()
