"""What stands beside an order: payments, history, activations, files."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from ninja import File, Form, Query, Router, UploadedFile
from pydantic import Field

from handsel.flows.sales.attachments import add_attachment, remove_attachment
from handsel.models import Attachment, Event, Order
from handsel.reads.paging import MAX_LIMIT
from handsel.reads.sales import order as reads
from handsel.web.api.asking import Paging, after_of, check_query
from handsel.web.api.bodies import TooLarge
from handsel.web.api.face import PROBLEMS, Caller, tell, tell_all
from handsel.web.api.schemas.base import known
from handsel.web.api.schemas.history import EventTold
from handsel.web.api.schemas.money import PaymentTold
from handsel.web.api.schemas.orders_told import ActivationTold, AttachmentTold

router = Router(tags=["Orders"])
A_FILE = File(...)
FOR_STAFF = Form(False)


class HistoryQuery(Paging):
    """A tab shows a whole history, so its pages are long."""

    limit: int = Field(MAX_LIMIT, ge=1, le=MAX_LIMIT)


@router.get(
    "/orders/{order_id}/payments", response={200: list[PaymentTold], **PROBLEMS}, summary="Payments of an order"
)
def list_payments(request: Caller, order_id: str) -> HttpResponse:
    """Every attempt to take the order's money, newest first."""
    desk = request.desk
    found = reads.payments_of(desk.partner, desk.actor, known(Order.prefix, order_id))
    return tell_all([PaymentTold.of(view) for view in found])


@router.get("/orders/{order_id}/history", response={200: list[EventTold], **PROBLEMS}, summary="History of an order")
def list_history(request: Caller, order_id: str, query: Query[HistoryQuery]) -> HttpResponse:
    """Every change of the order and of what hangs on it, newest first; `after` is the id of the last event seen."""
    check_query(request, query)
    desk, after = request.desk, after_of(Event.prefix, query)
    page = reads.history_of(desk.partner, desk.actor, known(Order.prefix, order_id), after=after, limit=query.limit)
    return tell_all([EventTold.of(entry) for entry in page.rows])


@router.get(
    "/orders/{order_id}/activations",
    response={200: list[ActivationTold], **PROBLEMS},
    summary="Activations of an order",
)
def list_activations(request: Caller, order_id: str) -> HttpResponse:
    """One for each line, in the order of the lines."""
    desk = request.desk
    found = reads.activations_of(desk.partner, desk.actor, known(Order.prefix, order_id))
    return tell_all([ActivationTold.of(row) for row in found])


@router.get(
    "/orders/{order_id}/attachments", response={200: list[AttachmentTold], **PROBLEMS}, summary="Files on an order"
)
def list_attachments(request: Caller, order_id: str) -> HttpResponse:
    """The oldest first."""
    desk = request.desk
    found = reads.attachments_of(desk.partner, desk.actor, known(Order.prefix, order_id))
    return tell_all([AttachmentTold.of(row) for row in found])


@router.post(
    "/orders/{order_id}/attachments", response={201: AttachmentTold, **PROBLEMS}, summary="Put a file on an order"
)
def create_attachment(
    request: Caller,
    order_id: str,
    file: UploadedFile = A_FILE,
    for_customer: bool = FOR_STAFF,
) -> HttpResponse:
    """At most 10 MB. With `for_customer` the customer gets it with the offer."""
    if file.size is not None and file.size > settings.ATTACHMENT_MAX_BYTES:
        raise TooLarge("", "A file is at most 10 MB.")
    desk = request.desk
    attachment = add_attachment(
        desk.partner,
        desk.actor,
        known(Order.prefix, order_id),
        name=file.name or "",
        content_type=file.content_type or "",
        content=file.read(),
        for_customer=for_customer,
        claim=request.claim,
    )
    return tell(AttachmentTold.of(attachment), 201)


@router.get(
    "/orders/{order_id}/attachments/{attachment_id}",
    response={200: None, **PROBLEMS},
    summary="Download a file",
    openapi_extra={"responses": {200: {"content": {"application/octet-stream": {"schema": {"type": "string"}}}}}},
)
def read_attachment(request: Caller, order_id: str, attachment_id: str) -> HttpResponse:
    """The file's bytes, to be saved, never to be run."""
    desk = request.desk
    attachment = reads.attachment_of(
        desk.partner, desk.actor, known(Order.prefix, order_id), known(Attachment.prefix, attachment_id)
    )
    return HttpResponse(
        bytes(attachment.content),
        content_type="application/octet-stream",
        headers={"Content-Disposition": content_disposition_header(True, attachment.name) or "attachment"},
    )


@router.delete(
    "/orders/{order_id}/attachments/{attachment_id}", response={204: None, **PROBLEMS}, summary="Take a file off"
)
def delete_attachment(request: Caller, order_id: str, attachment_id: str) -> HttpResponse:
    """Its name and hash stay in the history."""
    known(Order.prefix, order_id)
    remove_attachment(request.desk.partner, request.desk.actor, known(Attachment.prefix, attachment_id))
    return HttpResponse(status=204)
