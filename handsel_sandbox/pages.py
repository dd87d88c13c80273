"""What browsers get: the page's script, the card frame, the bank's page for 3-D Secure."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from aiohttp import web

from handsel_sandbox import payment_intents, setup_intents
from handsel_sandbox.call import Call, new_id
from handsel_sandbox.currencies import written
from handsel_sandbox.errors import Json
from handsel_sandbox.params import Params

if TYPE_CHECKING:
    from handsel_sandbox.server import Server

Handler = Callable[[web.Request], Awaitable[web.Response]]

_STATIC = Path(__file__).parent / "static"
_KINDS = {"pi": "payment_intent", "seti": "setup_intent"}
_FILES = {
    "/v3/": ("handsel.js", "text/javascript"),  # as js.stripe.com serves its own
    "/v3/handsel.js": ("handsel.js", "text/javascript"),
    "/frame": ("frame.html", "text/html"),
    "/frame.js": ("frame.js", "text/javascript"),
    "/frame.css": ("frame.css", "text/css"),
    "/challenge.css": ("challenge.css", "text/css"),
}
# Any page may embed the card fields; they may talk to their own origin only.
_FRAME_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none';"
    " frame-ancestors *"
)
# No form-action: the answer to the form leads back to the shop, and browsers hold redirects to that directive too.
_CHALLENGE_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors *"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def add_routes(application: web.Application, server: Server) -> None:
    for path, (name, content_type) in _FILES.items():
        application.router.add_get(path, _file(name, content_type))
    challenge = _Challenge(server)
    application.router.add_get("/3ds/{id}/{secret}", challenge.show)
    application.router.add_post("/3ds/{id}/{secret}", challenge.answer)


def _file(name: str, content_type: str) -> Handler:
    text = (_STATIC / name).read_text(encoding="utf-8")
    headers = _HEADERS | {"Content-Security-Policy": _FRAME_POLICY, "Cache-Control": "no-cache"}

    async def send(request: web.Request) -> web.Response:
        return web.Response(text=text, content_type=content_type, charset="utf-8", headers=headers)

    return send


class _Challenge:
    """The customer's bank asks: two buttons, then back to where the shop wants its customer."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def _find(self, request: web.Request) -> Json:
        intent_id, secret = request.match_info["id"], request.match_info["secret"]
        kind = _KINDS.get(intent_id.split("_")[0], "")
        intent = self._server.store.find(kind, intent_id)
        if intent is None or not hmac.compare_digest(intent["client_secret"].encode(), secret.encode()):
            raise web.HTTPNotFound(
                text=_page("This page does not exist", "<p>The link is not complete.</p>"), **_html()
            )
        return intent

    async def show(self, request: web.Request) -> web.Response:
        intent = self._find(request)
        body = _question(intent) if intent["status"] == "requires_action" else _answered(intent)
        return web.Response(text=body, **_html())

    async def answer(self, request: web.Request) -> web.Response:
        """Idempotent: a second click, or the back button, leads to where the first one led."""
        result = (await request.post()).get("result")
        intent = self._find(request)
        if intent["status"] == "requires_action" and result in ("approve", "refuse"):
            store = self._server.store
            call = Call(store, Params({}), self._server.base_url(request), new_id("req", 14))
            call.idempotency_key = intent["_sandbox"].get("idempotency_key")
            module = payment_intents if intent["object"] == "payment_intent" else setup_intents
            with store.transaction():
                intent = module.find(call, intent["id"])
                module.authenticated(call, intent, approved=result == "approve")
            self._server.deliverer.wake()
        back = _way_back(intent)
        if back is None:
            return web.Response(text=_answered(intent), **_html())
        raise web.HTTPSeeOther(back, headers=_HEADERS)


def _html() -> dict[str, Any]:
    headers = _HEADERS | {"Content-Security-Policy": _CHALLENGE_POLICY, "Cache-Control": "no-store"}
    return {"content_type": "text/html", "headers": headers}


def _way_back(intent: Json) -> str | None:
    """The `return_url` with what Stripe adds to it."""
    return_url = intent["_sandbox"].get("return_url")
    if not return_url:
        return None
    name = intent["object"]
    status = {"succeeded": "succeeded", "processing": "pending"}.get(intent["status"], "failed")
    added = {name: intent["id"], f"{name}_client_secret": intent["client_secret"], "redirect_status": status}
    parts = urlsplit(return_url)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *added.items()])
    return str(urlunsplit(parts._replace(query=query)))


def _question(intent: Json) -> str:
    rows = []
    if "amount" in intent:
        rows.append(("Amount", written(intent["amount"], intent["currency"])))
    if intent["description"]:
        rows.append(("For", intent["description"]))
    rows.append(("Reference", intent["id"]))
    listed = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in rows)
    asked = "Approve this payment?" if "amount" in intent else "Approve saving this card?"
    return _page(
        asked,
        f"<p>Your bank wants to know that it is you.</p><dl>{listed}</dl>"
        '<form method="post"><button class="primary" name="result" value="approve">Approve</button>'
        '<button name="result" value="refuse">Refuse</button></form>',
    )


def _answered(intent: Json) -> str:
    said = {"succeeded": "It was approved.", "canceled": "It was cancelled; nothing was charged."}
    text = said.get(intent["status"], "It was not approved; nothing was charged.")
    back = _way_back(intent)
    link = f'<a class="button" href="{escape(back)}">Go back</a>' if back else "<p>You can close this page.</p>"
    return _page("This request is answered", f"<p>{text}</p>{link}")


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="/challenge.css"></head><body><main>'
        f'<p class="bank">Sandbox bank</p><h1>{escape(title)}</h1>{body}'
        '<p class="note">A rehearsal of 3-D Secure. No real money moves.</p></main></body></html>'
    )
