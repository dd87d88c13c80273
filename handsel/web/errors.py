"""Refusals as people and programs read them: RFC 9457 problems under /api, a plain page or a toast elsewhere."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from handsel.rules.errors import HandselError, Invalid

PROBLEM_TYPE = "application/problem+json"


def problem(error: HandselError, status: int) -> dict[str, Any]:
    """RFC 9457, with our stable `code`, and `errors` beside their places where input was wrong."""
    body: dict[str, Any] = {
        "type": f"urn:handsel:problem:{error.code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": error.message,
        "code": error.code,
    }
    if isinstance(error, Invalid):
        body["errors"] = [{"loc": field.loc, "msg": field.msg} for field in error.errors]
    return body


def answer(request: HttpRequest, error: HandselError, *, status: int) -> HttpResponse:
    """The answer to a refused request, in the form its sender reads."""
    if request.path.startswith("/api/") or request.path.startswith("/gateway/"):
        body = json.dumps(problem(error, status), ensure_ascii=False)
        return HttpResponse(body, status=status, content_type=PROBLEM_TYPE)
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=status)
        response["HX-Reswap"] = "none"
        response["HX-Trigger"] = json.dumps({"toast": {"tone": "bad", "text": error.message}})
        return response
    context = {"status": status, "message": error.message, "title": HTTPStatus(status).phrase}
    return render(request, "problem.html", context, status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    message = "This page was open too long, or was opened from elsewhere. Reload it and try again: nothing was changed."
    return answer(request, HandselError("not_allowed", message), status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, HandselError("not_found", "There is nothing at this address."), status=404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, HandselError("malformed_body", "This request cannot be read."), status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    message = "Something went wrong on our side. What was under way is finished or undone by itself; look again soon."
    return answer(request, HandselError("internal_error", message), status=500)
