"""What tests may do beside Stripe's paths: faults, the gateway's own truth, the bank's clock."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from handsel_sandbox import refunds
from handsel_sandbox.call import Call, new_id
from handsel_sandbox.errors import ApiError, Json, invalid
from handsel_sandbox.faults import FaultSettings
from handsel_sandbox.params import Params
from handsel_sandbox.store import Store, public

if TYPE_CHECKING:
    from handsel_sandbox.server import Server


def add_routes(application: web.Application, server: Server) -> None:
    controls = _Controls(server)
    application.router.add_post("/_test/faults", controls.set_faults)
    application.router.add_get("/_test/faults", controls.show_faults)
    application.router.add_get("/_test/charges", controls.charges)
    application.router.add_post("/_test/clock", controls.advance_clock)
    application.router.add_post("/_test/payment_methods/{id}", controls.change_method)


class _Controls:
    def __init__(self, server: Server) -> None:
        self._server = server

    async def set_faults(self, request: web.Request) -> web.Response:
        try:
            self._server.faults.set(FaultSettings.read(await _json(request)))
        except (ApiError, TypeError, ValueError) as error:
            return _refusal(error)
        self._server.deliverer.wake()
        return web.json_response(self._server.faults.shown())

    async def show_faults(self, request: web.Request) -> web.Response:
        return web.json_response(self._server.faults.shown())

    async def charges(self, request: web.Request) -> web.Response:
        """Every charge ever tried, oldest first; `?succeeded=1` only those that took money."""
        listed = _truth(self._server.store)
        if request.query.get("succeeded"):
            listed = [charge for charge in listed if charge["status"] == "succeeded"]
        return web.json_response(listed)

    async def advance_clock(self, request: web.Request) -> web.Response:
        """The bank's days pass until `advance_to` (RFC 3339): pending refunds arrive, refused ones fail."""
        try:
            body = await _json(request)
            to = dt.datetime.fromisoformat(str(body["advance_to"]))
        except (ApiError, KeyError, TypeError, ValueError) as error:
            return _refusal(error)
        store = self._server.store
        with store.transaction():
            store.set_fact("bank_clock", to.isoformat())
            call = Call(store, Params({}), self._server.base_url(request), new_id("req", 14))
            changed = refunds.finish_bank_work(call)
        self._server.deliverer.wake()
        return web.json_response({"now": to.isoformat(), "changed": changed})

    async def change_method(self, request: web.Request) -> web.Response:
        """Let a saved card expire: `{exp_month, exp_year}`, the past included, which Stripe's API would refuse."""
        store = self._server.store
        method = store.find("payment_method", request.match_info["id"])
        if method is None:
            return web.json_response({"error": {"code": "resource_missing"}}, status=404)
        body = await _json(request)
        method["card"].update({name: int(body[name]) for name in ("exp_month", "exp_year") if name in body})
        with store.transaction():
            store.update(method)
        return web.json_response(public(method))


def _truth(store: Store) -> list[Json]:
    return [
        {
            "payment_intent": charge["payment_intent"],
            "idempotency_key": charge["_sandbox"]["idempotency_key"],
            "amount": charge["amount"],
            "currency": charge["currency"],
            "status": charge["status"],
            "refunded": charge["amount_refunded"],
            "metadata": charge["metadata"],
        }
        for charge in store.select("charge", [], limit=1_000_000, ascending=True)
    ]


async def _json(request: web.Request) -> Any:
    body = await request.read()
    try:
        return json.loads(body or b"{}")
    except ValueError as error:
        raise invalid("A JSON object is expected.") from error


def _refusal(error: Exception) -> web.Response:
    body = (
        error.body
        if isinstance(error, ApiError)
        else {"error": {"type": "invalid_request_error", "message": "Invalid"}}
    )
    return web.json_response(body, status=400)
