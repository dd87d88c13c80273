"""A gateway is never asked while a database transaction is open."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from handsel.gateways.base import Rejected
from handsel.gateways.offline import OfflineGateway
from handsel.gateways.stripe import StripeGateway
from tests.gateways.test_stripe_adapter import a_refund, a_request, paid
from tests.sandbox import SandboxServer


def test_asking_inside_a_transaction_fails_before_anything_is_sent(sandbox: SandboxServer) -> None:
    gateway = StripeGateway(sandbox.secret_key, sandbox.url)
    refund = a_refund(paid(gateway))
    request = a_request()
    with transaction.atomic():
        for ask in (
            lambda: gateway.pay(request),
            lambda: gateway.look(request, None, dt.datetime.now(dt.UTC)),
            lambda: gateway.challenge(request, "pi_1"),
            lambda: gateway.cancel(request, "pi_1"),
            lambda: gateway.refund(refund),
            lambda: gateway.look_refund(refund, None),
            lambda: gateway.detach_method(key="k", method="pm_1"),
            gateway.check,
            lambda: OfflineGateway().pay(request),
            lambda: OfflineGateway().refund(refund),
        ):
            with pytest.raises(AssertionError, match="inside a transaction"):
                ask()
    assert sandbox.captured(payment=request.payment) == []
    assert isinstance(gateway.pay(a_request("pm_unknown")), Rejected)
