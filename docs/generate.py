"""Writes the pages of this folder that are read off the code: `python -m docs.generate`.

The transition tables, the register of refusals and the register of declines are each declared once, in
`handsel.rules`; a test compares the committed pages with what this module makes of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from handsel.rules.activation_states import ACTIVATION
from handsel.rules.decline_codes import MEANINGS
from handsel.rules.declines import DeclineClass, classify, explain
from handsel.rules.errors import CODES
from handsel.rules.invoice_states import INVOICE
from handsel.rules.order_states import ORDER
from handsel.rules.payment_states import PAYMENT, REFUND
from handsel.rules.states import RETURN, SAME, Edge, StateTable
from handsel.rules.subscription_states import SUBSCRIPTION

FOLDER = Path(__file__).resolve().parent
GENERATED = "<!-- Made by `python -m docs.generate` from {source}. Change that, not this page. -->"
WHO = {
    "staff": "staff",
    "link": "the customer, by link",
    "clock": "the clock",
    "gateway": "the gateway",
    "lines": "the order's lines",
}


def pages() -> dict[str, str]:
    """Every generated page: its file name and its whole text."""
    makers: Mapping[str, Callable[[], str]] = {
        "order-states.md": lambda: _states("Orders", "handsel/rules/order_states.py", ORDER),
        "payment-states.md": lambda: _states(
            "Payments and refunds", "handsel/rules/payment_states.py", PAYMENT, REFUND
        ),
        "subscription-states.md": lambda: _states(
            "Subscriptions", "handsel/rules/subscription_states.py", SUBSCRIPTION
        ),
        "invoice-states.md": lambda: _states("Invoices", "handsel/rules/invoice_states.py", INVOICE),
        "activation-states.md": lambda: _states("Activations", "handsel/rules/activation_states.py", ACTIVATION),
        "errors.md": _errors,
        "declines.md": _declines,
    }
    return {name: make() for name, make in makers.items()}


def _states(title: str, source: str, *tables: StateTable) -> str:
    parts = [
        GENERATED.format(source=f"`{source}`"),
        f"# {title}: statuses and the steps between them",
        "A step that is not in the table is refused: by the flow that would take it, and by a trigger in the database, "
        "also for whoever writes SQL by hand. Each step leaves exactly the event that its row names.",
    ]
    for table in tables:
        if len(tables) > 1:
            parts.append(f"## The {table.noun}")
        parts.append(f"```mermaid\n{table.mermaid()}```")
        parts.append(_table(["Status", "Shown as"], ([f"`{code}`", label] for code, label in table.labels.items())))
        parts.append(
            _table(
                ["Verb", "From", "To", "Event", "Who", "Needs", "What it means"],
                (_row(table, edge) for edge in table.edges),
            )
        )
    return _page(parts)


def _row(table: StateTable, edge: Edge) -> list[str]:
    name = f"`{edge.verb}`"
    if edge.label:
        name += f"<br>“{edge.label}”"
    everywhere = set(edge.sources) == set(table.statuses)
    return [
        name,
        "any status" if everywhere else _codes(edge.sources),
        ", ".join(_target(target) for target in edge.targets),
        f"`{edge.event}`",
        ", ".join(WHO[who] for who in edge.actors),
        _needs(edge),
        edge.note,
    ]


def _target(status: str) -> str:
    return {RETURN: "where it was", SAME: "the same"}.get(status, f"`{status}`")


def _needs(edge: Edge) -> str:
    needs = []
    if edge.grants:
        needs.append(" or ".join(f"`{grant.value}`" for grant in edge.grants))
    if edge.owner_only:
        needs.append("own order, or `orders.manage`")
    if edge.setting:
        needs.append(f"setting `{edge.setting}`")
    needs += [condition.replace("_", " ") for condition in edge.conditions]
    return "; ".join(needs)


def _errors() -> str:
    return _page(
        [
            GENERATED.format(source="`handsel/rules/errors.py`"),
            "# Refusals",
            "Every refusal of the API is `application/problem+json` (RFC 9457) with one of these codes in `code`. A "
            "code is never renamed. They are for what was refused before money was asked for: once a payment exists, "
            "its outcome is the order's state, not an error.",
            _table(["Code", "What it means"], ([f"`{code}`", meaning] for code, meaning in CODES.items())),
        ]
    )


_CLASSES = {
    DeclineClass.SOFT: "The same card may work later; the clock may try it again by itself.",
    DeclineClass.HARD: "The card will not work as it is; nothing is tried by itself.",
    DeclineClass.AUTHENTICATION: "The bank wants to ask the customer; nothing is tried without them.",
}


def _declines() -> str:
    parts = [
        GENERATED.format(source="`handsel/rules/decline_codes.py` and `declines.py`"),
        "# Declines",
        "Every decline code that Stripe documents, and one of our own, has exactly one class. A code that is not here "
        "counts as hard, since what cannot be read must not start automatic retries. Advice of the bank or the network "
        "can only make a known code stricter. The customer is never told of suspected fraud, loss or theft.",
    ]
    for decline_class, meaning in _CLASSES.items():
        codes = [code for code in sorted(MEANINGS) if classify(code) == decline_class]
        parts += [
            f"## {decline_class.value.capitalize()}",
            meaning,
            _table(
                ["Code", "For staff", "The customer reads", "Same card again?"],
                (_decline(code) for code in codes),
            ),
        ]
    return _page(parts)


def _decline(code: str) -> list[str]:
    told = explain(code)
    again = "never" if told.never_again else "yes" if told.retry_same_card else "no"
    return [f"`{code}`", MEANINGS[code][1], told.customer_message, again]


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(heads: list[str], rows: Iterable[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _page(parts: Iterable[str]) -> str:
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    for name, text in pages().items():
        (FOLDER / name).write_text(text)
