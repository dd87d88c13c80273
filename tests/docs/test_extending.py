"""What docs/extending.md promises to whoever brings a vendor or a gateway, tried as it is written there."""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils.timezone import now as real_now
from standardwebhooks import Webhook

from docs.generate import FOLDER
from handsel.database.secrets import decrypt
from handsel.flows.sales.activation import start_due
from handsel.gateways import registry
from handsel.gateways.base import Gateway
from handsel.models import Activation
from tests.flows.activation.conftest import desk, vendor
from tests.flows.activation.vendor import VendorServer
from tests.flows.calendar import fresh
from tests.flows.money.desk import Desk

__all__ = ["desk", "vendor"]

PAGE = (FOLDER / "extending.md").read_text()
Vendor = Callable[[dict[str, str], bytes], tuple[int, dict[str, str]]]


def example(secret: str) -> Vendor:
    """The vendor of the page, word for word but for the secret."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code.replace("whsec_…", secret), names)  # noqa: S102 (the page's own example)
    activate: Vendor = names["activate"]
    return activate


def answering(vendor: VendorServer, activate: Vendor) -> None:
    """Have the vendor's server answer with what the example says about the request it was sent."""

    def answer(request: Any) -> None:
        status, body = activate(vendor.told[-1].headers, vendor.told[-1].body)
        text = json.dumps(body).encode()
        request.send_response(status)
        request.send_header("Content-Length", str(len(text)))
        request.end_headers()
        request.wfile.write(text)

    vendor.says(answer)


def told_once(desk: Desk) -> Activation:
    (activation,) = desk.activations(desk.pay(desk.order(desk.hosting)))
    start_due(desk.partner, activation.id)
    row: Activation = fresh(desk, activation)
    return row


def test_the_vendor_of_the_page_activates_what_was_sold(desk: Desk, vendor: VendorServer) -> None:
    answering(vendor, example(decrypt(desk.hosting.vendor_secret_encrypted)))

    assert told_once(desk).status == "activated"
    (told,) = vendor.told
    shown = json.loads(re.findall(r"(\{\"type\".*?\"starts_on\": \"[^\"]+\"\})", PAGE, re.DOTALL)[0])
    assert json.loads(told.body).keys() == shown.keys()
    assert json.loads(told.body)["customer"].keys() == shown["customer"].keys()


def test_the_vendor_of_the_page_believes_no_other_secret(desk: Desk, vendor: VendorServer) -> None:
    answering(vendor, example("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))

    assert told_once(desk).status == "pending"


def test_the_vendor_of_the_page_activates_once_per_id() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    activate = example(secret)
    body = json.dumps({"id": "act_1", "quantity": 1, "product": {"id": "prd_1", "sku": "hosting"}})
    now = real_now()
    headers = {
        "webhook-id": "act_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign("act_1", now, body),
    }
    assert [activate(headers, body.encode()) for _ in range(2)] == [(200, {"status": "done"})] * 2
    assert activate.__globals__["activated"] == {"act_1"}


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another package, installed as far as Python can tell, with the entry point of the page."""
    (section,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    name, target = re.findall(r'^(\w+) = "([^"]+)"$', section, re.MULTILINE)[0]
    module, _, attribute = target.partition(":")
    (tmp_path / f"{module}.py").write_text(
        f"class {attribute}:\n"
        f"    name = {name!r}\n"
        "    def __init__(self, secret_key, api_base, timeout_seconds):\n"
        "        self.made_with = (secret_key, api_base, timeout_seconds)\n"
    )
    info = tmp_path / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{registry.GROUP}]\n{name} = {target}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    yield
    sys.modules.pop(module, None)
    registry._maker.cache_clear()


@pytest.mark.usefixtures("acme")
def test_another_packages_gateway_is_found_by_the_name_of_its_entry_point() -> None:
    gateway: Gateway = registry.gateway_for("acme", "key", "https://api.acme.example", 7)

    assert gateway.name == "acme"
    assert gateway.made_with == ("key", "https://api.acme.example", 7)  # type: ignore[attr-defined]


def test_a_gateway_that_no_package_brings_is_unknown() -> None:
    with pytest.raises(registry.UnknownGateway):
        registry.gateway_for("acme", "key", None)


def test_the_page_names_every_outcome_of_a_payment() -> None:
    from typing import get_args

    from handsel.gateways.base import PayOutcome

    assert all(f"{outcome.__name__}" in PAGE for outcome in get_args(PayOutcome))
