"""An order is written: created as a draft, and edited while it is one or an admin reviews it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypedDict

from django.db.models import OuterRef, Subquery, UUIDField
from django.db.models.functions import Coalesce

from handsel.database.tenancy import reading
from handsel.flows.changes import storable
from handsel.flows.fields import NOTES_LENGTH, Fields
from handsel.flows.idempotency import Claim
from handsel.flows.numbers import next_number
from handsel.flows.people.billing_settings import check_method, check_recipient
from handsel.flows.sales.facts import facts, order_for
from handsel.flows.sales.lines import LineDraft, PricedLines, build_lines
from handsel.flows.search import index
from handsel.flows.work import Work, working
from handsel.models import BillingSettings, Contact, Customer, Order, OrderLine, OrderTag, Partner
from handsel.rules.errors import Invalid, NotAllowed, NotFound, Refused
from handsel.rules.numbering import ORDERS
from handsel.rules.order_status import OrderStatus
from handsel.rules.permissions import Actor, Grant, check_grant, may_edit_order

__all__ = ["LineDraft", "OrderChanges", "create_order", "quote", "update_order"]

MAX_TAGS = 20
OFFERED = frozenset({"lines", "contract_start_on", "customer_notes"})
"""What the customer is offered: a change of it after submission is a new revision."""


class OrderChanges(TypedDict, total=False):
    """The fields of an order that an edit may name; `lines` and `tags` replace all of them."""

    lines: Sequence[LineDraft]
    contract_start_on: dt.date | None
    staff_notes: str
    customer_notes: str
    tags: Collection[str]
    billing_recipient_id: uuid.UUID | None
    billing_method_id: uuid.UUID | None


def create_order(
    partner: Partner,
    actor: Actor,
    *,
    customer_id: uuid.UUID,
    currency: str | None = None,
    lines: Sequence[LineDraft] = (),
    contract_start_on: dt.date | None = None,
    staff_notes: str = "",
    customer_notes: str = "",
    tags: Collection[str] = (),
    billing_recipient_id: uuid.UUID | None = None,
    billing_method_id: uuid.UUID | None = None,
    claim: Claim | None = None,
) -> Order:
    """A new draft of the actor's own. Its billing recipient and method are the customer's unless given.

    Raises NotAllowed, NotFound (customer, product, contact, method), Invalid (`currency_mismatch`,
    `product_not_sold`, `amount_too_large`, fields). The number of statements does not depend on the number of lines.
    """
    check_grant(actor, Grant.ORDERS_CREATE)
    texts = _texts(
        {"contract_start_on": contract_start_on, "staff_notes": staff_notes, "customer_notes": customer_notes}
    )
    words = _tags(tags, new=True)
    with working(partner, actor) as work:
        customer = _customer(customer_id, currency)
        _check_billing(customer.id, billing_recipient_id, billing_method_id)
        order = Order(
            partner_id=partner.id,
            customer=customer,
            owner_id=uuid.UUID(actor.id),
            currency=customer.currency,
            billing_recipient_id=billing_recipient_id or customer.default_recipient,
            billing_method_id=billing_method_id or customer.default_method,
            created_at=work.now,
            updated_at=work.now,
            **texts,
        )
        priced = build_lines(customer, order.id, lines)
        insert_order(work, order, priced, words, claim)
        work.record("order.created", order, changes={"number": order.number, **_said(order)})
    return order


def insert_order(
    work: Work, order: Order, priced: PricedLines, tags: Iterable[str] = (), claim: Claim | None = None
) -> None:
    """Number a new order and write it with its lines and tags: one insert for each table."""
    for column, value in priced.order_columns().items():
        setattr(order, column, value)
    if claim is not None:
        claim.remember("order", order.id)
    order.number = ORDERS.number(work.partner.order_prefix, next_number(work, ORDERS.code))
    order.save(force_insert=True)
    OrderLine.objects.bulk_create(priced.lines)
    _write_tags(order, tags)
    index(work, "order", order.id, order.number, order.customer.name, new=True)


def update_order(
    partner: Partner,
    actor: Actor,
    order_id: uuid.UUID,
    version: int | None,
    changes: OrderChanges,
    *,
    claim: Claim | None = None,
) -> Order:
    """Change what is named, of the version that was seen (`order_changed` otherwise; None takes any version).

    A change of what is offered, while the order is not a draft, makes a new revision; an edit that changes nothing
    writes nothing. Raises NotFound, Invalid, and Refused (`order_not_editable`).
    """
    texts = _texts(changes)
    words = _tags(changes["tags"]) if "tags" in changes else None
    with working(partner, actor) as work:
        order = order_for(actor, order_id, version)
        _check_editable(order, actor)
        if claim is not None:
            claim.remember("order", order.id)
        wanted = {**texts, **_billing(order, changes)}
        changed = {name for name, value in wanted.items() if getattr(order, name) != value}
        if "lines" in changes and (priced := _replace_lines(order, changes["lines"])):
            wanted |= priced.order_columns()
            changed.add("lines")
        if words is not None and _replace_tags(order, words):
            changed.add("tags")
        if changed & OFFERED and order.status != OrderStatus.DRAFT:
            wanted["revision"] = order.revision + 1
        if changed:
            _write(work, order, wanted, changed)
    return order


def quote(
    partner: Partner, customer: Customer, lines: Sequence[LineDraft], *, order: Order | None = None
) -> PricedLines:
    """What these lines would come to for this customer, written nowhere: totals as you type. Lines of `order` that
    are named by their id keep what they froze, as `update_order` does."""
    with reading(partner.id):
        return build_lines(customer, order.id if order else uuid.UUID(int=0), lines, _lines_of(order) if order else {})


def _check_editable(order: Order, actor: Actor) -> None:
    if may_edit_order(facts(order), actor):
        return
    if order.status == OrderStatus.DRAFT:
        raise NotAllowed("not_allowed", "Only its owner, or who manages orders, can edit this draft.")
    raise Refused("order_not_editable", f"This order is “{order.status_label}”; you cannot edit it.")


def _customer(customer_id: uuid.UUID, currency: str | None) -> Any:
    """The customer with what its orders begin with: its billing recipient, else its first contact, and its default
    method."""
    settings = BillingSettings.objects.filter(customer_id=OuterRef("id"))
    contacts = Contact.objects.filter(customer_id=OuterRef("id")).order_by("id")
    found = (
        Customer.objects.filter(id=customer_id)
        .annotate(
            default_recipient=Coalesce(
                Subquery(settings.values("recipient_id")),
                Subquery(contacts.values("id")[:1]),
                output_field=UUIDField(),
            ),
            default_method=Subquery(settings.values("default_payment_method_id"), output_field=UUIDField()),
        )
        .first()
    )
    if found is None:
        raise NotFound("not_found", "There is no such customer.")
    if currency not in (None, found.currency):
        raise Invalid.at("currency", f"This customer is sold to in {found.currency}.", code="currency_mismatch")
    return found


def _texts(sent: Mapping[str, Any]) -> dict[str, Any]:
    fields = Fields()
    values: dict[str, Any] = {
        name: fields.text(f"notes.{name.removesuffix('_notes')}", sent[name], NOTES_LENGTH, breaks=True)
        for name in ("staff_notes", "customer_notes")
        if name in sent
    }
    if "contract_start_on" in sent:
        values["contract_start_on"] = fields.day("contract_start_date", sent["contract_start_on"])
    fields.check()
    return values


def _tags(tags: Collection[str], *, new: bool = False) -> list[str]:
    """People's own tags, each once. The product's own is sent back by who read it: it stays as it is."""
    fields = Fields()
    words = [fields.text(f"tags.{index}", tag, 50, needed=True) for index, tag in enumerate(tags)]
    if len(words) > MAX_TAGS:
        fields.complain("tags", f"An order has at most {MAX_TAGS} tags.")
    if new and OrderTag.PAYMENT_DECLINED in words:
        fields.complain("tags", f"The tag “{OrderTag.PAYMENT_DECLINED}” is set by the product alone.")
    fields.check()
    return [word for word in dict.fromkeys(words) if word != OrderTag.PAYMENT_DECLINED]


def _write_tags(order: Order, tags: Iterable[str]) -> None:
    rows = [OrderTag(partner_id=order.partner_id, order_id=order.id, tag=tag) for tag in tags]
    if rows:
        OrderTag.objects.bulk_create(rows)


def _replace_tags(order: Order, tags: Collection[str]) -> bool:
    """Whether they differ from those that are there."""
    own = OrderTag.objects.filter(order_id=order.id).exclude(tag=OrderTag.PAYMENT_DECLINED)
    if set(own.values_list("tag", flat=True)) == set(tags):
        return False
    own.delete()
    _write_tags(order, tags)
    return True


def _replace_lines(order: Order, drafts: Sequence[LineDraft]) -> PricedLines | None:
    """All lines are written anew, kept ones under the ids they had, in three statements; None where they are the same.
    An editable order has nothing yet that points at its lines."""
    kept = _lines_of(order)
    priced = build_lines(order.customer, order.id, drafts, kept)
    if [_columns(line) for line in kept.values()] == [_columns(line) for line in priced.lines]:
        return None
    rows = OrderLine.objects.filter(order_id=order.id)
    rows._raw_delete(rows.db)
    OrderLine.objects.bulk_create(priced.lines)
    return priced


def _columns(line: OrderLine) -> dict[str, Any]:
    return {field.attname: getattr(line, field.attname) for field in OrderLine._meta.concrete_fields}


def _lines_of(order: Order) -> dict[uuid.UUID, OrderLine]:
    return {line.id: line for line in OrderLine.objects.filter(order_id=order.id).order_by("position")}


def _check_billing(customer_id: uuid.UUID, recipient_id: uuid.UUID | None, method_id: uuid.UUID | None) -> None:
    if recipient_id is not None:
        check_recipient(customer_id, recipient_id)
    if method_id is not None:
        check_method(customer_id, method_id)


def _billing(order: Order, changes: OrderChanges) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "billing_recipient_id" in changes:
        values["billing_recipient_id"] = changes["billing_recipient_id"]
    if "billing_method_id" in changes:
        values["billing_method_id"] = changes["billing_method_id"]
    _check_billing(order.customer_id, values.get("billing_recipient_id"), values.get("billing_method_id"))
    return values


def _said(order: Order) -> dict[str, Any]:
    """What the history says about an order's content: counts and amounts."""
    return {"line_count": order.line_count, "total_minor": order.total_minor, "currency": order.currency}


def _write(work: Work, order: Order, wanted: dict[str, Any], changed: Collection[str]) -> None:
    """The order's row, and the event that says what was and what is; notes go to its erasable side."""
    wanted |= {"version": order.version + 1, "updated_at": work.now}
    pairs = {
        name: [storable(getattr(order, name)), storable(value)]
        for name, value in wanted.items()
        if name in {*changed, "line_count", "total_minor", "revision"} and getattr(order, name) != value
    }
    Order.objects.filter(id=order.id).update(**wanted)
    for name, value in wanted.items():
        setattr(order, name, value)
    notes: dict[str, Any] = {name: pairs.pop(name) for name in ("staff_notes", "customer_notes") if name in pairs}
    work.record("order.updated", order, changes={"fields": sorted(changed), **pairs}, personal=notes)
