"""`python -m bench.approval`: what an offer's page weighs, and when it can be used, in a phone's browser.

It starts the product with its demo partner and the sandbox gateway, sends an offer through the API, and opens its page
in Chromium with an empty cache, again and again. A page can be used when its button is there and the gateway's card
fields are ready. Bytes are those that came over the wire, headers included, from our origin and the gateway's.
"""

from __future__ import annotations

import json
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

from handsel.processes import dies_with_parent
from tests.chromium import FLAGS, found_chromium
from tests.sandbox import free_port

LOADS = 15
READY_SECONDS = 180
PHONE: Final[Any] = {"width": 390, "height": 844}

_SHIFTS = """
window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({type: 'layout-shift', buffered: true});
"""


@dataclass(frozen=True, slots=True)
class Load:
    """One look at the page: milliseconds until its first paint and until it could be used, bytes by origin, and by how
    much it jumped (0 is not at all)."""

    painted_ms: float
    usable_ms: float
    own_bytes: int
    gateway_bytes: int
    shift: float


@contextmanager
def demo() -> Iterator[dict[str, Any]]:
    """The product with its demo partner, as `handsel up --demo` starts it; what it writes when it is ready."""
    with TemporaryDirectory(prefix="handsel-bench-") as folder:
        told = Path(folder) / "demo.json"
        command = [sys.executable, "-m", "handsel.cli", "up", "--demo", "--data", folder, "--port", str(free_port())]
        with (Path(folder) / "up.log").open("wb") as log:
            up = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                preexec_fn=dies_with_parent(signal.SIGTERM),
            )
        try:
            deadline = time.monotonic() + READY_SECONDS
            while not told.exists():
                if up.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"The demo did not come up:\n{(Path(folder) / 'up.log').read_text()[-2000:]}")
                time.sleep(0.2)
            yield json.loads(told.read_text())
        finally:
            up.send_signal(signal.SIGINT)
            up.wait(30)


def send_offer(told: dict[str, Any]) -> str:
    """An offer of the demo's first three products, to be paid when it is signed; the address of its page."""
    customer = _call(told, "GET", "/customers?limit=1")["data"][0]["id"]
    lines = [{"product": each["id"]} for each in _call(told, "GET", "/products?limit=3")["data"]]
    order = _call(told, "POST", "/orders", {"customer": customer, "lines": lines})["id"]
    asked = {"contact": {"name": "Dana Whitfield", "email": "dana@example.com"}, "require_payment": True}
    answer = _call(told, "POST", f"/orders/{order}/send-for-customer-approval", asked)
    return str(answer["offer"]["url"])


def _call(told: dict[str, Any], method: str, path: str, body: Any = None) -> Any:
    connection = HTTPConnection(urlsplit(told["url"]).netloc, timeout=30)
    headers = {"Authorization": f"Bearer {told['api_key']}", "Content-Type": "application/json"}
    connection.request(method, f"/api/v1{path}", None if body is None else json.dumps(body), headers)
    with connection.getresponse() as answer:
        read = json.load(answer)
    if answer.status >= 300:
        raise RuntimeError(f"{method} {path}: {answer.status} {read}")
    return read


def look(browser: Browser, url: str) -> Load:
    """Open the page once, with nothing kept from before."""
    context = browser.new_context(viewport=PHONE, has_touch=True, locale="en-US")
    page = context.new_page()
    page.add_init_script(_SHIFTS)
    responses: list[Any] = []
    page.on("response", lambda response: responses.append(response))
    page.goto(url)
    page.locator("[data-card-fields][data-ready]").wait_for()
    page.locator("button[form=answer]").wait_for()
    usable = page.evaluate("performance.now()")
    page.wait_for_load_state("networkidle")
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    own, gateway = 0, 0
    for response in responses:
        sizes = response.request.sizes()
        size = sizes["responseBodySize"] + sizes["responseHeadersSize"]
        if urlsplit(response.url).netloc == urlsplit(url).netloc:
            own += size
        else:
            gateway += size
    load = Load(painted, usable, own, gateway, page.evaluate("window.shifts"))
    context.close()
    return load


def report(loads: list[Load]) -> str:
    """The table that is printed: the median, and the worst."""
    rows: list[tuple[str, list[float]]] = [
        ("first paint, ms", [load.painted_ms for load in loads]),
        ("usable (button and card fields), ms", [load.usable_ms for load in loads]),
        ("bytes from our origin", [load.own_bytes for load in loads]),
        ("bytes from the gateway's", [load.gateway_bytes for load in loads]),
        ("bytes together", [load.own_bytes + load.gateway_bytes for load in loads]),
        ("layout shift", [load.shift for load in loads]),
    ]
    head = f"| the approval page, {len(loads)} loads, empty cache | median | worst |\n|---|---:|---:|"
    lines = [f"| {name} | {_written(statistics.median(all_))} | {_written(max(all_))} |" for name, all_ in rows]
    return "\n".join([head, *lines])


def _written(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= 1 else f"{figure:.3f}"


def main() -> None:
    with demo() as told, sync_playwright() as playwright:
        url = send_offer(told)
        browser = playwright.chromium.launch(executable_path=found_chromium(), args=list(FLAGS))
        look(browser, url)
        print(report([look(browser, url) for _ in range(LOADS)]))
        browser.close()


if __name__ == "__main__":
    main()
