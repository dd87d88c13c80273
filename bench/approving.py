"""A gateway that approves in this process, at once: what is measured is the product, not a network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from handsel.gateways.base import Approved, MethodFacts, PaymentRequest
from handsel.gateways.guard import forbid_open_transaction

NAME = "approving"


class ApprovingGateway:
    """The part of `handsel.gateways.base.Gateway` that taking a payment needs."""

    name = NAME

    def __init__(self, secret_key: str, api_base: str | None = None, timeout_seconds: float = 20) -> None:
        """It needs none of them."""

    def minimum_minor(self, currency: str) -> int:
        return 1

    def pay(self, request: PaymentRequest) -> Approved:
        """Yes, to everything; the guard that forbids open transactions is asked as by every gateway."""
        forbid_open_transaction()
        return Approved(
            reference=f"pi_{request.payment}",
            amount_minor=request.amount_minor,
            currency=request.currency,
            customer_reference=request.customer_reference or f"cus_{request.payment}",
            method=MethodFacts(
                reference=request.method_reference,
                kind="card",
                brand="visa",
                last4="4242",
                exp_month=12,
                exp_year=2034,
                country="US",
                fingerprint="4242",
            ),
        )


@contextmanager
def installed() -> Iterator[Path]:
    """A folder for PYTHONPATH in which this gateway is an installed package's entry point, as another's would be."""
    with TemporaryDirectory(prefix="handsel-bench-") as folder:
        info = Path(folder) / "handsel_bench-0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: handsel-bench\nVersion: 0\n")
        entry = f"[handsel.gateways]\n{NAME} = bench.approving:ApprovingGateway\n"
        (info / "entry_points.txt").write_text(entry)
        yield Path(folder)
