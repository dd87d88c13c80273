"""What every request passes through: a line in the log, limits of size and bytes, refusals turned into answers."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from handsel.rules.errors import HandselError
from handsel.web.errors import answer

log = structlog.get_logger(__name__)
Answer = Callable[[HttpRequest], HttpResponseBase]


class RequestLog:
    """One line a request: method, route, status, milliseconds. The route, not the path: paths can hold tokens."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=uuid.uuid4().hex[:16])
        response = self.get_response(request)
        match = request.resolver_match
        log.info(
            "request",
            method=request.method,
            route=match.route if match else "-",
            status=response.status_code,
            milliseconds=round((time.perf_counter() - started) * 1000, 1),
        )
        return response


class NeverStored:
    """Pages and answers hold customers' data, so no browser or proxy keeps a copy; whoever signs out leaves nothing
    behind the back button. A view may say otherwise for what is the same for everybody. Static files are not ours here:
    they are answered before."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class BodyLimits:
    """Refuses what is too large, and NUL bytes in the address, before anything reads it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if request.content_type == "multipart/form-data":
            limit = settings.ATTACHMENT_MAX_BYTES + 64 * 1024
        length = request.headers.get("Content-Length") or "0"
        if not length.isascii() or not length.isdigit() or int(length) > limit:
            return answer(
                request, HandselError("payload_too_large", "This is larger than is accepted here."), status=413
            )
        if "\x00" in request.get_full_path() or "%00" in request.get_full_path():
            return answer(request, HandselError("malformed_body", "The address contains a NUL byte."), status=400)
        return self.get_response(request)


class Refusals:
    """A `HandselError` that a page did not answer itself becomes its status and a page that says why."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, HandselError):
            return answer(request, exception, status=exception.status)
        return None
