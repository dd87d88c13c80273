"""What operations share: the parameters of lists, the fields that were sent, the page of a list."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel, ConfigDict, Field, StrictStr

from handsel.database.ids import show
from handsel.reads.paging import DEFAULT_LIMIT, MAX_LIMIT, Page
from handsel.rules.errors import FieldError, Invalid
from handsel.web.api.face import tell
from handsel.web.api.schemas.base import Instant, ListOf, Told, known, known_or_none

T = TypeVar("T")

Search = Annotated[StrictStr, Field(max_length=200, description="Words that the thing's own words begin with.")]


class Paging(BaseModel):
    """Newest first; `after` is the `next` of the page before."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT)
    after: StrictStr | None = None


class Created(Paging):
    """Made at `created_from` or later and before `created_until`, RFC 3339."""

    created_from: Instant | None = None
    created_until: Instant | None = None


def check_query(request: HttpRequest, query: BaseModel) -> None:
    """Raises Invalid for a parameter that the operation does not know, or that is not text."""
    errors = [
        FieldError(name, "There is no such parameter.") for name in request.GET if name not in type(query).model_fields
    ]
    errors += [
        FieldError(name, "This contains characters that cannot be stored.")
        for name, values in request.GET.lists()
        if any("\x00" in value or any("\ud800" <= each <= "\udfff" for each in value) for value in values)
    ]
    if errors:
        raise Invalid(message=errors[0].msg, errors=errors)


def after_of(prefix: str, query: Paging) -> uuid.UUID | None:
    return known_or_none(prefix, query.after)


def tell_page(page: Page[T], prefix: str, told: Callable[[T], Told]) -> HttpResponse:
    """One page of a list, as every list is answered."""
    following = None if page.next_id is None else show(prefix, page.next_id)
    return tell(ListOf[Any](data=[told(row) for row in page.rows], has_more=page.has_more, next=following))


def sent(body: BaseModel, *nullable: str) -> dict[str, Any]:
    """The fields that were sent. Null stands only where it means something (`nullable`); elsewhere it is refused."""
    values = {name: getattr(body, name) for name in body.model_fields_set}
    errors = [
        FieldError(name, "This cannot be null.")
        for name, value in values.items()
        if value is None and name not in nullable
    ]
    if errors:
        raise Invalid(message=errors[0].msg, errors=errors)
    return values


__all__ = ["Created", "Paging", "Search", "after_of", "check_query", "known", "sent", "tell_page"]
