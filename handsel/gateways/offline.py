"""Cash, cheques and transfers: a gateway without a network, which answers with what a person stated.

A payment is only begun once the money is there, so it is approved; it is given back by hand, so a refund is made.
Whatever is asked again is answered the same. It keeps no payment methods and sends no events.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from handsel.gateways.base import (
    Approved,
    EventsRegistered,
    GatewayWell,
    IncomingEvent,
    LookOutcome,
    NotListed,
    PaymentRequest,
    PayOutcome,
    Refunded,
    RefundOutcome,
    RefundRequest,
    Rejected,
    SaveOutcome,
    Unknown,
)
from handsel.gateways.guard import forbid_open_transaction

_NO_METHODS = Rejected("no_payment_methods")
_NO_EVENTS = Rejected("no_events")


class OfflineGateway:
    """Implements `handsel.gateways.base.Gateway`."""

    def __init__(self, secret_key: str = "", api_base: str | None = None, timeout_seconds: float = 0) -> None:
        """Made like any gateway; there is nothing to know a key or an address for."""
        self.name = "offline"

    def minimum_minor(self, currency: str) -> int:
        return 1

    def pay(self, request: PaymentRequest) -> PayOutcome:
        """The whole amount is here. Its reference is our own: two payments never share one."""
        forbid_open_transaction()
        return Approved(request.payment, request.amount_minor, request.currency, None, None)

    def look(self, request: PaymentRequest, reference: str | None, since: dt.datetime) -> LookOutcome:
        return self.pay(request)

    def challenge(self, request: PaymentRequest, reference: str) -> PayOutcome:
        return self.pay(request)

    def cancel(self, request: PaymentRequest, reference: str) -> PayOutcome:
        """Too late: the money was here before the payment was begun."""
        return self.pay(request)

    def refund(self, request: RefundRequest) -> RefundOutcome:
        forbid_open_transaction()
        return Refunded(request.refund)

    def look_refund(self, request: RefundRequest, reference: str | None) -> RefundOutcome | NotListed:
        return self.refund(request)

    def save_method(
        self,
        *,
        key: str,
        token: str,
        customer_reference: str | None,
        customer_name: str,
        customer_email: str,
        customer_metadata: Mapping[str, str],
        return_url: str,
    ) -> SaveOutcome:
        return _NO_METHODS

    def verify_method(self, *, key: str, method: str, customer_reference: str, return_url: str) -> SaveOutcome:
        return _NO_METHODS

    def detach_method(self, *, key: str, method: str) -> None:
        return None

    def check(self) -> GatewayWell | Rejected | Unknown:
        return GatewayWell()

    def register_events(self, *, key: str, url: str) -> EventsRegistered | Rejected | Unknown:
        return _NO_EVENTS

    def read_event(self, body: bytes, signature: str, secret: str, now: dt.datetime) -> IncomingEvent | None:
        return None
