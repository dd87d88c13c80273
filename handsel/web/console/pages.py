"""What the console's lists and pages share: ids in addresses, filters in the query, links to the next page."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from handsel.database.ids import parse, show
from handsel.reads.paging import Page
from handsel.rules.errors import NotFound

SEARCH_LENGTH = 200


def row_id(prefix: str, text: str) -> uuid.UUID:
    """The row that an address names. Raises NotFound for what is no id of this kind."""
    found = parse(prefix, text)
    if found is None:
        raise NotFound("not_found", "There is nothing at this address.")
    return found


def after_of(request: HttpRequest, prefix: str) -> uuid.UUID | None:
    """The row that the list goes on after; a garbled one begins the list anew."""
    return parse(prefix, request.GET.get("after", ""))


def search_of(request: HttpRequest) -> str:
    return request.GET.get("q", "").strip()[:SEARCH_LENGTH]


def one_of(request: HttpRequest, name: str, choices: Mapping[str, Any]) -> str:
    """A filter's value if it is one of the known ones, else nothing: links edited by hand still show a list."""
    value = request.GET.get(name, "")
    return value if value in choices else ""


def address(request: HttpRequest, **changes: str | None) -> str:
    """This list's address with some filters changed; None takes one away. Another filter begins at the first page."""
    query = request.GET.copy()
    query.pop("after", None)
    for name, value in changes.items():
        if value:
            query[name] = value
        else:
            query.pop(name, None)
    return f"{request.path}?{query.urlencode()}" if query else request.path


def paging(request: HttpRequest, page: Page[Any], prefix: str) -> dict[str, str]:
    """The links under a list: back to its first page, and on to the next."""
    first = address(request) if "after" in request.GET else ""
    following = address(request, after=show(prefix, page.next_id)) if page.next_id else ""
    return {"first": first, "next": following}
