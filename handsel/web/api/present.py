"""The present state of what an idempotency key made, for a caller whose first answer was lost in a crash."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from django.http import HttpResponse

from handsel.database.tenancy import reading
from handsel.models import Attachment, Contact, IdempotencyRecord, Message
from handsel.reads.catalog.products import product_of, tax_rate_of
from handsel.reads.people.customer import customer_of
from handsel.reads.people.methods import method_of
from handsel.reads.people.team import member_of
from handsel.reads.sales.terms import terms_of
from handsel.rules.errors import NotFound
from handsel.web.api.billing import tell_invoice
from handsel.web.api.face import tell
from handsel.web.api.orders import tell_order
from handsel.web.api.refunds import tell_refund
from handsel.web.api.schemas.base import Told
from handsel.web.api.schemas.catalog import ProductTold, TaxRateTold
from handsel.web.api.schemas.money import MethodTold
from handsel.web.api.schemas.offers import MessageTold
from handsel.web.api.schemas.orders_told import AttachmentTold
from handsel.web.api.schemas.people import ContactTold, CustomerTold, MemberTold
from handsel.web.api.schemas.terms import TermsTold
from handsel.web.guards import Desk

CREATED: Mapping[str, Callable[[Desk, uuid.UUID], Told]] = {
    "product": lambda desk, row_id: ProductTold.of(product_of(desk.partner, row_id)),
    "tax_rate": lambda desk, row_id: TaxRateTold.of(tax_rate_of(desk.partner, row_id)),
    "customer": lambda desk, row_id: CustomerTold.of(customer_of(desk.partner, row_id)),
    "contact": lambda desk, row_id: ContactTold.of(Contact.objects.get(id=row_id)),
    "member": lambda desk, row_id: MemberTold.of(member_of(desk.partner, row_id)),
    "terms": lambda desk, row_id: TermsTold.of(terms_of(desk.partner, row_id)),
    "payment_method": lambda desk, row_id: MethodTold.of(method_of(desk.partner, row_id)),
    "message": lambda desk, row_id: MessageTold.of(Message.objects.get(id=row_id)),
    "attachment": lambda desk, row_id: AttachmentTold.of(Attachment.objects.defer("content").get(id=row_id)),
}


def present(desk: Desk, row: IdempotencyRecord) -> HttpResponse:
    """What the first answer would be if it were given now. Raises NotFound where the thing is gone since."""
    if row.subject_id is None:
        raise NotFound
    if row.subject_kind == "order":
        return tell_order(desk, row.subject_id, status=201 if row.path.endswith("/orders") else None)
    if row.subject_kind == "invoice":
        return tell_invoice(desk, row.subject_id)
    if row.subject_kind == "refund":
        return tell_refund(desk, row.subject_id, status=201 if row.path.endswith("/refunds") else 200)
    with reading(desk.partner.id):
        return tell(CREATED[row.subject_kind](desk, row.subject_id), 201)
