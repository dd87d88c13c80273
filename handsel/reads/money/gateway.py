"""The partner's accounts at payment gateways."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from handsel.database.secrets import decrypt
from handsel.models import GatewayAccount, GatewayEvent, Partner, Payment, PaymentMethod
from handsel.rules.errors import NotFound
from handsel.rules.offline import GATEWAY as OFFLINE
from handsel.rules.payment_states import LIVE_PAYMENT_STATUSES

LAST = 4


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account as its page shows it: of its secret key no more than how it ends."""

    account: GatewayAccount
    key_ending: str
    methods: int  # on file there; closed, none of them can be charged
    live_payments: int

    @property
    def is_open(self) -> bool:
        return self.account.closed_at is None


def accounts_of(partner: Partner) -> list[GatewayAccount]:
    """Every account: the one in use first, then the open ones, and what is recorded by hand after the gateways."""
    rows = GatewayAccount.objects.order_by("-is_default", "id")
    return sorted(rows, key=lambda row: (row.closed_at is not None, row.name == OFFLINE))


def account_views(partner: Partner) -> list[AccountView]:
    """Every account with what hangs on it, in three statements."""
    methods = _counts(PaymentMethod.objects.filter(removed_at=None))
    live = _counts(Payment.objects.filter(status__in=LIVE_PAYMENT_STATUSES))
    return [
        AccountView(row, _key_ending(row), methods.get(row.id, 0), live.get(row.id, 0)) for row in accounts_of(partner)
    ]


def account_of(partner: Partner, account_id: uuid.UUID) -> GatewayAccount:
    """Raises NotFound."""
    account: GatewayAccount | None = GatewayAccount.objects.filter(id=account_id).first()
    if account is None:
        raise NotFound("not_found", "There is no such gateway account.")
    return account


def default_account(partner: Partner) -> GatewayAccount | None:
    """The account whose card fields a page shows; None before one is set up."""
    account: GatewayAccount | None = GatewayAccount.objects.filter(is_default=True).first()
    return account


def records_offline(partner: Partner) -> bool:
    """Whether payments that came outside of any gateway are recorded here."""
    return GatewayAccount.objects.filter(name=OFFLINE, closed_at=None).exists()


def newest_events(partner: Partner, limit: int = 10) -> list[GatewayEvent]:
    """What the gateways said last."""
    return list(GatewayEvent.objects.order_by("-id")[:limit])


def _counts(rows: QuerySet[Any]) -> dict[uuid.UUID, int]:
    counted = rows.values("account_id").annotate(count=Count("id"))
    return {row["account_id"]: row["count"] for row in counted}


def _key_ending(account: GatewayAccount) -> str:
    return decrypt(account.secret_key_encrypted)[-LAST:]
