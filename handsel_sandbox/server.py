"""The HTTP server: Stripe's paths with their faults, the card frame, the bank's page, the test controls."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import Coroutine
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from handsel_sandbox import controls, pages, vendors
from handsel_sandbox.answering import Answer, Answering, Exchange, answer_of, internal_error, key_in_use
from handsel_sandbox.call import API_VERSION, new_id
from handsel_sandbox.config import Config
from handsel_sandbox.delivery import Deliverer
from handsel_sandbox.errors import ApiError, invalid
from handsel_sandbox.events import configure_endpoint
from handsel_sandbox.faults import Draw, Faults
from handsel_sandbox.params import parse_form
from handsel_sandbox.store import Store

_BODY_LIMIT = 1024 * 1024


class Server:
    """Owns the storage, the faults and the deliverer for as long as the process lives."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.store = Store(config.data)
        self.faults = Faults()
        self.answering = Answering(config, self.store)
        self.deliverer = Deliverer(self.store, self.faults)
        self._later: set[asyncio.Task[Any]] = set()
        if config.webhook_url and config.webhook_secret:
            configure_endpoint(self.store, config.webhook_url, config.webhook_secret)

    def application(self) -> web.Application:
        application = web.Application(client_max_size=_BODY_LIMIT)
        application.router.add_route("*", "/v1/{rest:.*}", self._api)
        application.router.add_get("/healthz", self._healthz)
        pages.add_routes(application, self)
        if self.config.test:
            controls.add_routes(application, self)
            vendors.add_routes(application)
        application.on_startup.append(self._started)
        application.on_cleanup.append(self._stopped)
        return application

    async def _started(self, application: web.Application) -> None:
        await self.deliverer.start()

    async def _stopped(self, application: web.Application) -> None:
        for task in list(self._later):
            task.cancel()
        await self.deliverer.stop()
        self.store.close()

    async def _healthz(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    def base_url(self, request: web.Request) -> str:
        return self.config.public_url or f"{request.scheme}://{request.host}"

    # Stripe's paths

    async def _api(self, request: web.Request) -> web.StreamResponse:
        request_id = new_id("req", 14)
        try:
            exchange = await self._read(request, request_id)
        except ApiError as error:
            return _response(answer_of(error, request_id))
        draw = self.faults.draw(exchange.method, exchange.path)
        refusal = _refused_by_fault(draw, exchange)
        if refusal is not None:
            return _response(answer_of(refusal, request_id))
        if draw.fault == "drop_request":
            return _cut(request)
        if draw.late_seconds:
            self._do_later(self._perform_late(exchange, draw))
            return _cut(request)
        try:
            with self.answering.claim(exchange):
                await asyncio.sleep(draw.latency_seconds / 2)
                answer = self._perform(exchange, draw)
        except ApiError as error:
            return _response(answer_of(error, request_id))
        await asyncio.sleep(draw.latency_seconds / 2)
        return await _send(request, answer, draw)

    def _perform(self, exchange: Exchange, draw: Draw) -> Answer:
        answer = self.answering.answer(exchange, draw)
        self.deliverer.wake()
        return answer

    async def _perform_late(self, exchange: Exchange, draw: Draw) -> None:
        """The request was on its way all the time; its sender has long given up."""
        await asyncio.sleep(draw.late_seconds)
        with contextlib.suppress(ApiError), self.answering.claim(exchange):
            self._perform(exchange, draw)

    def _do_later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _read(self, request: web.Request, request_id: str) -> Exchange:
        body = await request.read()
        if body and request.content_type != "application/x-www-form-urlencoded":
            raise invalid("Requests are form-encoded (application/x-www-form-urlencoded).")
        try:
            pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=1000)
        except (UnicodeDecodeError, ValueError) as error:
            raise invalid("The request body is not valid form data.") from error
        return Exchange(
            method=request.method,
            path=request.path.rstrip("/"),
            values=parse_form([*request.query.items(), *pairs]),
            authorization=request.headers.get("Authorization", ""),
            idempotency_key=request.headers.get("Idempotency-Key") or None,
            base_url=self.base_url(request),
            request_id=request_id,
        )


def _refused_by_fault(draw: Draw, exchange: Exchange) -> ApiError | None:
    if draw.fault == "rate_limit":
        return ApiError(429, "invalid_request_error", "Too many requests.", code="rate_limit", began=False)
    if draw.fault == "key_in_use" and exchange.method == "POST":
        return key_in_use(exchange.idempotency_key or "")
    if draw.fault == "error_before":
        return internal_error()
    return None


def _response(answer: Answer) -> web.Response:
    headers = {"Request-Id": answer.request_id, "Stripe-Version": API_VERSION, "Cache-Control": "no-cache, no-store"}
    if answer.replayed:
        headers |= {"Idempotent-Replayed": "true", "Original-Request": answer.request_id}
    return web.Response(status=answer.status, text=answer.body, content_type="application/json", headers=headers)


async def _send(request: web.Request, answer: Answer, draw: Draw) -> web.StreamResponse:
    """Answer, or spoil the answer in the way that was drawn: the effect has taken place."""
    if draw.stall_seconds:
        await asyncio.sleep(draw.stall_seconds)
        return _cut(request)
    if draw.fault == "drop_response":
        return _cut(request)
    if draw.fault == "reset":
        return _cut(request, reset=True)
    if draw.fault == "bad_json":
        return web.Response(text="<html><h1>502 Bad Gateway</h1></html>", content_type="application/json")
    if draw.fault == "cut_body":
        return await _send_half(request, answer)
    return _response(answer)


async def _send_half(request: web.Request, answer: Answer) -> web.StreamResponse:
    body = answer.body.encode()
    response = web.StreamResponse(status=answer.status, headers={"Request-Id": answer.request_id})
    response.content_type = "application/json"
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response


def _cut(request: web.Request, *, reset: bool = False) -> web.Response:
    """Close the connection without a word; `reset` sends RST instead of FIN."""
    transport = request.transport
    if transport is not None:
        sock = transport.get_extra_info("socket")
        if reset and sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort() if reset else transport.close()
    return web.Response(status=500, text=json.dumps({"error": {"type": "api_error", "message": "cut"}}))
