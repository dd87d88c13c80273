"""The draft's form: what was typed, line by line, kept as typed; what of it changes the order; complaints per field."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict

from handsel.flows.sales.draft import LineDraft, OrderChanges
from handsel.models import Contact, Order, OrderLine, OrderTag, PaymentMethod
from handsel.rules.errors import HandselError, Invalid
from handsel.rules.money import decimal_text, parse_percent, percent_text
from handsel.rules.pricing import AmountOff, Discount, PercentOff
from handsel.web.console.forms import Form

PERCENT, AMOUNT = "percent", "amount"

FIELD_OF: Mapping[str, str] = {
    "quantity": "quantity",
    "unit_price": "price",
    "discount": "discount",
    "discount_periods": "discount_periods",
    "start_date": "start",
    "periods": "periods",
    "trial_days": "periods",
    "product": "quantity",
}
"""From the API's name of a line's field to the input that holds it."""


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line as the editor shows it: what is saved, what is typed, what is wrong with that."""

    line: OrderLine
    key: str
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    is_new: bool

    @property
    def has_terms(self) -> bool:
        """Whether discount, start or number of periods say something: then they stand open."""
        return any(self.typed[name] for name in ("discount", "start", "periods")) or bool(self.errors)


class DraftForm(Form):
    """A form over one order. `keys` are its lines' shown ids, in the order in which they stand on the page."""

    def __init__(self, order: Order, lines: Sequence[OrderLine], tags: Sequence[str]) -> None:
        super().__init__(_values_of(order, lines, tags))
        self.order = order
        self.lines = {line.shown_id: line for line in lines}
        self.tags = [tag for tag in tags if tag != OrderTag.PAYMENT_DECLINED]
        self.keys = list(self.lines)
        self.focused = ""

    @classmethod
    def typed(cls, request: HttpRequest, order: Order, lines: Sequence[OrderLine], tags: Sequence[str]) -> DraftForm:
        """The form as it was posted. A line that somebody else removed meanwhile is not brought back."""
        form = cls(order, lines, tags)
        posted: QueryDict = request.POST
        form.values |= posted.dict()
        form.keys = [key for key in dict.fromkeys(posted.getlist("line")) if key in form.lines]
        return form

    def rows(self) -> list[LineRow]:
        return [self._row(key) for key in self.keys]

    def changes(self) -> OrderChanges:
        """What differs from the order as it is saved; nothing where nothing does. Raises `Invalid` with every
        complaint about what was typed."""
        lines = [self._draft(key) for key in self.keys]
        start = self.day("contract_start_on")
        tags = list(dict.fromkeys(word for each in self.text("tags").split(",") if (word := each.strip())))
        recipient = self.row_id("billing_recipient", Contact.prefix)
        method = self.row_id("billing_method", PaymentMethod.prefix)
        self.check()
        found: OrderChanges = {}
        if lines != [_draft_of(line) for line in self.lines.values()]:
            found["lines"] = lines
        if start != self.order.contract_start_on:
            found["contract_start_on"] = start
        if (notes := _lines_ended(self.text("staff_notes"))) != self.order.staff_notes:
            found["staff_notes"] = notes
        if (notes := _lines_ended(self.text("customer_notes"))) != self.order.customer_notes:
            found["customer_notes"] = notes
        if sorted(tags) != sorted(self.tags):
            found["tags"] = tags
        if recipient != self.order.billing_recipient_id:
            found["billing_recipient_id"] = recipient
        if method != self.order.billing_method_id:
            found["billing_method_id"] = method
        return found

    def with_product(self, product_id: uuid.UUID) -> OrderChanges:
        """The changes with one more line, of this product at its list price."""
        changes = self.changes()
        kept = changes.get("lines", [_draft_of(self.lines[key]) for key in self.keys])
        changes["lines"] = [*kept, LineDraft(product_id=product_id)]
        return changes

    def refuse(self, refusal: HandselError) -> int:
        """As every form does; a complaint about a line goes to that line's input."""
        named = refusal.errors if isinstance(refusal, Invalid) else ()
        for error in named:
            self.errors[self._input_of(error.loc)] = error.msg
        if not named:
            self.refusal = refusal.message
        return refusal.status

    def _input_of(self, loc: str) -> str:
        parts = loc.split(".")
        if parts[0] == "lines" and len(parts) > 2 and parts[1].isdigit():
            place = int(parts[1])
            if place >= len(self.keys):
                return "add_product"
            return f"{FIELD_OF.get(parts[2], 'quantity')}_{self.keys[place]}"
        named = {"contract_start_date": "contract_start_on", "notes": f"{parts[-1]}_notes", "lines": "add_product"}
        return named.get(parts[0], parts[0])

    def _row(self, key: str) -> LineRow:
        names = ("quantity", "price", "discount", "discount_kind", "discount_periods", "start", "periods")
        return LineRow(
            line=self.lines[key],
            key=key,
            typed={name: self.text(f"{name}_{key}") for name in names},
            errors={name: self.errors[f"{name}_{key}"] for name in names if f"{name}_{key}" in self.errors},
            is_new=key == self.focused,
        )

    def _draft(self, key: str) -> LineDraft:
        line = self.lines[key]
        discount = self._discount(key)
        recurring = line.is_recurring
        return LineDraft(
            product_id=line.product_id,
            quantity=self.whole(f"quantity_{key}"),
            unit_price_minor=self.money(f"price_{key}", self.order.currency),
            discount=discount,
            discount_periods=self._count(f"discount_periods_{key}") if discount and recurring else None,
            start_on=self.day(f"start_{key}"),
            periods=self._count(f"periods_{key}") if recurring else None,
            id=line.id,
        )

    def _discount(self, key: str) -> Discount | None:
        name = f"discount_{key}"
        typed = self.text(name).strip()
        if not typed:
            return None
        if self.text(f"discount_kind_{key}") == AMOUNT:
            amount = self.money(name, self.order.currency)
            return AmountOff(amount) if amount else None
        try:
            percent = parse_percent(typed)
        except Invalid as error:
            self._complain(name, error.message)
            return None
        return PercentOff(percent) if percent else None

    def _count(self, name: str) -> int | None:
        """A number of periods; none where the field is empty."""
        return self.whole(name) if self.text(name).strip() else None


