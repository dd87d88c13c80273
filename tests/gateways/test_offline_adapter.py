"""What a person stated is the answer, however often and in whatever way it is asked for."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from handsel.gateways.base import Approved, Gateway, GatewayWell, Refunded, RefundRequest, Rejected
from handsel.gateways.registry import gateway_for
from tests.gateways.test_stripe_adapter import a_request

NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)


@pytest.fixture
def gateway() -> Gateway:
    return gateway_for("offline", "", None)


def test_every_question_about_a_payment_has_the_same_answer(gateway: Gateway) -> None:
    request = dataclasses.replace(a_request("cash"), currency="JPY", amount_minor=80)
    approved = Approved(request.payment, 80, "JPY", None, None)
    assert gateway.pay(request) == approved
    assert gateway.pay(request) == approved
    assert gateway.look(request, None, NOW) == approved
    assert gateway.cancel(request, "x") == approved, "the money was here before"
    assert gateway.challenge(request, "x") == approved
    assert gateway.minimum_minor("JPY") == 1


def test_it_is_given_back_by_hand(gateway: Gateway) -> None:
    refund = RefundRequest("ref_1", "pay_1", 80, "JPY")
    assert gateway.refund(refund) == gateway.look_refund(refund, None) == Refunded("ref_1")


def test_it_keeps_no_methods_and_sends_no_events(gateway: Gateway) -> None:
    assert isinstance(gateway.verify_method(key="k", method="m", customer_reference="c", return_url="u"), Rejected)
    assert isinstance(gateway.register_events(key="k", url="https://example.com"), Rejected)
    assert gateway.read_event(b"{}", "t=1,v1=x", "", NOW) is None
    assert gateway.check() == GatewayWell()
