"""The lines of an order, from what somebody wants sold: checked against the catalogue, priced, frozen."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handsel.database.ids import new_id
from handsel.flows.fields import Fields
from handsel.flows.sales.pricing import frozen_taxes, line_input, price_together, tax_rules_for
from handsel.models import Customer, OrderLine, Product
from handsel.rules.errors import Invalid, NotFound
from handsel.rules.pricing import AmountOff, Discount, LineInput, OrderTotals, PercentOff, PricedLine
from handsel.rules.tax import TaxRule

MAX_LINES = 200


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A line as it is asked for. Prices in minor units; `unit_price_minor` None is the list price. `currency` is that
    of the amounts where they came with one; `id` keeps a line that is there already, with what it froze."""

    product_id: uuid.UUID
    quantity: int = 1
    unit_price_minor: int | None = None
    discount: Discount | None = None
    discount_periods: int | None = None
    start_on: dt.date | None = None
    periods: int | None = None
    id: uuid.UUID | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class PricedLines:
    """Lines ready to be written, with the sums that go into their order."""

    lines: tuple[OrderLine, ...]
    totals: OrderTotals

    def order_columns(self) -> dict[str, int]:
        return {
            "line_count": len(self.lines),
            "subtotal_minor": self.totals.subtotal_minor,
            "discount_minor": self.totals.discount_minor,
            "tax_minor": self.totals.tax_minor,
            "total_minor": self.totals.total_minor,
            "contract_value_minor": self.totals.contract_value_minor,
        }


def build_lines(
    customer: Customer,
    order_id: uuid.UUID,
    drafts: Sequence[LineDraft],
    kept: Mapping[uuid.UUID, OrderLine] | None = None,
) -> PricedLines:
    """Two statements, however many lines: the products, and the taxes at the customer's address.

    Raises NotFound for an unknown product or line, Invalid (`lines.N.…`) for what makes no sense: all complaints at
    once, with code `product_not_sold` where the catalogue does not sell it any more or not in this currency.
    """
    kept = kept or {}
    _check_drafts(customer, drafts, kept)
    products = {p.id: p for p in Product.objects.filter(id__in={d.product_id for d in drafts})} if drafts else {}
    _check_products(customer, drafts, kept, products)
    lines = [
        _line(customer, order_id, position, draft, products[draft.product_id], kept.get(draft.id or new_id()))
        for position, draft in enumerate(drafts)
    ]
    rules = tax_rules_for(customer) if drafts else ()
    inputs = [input_of(line, rules, customer, products[line.product_id]) for line in lines]
    totals = price_together(inputs)
    for line, priced in zip(lines, totals.lines, strict=True):
        freeze(line, priced)
    return PricedLines(tuple(lines), totals)


def input_of(line: OrderLine, rules: tuple[TaxRule, ...], customer: Customer, product: Product) -> LineInput:
    """What decides the price of this line, for this customer."""
    return line_input(
        quantity=line.quantity,
        unit_price_minor=line.unit_price_minor,
        discount_percent=line.discount_percent,
        discount_amount_minor=line.discount_amount_minor,
        discount_periods=line.discount_periods,
        recurring=line.is_recurring,
        periods=line.periods,
        trial_days=line.trial_days,
        rules=rules,
        customer_exempt=customer.tax_exempt,
        product_exempt=product.tax_exempt,
    )


def _check_drafts(customer: Customer, drafts: Sequence[LineDraft], kept: Mapping[uuid.UUID, OrderLine]) -> None:
    fields = Fields()
    if len(drafts) > MAX_LINES:
        fields.complain("lines", f"An order has at most {MAX_LINES} lines.")
    seen: set[uuid.UUID] = set()
    for index, draft in enumerate(drafts):
        fields.day(f"lines.{index}.start_date", draft.start_on)
        if draft.id is None:
            continue
        if draft.id not in kept:
            raise NotFound("not_found", "This order has no such line.")
        if draft.id in seen:
            fields.complain(f"lines.{index}.id", "This line is named twice.")
        seen.add(draft.id)
    fields.check()
    for index, draft in enumerate(drafts):
        if draft.currency not in (None, customer.currency):
            msg = f"This customer is sold to in {customer.currency}."
            raise Invalid.at(f"lines.{index}.unit_price", msg, code="currency_mismatch")


def _check_products(
    customer: Customer,
    drafts: Sequence[LineDraft],
    kept: Mapping[uuid.UUID, OrderLine],
    products: Mapping[uuid.UUID, Product],
) -> None:
    fields = Fields()
    for index, draft in enumerate(drafts):
        product = products.get(draft.product_id)
        if product is None:
            raise NotFound("not_found", f"There is no such product (line {index + 1}).")
        was = kept.get(draft.id) if draft.id else None
        if product.currency != customer.currency:
            fields.complain(f"lines.{index}.product", f"{product.name} is not sold in {customer.currency}.")
        elif not product.is_active and (was is None or was.product_id != product.id):
            fields.complain(f"lines.{index}.product", f"{product.name} is not sold any more.")
    if fields.errors:
        raise Invalid("product_not_sold", fields.errors[0].msg, fields.errors)


def _line(
    customer: Customer, order_id: uuid.UUID, position: int, draft: LineDraft, product: Product, was: OrderLine | None
) -> OrderLine:
    same = was is not None and was.product_id == product.id
    source: Product | OrderLine = was if was is not None and same else product
    list_price = source.list_price_minor if isinstance(source, OrderLine) else source.price_minor
    return OrderLine(
        id=was.id if was is not None else new_id(),
        partner_id=customer.partner_id,
        order_id=order_id,
        product=product,
        position=position,
        name=source.name,
        quantity=draft.quantity,
        list_price_minor=list_price,
        unit_price_minor=list_price if draft.unit_price_minor is None else draft.unit_price_minor,
        discount_percent=draft.discount.percent if isinstance(draft.discount, PercentOff) else None,
        discount_amount_minor=draft.discount.amount_minor if isinstance(draft.discount, AmountOff) else None,
        discount_periods=draft.discount_periods,
        interval=source.interval,
        interval_count=source.interval_count,
        trial_days=source.trial_days,
        start_on=draft.start_on,
        periods=draft.periods,
    )


def freeze(line: OrderLine, priced: PricedLine) -> None:
    """Keep on the line what it was priced at."""
    line.taxes = frozen_taxes(priced.taxes)
    line.subtotal_minor = priced.subtotal_minor
    line.discount_minor = priced.discount_minor
    line.net_minor = priced.net_minor
    line.tax_minor = priced.tax_minor
    line.total_minor = priced.total_minor
    line.renewal_minor = priced.renewal_total_minor