def _draft_of(line: OrderLine) -> LineDraft:
    discount: Discount | None = None
    if line.discount_percent is not None:
        discount = PercentOff(line.discount_percent)
    elif line.discount_amount_minor is not None:
        discount = AmountOff(line.discount_amount_minor)
    return LineDraft(
        product_id=line.product_id,
        quantity=line.quantity,
        unit_price_minor=line.unit_price_minor,
        discount=discount,
        discount_periods=line.discount_periods,
        start_on=line.start_on,
        periods=line.periods,
        id=line.id,
    )


def _values_of(order: Order, lines: Sequence[OrderLine], tags: Sequence[str]) -> dict[str, Any]:
    values: dict[str, Any] = {
        "version": str(order.version),
        "contract_start_on": order.contract_start_on.isoformat() if order.contract_start_on else "",
        "staff_notes": order.staff_notes,
        "customer_notes": order.customer_notes,
        "tags": ", ".join(tag for tag in tags if tag != OrderTag.PAYMENT_DECLINED),
        "billing_recipient": order.billing_recipient.shown_id if order.billing_recipient else "",
        "billing_method": order.billing_method.shown_id if order.billing_method else "",
    }
    for line in lines:
        values |= _values_of_line(line, order.currency)
    return values


def _values_of_line(line: OrderLine, currency: str) -> dict[str, str]:
    key = line.shown_id
    discount, kind = "", PERCENT
    if line.discount_percent is not None:
        discount = percent_text(line.discount_percent)
    elif line.discount_amount_minor is not None:
        discount, kind = decimal_text(line.discount_amount_minor, currency), AMOUNT
    return {
        f"quantity_{key}": str(line.quantity),
        f"price_{key}": decimal_text(line.unit_price_minor, currency),
        f"discount_{key}": discount,
        f"discount_kind_{key}": kind,
        f"discount_periods_{key}": str(line.discount_periods or ""),
        f"start_{key}": line.start_on.isoformat() if line.start_on else "",
        f"periods_{key}": str(line.periods or ""),
    }


def _lines_ended(text: str) -> str:
    """As the flow stores it: browsers send line ends as CR LF."""
    return text.replace("\r\n", "\n").strip()
