"""The door of the API: who asks, what was sent, which transaction, which answer, for every operation alike."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.operation import Operation
from ninja.security import HttpBearer
from pydantic import BaseModel

from handsel.database.tenancy import reading
from handsel.flows.idempotency import Claim
from handsel.rules.errors import FieldError, HandselError, Invalid, NotFound
from handsel.web import guards
from handsel.web.api.bodies import Malformed, StrictJson, check_content_type
from handsel.web.api.idempotency import Present, claim_of, once
from handsel.web.api.schemas.base import Problem
from handsel.web.errors import PROBLEM_TYPE, answer
from handsel.web.guards import Desk, TooMany, Unauthenticated

PUBLIC = frozenset({"openapi-json", "openapi-view", "api-root"})

PROBLEMS: dict[int, type[BaseModel]] = dict.fromkeys((400, 401, 403, 404, 405, 409, 413, 415, 422, 429), Problem)
"""Every operation may be refused in these ways; `code` says why."""


class Caller(HttpRequest):
    """A request that has come through the door: whose it is, and its idempotency key."""

    desk: Desk
    claim: Claim | None


class ApiKeyAuth(HttpBearer):
    """For the documentation and as a second lock: the door has found the desk before any operation runs."""

    def authenticate(self, request: HttpRequest, token: str) -> Desk | None:
        return getattr(request, "desk", None)


class Api(NinjaAPI):
    """django-ninja with our door before every operation and our problems (RFC 9457) in its OpenAPI document."""

    def __init__(self, present: Present, **options: Any) -> None:
        super().__init__(parser=StrictJson(), auth=ApiKeyAuth(), **options)
        self._present = present
        self._document: Any = None
        for kind in (HandselError, ValidationError, HttpError, AuthenticationError, Http404):
            self.add_exception_handler(kind, _on_exception)
        self.add_exception_handler(Exception, _raise)

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        urls: list[URLResolver | URLPattern] = super()._get_urls()
        for pattern in urls:
            assert isinstance(pattern, URLPattern)
            if pattern.name not in PUBLIC:
                pattern.callback = door(pattern.callback, self._present)
        return urls

    def get_openapi_operation_id(self, operation: Operation) -> str:
        view = operation.view_func
        return f"{view.__module__.rpartition('.')[2]}_{view.__name__}"

    def get_openapi_schema(self, **options: Any) -> Any:
        """Made once: it does not change while the process runs."""
        if self._document is None:
            self._document = super().get_openapi_schema(**options)
            for path in self._document["paths"].values():
                for method, operation in path.items():
                    _describe(method, operation)
        return self._document


def door(view: Callable[..., Any], present: Present) -> Callable[..., HttpResponse]:
    """Around one address: a GET runs in one read-only transaction, a POST with a key runs once."""

    @functools.wraps(view)
    def enter(request: Caller, **kwargs: Any) -> HttpResponse:
        try:
            credential = guards.key_credential(request)
            scope = reading(credential.partner_id) if request.method == "GET" else contextlib.nullcontext()
            with scope:
                desk = guards.key_desk(credential)
                if desk is not None:
                    request.desk = desk
                    return _run(request, functools.partial(view, request, **kwargs), present)
            raise guards.bad_key(request)
        except HandselError as error:
            return refusal(request, error)

    return enter


def _run(request: Caller, view: Callable[[], HttpResponse], present: Present) -> HttpResponse:
    check_content_type(request)
    request.claim = claim_of(request, request.desk)
    if request.claim is None:
        return _checked(request, view())
    return once(request.desk, request.claim, lambda: _checked(request, view()), present)


PDF = {"responses": {200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}}}
"""What an operation that answers with a PDF says of itself."""


def tell(body: BaseModel, status: int = 200) -> HttpResponse:
    """An answer in JSON."""
    return HttpResponse(body.model_dump_json(by_alias=True), status=status, content_type="application/json")


def tell_all(bodies: list[Any]) -> HttpResponse:
    """An answer that is a plain array."""
    text = ",".join(body.model_dump_json(by_alias=True) for body in bodies)
    return HttpResponse(f"[{text}]", content_type="application/json")


def refusal(request: HttpRequest, error: HandselError) -> HttpResponse:
    """The problem, with the headers that belong to its status."""
    response = answer(request, error, status=error.status)
    if isinstance(error, Unauthenticated):
        response["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooMany):
        response["Retry-After"] = "60"
    return response


def _checked(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if response.status_code != 405:
        return response
    allowed = response["Allow"]
    refused = answer(request, HandselError("method_not_allowed", f"Use {allowed} here."), status=405)
    refused["Allow"] = allowed
    return refused


def _raise(request: HttpRequest, exception: Exception | type[Exception]) -> HttpResponse:
    raise exception


def _on_exception(request: HttpRequest, exception: Exception | type[Exception]) -> HttpResponse:
    if isinstance(exception, HandselError):
        return refusal(request, exception)
    if isinstance(exception, ValidationError):
        return refusal(request, _invalid(exception))
    if isinstance(exception, AuthenticationError):
        return refusal(request, Unauthenticated())
    if isinstance(exception, Http404):
        return refusal(request, NotFound())
    cause = exception.__cause__ if isinstance(exception, HttpError) else None
    return refusal(request, cause if isinstance(cause, HandselError) else Malformed())


def _invalid(exception: ValidationError) -> Invalid:
    """Where and what, as a client names it: `lines.0.quantity`, without our parameters' names before it."""
    errors = [FieldError(_loc(each["loc"]), _message(each)) for each in exception.errors]
    return Invalid(message=errors[0].msg if len(errors) == 1 else "", errors=errors)


def _loc(loc: Any) -> str:
    """Our parameters are called as what they are read from; what is left names the client's field."""
    where, *rest = [str(part) for part in loc]
    return ".".join(rest[1:] if rest[:1] == [where] else rest)


def _message(error: dict[str, Any]) -> str:
    match error["type"]:
        case "extra_forbidden":
            return "There is no such field."
        case "missing":
            return "This is needed."
        case _:
            message = str(error["msg"]).removeprefix("Value error, ")
            return message if message.endswith(".") else f"{message}."


def _describe(method: str, operation: dict[str, Any]) -> None:
    """Problems have a content type of their own, and every POST takes an idempotency key."""
    for status, response in operation["responses"].items():
        content = response.get("content", {})
        if int(status) >= 400 and "application/json" in content:
            content[PROBLEM_TYPE] = content.pop("application/json")
    if method == "post":
        operation["parameters"].append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
                "description": "The first answer to this key is given again for 24 hours.",
            }
        )
