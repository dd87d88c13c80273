"""A real Chromium in front of a real server: the product's own WSGI application on the address of the settings, the
sandbox gateway as a process of its own beside it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page

from handsel.models import Member
from handsel.web.wsgi import application
from tests.cast import PASSWORD
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP, PHONE = (1440, 900), (390, 844)
WAIT_MS = 20_000


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        return


@pytest.fixture(scope="session")
def address(sandbox_process: SandboxServer) -> Iterator[str]:
    """Where the product answers: settings.BASE_URL, so that links in mails and the way back from the bank lead here."""
    base: str = settings.BASE_URL
    server = make_server("127.0.0.1", urlsplit(base).port or 0, application, _Server, _Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield base
    server.shutdown()
    server.server_close()
    thread.join(timeout=10)


@pytest.fixture
def sandbox(sandbox_process: SandboxServer) -> Iterator[SandboxServer]:
    yield sandbox_process
    sandbox_process.faults()


@pytest.fixture
def desk() -> Desk:
    return Desk()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, address: str) -> Iterator[OpenPage]:
    """A fresh browser window, signed in if a member is named; whatever its script cannot do fails the test."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def opened(member: Member | None = None, size: tuple[int, int] = DESKTOP, dark: bool = False) -> Page:
        context = chromium.new_context(
            base_url=address,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            has_touch=size == PHONE,
            locale="en-US",
        )
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(f"{said.text} {said.location}") if _is_ours(said) else None)
        if member is not None:
            sign_in(page, member)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


def _is_ours(said: Any) -> bool:
    """An error in the page's own doing: what the content security policy stopped, not an answer of 4xx."""
    return said.type == "error" and "the server responded with a status of" not in said.text


def sign_in(page: Page, member: Member) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(member.user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_text(str(member.user)).first.wait_for()


def fill_card(page: Page, number: str) -> None:
    """Type a card into the gateway's frame."""
    frame = page.frame_locator("#charge iframe")
    frame.get_by_label("Card number").fill(number)
    frame.get_by_label("Expiry").fill("12 / 34")
    frame.get_by_label("Security code").fill("123")


def serious_findings(page: Page) -> list[str]:
    """What axe-core finds on the page, from serious upwards; injected by evaluate, since the policy allows no tag."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run(document, {iframes: false})).violations")
    return [
        f"{each['id']}: {node['target']} {node.get('failureSummary', '')}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]
