"""Reading what was sent: UTF-8, JSON and nothing else, with no text in it that PostgreSQL could not keep."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser

from handsel.rules.errors import FieldError, HandselError, Invalid

MAX_DEPTH = 32


class Malformed(HandselError):
    """The body cannot be read at all (400)."""

    status = 400
    default_code = "malformed_body"
    default_message = "The body is not valid UTF-8 JSON."


class UnsupportedType(HandselError):
    """The body is not of a type that is read here (415)."""

    status = 415
    default_code = "unsupported_media_type"
    default_message = "Send JSON: “Content-Type: application/json”."


class TooLarge(HandselError):
    """More was sent than is accepted (413)."""

    status = 413
    default_code = "payload_too_large"
    default_message = "This is larger than is accepted here."


class StrictJson(Parser):
    """No NaN, no key twice, no depth without end; strings without NUL and without halves of surrogate pairs."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            text = request.body.decode("utf-8")
            body = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_once_each)
        except (ValueError, RecursionError):
            raise Malformed from None
        complaints = list(_complaints(body, "", 0))
        if complaints:
            raise Invalid(message=complaints[0].msg, errors=complaints)
        return body


def check_content_type(request: HttpRequest) -> None:
    """Raises UnsupportedType for a body that is not JSON; files come as multipart/form-data."""
    if request.headers.get("Content-Length", "0") in ("", "0") or request.method not in ("POST", "PATCH", "PUT"):
        return
    files = request.path.endswith("/attachments")
    wanted = "multipart/form-data" if files else "application/json"
    if request.content_type != wanted:
        raise UnsupportedType("", f"Send the file as {wanted}." if files else "")
    if (request.content_params or {}).get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise UnsupportedType("", "JSON is written in UTF-8.")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    body = dict(pairs)
    if len(body) != len(pairs):
        raise ValueError("a key stands twice")
    return body


def _complaints(value: Any, loc: str, depth: int) -> Iterator[FieldError]:
    if depth > MAX_DEPTH:
        raise Malformed("", "The body is nested too deeply.")
    if isinstance(value, str) and not _storable(value):
        yield FieldError(loc, "This contains characters that cannot be stored.")
    elif isinstance(value, dict):
        for key, each in value.items():
            if not _storable(key):
                yield FieldError(loc, "A field's name contains characters that cannot be stored.")
            else:
                yield from _complaints(each, f"{loc}.{key}" if loc else key, depth + 1)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _complaints(each, f"{loc}.{index}" if loc else str(index), depth + 1)


def _storable(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
