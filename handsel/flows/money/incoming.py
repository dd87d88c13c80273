"""What a gateway tells us: verified, stored, acknowledged; then a worker looks. An event is a hint that an object
changed; the object itself is retrieved, and that settles. So duplicates, disorder and silence change nothing."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db.models import Q
from django.utils.timezone import now as real_now

from handsel.database.ids import parse
from handsel.database.secrets import decrypt
from handsel.database.tenancy import reading
from handsel.flows.jobs import wake
from handsel.flows.money.gateways import gateway_of
from handsel.flows.money.reconcile import look
from handsel.flows.work import working
from handsel.models import GatewayAccount, GatewayEvent, Partner, Payment
from handsel.rules.permissions import GATEWAY

AGAIN_SECONDS = (2, 5, 15, 30, 60, 300, 3600)
GIVE_UP_AFTER = dt.timedelta(days=3)
ABOUT = ("payment_intent", "charge")
"""Objects that are or belong to a payment, whose row may be on its way; others match now or never."""


def receive(partner: Partner, account_id: uuid.UUID, body: bytes, signature: str) -> bool:
    """Verify and store one event; False where the signature does not hold. A repeat is acknowledged, kept once."""
    with reading(partner.id):
        account = GatewayAccount.objects.get(id=account_id)
    if not account.event_secret_encrypted:
        return False  # No secret was agreed on yet, so nobody can sign.
    event = gateway_of(account).read_event(body, signature, decrypt(account.event_secret_encrypted), real_now())
    if event is None:
        return False
    row = GatewayEvent(
        partner_id=partner.id,
        account_id=account.id,
        event=event.id,
        type=event.type,
        object_kind=event.object_kind,
        object_reference=event.object_id,
        payment_id=parse(Payment.prefix, event.payment),
        occurred_at=event.created_at,
        next_attempt_at=real_now(),
    )
    with working(partner, GATEWAY):
        GatewayEvent.objects.bulk_create([row], ignore_conflicts=True)
        wake("apply_gateway_event", partner_id=str(partner.id), event_id=str(row.id))
    return True


def apply_event(partner: Partner, event_id: uuid.UUID) -> None:
    """Look at the payment that the event is about; where it matches none yet it is tried again (CASES.md 10)."""
    now = real_now()
    with working(partner, GATEWAY):
        event = GatewayEvent.objects.select_for_update(no_key=True).filter(id=event_id).first()
        if event is None or event.next_attempt_at is None:
            return
        payment_id, is_captured = _payment_of(event)
        pause = AGAIN_SECONDS[min(event.attempts, len(AGAIN_SECONDS) - 1)]
        given_up = payment_id is None and (event.object_kind not in ABOUT or now - event.received_at > GIVE_UP_AFTER)
        GatewayEvent.objects.filter(id=event.id).update(
            attempts=event.attempts + 1,
            next_attempt_at=None if given_up or is_captured else now + dt.timedelta(seconds=pause),
            outcome="matches nothing" if payment_id is None else "applied" if is_captured else "looking",
            applied_at=now if is_captured else None,
        )
    if payment_id is None or is_captured:
        return  # Whose money is recorded has nothing more to learn: most events come after the reply.
    # If we die here: the event is due again, and looking twice settles once.
    if not look(partner, payment_id, now_due=True):
        return  # It is due again: an ended payment has no other date at which late money would be found.
    with working(partner, GATEWAY):
        GatewayEvent.objects.filter(id=event_id).update(applied_at=now, next_attempt_at=None, outcome="applied")


def _payment_of(event: GatewayEvent) -> tuple[uuid.UUID | None, bool]:
    """The payment that the event is about, and whether its money is recorded already."""
    named = Q(id=event.payment_id) if event.payment_id else Q(reference=event.object_reference)
    payments = Payment.objects.filter(named, account_id=event.account_id)
    payment_id, captured_minor = payments.values_list("id", "captured_minor").first() or (None, 0)
    return payment_id, captured_minor > 0
