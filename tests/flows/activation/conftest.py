"""A vendor, and a desk whose hosting is made available by it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.flows.activation.vendor import VendorServer
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer


@pytest.fixture
def vendor() -> Iterator[VendorServer]:
    server = VendorServer()
    yield server
    server.close()


@pytest.fixture
def desk(sandbox: SandboxServer, vendor: VendorServer) -> Desk:
    """Besides its goods it sells `hosting` through the vendor, 20.00 a month."""
    desk = Desk()
    desk.hosting = desk.product("Vendor hosting", 2_000, interval="month", vendor_url=vendor.url)
    return desk
