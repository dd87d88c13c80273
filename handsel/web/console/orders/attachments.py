"""Files on an order: added, taken away, opened."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from handsel.database.tenancy import reading
from handsel.flows.sales.attachments import add_attachment, remove_attachment
from handsel.models import Attachment
from handsel.reads.sales.order import attachment_of
from handsel.reads.sales.order_page import order_page
from handsel.rules.errors import HandselError, Invalid, Refused
from handsel.web.console.orders.page import id_from, order_id_from, page_context
from handsel.web.guards import Desk, staff


@require_POST
@staff
def attach(request: HttpRequest, desk: Desk, order_id: str) -> HttpResponse:
    """Keep the file that was chosen; for the customer too where that is ticked."""
    wanted = order_id_from(order_id)
    sent = request.FILES.get("file")
    try:
        if sent is None:
            raise Invalid.at("file", "Choose a file first.")
        add_attachment(
            desk.partner,
            desk.actor,
            wanted,
            name=sent.name or "",
            content_type=sent.content_type or "",
            content=sent.read(),
            for_customer=bool(request.POST.get("for_customer")),
        )
    except (Invalid, Refused) as refusal:
        return _show(request, desk, wanted, refusal)
    return _show(request, desk, wanted)


@require_POST
@staff
def detach(request: HttpRequest, desk: Desk, order_id: str, attachment_id: str) -> HttpResponse:
    """Take one of the order's files away."""
    wanted, found = order_id_from(order_id), id_from(Attachment.prefix, attachment_id)
    with reading(desk.partner.id):
        attachment_of(desk.partner, desk.actor, wanted, found)
    try:
        remove_attachment(desk.partner, desk.actor, found)
    except Refused as refusal:
        return _show(request, desk, wanted, refusal)
    return _show(request, desk, wanted)


@require_GET
@staff
def attachment(request: HttpRequest, desk: Desk, order_id: str, attachment_id: str) -> HttpResponse:
    """The file itself: always downloaded, never run in our pages."""
    found = attachment_of(desk.partner, desk.actor, order_id_from(order_id), id_from(Attachment.prefix, attachment_id))
    response = HttpResponse(bytes(found.content), content_type=found.content_type)
    response["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _show(request: HttpRequest, desk: Desk, order_id: uuid.UUID, refusal: HandselError | None = None) -> HttpResponse:
    with reading(desk.partner.id):
        context = page_context(request, desk, order_page(desk.partner, desk.actor, order_id))
        problem = refusal.message if refusal else ""
        status = refusal.status if refusal else 200
        return render(request, "orders/_attachments.html", context | {"problem": problem}, status=status)
