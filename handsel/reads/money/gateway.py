"""The partner's accounts at payment gateways."""

from __future__ import annotations

from handsel.models import GatewayAccount, GatewayEvent, Partner


def accounts_of(partner: Partner) -> list[GatewayAccount]:
    """Every account, the one in use first."""
    return list(GatewayAccount.objects.order_by("-is_default", "id"))


def default_account(partner: Partner) -> GatewayAccount | None:
    """The account whose card fields a page shows; None before one is set up."""
    account: GatewayAccount | None = GatewayAccount.objects.filter(is_default=True).first()
    return account


def newest_events(partner: Partner, limit: int = 10) -> list[GatewayEvent]:
    """What the gateways said last."""
    return list(GatewayEvent.objects.order_by("-id")[:limit])
