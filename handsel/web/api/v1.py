"""The whole API, put together; its OpenAPI document; and the page that shows it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from handsel.web.api import (
    administration,
    billing,
    catalog,
    customers,
    offers,
    order_actions,
    order_tabs,
    orders,
    payments,
    refunds,
)
from handsel.web.api.face import Api
from handsel.web.api.present import present
from handsel.web.api.reference import chapters

DESCRIPTION = """Collects the first payment inside a sales order, and from it sets up everything that follows.

Authenticate with `Authorization: Bearer KEY`; a key may do what its member may do. Money is integer minor units with
its currency, times are RFC 3339 in UTC, dates ISO 8601. Ids name their kind (`ord_…`); unknown and foreign ids answer
404. Unknown fields are refused. Errors are problems of RFC 9457 with a stable `code`. Send an `Idempotency-Key` with a
POST, and the same answer comes for 24 hours. Lists take `limit` and `after`."""

api = Api(
    present,
    title="Handsel",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    docs_url=None,
)
for module in (
    orders, order_actions, offers, order_tabs, customers, payments, refunds, billing, catalog, administration,
):  # fmt: skip
    api.add_router("", module.router)


@require_GET
def docs(request: HttpRequest) -> HttpResponse:
    """Every operation on one page, made from the OpenAPI document; it needs no script."""
    document = api.get_openapi_schema()
    context = {
        "info": document["info"],
        "about": [" ".join(paragraph.replace("`", "").split()) for paragraph in DESCRIPTION.split("\n\n")],
        "chapters": chapters(document),
    }
    return render(request, "api/docs.html", context)
