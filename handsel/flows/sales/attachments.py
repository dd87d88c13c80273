"""Files on an order."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping
from types import MappingProxyType

from django.conf import settings

from handsel.flows.fields import Fields
from handsel.flows.idempotency import Claim
from handsel.flows.sales.facts import facts, order_for
from handsel.flows.work import Work, working
from handsel.models import Attachment, Order, Partner
from handsel.rules.errors import Invalid, NotAllowed, NotFound, Refused
from handsel.rules.permissions import Actor, Grant, may_edit_order

MAX_ATTACHMENTS = 50

CONTENT_TYPES: Mapping[str, bytes] = MappingProxyType(
    {
        "application/pdf": b"%PDF-",
        "image/png": b"\x89PNG\r\n\x1a\n",
        "image/jpeg": b"\xff\xd8\xff",
        "image/webp": b"RIFF",
        "text/plain": b"",
        "text/csv": b"",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": b"PK\x03\x04",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": b"PK\x03\x04",
        "application/vnd.oasis.opendocument.text": b"PK\x03\x04",
        "application/vnd.oasis.opendocument.spreadsheet": b"PK\x03\x04",
    }
)
"""What may be attached, with how such a file begins: nothing that a browser would run."""

_FOLDERS = re.compile(r".*[\\/]", re.DOTALL)


def add_attachment(
    partner: Partner,
    actor: Actor,
    order_id: uuid.UUID,
    *,
    name: str,
    content_type: str,
    content: bytes,
    for_customer: bool = False,
    claim: Claim | None = None,
) -> Attachment:
    """Keep a file with the order. Files for the customer are part of what is offered, so they come while the order can
    be edited (`order_not_editable`); staff's own come at any time. Raises NotFound, NotAllowed, Invalid, Refused."""
    name = _checked(name, content_type, content)
    with working(partner, actor) as work:
        order = order_for(actor, order_id)
        _check_may_attach(order, actor, for_customer)
        if Attachment.objects.filter(order_id=order.id).count() >= MAX_ATTACHMENTS:
            raise Invalid.at("file", f"An order has at most {MAX_ATTACHMENTS} attachments.")
        attachment = Attachment(
            partner_id=partner.id,
            order_id=order.id,
            name=name,
            content_type=content_type,
            size_bytes=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
            for_customer=for_customer,
            created_at=work.now,
        )
        if claim is not None:
            claim.remember("attachment", attachment.id)
        attachment.save(force_insert=True)
        _record(work, "order.attachment_added", order, attachment)
    return attachment


def remove_attachment(partner: Partner, actor: Actor, attachment_id: uuid.UUID) -> None:
    """Remove a file; its name and hash stay in the history. Raises NotFound, NotAllowed, Refused."""
    with working(partner, actor) as work:
        attachment = Attachment.objects.defer("content").filter(id=attachment_id).first()
        if attachment is None:
            raise NotFound("not_found", "There is no such attachment.")
        order = order_for(actor, attachment.order_id)
        _check_may_attach(order, actor, attachment.for_customer)
        _record(work, "order.attachment_removed", order, attachment)
        attachment.delete()


def _check_may_attach(order: Order, actor: Actor, for_customer: bool) -> None:
    mine = actor.owns(str(order.owner_id)) and actor.may(Grant.ORDERS_CREATE)
    if not mine and not actor.may(Grant.ORDERS_MANAGE):
        raise NotAllowed("not_allowed", "Only the order's owner, or who manages orders, can do this.")
    if for_customer and not may_edit_order(facts(order), actor):
        raise Refused("order_not_editable", f"This order is “{order.status_label}”; what is offered stays.")


def _checked(name: str, content_type: str, content: bytes) -> str:
    fields = Fields()
    name = fields.text("name", _FOLDERS.sub("", name), 200, needed=True)
    if not content:
        fields.complain("file", "This file is empty.")
    if len(content) > settings.ATTACHMENT_MAX_BYTES:
        fields.complain("file", f"A file may have at most {settings.ATTACHMENT_MAX_BYTES // 1024 // 1024} MB.")
    begins = CONTENT_TYPES.get(content_type)
    if begins is None:
        fields.complain("file", "Attach a PDF, a picture, a text or an office document.")
    elif not content.startswith(begins):
        fields.complain("file", f"This is not what it says it is ({content_type}).")
    fields.check()
    return name


def _record(work: Work, event: str, order: Order, attachment: Attachment) -> None:
    work.record(
        event,
        order,
        changes={
            "attachment": attachment.shown_id,
            "size_bytes": attachment.size_bytes,
            "sha256": attachment.sha256,
            "for_customer": attachment.for_customer,
        },
        personal={"name": attachment.name},
    )
